"""`eval` as users call it: a run that passes, mutations that make it fail, the judge."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import Corpus, EvalCall
from fake_ollama import FakeOllama
from scripted_model import obedient

from qa_assistant.answering import prompting, retrieval
from qa_assistant.answering.checks import Checker
from qa_assistant.answering.retrieval import Retrieval
from qa_assistant.answering.verdict import NOTHING
from qa_assistant.cli.main import run
from qa_assistant.evaluation.report_json import run_as_dict, run_from_dict
from qa_assistant.ingestion.ingest import ingest

TRUE_BUT_NO_ANSWER = "Der Hafen von Hamburg hat im ersten Quartal 2,1 Millionen Container umgeschlagen [1]."
"""What an article says, so that the checks let it pass, whatever was asked."""


def test_a_run_that_passes(eval_call: EvalCall, obedient_model: FakeOllama, tmp_path: Path) -> None:
    files = {name: tmp_path / f"report.{name}" for name in ("json", "junit", "html")}
    code, out, err = eval_call(
        "--fail-under", "1", *(word for name, file in files.items() for word in (f"--{name}", str(file)))
    )
    assert code == 0, out + err
    assert "7 of 7 cases passed, answered with ollama (fake:4b)" in out
    assert "Asking: 100 %, 0 not passed" in err
    report = json.loads(files["json"].read_text(encoding="utf-8"))
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


def baseline(eval_call: EvalCall, tmp_path: Path, *arguments: str) -> Path:
    """What a passing run wrote."""
    path = tmp_path / "baseline.json"
    assert eval_call("--fail-under", "1", "--json", str(path), *arguments)[0] == 0
    return path


def test_nothing_has_changed_against_itself(eval_call: EvalCall, obedient_model: FakeOllama, tmp_path: Path) -> None:
    code, out, _ = eval_call("--baseline", str(baseline(eval_call, tmp_path)))
    assert code == 0
    assert "7 cases alike" in out
    assert "Not compared" not in out
    assert "worse" not in out
    assert "Broken" not in out


def test_cases_that_are_renamed_changed_or_left_out_are_named(
    eval_call: EvalCall, obedient_model: FakeOllama, eval_questions: Path, tmp_path: Path
) -> None:
    before, page = baseline(eval_call, tmp_path), tmp_path / "page.html"
    text = eval_questions.read_text(encoding="utf-8")
    eval_questions.write_text(text.replace("id: bridge-cost", "id: price").replace("[Kretschmer]", "[Michael]"))
    _, out, _ = eval_call("--baseline", str(before), "--html", str(page))
    not_compared = (
        "1 asked or expected otherwise now (bridge-opened); 1 new (price); 1 only in baseline.json (bridge-cost)"
    )
    assert f"5 cases alike; p adjusted for 9 figures (Holm).\nNot compared: {not_compared}.\n" in out
    assert not_compared in page.read_text(encoding="utf-8")


def test_what_another_program_answered_is_not_gone_on_with(
    eval_call: EvalCall, obedient_model: FakeOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    obedient_model.reply("2,1 Millionen [1].")
    for _ in range(3):
        obedient_model.reply(status=500, error="out of memory")
    assert eval_call()[0] == 1
    before = len(obedient_model.asked())
    monkeypatch.setattr("qa_assistant.evaluation.journal._code", lambda: "changed")
    eval_call()
    assert len(obedient_model.asked()) - before == 5  # all that reach the model


def test_a_collapse_that_too_few_cases_cannot_show_is_said(
    eval_call: EvalCall, obedient_model: FakeOllama, tmp_path: Path
) -> None:
    before = baseline(eval_call, tmp_path, "--tag", "port")
    obedient_model.model = lambda _: "NO_ANSWER"
    code, _, err = eval_call("--baseline", str(before), "--tag", "port", "--restart")
    assert code == 0
    assert "Passed in baseline.json, not now: containers, lines." in err
    assert "2 cases: too few to call anything worse; use --fail-under." in err


# Mutations: each turns the passing run into a failing one.


def test_a_prompt_that_forgets_citations_is_caught(
    eval_call: EvalCall, obedient_model: FakeOllama, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checks find the sentences of these answers without a model's numbers; here they must do without that help."""
    before = baseline(eval_call, tmp_path)
    check = Checker.check
    monkeypatch.setattr(
        Checker, "check", lambda self, text, numbers=(): check(self, text, numbers) if numbers else NOTHING
    )
    assert eval_call("--baseline", str(before), "--restart", "--fail-under", "1")[0] == 0
    parts = dict(prompting.load_answer_prompt())
    without = "\n".join(line for line in parts["system"].splitlines() if "[1]" not in line and "[2]" not in line)
    monkeypatch.setattr(prompting, "load_answer_prompt", lambda: parts | {"system": without})
    code, out, err = eval_call("--baseline", str(before), "--restart", "--fail-under", "1")
    assert code == 4
    assert "of the cases passed; --fail-under is 1.0" in err
    assert "Broken: containers" in out


def test_an_index_with_one_article_missing_is_caught(
    eval_call: EvalCall, obedient_model: FakeOllama, eval_corpus: Corpus, tmp_path: Path
) -> None:
    before = baseline(eval_call, tmp_path)
    text = (eval_corpus.folder / "bruecke.txt").read_text(encoding="utf-8")
    (eval_corpus.folder / "bruecke.txt").unlink()
    ingest(eval_corpus.settings)
    eval_corpus.write("bruecke.txt", text)
    code, out, _ = eval_call("--baseline", str(before), "--fail-under", "1")
    assert code == 4
    assert "Broken: bridge-cost, bridge-opened" in out


def test_a_retriever_that_returns_random_passages_is_caught(
    eval_call: EvalCall, obedient_model: FakeOllama, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    baseline(eval_call, tmp_path, "--top-k", "1")
    chance = random.Random(1)

    def at_random(index: Any, question: str, language: str, limit: int, filters: Any) -> Retrieval:
        found = retrieval.retrieve(index, question, language, 1_000, filters)
        hits = chance.sample(found.hits, k=limit)
        return replace(found, hits=tuple(hits), confidence=1.0)

    monkeypatch.setattr("qa_assistant.answering.openings.retrieve", at_random)
    code, out, _ = eval_call("--top-k", "1", "--restart", "--fail-under", "0.9")
    assert code == 4
    assert "refused" in out


def test_a_model_that_always_answers_is_caught(
    eval_call: EvalCall, obedient_model: FakeOllama, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_ASSISTANT_MIN_CONFIDENCE", "0")  # else it is not even asked
    baseline(eval_call, tmp_path)
    obedient_model.model = lambda body: said if (said := obedient(body)) != "NO_ANSWER" else TRUE_BUT_NO_ANSWER
    code, out, _ = eval_call("--fail-under", "1", "--restart")
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


def test_quotes_without_ollama(eval_call: EvalCall) -> None:
    code, out, err = eval_call()
    assert code == 0
    assert "answered with quotes" in out
    assert "No Ollama is running" in err


def test_a_failed_case_is_said_with_what_was_answered(eval_call: EvalCall, eval_questions: Path) -> None:
    text = eval_questions.read_text(encoding="utf-8").replace("facts: [112]", "facts: [113]")
    eval_questions.write_text(text, encoding="utf-8")
    _, out, _ = eval_call("--answer-with", "quotes", "--tag", "zoo")
    assert "missing: 113\n             said: Im Zoo von Leipzig" in out


def test_a_refusal_for_want_of_any_article_is_told_from_a_right_one(eval_call: EvalCall, eval_questions: Path) -> None:
    text = eval_questions.read_text(encoding="utf-8").replace(
        "    answerable: false\n", "    answerable: false\n    filters: {agency: AAP}\n", 1
    )
    eval_questions.write_text(text, encoding="utf-8")
    _, _, err = eval_call("--answer-with", "quotes", "--tag", "unanswerable")
    assert "No article is of the dates or agency that these cases ask for: no-lottery.\n" in err


def test_a_model_that_is_asked_for_must_be_there(eval_call: EvalCall, obedient_model: FakeOllama) -> None:
    assert "is not installed" in eval_call("--model", "other:7b")[2]
    assert eval_call("--answer-with", "ollama", "--model", "other:7b")[0] == 1


# The judge.


def test_the_judge_is_another_model_and_its_agreement_is_reported(
    eval_call: EvalCall, obedient_model: FakeOllama, tmp_path: Path
) -> None:
    obedient_model.install("judge:9b", parameter_size="9.0B")

    def both(body: Any) -> str:
        if body["model"] == "judge:9b":
            return "CORRECT" if "40" not in body["messages"][-1]["content"] else "WRONG."
        return obedient(body)

    obedient_model.model = both
    path = tmp_path / "report.json"
    code, out, _ = eval_call("--model", "fake:4b", "--judge", "judge:9b", "--json", str(path))
    assert code == 0
    report = json.loads(path.read_text(encoding="utf-8"))
    assert report["judge"] == {"model": "judge:9b", "kappa": 0.0}
    figures = {figure["name"]: figure for figure in report["figures"]}
    assert figures["judged"]["value"] == figures["judge_agreement"]["value"] == 0.8
    assert figures["judged"]["count"] == 5
    assert "7 of 7 cases passed" in out  # what the judge says is no part of it
    code, _, err = eval_call("--model", "fake:4b", "--judge", "fake:4b")
    assert code == 2
    assert "cannot judge its own answers" in err


def test_a_judge_that_fails_costs_no_answer(eval_call: EvalCall, obedient_model: FakeOllama, tmp_path: Path) -> None:
    obedient_model.install("judge:9b", parameter_size="9.0B", context=300)  # no room for any question
    files = {name: tmp_path / f"report.{name}" for name in ("json", "html")}
    code, out, err = eval_call(
        "--model", "fake:4b", "--judge", "judge:9b", *(f"--{name}={file}" for name, file in files.items())
    )
    assert code == 0
    assert "Asking: 100 %, 0 not passed, the judge failed on 5" in err
    assert "7 of 7 cases passed" in out
    assert "The judge failed on 5 answers: judge:9b has no room for the question and answer." in out
    assert "The judge failed: <bdi>judge:9b has no room" in files["html"].read_text(encoding="utf-8")
    (run,) = json.loads(files["json"].read_text(encoding="utf-8"))["cases"][0]["runs"]
    assert (run["outcome"], run["judged"]) == ("passed", None)
    assert "no room" in run["judge_error"]


def test_an_answer_that_was_not_judged_is_judged_when_the_evaluation_goes_on(
    eval_call: EvalCall, obedient_model: FakeOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    obedient_model.install("judge:9b", parameter_size="9.0B", context=300)
    arguments = ("--model", "fake:4b", "--judge", "judge:9b")
    with monkeypatch.context() as patch:
        patch.setattr("qa_assistant.evaluation.table.table", lambda _: 1 / 0)
        assert eval_call(*arguments)[0] == 1
    before = len(obedient_model.asked())
    obedient_model.install("judge:9b", parameter_size="9.0B")
    obedient_model.model = lambda _: "CORRECT"
    code, out, _ = eval_call(*arguments)
    assert code == 0
    assert [request["model"] for request in obedient_model.asked()[before:]] == ["judge:9b"] * 5
    assert "right, says the judge       1.000" in out
    assert "The judge failed" not in out
