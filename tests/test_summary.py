"""Figures of many cases."""

from __future__ import annotations

from qa_assistant.evaluation.records import Case, CaseResult, Run
from qa_assistant.evaluation.summary import figures
from qa_assistant.records import Answer, Usage


def _refused(number: int, *, yes: bool) -> CaseResult:
    answer = Answer(
        "Is it?",
        "en",
        "no_answer" if yes else "answered",
        "quotes",
        None,
        "It is.",
        (),
        (),
        (),
        0.5,
        Usage(),
        {"total": 1},
    )
    return CaseResult(
        Case(str(number), "Is it?", answerable=False), (Run("passed", {"confidence": 0.5}, answer=answer),)
    )


def test_precision_of_refusals_counts_those_that_are_refused() -> None:
    one_of_many = figures([_refused(number, yes=number == 0) for number in range(14)], ["abstention_precision"])
    assert [(one.value, one.low, one.high, one.count) for one in one_of_many] == [(1, None, None, 1)]
    all_of_them = figures([_refused(number, yes=True) for number in range(14)], ["abstention_precision"])
    assert [(one.value, one.low, one.high, one.count) for one in all_of_them] == [(1, 1, 1, 14)]
