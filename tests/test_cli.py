"""The command line as scripts rely on it: what goes where, exit codes, JSON whose offsets are exact."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Corpus
from fake_ollama import FakeOllama

import qa_assistant
from qa_assistant.cli.main import run
from qa_assistant.settings import Settings

QUESTION = "What did Bayramov and Takei discuss?"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line; returns exit code, stdout and stderr."""

    def called(*arguments: str) -> tuple[int, str, str]:
        code = run(list(arguments))
        out = capsys.readouterr()
        return code, out.out, out.err

    return called


@pytest.fixture
def shipped(call: Run, shipped_index: Settings) -> Run:
    """The command line over the index of the shipped corpus."""
    return lambda *arguments: call("--index", shipped_index.index, *arguments)


def test_ask_quotes_the_sentences_that_answer(shipped: Run) -> None:
    code, out, err = shipped("ask", QUESTION)
    assert code == 0
    for word in ("politischen Konsultationen", "Ausweitung der Zusammenarbeit", "Energiequellen und Investitionen"):
        assert word in out
    assert "2022-12-03 · Baku · AZERTAC · 000_7a77cca594320ad7.txt:7" in out
    assert "models pull" in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize("question", ["Worüber sprachen Bayramov und Takei?", "О чём говорили Байрамов и Такеи?"])
def test_other_languages_find_the_same_sentences(shipped: Run, question: str) -> None:
    code, out, _ = shipped("ask", question)
    assert code == 0
    for word in ("politischen Konsultationen", "Ausweitung der Zusammenarbeit", "Energiequellen und Investitionen"):
        assert word in out


def test_what_the_corpus_does_not_answer_is_said_with_exit_code_3(shipped: Run) -> None:
    code, out, _ = shipped("ask", "Who won the 2018 World Cup?")
    assert code == 3
    assert out.startswith("The articles do not answer this question.")
    code, out, _ = shipped("ask", "Кто выиграл чемпионат мира по футболу в 2018 году?")
    assert code == 3
    assert out.startswith("Статьи не отвечают на этот вопрос.")


def test_json_has_the_contracts_fields_and_exact_offsets(shipped: Run) -> None:
    code, out, _ = shipped("ask", QUESTION, "--json")
    answer = json.loads(out)
    assert code == 0
    assert list(answer) == [
        "schema", "question", "standalone_question", "language", "status", "answered_with", "answer", "sentences",
        "citations", "passages", "confidence", "usage", "timings_ms",
    ]  # fmt: skip
    assert (answer["schema"], answer["status"], answer["language"]) == (1, "answered", "en")
    assert answer["answered_with"] == {"kind": "quotes", "model": None}
    assert answer["answer"] == "\n".join(sentence["text"] for sentence in answer["sentences"])
    assert {"retrieval", "first_token", "total"} == set(answer["timings_ms"])
    assert 0.5 < answer["confidence"] <= 1
    text = shipped("articles", "show", answer["citations"][0]["article_id"], "--text")[1]
    assert len(answer["citations"]) >= 3
    for number, citation in enumerate(answer["citations"], start=1):
        assert citation["number"] == number
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert text.count("\n", 0, citation["start"]) + 1 == citation["line"]
        assert citation["date"] == "2022-12-03"
    for rank, passage in enumerate(answer["passages"], start=1):
        assert passage["rank"] == rank
        assert text[passage["start"] : passage["end"]] == passage["text"]
    cited = [citation["start"] for citation in answer["citations"]]
    for passage in answer["passages"]:
        assert passage["cited"] == any(passage["start"] <= start < passage["end"] for start in cited)


def test_no_answer_as_json(shipped: Run) -> None:
    code, out, _ = shipped("ask", "Who won the 2018 World Cup?", "--json")
    answer = json.loads(out)
    assert code == 3
    assert (answer["status"], answer["sentences"], answer["citations"]) == ("no_answer", [], [])
    assert {"retrieval", "first_token", "total"} == set(answer["timings_ms"])
    assert answer["confidence"] < 0.5


def test_a_question_is_read_from_stdin(shipped: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("Worüber sprachen Bayramov und Takei?\n".encode())))
    code, out, _ = shipped("ask", "-", "--json")
    assert code == 0
    assert json.loads(out)["question"] == "Worüber sprachen Bayramov und Takei?"


def test_no_more_of_stdin_is_read_than_a_question_may_have(shipped: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.BytesIO(b"x" * 3_000_000)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(stdin))
    code, _, err = shipped("ask", "-")
    assert (code, "far too long" in err) == (2, True)
    assert stdin.tell() < 3_000_000


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "  "),
        ("ask", QUESTION, "--since", "yesterday"),
        ("ask", QUESTION, "--since", "2022-02-30"),
        ("ask", QUESTION, "--since", "2023", "--until", "2022"),
        ("ask", QUESTION, "--top-k", "0"),
        ("ask", QUESTION, "--answer-with", "magic"),
        ("search", QUESTION, "--limit", "none"),
        ("models", "pull", ""),
        ("models", "pull", "  "),
        ("no-such-command",),
        ("--no-such-option",),
    ],
)
def test_a_wrong_call_is_exit_code_2(shipped: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = shipped(*arguments)
    assert (code, out) == (2, "")
    assert "Error" in err


@pytest.mark.parametrize("question", ["?", "🙂"])
def test_a_question_of_signs_is_not_called_empty(shipped: Run, question: str) -> None:
    for command in ("ask", "search"):
        code, out, err = shipped(command, question)
        assert (code, out) == (2, "")
        assert err.startswith("qa-assistant: The question has no words.\n")


def test_a_question_that_is_too_long_is_a_wrong_call(shipped: Run) -> None:
    code, out, err = shipped("ask", "word " * 1_000)
    assert (code, out) == (2, "")
    assert err.startswith("qa-assistant: The question has 4999 characters; at most 4000 are read.\n")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--since", "2022-12", "--until", "2022-12"), 0),
        (("--since", "2023"), 3),
        (("--until", "2022-12-02"), 3),
        (("--agency", "azertac"), 0),
        (("--agency", "dpa"), 3),
    ],
)
def test_filters_work_before_ranking(shipped: Run, arguments: tuple[str, ...], expected: int) -> None:
    assert shipped("ask", QUESTION, *arguments)[0] == expected


def test_failures_take_at_most_three_lines_and_name_the_way_out(call: Run, corpus: Corpus) -> None:
    for arguments in (
        ("--corpus", "/no/such/folder", "ask", QUESTION),
        ("--config", "/no/such/file.toml", "config", "show"),
        ("--corpus", str(corpus.folder), "ingest", "/etc"),
        ("articles", "show", "ffffffff"),
        ("models", "list"),
        ("models", "pull", "qwen3:4b"),
    ):
        code, out, err = call(*arguments)
        assert (code, out) == (1, ""), arguments
        assert len(err.strip().splitlines()) <= 3, err
        assert "Traceback" not in err


def test_pulling_without_ollama_advises_no_option_that_it_does_not_have(call: Run) -> None:
    assert call("models", "pull", "qwen3:4b")[2].endswith("Start it with `ollama serve`.\n")


def test_verbose_shows_where(call: Run) -> None:
    code, _, err = call("--verbose", "--corpus", "/no/such/folder", "ingest")
    assert code == 1
    assert "Traceback" in err


def test_an_interruption_is_130(shipped: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("qa_assistant.assistant.find", interrupted)
    assert shipped("ask", QUESTION)[0] == 130


def test_an_interruption_of_the_imports_is_130_and_shows_nothing(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt", encoding="utf-8")
    paths = os.pathsep.join((str(tmp_path), str(Path(qa_assistant.__file__).parents[1])))
    program = [sys.executable, "-m", "qa_assistant", "--help"]
    done = subprocess.run(program, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
    before = "import sys; known = set(sys.modules); import qa_assistant.__main__; print(*set(sys.modules) - known)"
    bare = [sys.executable, "-S", "-c", before]
    done = subprocess.run(bare, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True, check=True)
    slow = {"argparse", "contextlib", "dataclasses", "inspect", "pathlib", "re", "typing"}
    assert not slow & set(done.stdout.split())


def test_ingest_names_what_it_could_not_read_and_exits_1(call: Run, corpus: Corpus) -> None:
    corpus.write("a.txt", "Ein Satz über Energie.")
    corpus.write("bad.docx", "no document")
    code, out, err = call("--corpus", str(corpus.folder), "--index", corpus.settings.index, "ingest")
    assert code == 1
    assert "1 added" in out
    assert "bad.docx" in err
    code, out, _ = call("--corpus", str(corpus.folder), "--index", corpus.settings.index, "ingest", "--json")
    report = json.loads(out)
    assert (report["added"], report["articles"]) == ([], 1)
    assert report["problems"][0]["path"] == "bad.docx"


def test_ingest_exits_0_if_everything_could_be_read(call: Run, corpus: Corpus) -> None:
    corpus.write("a.md", "---\ntitle: [1\n---\nEin Satz über Energie.")
    code, out, err = call("--corpus", str(corpus.folder), "--index", corpus.settings.index, "ingest")
    assert code == 0
    assert "1 added" in out
    assert err.endswith("a.md has front matter that is not valid YAML; it is kept as text\n")


def test_ask_builds_a_missing_index_and_says_so(call: Run, corpus: Corpus) -> None:
    corpus.write("a.txt", "Der Hafen von Hamburg bleibt wegen des Sturms bis Montag geschlossen.")
    arguments = ("--corpus", str(corpus.folder), "--index", corpus.settings.index)
    code, out, err = call(*arguments, "ask", "Wie lange bleibt der Hafen von Hamburg geschlossen?")
    assert code == 0
    assert "Montag" in out
    assert "no index" in err
    assert "no index" not in call(*arguments, "search", "Hafen")[2]


def test_search_prints_passages_and_no_answer(shipped: Run) -> None:
    code, out, err = shipped("search", "Energie", "--limit", "2")
    assert (code, err) == (0, "")
    assert out.startswith("1. ")
    passages = json.loads(shipped("search", "Energie", "--limit", "2", "--json")[1])["passages"]
    assert [passage["rank"] for passage in passages] == [1, 2]


def test_search_says_that_articles_without_a_date_are_left_out(call: Run, corpus: Corpus) -> None:
    corpus.write("a.txt", "Der Hafen von Hamburg ist geschlossen.")
    corpus.write("b.md", "---\ndate: 2022-12-03\n---\nDer Hafen von Kiel ist offen.")
    search = ("--corpus", str(corpus.folder), "--index", corpus.settings.index, "search", "Hafen")
    assert "left out" not in call(*search)[2]
    for option in ("--since", "--until"):
        code, out, err = call(*search, option, "2022-12", "--json")
        assert (code, len(json.loads(out)["passages"])) == (0, 1)
        assert err == "1 article without a date left out.\n"


def test_folders_whose_name_is_not_utf_8(call: Run, corpus: Corpus) -> None:
    name = os.fsdecode(b"B\xe4der")
    corpus.write(f"{name}/a.txt", "Der Hafen von Hamburg bleibt wegen des Sturms bis Montag geschlossen.")
    where = ("--corpus", str(corpus.folder / name))
    code, out, _ = call(*where, "ask", "Wie lange bleibt der Hafen von Hamburg geschlossen?", "--json")
    assert code == 0
    assert "Montag" in json.loads(out)["answer"]
    assert "→ qa-assistant" not in call(*where, "doctor")[1]
    code, _, err = call(*where, "--index", str(corpus.folder.parent / name), "ingest")
    assert code == 1
    assert err.endswith("this path is not UTF-8.\nName another with --index DIR.\n")
    assert "Indexing" not in err, "it is said before anything is embedded"


def test_articles_list_and_show(shipped: Run, shipped_text: str) -> None:
    code, out, _ = shipped("articles", "list")
    assert code == 0
    article_id, _, rest = out.strip().partition("  ")
    assert rest == "2022-12-03 · Baku · AZERTAC · 000_7a77cca594320ad7.txt"
    assert shipped("articles", "show", article_id, "--text")[1] == shipped_text
    assert "language: de" in shipped("articles", "show", article_id[:6])[1]


def test_config_shows_where_a_value_came_from(call: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config.toml"
    config.write_text("top_k = 7\nmodel = 'qwen3:4b'\n", encoding="utf-8")
    monkeypatch.setenv("QA_ASSISTANT_MODEL", "gemma3:4b")
    code, out, _ = call("--config", str(config), "config", "show")
    assert code == 0
    assert f"top_k = 7  # {config}" in out
    assert 'model = "gemma3:4b"  # QA_ASSISTANT_MODEL' in out
    assert call("--config", str(config), "config", "path")[1].strip() == str(config)
    config.write_text("topk = 7\n", encoding="utf-8")
    code, _, err = call("--config", str(config), "config", "show")
    assert code == 1
    assert "top_k" in err


def test_doctor_finds_what_is_missing_and_the_command_that_mends_it(call: Run, shipped: Run, corpus: Corpus) -> None:
    code, out, _ = shipped("doctor", "--json")
    states = {check["name"]: check["state"] for check in json.loads(out)["checks"]}
    assert code == 0
    assert states == {"corpus": "ok", "index": "ok", "embedding model": "ok", "ollama": "warning", "disk": "ok"}
    corpus.write("a.txt", "Ein Satz.")
    code, out, _ = call("--corpus", str(corpus.folder), "--index", corpus.settings.index, "doctor")
    assert code == 1
    assert "→ ollama serve" in out
    config = corpus.folder.parent / "my config.toml"
    config.write_text("top_k = 3", encoding="utf-8")
    arguments = ("--corpus", str(corpus.folder), "--index", corpus.settings.index, "--config", str(config))
    ingest = f"qa-assistant --corpus {corpus.folder} --index {corpus.settings.index} --config '{config}' ingest"
    assert f"→ {ingest}\n" in call(*arguments, "doctor")[1]
    assert ingest in [check["mend"] for check in json.loads(call(*arguments, "doctor", "--json")[1])["checks"]]
    assert call(*arguments, "articles", "list")[2].endswith(f"Make it: {ingest}\n")


def test_doctor_names_commands_for_a_corpus_without_articles(call: Run, corpus: Corpus) -> None:
    for folder in (str(corpus.folder), "/no/such/folder"):
        checks = json.loads(call("--corpus", folder, "doctor", "--json")[1])["checks"]
        assert (checks[0]["state"], checks[0]["mend"]) == ("failed", "qa-assistant --corpus DIR ingest")


def test_models_are_listed_and_pulled(call: Run, fake_ollama: FakeOllama) -> None:
    code, out, _ = call("models", "list")
    assert code == 0
    assert out.startswith("* fake:4b")


@pytest.mark.parametrize("name", ["evil\x1b[31m.txt", "rtl\u202egpj.txt", "[link=x]y[/].txt"])
def test_file_names_cannot_control_the_terminal(call: Run, corpus: Corpus, name: str) -> None:
    corpus.write(name, "Der Hafen \x1b]0;title\x07 von \u202eHamburg bleibt geschlossen.")
    arguments = ("--corpus", str(corpus.folder), "--index", corpus.settings.index)
    for command in (("ingest", "--dry-run"), ("ask", "Hafen von Hamburg?"), ("search", "Hafen"), ("articles", "list"),
                    ("ask", "Hafen von Hamburg?", "--json"), ("ingest", "--json")):  # fmt: skip
        _, out, err = call(*arguments, *command)
        assert not set("\x1b\x07\u202e") & set(out + err), command
