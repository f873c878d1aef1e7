"""`eval` is interrupted, repeated, restricted, and called with what it cannot use."""

from __future__ import annotations

import _thread
import errno
import io
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Corpus, EvalCall
from fake_ollama import FakeOllama
from scripted_model import obedient

from qa_assistant.cli.main import run

# Interruptions, repeats, failures.


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A shell without job control starts background jobs with SIGINT ignored; then nothing would interrupt them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupted_run_goes_on_where_it_stopped(eval_call: EvalCall, obedient_model: FakeOllama) -> None:
    said = 0

    def interrupted(body: Any) -> str:
        nonlocal said
        said += 1
        if said == 4:
            _thread.interrupt_main()
        return obedient(body)

    obedient_model.model = interrupted
    code, out, err = eval_call()
    assert code == 130
    assert out == ""
    assert "runs are kept; the same command goes on" in err
    before = len(obedient_model.asked())
    obedient_model.model = obedient
    code, out, _ = eval_call("--fail-under", "1")
    assert code == 0
    assert 0 < len(obedient_model.asked()) - before < before
    again = len(obedient_model.asked())
    assert eval_call("--fail-under", "1")[0] == 0
    assert len(obedient_model.asked()) - again == 5  # a finished run begins anew


def test_restart_and_changed_settings_begin_anew(
    eval_call: EvalCall, obedient_model: FakeOllama, eval_questions: Path
) -> None:
    obedient_model.reply("2,1 Millionen [1].")
    obedient_model.reply(status=500, error="out of memory")
    obedient_model.reply(status=500, error="out of memory")
    obedient_model.reply(status=500, error="out of memory")
    code, _, err = eval_call()
    assert code == 1
    assert "out of memory" in err
    first = len(obedient_model.asked())
    eval_call("--top-k", "2")
    assert len(obedient_model.asked()) - first == 5  # all that reach the model
    second = len(obedient_model.asked())
    eval_call()
    assert len(obedient_model.asked()) - second == 4  # the first case was kept
    obedient_model.reply("2,1 Millionen [1].")
    for _ in range(3):
        obedient_model.reply(status=500, error="out of memory")
    eval_call()
    third = len(obedient_model.asked())
    eval_call("--restart")
    assert len(obedient_model.asked()) - third == 5


def test_no_question_is_asked_again_because_a_report_could_not_be_written(
    eval_call: EvalCall, obedient_model: FakeOllama, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, text: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    first, second = tmp_path / "first.json", tmp_path / "second.json"
    with monkeypatch.context() as patch:
        patch.setattr("qa_assistant.cli.eval.write_whole", full)
        code, _, err = eval_call("--json", str(first))
    assert code == 1
    assert "first.json cannot be written: No space left on device." in err
    before = len(obedient_model.asked())
    assert eval_call("--json", str(second))[0] == 0
    assert len(obedient_model.asked()) == before
    assert json.loads(second.read_text(encoding="utf-8"))["cases"][0]["passed"]


def test_a_cache_folder_that_cannot_be_written_keeps_no_run_and_no_answer_back(
    eval_call: EvalCall, obedient_model: FakeOllama, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    code, out, err = eval_call()
    assert code == 0
    assert "7 of 7 cases passed" in out
    assert err.count("if this evaluation is interrupted, it begins anew") == 1


@pytest.mark.parametrize("files", [(), ("report.json",)])
def test_whoever_reads_the_table_may_leave(
    eval_call: EvalCall,
    obedient_model: FakeOllama,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: tuple[str, ...],
) -> None:
    """Files are written before; without any, the same command shows the table of the same answers."""

    def left(_: object) -> str:
        raise BrokenPipeError

    arguments = [word for file in files for word in ("--json", str(tmp_path / file))]
    with monkeypatch.context() as patch:
        patch.setattr("qa_assistant.evaluation.table.table", left)
        patch.setattr("sys.stderr", io.StringIO())  # is closed
        assert eval_call(*arguments)[0] == 1
    assert all((tmp_path / file).exists() for file in files)
    before = len(obedient_model.asked())
    assert "7 of 7 cases passed" in eval_call(*arguments)[1]
    assert len(obedient_model.asked()) - before == (5 if files else 0)


def test_one_failure_is_an_error_of_its_case(eval_call: EvalCall, obedient_model: FakeOllama) -> None:
    obedient_model.reply(status=500, error="out of memory")
    code, out, err = eval_call()
    assert code == 0
    assert "error      containers: Wie viele" in out
    assert "6 of 7 cases passed" in out
    assert "1 run ended in an error, the first one: Ollama failed: out of memory" in err


def test_questions_that_are_refused_unasked_do_not_hide_a_dead_model(
    eval_call: EvalCall, obedient_model: FakeOllama, eval_questions: Path
) -> None:
    head, *cases = eval_questions.read_text(encoding="utf-8").split("  - id: ")
    refused = cases.pop()
    eval_questions.write_text("  - id: ".join([head, *cases[:2], refused, *cases[2:]]), encoding="utf-8")
    for _ in range(5):
        obedient_model.reply(status=500, error="out of memory")
    code, out, err = eval_call()
    assert (code, out) == (1, "")
    assert "out of memory" in err
    assert len(obedient_model.asked()) == 3


def test_repeats_count_once_a_case(eval_call: EvalCall, obedient_model: FakeOllama, tmp_path: Path) -> None:
    obedient_model.reply("Der Hafen von Hamburg hat Container umgeschlagen [1].")
    path = tmp_path / "report.json"
    code, out, _ = eval_call("--repeat", "3", "--json", str(path))
    assert code == 0
    assert "6 of 7 cases passed, 3 times each" in out
    report = json.loads(path.read_text(encoding="utf-8"))
    assert [one["outcome"] for one in report["cases"][0]["runs"]] == ["incomplete", "passed", "passed"]
    (passed,) = (figure for figure in report["figures"] if figure["name"] == "passed")
    assert passed["count"] == 7
    assert passed["value"] == pytest.approx((6 + 2 / 3) / 7)


def test_only_cases_with_a_tag(eval_call: EvalCall, obedient_model: FakeOllama) -> None:
    assert "3 of 3 cases passed" in eval_call("--tag", "port", "--tag", "zoo")[1]
    code, _, err = eval_call("--tag", "nothing")
    assert code == 2
    assert "No case of" in err


# Bad calls.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--passages", "x.json"), "--passages goes with --squad"),
        (("--squad", "x.json"), "QUESTIONS does not go with --squad"),
        (("--init", "x.yaml"), "QUESTIONS does not go with --init"),
        (("--json", "-"), "Here - is neither stdin nor stdout"),
        (("--fail-under", "2"), "2.0 is not in the range"),
        (("--fail-under", "nan"), "--fail-under takes a number"),
        (("--json", "x.out", "--html", "./x.out"), "x.out is named for two reports"),
        (("--repeat", "0"), "0 is not in the range"),
        (("--json", "no/such/folder/x.json"), "There is no folder"),
        (("--html", "/proc/x.html"), "/proc/x.html cannot be written: No such file or directory"),
        (("--baseline", "missing.json"), "cannot be read"),
        (("--judge", "judge:9b"), "Ollama does not answer"),
    ],
)
def test_bad_calls(eval_call: EvalCall, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = eval_call(*arguments)
    assert code == (1 if "--judge" in arguments else 2)
    assert message in err
    assert out == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no json", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is no report"),
        ('{"schema": 1, "cases": [{"id": 1}]}', "is no report"),
        ('{"schema": 99}', "was written by a newer version"),
    ],
)
def test_a_baseline_that_is_none(eval_call: EvalCall, tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text)
    code, _, err = eval_call("--baseline", str(path))
    assert code == 2
    assert message in err


def test_a_baseline_of_other_cases_is_said_to_compare_nothing(
    eval_call: EvalCall, obedient_model: FakeOllama, tmp_path: Path
) -> None:
    path = tmp_path / "baseline.json"
    same_id = {"id": "elephant", "digest": "another question's", "passed": True, "runs": []}
    path.write_text(json.dumps({"schema": 1, "cases": [same_id]}))
    code, out, err = eval_call("--baseline", str(path), "--tag", "zoo")
    assert code == 0
    assert "0 cases alike" in out
    assert "Nothing was compared: baseline.json has none of these cases" in err


def test_expected_sentences_must_stand_in_the_articles(eval_call: EvalCall, eval_questions: Path) -> None:
    text = eval_questions.read_text(encoding="utf-8")
    eval_questions.write_text(
        text.replace("wiegt 112 Kilogramm.}", "wiegt 113 Kilogramm.}").replace("hafen.txt", "port.txt")
    )
    code, out, err = eval_call()
    assert code == 2
    assert "questions.yaml:6: there is no article “port.txt” in the corpus" in err
    assert "questions.yaml:28: “Das Jungtier wiegt 113 Kilogramm.” does not stand in zoo.txt" in err
    assert out == ""


def test_a_sentence_that_is_not_indexed_yet(eval_call: EvalCall, eval_questions: Path, eval_corpus: Corpus) -> None:
    eval_corpus.write("zoo.txt", "Das Jungtier wiegt 113 Kilogramm.\n")
    text = eval_questions.read_text(encoding="utf-8")
    eval_questions.write_text(text.replace("wiegt 112 Kilogramm.}", "wiegt 113 Kilogramm.}"), encoding="utf-8")
    code, _, err = eval_call()
    assert code == 2
    assert "1 file changed since the index was made: qa-assistant" in err
    assert "does not stand in zoo.txt" in err
    assert err.endswith(" articles show ID --text` prints what an article says.\n")


def test_without_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["eval"]) == 2
    assert "There is no questions.yaml." in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--json", "--junit", "--html"])
def test_reports_are_not_written_over_questions_or_articles(
    eval_call: EvalCall, eval_corpus: Corpus, eval_questions: Path, option: str
) -> None:
    article = next(path for path in eval_corpus.folder.iterdir() if path.is_file())
    for file, why in ((eval_questions, "is read by this evaluation"), (article, "is in the corpus")):
        before = file.read_bytes()
        code, _, err = eval_call(option, str(file))
        assert (code, file.read_bytes()) == (2, before)
        assert why in err


def test_reports_are_not_written_over_questions_in_a_folder(eval_call: EvalCall, eval_questions: Path) -> None:
    before = eval_questions.read_bytes()
    code, _, err = eval_call("--json", str(eval_questions), file=eval_questions.parent)
    assert (code, eval_questions.read_bytes()) == (2, before)
    assert "is read by this evaluation" in err


@pytest.mark.parametrize("option", ["--json", "--junit", "--html"])
def test_reports_are_not_written_over_the_baseline(eval_call: EvalCall, tmp_path: Path, option: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text('{"schema": 1, "cases": []}')
    code, _, err = eval_call("--baseline", str(path), option, str(path))
    assert (code, path.read_text()) == (2, '{"schema": 1, "cases": []}')
    assert "is read by this evaluation. Name another file." in err


@pytest.mark.parametrize("option", ["--init", "--add"])
def test_question_files_are_not_written_into_the_corpus(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    assert run(["--corpus", str(corpus), "eval", option, str(corpus / "mine.yaml")]) == 2
    assert "is in the corpus" in capsys.readouterr().err
    assert not list(corpus.iterdir())


@pytest.mark.parametrize("arguments", [[], ["--init"], ["--add"]])
def test_a_name_that_no_file_can_have_is_said(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--corpus", str(tmp_path), "eval", *arguments, "q" * 300]) == 2
    assert "cannot be read: File name too long" in capsys.readouterr().err


def test_commands_quote_paths_with_blanks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["eval", "my questions.yaml"]) == 2
    assert "eval --init 'my questions.yaml'" in capsys.readouterr().err
    (tmp_path / "corpus").mkdir()
    (tmp_path / "my texts").mkdir()
    assert run(["--corpus", "corpus", "ingest", "my texts"]) != 0
    assert "--corpus 'my texts' ingest" in capsys.readouterr().err
