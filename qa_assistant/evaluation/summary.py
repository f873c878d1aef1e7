"""Runs to figures: means over cases, each with its interval; for all cases and by tag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa_assistant.evaluation import metrics, statistics
from qa_assistant.evaluation.figures import FIGURES
from qa_assistant.evaluation.records import CaseResult, Figure

BY_TAG = ("passed", "answered", "refused", "facts", "citation_recall")
"""The figures that are given for each tag too."""


def case_score(result: CaseResult, name: str) -> float | None:
    """Mean over the runs that have it, so that a case counts once however often it is run; None if none has it."""
    scores = [run.scores[name] for run in result.runs if name in run.scores]
    return sum(scores) / len(scores) if scores else None


def figures(results: Sequence[CaseResult], names: Sequence[str] = tuple(FIGURES)) -> tuple[Figure, ...]:
    """All of `names` that apply to these cases, in that order."""
    return tuple(figure for name in names if (figure := _figure(name, results)) is not None)


def by_tag(results: Sequence[CaseResult]) -> Mapping[str, tuple[Figure, ...]]:
    """Figures of the cases of each tag. Tags that stand first in their cases come first: languages, for instance."""
    placed = [(place, tag) for result in results for place, tag in enumerate(result.case.tags)]
    tags = dict.fromkeys(tag for _, tag in sorted(placed, key=lambda one: one[0]))
    return {tag: figures([one for one in results if tag in one.case.tags], BY_TAG) for tag in tags}


def _figure(name: str, results: Sequence[CaseResult]) -> Figure | None:
    if name in _OF_ALL:
        return _of_all(name, results)
    if name in ("judged", "judge_agreement"):
        scores = [score for one in results if (score := _judgement(one, name)) is not None]
    else:
        scores = [score for one in results if (score := case_score(one, name)) is not None]
    if not scores:
        return None
    low, high = statistics.interval(scores) or (None, None)
    return Figure(name, sum(scores) / len(scores), low, high, len(scores))


def _of_all(name: str, results: Sequence[CaseResult]) -> Figure | None:
    """A figure that only many cases together have."""
    cases = [result for result in results if case_score(result, "confidence") is not None]
    columns = (
        [case_score(result, "confidence") or 0.0 for result in cases],
        [float(result.case.answerable) for result in cases],
        [_share_refused(result) for result in cases],
    )
    value = _OF_ALL[name](*columns) if cases else None
    if value is None:
        return None
    count = len(cases) if name == "auroc" else sum(share > 0 for share in columns[2])  # precision is of what is refused
    low, high = (statistics.ratio_interval(_OF_ALL[name], *columns) if count > 1 else None) or (None, None)
    return Figure(name, value, low, high, count)


def _share_refused(result: CaseResult) -> float:
    """Of its runs that gave an answer."""
    refused = [run.answer.status == "no_answer" for run in result.runs if run.answer]
    return sum(refused) / len(refused)


def _precision(_: Sequence[float], answerable: Sequence[float], refused: Sequence[float]) -> float | None:
    return metrics.abstention_precision([bool(can) for can in answerable], refused)


def _auroc(confidence: Sequence[float], answerable: Sequence[float], _: Sequence[float]) -> float | None:
    return metrics.auroc(confidence, [bool(can) for can in answerable])


_OF_ALL = {"abstention_precision": _precision, "auroc": _auroc}


def _judgement(result: CaseResult, name: str) -> float | None:
    """Share of the judged runs that the judge finds right, or in which it agrees with the facts."""
    judged = [(run.judged, not run.missing_facts) for run in result.runs if run.judged is not None]
    if not judged or (name == "judge_agreement" and not result.case.facts):
        return None
    return sum(verdict if name == "judged" else verdict == facts for verdict, facts in judged) / len(judged)


def judge_kappa(results: Sequence[CaseResult]) -> float | None:
    """Cohen's kappa of the judge and the facts, over all judged runs of cases that have facts; None without any."""
    judged = [
        (run.judged, not run.missing_facts)
        for result in results
        for run in result.runs
        if run.judged is not None and result.case.facts
    ]
    return metrics.cohen_kappa([one for one, _ in judged], [other for _, other in judged]) if judged else None
