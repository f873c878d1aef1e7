"""Asks every case, as often as wanted, and measures what comes; goes on where an interrupted evaluation stopped."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qa_assistant.errors import ModelError, QAError
from qa_assistant.evaluation.measuring import measured
from qa_assistant.evaluation.records import Case, CaseResult, Run

if TYPE_CHECKING:
    from qa_assistant.assistant import Assistant
    from qa_assistant.evaluation.journal import Journal
    from qa_assistant.evaluation.judge import Judge
    from qa_assistant.evaluation.locating import Places

MOST_FAILURES = 3
"""Failures of the language model in a row after which the rest is not tried."""


@dataclass(frozen=True, slots=True)
class Done:
    """One finished run."""

    case: Case
    run: Run


class Runner:
    """Runs over one index. `judge` is asked about every answer that can be right or wrong."""

    def __init__(self, assistant: Assistant, places: Places, journal: Journal, judge: Judge | None) -> None:
        self._assistant = assistant
        self._places = places
        self._journal = journal
        self._judge = judge
        self._texts = {article.id: article.text for article in assistant.articles()}

    def runs(self, cases: Sequence[Case], repeat: int) -> Generator[Done, None, None]:
        """Every run of every case, case by case. Raises ModelError when the model fails time after time."""
        known = self._journal.runs()
        failures = 0
        for case in cases:
            for number in range(1, repeat + 1):
                kept = known.get((case.id, number))
                if kept and not kept.judge_error:
                    yield Done(case, kept)
                    continue
                try:
                    run = self._judged(case, kept or self._run(case))
                except QAError as error:
                    failures = failures + 1 if isinstance(error, ModelError) else 0
                    if failures == MOST_FAILURES:
                        raise
                    yield Done(case, Run("error", {"passed": 0.0}, error=error.message))
                    continue
                if run.answer and run.answer.model:  # one that is refused unasked says nothing about the model
                    failures = 0
                self._journal.add(case, number, run)  # an error is tried again by the next evaluation
                yield Done(case, run)

    def _run(self, case: Case) -> Run:
        answer = self._assistant.answer(case.question, case.filters, history=case.history)
        return measured(case, answer, self._places, self._texts, self._similarity)

    def _judged(self, case: Case, run: Run) -> Run:
        """With what the judge says, or why it says nothing: an answer counts without it, too."""
        if not (self._judge and case.answerable and run.answer and run.answer.status == "answered"):
            return run
        try:
            return replace(run, judged=self._judge.is_right(case, run.answer), judge_error="")
        except ModelError as error:
            return replace(run, judge_error=error.message)

    def _similarity(self, one: str, other: str) -> float:
        first, second = self._assistant.index.embedder.passages([one, other])
        return float(first @ second)


def by_case(done: Sequence[Done]) -> tuple[CaseResult, ...]:
    """The runs of each case together, in the order of the cases."""
    runs: dict[str, list[Run]] = {}
    cases: dict[str, Case] = {}
    for one in done:
        cases[one.case.id] = one.case
        runs.setdefault(one.case.id, []).append(one.run)
    return tuple(CaseResult(case, tuple(runs[name])) for name, case in cases.items())
