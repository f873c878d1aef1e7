"""The report as one HTML page that needs nothing else: no file, no network, no server. Made to be kept and passed on.

The page is `report.html`, a Jinja template, with `report.css` and `report.js` written into it. Whatever is shown is
made harmless and escaped in one place, by the template's environment, so that no text can become markup by oversight.
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from qa_assistant.display import harmless, one_line
from qa_assistant.evaluation import charts
from qa_assistant.evaluation.case_view import SHORT, anchor, case_views, clipped, tag_name
from qa_assistant.evaluation.figures import FIGURES, Kind
from qa_assistant.evaluation.records import CaseResult, Comparison, Outcome, Report
from qa_assistant.evaluation.table import not_compared, written
from qa_assistant.references import describe

if TYPE_CHECKING:
    from jinja2 import Environment

OUTCOMES: Mapping[Outcome, str] = {
    "passed": "every fact is there and every expected sentence is cited, or the question was rightly refused",
    "incomplete": "an expected fact is missing",
    "uncited": "all facts are there, an expected sentence is not cited",
    "refused": "the articles answer the question, the answer says they do not",
    "invented": "the articles do not answer the question, yet there is an answer",
    "error": "nothing could be answered",
}
"""What each outcome means, in the order in which they are shown."""

VERDICTS = {"better": "better", "worse": "worse", "same": "no difference beyond chance"}
"""What the verdict of a comparison means, in words."""


def write_html(report: Report) -> str:
    """The page, as text to be written in UTF-8."""
    from markupsafe import Markup

    style, script = (Markup(_beside(name)) for name in ("report.css", "report.js"))
    page = _environment().get_template("report.html")
    return page.render(
        report=report,
        style=style,
        script=script,
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'",
        outcomes=_outcomes(report.results),
        tags=[_Tag(name, report) for name in report.groups],
        cases=case_views(report),
        confidence=_confidence(report),
        times=_times(report),
        difference_axis=_difference_axis(report.comparison),
    )


def _environment() -> Environment:
    """Every value is made harmless and escaped, unless this program made it as markup."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else harmless(str(value)),
    )
    environment.globals.update(meanings=OUTCOMES, verdicts=VERDICTS, charts=charts, kind_of=_kind, short=SHORT)
    environment.filters.update(
        anchor=anchor,
        clipped=clipped,
        describe=describe,
        moment=_moment,
        not_compared=not_compared,
        tag_name=tag_name,
        value=written,
    )
    return environment


def _beside(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """The source expression by which a content security policy lets this very text through."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _kind(name: str) -> Kind:
    return FIGURES.get(name) or Kind(one_line(clipped(name, 60)), "")


def _moment(iso: str) -> str:
    """`1 May 2024, 12:30 UTC` for an ISO 8601 moment."""
    moment = datetime.fromisoformat(iso).astimezone(UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def _outcomes(results: Sequence[CaseResult]) -> dict[str, int]:
    """Cases by the outcome of their worst run."""
    counts = Counter(result.worst.outcome for result in results)
    return {outcome: counts[outcome] for outcome in OUTCOMES}


class _Tag:
    """A tag with its cases' outcomes and its share of passed ones."""

    def __init__(self, tag: str, report: Report) -> None:
        self.name = tag_name(tag)
        self.outcomes = _outcomes([result for result in report.results if tag in result.case.tags])
        self.count = sum(self.outcomes.values())
        self.passed = next((one for one in report.groups[tag] if one.name == "passed"), None)


def _confidence(report: Report) -> dict[str, Any] | None:
    """Confidence of answerable and unanswerable questions, as chart and in words; None if nothing was answered."""
    answers = [(one.case.answerable, run.answer) for one in report.results for run in one.runs if run.answer]
    if not answers:
        return None
    values = {kind: [answer.confidence for own, answer in answers if own is kind] for kind in (True, False)}
    threshold = float(report.settings["min_confidence"])
    axis = charts.share_axis()
    label = "histogram of the confidence: answerable questions above the axis, unanswerable ones below it"
    return {
        "chart": charts.mirrored(axis, values[True], values[False], label, threshold),
        "threshold": threshold,
        "answerable": len(values[True]),
        "unanswerable": len(values[False]),
        "low": sum(value < threshold for value in values[True]),
        "high": sum(value >= threshold for value in values[False]),
    }


def _times(report: Report) -> dict[str, Any] | None:
    """Time to the first word and to the last, as chart and in words; None if nothing was timed."""
    runs = [run.scores for result in report.results for run in result.runs]
    first, total = ([scores[name] for scores in runs if name in scores] for name in ("first_token_ms", "total_ms"))
    if not (first or total):
        return None
    label = "histogram of times: to the first word above the axis, to the end of the answer below it"
    return {
        "chart": charts.mirrored(charts.time_axis([*first, *total]), first, total, label),
        "rows": [(FIGURES[name], median(values), _percentile(values, 0.95))
                 for name, values in (("first_token_ms", first), ("total_ms", total)) if values],
    }  # fmt: skip


def _percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _difference_axis(comparison: Comparison | None) -> float:
    """How far the axis of differences goes to either side: a tenth, or more if an interval does."""
    differences = comparison.differences if comparison else ()
    reach = max((abs(end) for one in differences for end in (one.low, one.high)), default=0.0)
    return max(0.1, math.ceil(reach * 10) / 10)
