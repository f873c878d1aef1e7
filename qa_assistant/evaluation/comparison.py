"""An evaluation beside an earlier one, case by case, so that noise is not called a change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_assistant.errors import QuestionsError
from qa_assistant.evaluation import statistics
from qa_assistant.evaluation.records import CaseResult, Comparison, Difference, Verdict
from qa_assistant.evaluation.report_json import SCHEMA, digest
from qa_assistant.evaluation.summary import case_score

COMPARED = (
    "passed", "answered", "refused", "facts", "citation_recall", "citation_precision", "verbatim", "support", "mrr",
)  # fmt: skip
"""The figures that are compared: shares, of which more is better. Times are not: machines differ."""

SIGNIFICANT = 0.05
"""A difference with a smaller adjusted p is called better or worse."""

_HOW = "Name a file that `qa-assistant eval --json FILE` wrote."


@dataclass(frozen=True, slots=True)
class Past:
    """What a case gave in the baseline: its scores are means over its runs."""

    digest: str
    passed: bool
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier evaluation, by case id."""

    name: str
    cases: Mapping[str, Past]


def load_baseline(path: Path) -> Baseline:
    """Raises QuestionsError if `path` is not a report that this program can read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise QuestionsError(f"The baseline {path} cannot be read: {error.strerror}.", hint=_HOW) from None
    except (ValueError, RecursionError):  # the latter where lists or mappings are nested without end
        raise QuestionsError(f"The baseline {path} is not JSON.", hint=_HOW) from None
    if isinstance(data, dict) and isinstance(data.get("schema"), int) and data["schema"] > SCHEMA:
        raise QuestionsError(f"The baseline {path} was written by a newer version.", hint="Update qa-assistant.")
    try:
        return Baseline(path.name, {str(case["id"]): _past(case) for case in data["cases"]})
    except (KeyError, TypeError, AttributeError, ValueError):
        raise QuestionsError(f"The baseline {path} is no report of an evaluation.", hint=_HOW) from None


def compare(results: Sequence[CaseResult], baseline: Baseline) -> Comparison:
    """Paired differences over the cases that both have, with the same question and expectations."""
    past_ids, digests = baseline.cases.keys(), {result.case.id: digest(result.case) for result in results}
    both = [(result, baseline.cases[result.case.id]) for result in results if result.case.id in past_ids]
    pairs = [(result, past) for result, past in both if past.digest == digests[result.case.id]]
    tested: list[tuple[str, list[float], list[float]]] = []
    for name in COMPARED:
        scores = [
            (past.scores[name], now)
            for result, past in pairs
            if name in past.scores and (now := case_score(result, name)) is not None
        ]
        if scores:
            tested.append((name, [before for before, _ in scores], [now for _, now in scores]))
    return Comparison(
        baseline.name,
        len(pairs),
        _differences(tested),
        tuple(result.case.id for result, past in pairs if result.passed and not past.passed),
        tuple(result.case.id for result, past in pairs if past.passed and not result.passed),
        changed=tuple(result.case.id for result, past in both if past.digest != digests[result.case.id]),
        new=tuple(id_ for id_ in digests if id_ not in past_ids),
        gone=tuple(id_ for id_ in past_ids if id_ not in digests),
    )


def is_worse(comparison: Comparison) -> bool:
    """Whether any figure is significantly worse than the baseline's."""
    return any(one.verdict == "worse" for one in comparison.differences)


def too_few(comparison: Comparison) -> bool:
    """Whether there are so few cases that even one change in all of them could be chance.

    Of n cases that all change alike, the sign-flip test's p is 2 / 2ⁿ; the least of m figures' is multiplied by m.
    """
    return len(comparison.differences) * 2.0 ** (1 - comparison.cases) >= SIGNIFICANT


def _differences(tested: Sequence[tuple[str, list[float], list[float]]]) -> tuple[Difference, ...]:
    paired = [statistics.paired(before, now) for _, before, now in tested]
    adjusted = statistics.holm([p for _, _, _, p in paired])
    return tuple(
        Difference(
            name,
            sum(before) / len(before),
            sum(now) / len(now),
            difference,
            low,
            high,
            p,
            _verdict(difference, p),
        )
        for (name, before, now), (difference, low, high, _), p in zip(tested, paired, adjusted, strict=True)
    )


def _verdict(difference: float, p: float) -> Verdict:
    if p >= SIGNIFICANT:
        return "same"
    return "better" if difference > 0 else "worse"


def _past(case: Mapping[str, Any]) -> Past:
    names = {name for run in case["runs"] for name in run["scores"]}
    scores: dict[str, float] = {}
    for name in names:
        values = [float(run["scores"][name]) for run in case["runs"] if name in run["scores"]]
        scores[name] = sum(values) / len(values)
    return Past(str(case["digest"]), bool(case["passed"]), scores)
