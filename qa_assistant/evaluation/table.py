"""A report as a table of plain text, 80 columns wide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa_assistant.display import counted, one_line, shortened
from qa_assistant.evaluation.figures import FIGURES, Kind
from qa_assistant.evaluation.records import CaseResult, Comparison, Figure, Report
from qa_assistant.evaluation.summary import BY_TAG

_TAG_COLUMNS = {
    "passed": "passed",
    "answered": "answered",
    "refused": "refused",
    "facts": "facts",
    "citation_recall": "cited",
}

_LONGEST = 147
"""Characters of a reason: two lines of a terminal."""
_MOST_NAMED = 10
"""Cases that are named where all of them may be too many."""


def table(report: Report) -> str:
    """What was run, the figures, the same by tag, what changed against the baseline, and every case that failed."""
    parts = [_head(report), "\n".join((*_figures(report.figures), *_unjudged(report)))]
    if report.groups:
        parts.append("\n".join(_groups(report)))
    if report.comparison:
        parts.append("\n".join(_comparison(report.comparison)))
    failed = [result for result in report.results if not result.passed]
    if failed:
        parts.append("\n".join(_failed(failed)))
    return "\n\n".join(parts)


def written(figure_value: float | None, kind: Kind, *, sign: bool = False) -> str:
    """A value as its unit wants it: a share with three digits, milliseconds and tokens as whole numbers."""
    if figure_value is None:
        return ""
    plus = "+" if sign else ""
    number = f"{figure_value:{plus}.3f}" if kind.unit == "share" else f"{figure_value:{plus},.0f}"
    return number if kind.unit != "ms" else f"{number} ms"


def named(ids: Sequence[str]) -> str:
    """The ids, or the first of them and how many there are more."""
    more = len(ids) - _MOST_NAMED
    return ", ".join(one_line(id_)[:80] for id_ in ids[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def not_compared(comparison: Comparison) -> str:
    """The cases that only one side has, or that ask or expect something else now: nobody would miss them otherwise."""
    kinds = (
        (comparison.changed, "asked or expected otherwise now"),
        (comparison.new, "new"),
        (comparison.gone, f"only in {one_line(comparison.baseline)}"),
    )
    return "; ".join(f"{len(ids):,} {kind} ({named(ids)})" for ids, kind in kinds if ids)


def _head(report: Report) -> str:
    with_what = f"{report.kind} ({report.model})" if report.model else report.kind
    times = f", {report.repeat} times each" if report.repeat > 1 else ""
    passed = sum(result.passed for result in report.results)
    line = f"{one_line(report.questions)}: {passed} of {len(report.results)} cases passed{times}"
    return f"{line}, answered with {one_line(with_what)}"


def _figures(figures: Sequence[Figure]) -> Iterator[str]:
    yield f"{'':<24}{'figure':>9}{'95 % interval':>20}{'cases':>8}"
    for figure in figures:
        kind = FIGURES[figure.name]
        interval = f"{written(figure.low, kind)} – {written(figure.high, kind)}" if figure.low is not None else ""
        yield f"{kind.label:<24}{written(figure.value, kind):>9}{interval:>20}{figure.count:>8}"


def _unjudged(report: Report) -> Iterator[str]:
    errors = [run.judge_error for result in report.results for run in result.runs if run.judge_error]
    if errors:
        yield f"The judge failed on {counted(len(errors), 'answer')}: {one_line(errors[0])}"[:160]


def _groups(report: Report) -> Iterator[str]:
    yield f"{'tag':<24}{'cases':>6}" + "".join(f"{_TAG_COLUMNS[name]:>10}" for name in BY_TAG)
    for tag, figures in report.groups.items():
        values = {figure.name: figure.value for figure in figures}
        cases = sum(tag in result.case.tags for result in report.results)
        columns = (f"{values[name]:.2f}" if name in values else "–" for name in BY_TAG)
        yield f"{one_line(tag)[:23]:<24}{cases:>6}" + "".join(f"{column:>10}" for column in columns)


def _comparison(comparison: Comparison) -> Iterator[str]:
    title = f"against {one_line(comparison.baseline)}"
    yield f"{title[:23]:<24}{'before':>8}{'now':>8}{'difference (95 %)':>26}{'p':>7}"
    for one in comparison.differences:
        kind = FIGURES[one.name]
        change = f"{one.difference:+.3f} ({one.low:+.3f} – {one.high:+.3f})"
        verdict = "" if one.verdict == "same" else f"  {one.verdict}"
        yield f"{kind.label:<24}{one.before:>8.3f}{one.now:>8.3f}{change:>26}{one.p:>7.3f}{verdict}"
    yield f"{counted(comparison.cases, 'case')} alike; p adjusted for {len(comparison.differences)} figures (Holm)."
    if others := not_compared(comparison):
        yield f"Not compared: {others}."
    for name, ids in (("Broken", comparison.broken), ("Fixed", comparison.fixed)):
        if ids:
            yield f"{name}: {', '.join(ids)}"


def _failed(results: Sequence[CaseResult]) -> Iterator[str]:
    yield f"Not passed ({len(results)}):"
    for result in results:
        run = result.worst
        yield f"  {run.outcome:<10} {result.case.id}: {one_line(result.case.question)}"
        for reason in _reasons(result):
            yield f"  {'':<10} {shortened(one_line(reason), _LONGEST)}"


def _reasons(result: CaseResult) -> Iterator[str]:
    run = result.worst
    if run.error:
        yield run.error
    if run.outcome == "refused" and run.answer:
        yield f"confidence {run.answer.confidence:.2f}"
    if run.outcome == "invented" and run.answer:
        yield f"confidence {run.answer.confidence:.2f}: {run.answer.text}"
    if run.outcome == "incomplete" and run.answer:
        yield f"missing: {', '.join(run.missing_facts)}"
        yield f"said: {run.answer.text}"
    if run.outcome in ("incomplete", "uncited"):
        for quote in run.missing_quotes:
            yield f"not cited: {quote}"
