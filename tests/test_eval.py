"""`eval` as users call it: a run that passes, mutations that make it fail, interruptions, repeats, bad calls."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Corpus
from fake_ollama import FakeOllama
from scripted_model import obedient, write_corpus

from qa_assistant.answering import prompting, retrieval
from qa_assistant.answering.checks import Checker
from qa_assistant.answering.retrieval import Retrieval
from qa_assistant.answering.verdict import NOTHING
from qa_assistant.cli.main import run
from qa_assistant.evaluation.report_json import run_as_dict, run_from_dict
from qa_assistant.ingestion.ingest import ingest

Call = Callable[..., tuple[int, str, str]]

TRUE_BUT_NO_ANSWER = "Der Hafen von Hamburg hat im ersten Quartal 2,1 Millionen Container umgeschlagen [1]."
"""What an article says, so that the checks let it pass, whatever was asked."""


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the corpus, its index, and the questions about it."""
    corpus = Corpus(tmp_path_factory.mktemp("eval"))
    questions = write_corpus(corpus)
    ingest(corpus.settings)
    return questions.parent


@pytest.fixture
def corpus(indexed: Path, tmp_path: Path) -> Corpus:
    """A copy that a test may change."""
    shutil.copytree(indexed, tmp_path / "own")
    return Corpus(tmp_path / "own")


@pytest.fixture
def questions(corpus: Corpus) -> Path:
    return corpus.folder.parent / "questions.yaml"


@pytest.fixture
def call(corpus: Corpus, questions: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """`eval` over the corpus; returns exit code, stdout and stderr."""

    def called(*arguments: str, file: Path = questions) -> tuple[int, str, str]:
        capsys.readouterr()
        corpus_and_index = ("--corpus", corpus.settings.corpus, "--index", corpus.settings.index)
        code = run([*corpus_and_index, "eval", str(file), *arguments])
        out = capsys.readouterr()
        return code, out.out, out.err

    return called


@pytest.fixture
def model(fake_ollama: FakeOllama) -> FakeOllama:
    fake_ollama.model = obedient
    return fake_ollama


def asked(model: FakeOllama) -> int:
    return len(model.asked())


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_run_that_passes(call: Call, model: FakeOllama, tmp_path: Path) -> None:
    files = {name: tmp_path / f"report.{name}" for name in ("json", "junit", "html")}
    code, out, err = call(
        "--fail-under", "1", *(word for name, file in files.items() for word in (f"--{name}", str(file)))
    )
    assert code == 0, out + err
    assert "7 of 7 cases passed, answered with ollama (fake:4b)" in out
    assert "Asking: 100 %, 0 not passed" in err
    report = read(files["json"])
    assert report["answered_with"] == {"kind": "ollama", "model": "fake:4b"}
    figures = {figure["name"]: figure["value"] for figure in report["figures"]}
    for name in ("passed", "answered", "refused", "facts", "citation_recall", "citation_precision", "verbatim"):
        assert figures[name] == 1, name
    assert figures["auroc"] > 0.9
    assert {tag: len(values) for tag, values in report["groups"].items()}.keys() == {
        "de",
        "port",
        "bridge",
        "zoo",
        "unanswerable",
    }
    assert "<!doctype html>" in files["html"].read_text(encoding="utf-8").lower()
    assert 'tests="7"' in files["junit"].read_text(encoding="utf-8")
    assert run_as_dict(run_from_dict(report["cases"][0]["runs"][0])) == report["cases"][0]["runs"][0]


def baseline(call: Call, tmp_path: Path, *arguments: str) -> Path:
    """What a passing run wrote."""
    path = tmp_path / "baseline.json"
    assert call("--fail-under", "1", "--json", str(path), *arguments)[0] == 0
    return path


def test_nothing_has_changed_against_itself(call: Call, model: FakeOllama, tmp_path: Path) -> None:
    code, out, _ = call("--baseline", str(baseline(call, tmp_path)))
    assert code == 0
    assert "7 cases alike" in out
    assert "worse" not in out
    assert "Broken" not in out


# Mutations: each turns the passing run into a failing one.


def test_a_prompt_that_forgets_citations_is_caught(
    call: Call, model: FakeOllama, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checks find the sentences of these answers without a model's numbers; here they must do without that help."""
    before = baseline(call, tmp_path)
    check = Checker.check
    monkeypatch.setattr(
        Checker, "check", lambda self, text, numbers=(): check(self, text, numbers) if numbers else NOTHING
    )
    assert call("--baseline", str(before), "--restart", "--fail-under", "1")[0] == 0
    parts = dict(prompting.load_answer_prompt())
    without = "\n".join(line for line in parts["system"].splitlines() if "[1]" not in line and "[2]" not in line)
    monkeypatch.setattr(prompting, "load_answer_prompt", lambda: parts | {"system": without})
    code, out, err = call("--baseline", str(before), "--restart", "--fail-under", "1")
    assert code == 4
    assert "of the cases passed; --fail-under is 1.0" in err
    assert "Broken: containers" in out


def test_an_index_with_one_article_missing_is_caught(
    call: Call, model: FakeOllama, corpus: Corpus, tmp_path: Path
) -> None:
    before = baseline(call, tmp_path)
    text = (corpus.folder / "bruecke.txt").read_text(encoding="utf-8")
    (corpus.folder / "bruecke.txt").unlink()
    ingest(corpus.settings)
    corpus.write("bruecke.txt", text)
    code, out, _ = call("--baseline", str(before), "--fail-under", "1")
    assert code == 4
    assert "Broken: bridge-cost, bridge-opened" in out


def test_a_retriever_that_returns_random_passages_is_caught(
    call: Call, model: FakeOllama, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    baseline(call, tmp_path, "--top-k", "1")
    chance = random.Random(1)

    def at_random(index: Any, question: str, language: str, limit: int, filters: Any) -> Retrieval:
        found = retrieval.retrieve(index, question, language, 1_000, filters)
        hits = chance.sample(found.hits, k=limit)
        return Retrieval(tuple(hits), 1.0, found.sentence_vectors, found.asked)

    monkeypatch.setattr("qa_assistant.assistant.retrieve", at_random)
    code, out, _ = call("--top-k", "1", "--restart", "--fail-under", "0.9")
    assert code == 4
    assert "refused" in out


def test_a_model_that_always_answers_is_caught(
    call: Call, model: FakeOllama, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_ASSISTANT_MIN_CONFIDENCE", "0")  # else it is not even asked
    baseline(call, tmp_path)
    model.model = lambda body: said if (said := obedient(body)) != "NO_ANSWER" else TRUE_BUT_NO_ANSWER
    code, out, _ = call("--fail-under", "1", "--restart")
    assert code == 4
    assert "invented   no-lottery" in out


def test_quotes_that_answer_everything_are_worse_than_a_baseline(
    shipped_index: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With enough cases, the difference is significant."""
    fixed = str(Path(__file__).parent / "questions")
    path = tmp_path / "baseline.json"
    assert run(["--index", shipped_index.index, "eval", fixed, "--json", str(path)]) == 0
    monkeypatch.setenv("QA_ASSISTANT_MIN_CONFIDENCE", "0")
    assert run(["--index", shipped_index.index, "eval", fixed, "--baseline", str(path)]) == 4
    assert "Worse than baseline.json: " in capsys.readouterr().err


# Interruptions, repeats, failures.


def test_an_interrupted_run_goes_on_where_it_stopped(call: Call, model: FakeOllama) -> None:
    said = 0

    def interrupted(body: Any) -> str:
        nonlocal said
        said += 1
        if said == 4:
            import _thread

            _thread.interrupt_main()
        return obedient(body)

    model.model = interrupted
    code, out, err = call()
    assert code == 130
    assert out == ""
    assert "runs are kept; the same command goes on" in err
    before = asked(model)
    model.model = obedient
    code, out, _ = call("--fail-under", "1")
    assert code == 0
    assert 0 < asked(model) - before < before
    again = asked(model)
    assert call("--fail-under", "1")[0] == 0
    assert asked(model) - again == 5  # a finished run begins anew


def test_restart_and_changed_settings_begin_anew(call: Call, model: FakeOllama, questions: Path) -> None:
    model.reply("2,1 Millionen [1].")
    model.reply(status=500, error="out of memory")
    model.reply(status=500, error="out of memory")
    model.reply(status=500, error="out of memory")
    code, _, err = call()
    assert code == 1
    assert "out of memory" in err
    first = asked(model)
    call("--top-k", "2")
    assert asked(model) - first == 5  # all that reach the model
    second = asked(model)
    call()
    assert asked(model) - second == 4  # the first case was kept
    model.reply("2,1 Millionen [1].")
    for _ in range(3):
        model.reply(status=500, error="out of memory")
    call()
    third = asked(model)
    call("--restart")
    assert asked(model) - third == 5


def test_one_failure_is_an_error_of_its_case(call: Call, model: FakeOllama) -> None:
    model.reply(status=500, error="out of memory")
    code, out, _ = call()
    assert code == 0
    assert "error      containers: Wie viele" in out
    assert "6 of 7 cases passed" in out


def test_repeats_count_once_a_case(call: Call, model: FakeOllama, tmp_path: Path) -> None:
    model.reply("Der Hafen von Hamburg hat Container umgeschlagen [1].")
    path = tmp_path / "report.json"
    code, out, _ = call("--repeat", "3", "--json", str(path))
    assert code == 0
    assert "6 of 7 cases passed, 3 times each" in out
    report = read(path)
    assert [one["outcome"] for one in report["cases"][0]["runs"]] == ["incomplete", "passed", "passed"]
    (passed,) = (figure for figure in report["figures"] if figure["name"] == "passed")
    assert passed["count"] == 7
    assert passed["value"] == pytest.approx((6 + 2 / 3) / 7)


def test_only_cases_with_a_tag(call: Call, model: FakeOllama) -> None:
    assert "3 of 3 cases passed" in call("--tag", "port", "--tag", "zoo")[1]
    code, _, err = call("--tag", "nothing")
    assert code == 2
    assert "No case of" in err


def test_quotes_without_ollama(call: Call) -> None:
    code, out, err = call()
    assert code == 0
    assert "answered with quotes" in out
    assert "No Ollama is running" in err


def test_a_model_that_is_asked_for_must_be_there(call: Call, model: FakeOllama) -> None:
    assert "is not installed" in call("--model", "other:7b")[2]
    assert call("--answer-with", "ollama", "--model", "other:7b")[0] == 1


# The judge.


def test_the_judge_is_another_model_and_its_agreement_is_reported(
    call: Call, model: FakeOllama, tmp_path: Path
) -> None:
    model.install("judge:9b", parameter_size="9.0B")

    def both(body: Any) -> str:
        if body["model"] == "judge:9b":
            return "CORRECT" if "40" not in body["messages"][-1]["content"] else "WRONG."
        return obedient(body)

    model.model = both
    path = tmp_path / "report.json"
    code, out, _ = call("--model", "fake:4b", "--judge", "judge:9b", "--json", str(path))
    assert code == 0
    report = read(path)
    assert report["judge"] == {"model": "judge:9b", "kappa": 0.0}
    figures = {figure["name"]: figure for figure in report["figures"]}
    assert figures["judged"]["value"] == figures["judge_agreement"]["value"] == 0.8
    assert figures["judged"]["count"] == 5
    assert "7 of 7 cases passed" in out  # what the judge says is no part of it
    code, _, err = call("--model", "fake:4b", "--judge", "fake:4b")
    assert code == 2
    assert "cannot judge its own answers" in err


# Bad calls.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--passages", "x.json"), "--passages goes with --squad"),
        (("--squad", "x.json"), "QUESTIONS does not go with --squad"),
        (("--init", "x.yaml"), "QUESTIONS does not go with --init"),
        (("--fail-under", "2"), "2.0 is not in the range"),
        (("--repeat", "0"), "0 is not in the range"),
        (("--json", "no/such/folder/x.json"), "There is no folder"),
        (("--baseline", "missing.json"), "cannot be read"),
        (("--judge", "judge:9b"), "Ollama does not answer"),
    ],
)
def test_bad_calls(call: Call, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = call(*arguments)
    assert code == (1 if "--judge" in arguments else 2)
    assert message in err
    assert out == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no json", "is not JSON"),
        ("[]", "is no report"),
        ('{"schema": 1, "cases": [{"id": 1}]}', "is no report"),
        ('{"schema": 99}', "was written by a newer version"),
    ],
)
def test_a_baseline_that_is_none(call: Call, tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text)
    code, _, err = call("--baseline", str(path))
    assert code == 2
    assert message in err


def test_expected_sentences_must_stand_in_the_articles(call: Call, questions: Path) -> None:
    text = questions.read_text(encoding="utf-8")
    questions.write_text(
        text.replace("wiegt 112 Kilogramm.}", "wiegt 113 Kilogramm.}").replace("hafen.txt", "port.txt")
    )
    code, out, err = call()
    assert code == 2
    assert "questions.yaml:6: there is no article “port.txt” in the corpus" in err
    assert "questions.yaml:28: “Das Jungtier wiegt 113 Kilogramm.” does not stand in zoo.txt" in err
    assert out == ""


def test_without_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["eval"]) == 2
    assert "There is no questions.yaml." in capsys.readouterr().err
