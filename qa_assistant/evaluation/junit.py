"""The report as JUnit XML, a test for each case, as Jenkins, GitLab and GitHub's actions read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePath
from xml.etree import ElementTree as ET

from qa_assistant.display import REPLACEMENT, harmless, one_line
from qa_assistant.evaluation.records import CaseResult, Report, Run
from qa_assistant.references import describe

_FORBIDDEN = re.compile("[\ufffe\uffff]")
"""What is left in harmless text that XML 1.0 does not allow, not even as a reference (section 2.2, Char)."""

_MOST = 8_000
"""Characters of one text; readers of these files show them in a narrow window and refuse huge ones."""


def write_junit(report: Report) -> str:
    """One `testsuite`; the figures are its properties, `time` is in seconds, `timestamp` in UTC.

    A case is named by its id and classed by the questions' name and its first tag, so that both together are unique.
    It fails with its outcome as the type, and is an error if nothing could be answered.
    """
    suites = ET.Element("testsuites", name="qa-assistant eval")
    suite = ET.SubElement(suites, "testsuite")
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(report):
        ET.SubElement(properties, "property", name=_text(name), value=_text(value))
    for result in report.results:
        suite.append(_test(result, _text(PurePath(report.questions).stem)))
    for element in (suites, suite):
        element.attrib |= {
            "tests": str(len(report.results)),
            "failures": str(sum(1 for _ in suite.iter("failure"))),
            "errors": str(sum(1 for _ in suite.iter("error"))),
            "skipped": "0",
            "time": f"{sum(float(test.attrib['time']) for test in suite.iter('testcase')):.3f}",
        }
    suite.attrib |= {"name": _text(report.questions), "timestamp": _timestamp(report.started_at)}
    ET.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _properties(report: Report) -> Iterator[tuple[str, str]]:
    yield "answered_with", f"{report.kind} {report.model or ''}".strip()
    yield "repeat", str(report.repeat)
    for name, value in report.settings.items():
        yield f"setting.{name}", str(value)
    for figure in report.figures:
        yield f"figure.{figure.name}", f"{figure.value:.4f}"
        if figure.low is not None and figure.high is not None:
            yield f"figure.{figure.name}.interval", f"{figure.low:.4f} {figure.high:.4f}"


def _test(result: CaseResult, questions: str) -> ET.Element:
    case, worst = result.case, result.worst
    name = f"{questions}.{_text(case.tags[0])}" if case.tags else questions
    test = ET.Element("testcase", classname=name, name=_text(case.id), time=f"{_seconds(result):.3f}")
    if not result.passed:
        message = f"{worst.outcome}: {one_line(case.question)[:200]}"
        kind = "error" if worst.outcome == "error" else "failure"
        flaw = ET.SubElement(test, kind, type=worst.outcome, message=_text(message))
        flaw.text = _text("\n".join(_details(result)))
    return test


def _details(result: CaseResult) -> Iterator[str]:
    """What was expected and what came, in lines."""
    case, worst = result.case, result.worst
    if case.place:
        yield case.place
    if len(result.runs) > 1:
        yield f"Outcomes of {len(result.runs)} runs: {', '.join(run.outcome for run in result.runs)}"
    yield f"Question: {case.question}"
    if worst.answer and worst.answer.standalone_question:
        yield f"Understood as: {worst.answer.standalone_question}"
    yield f"Expected: {case.answer or ('an answer' if case.answerable else 'no answer')}"
    yield from (f"Missing fact: {fact}" for fact in worst.missing_facts)
    yield from (f"Not cited: {quote}" for quote in worst.missing_quotes)
    yield from _got(worst)


def _got(run: Run) -> Iterator[str]:
    if run.answer is None:
        yield f"Error: {run.error}"
        return
    yield f"Got: {run.answer.text} (confidence {run.answer.confidence:.2f})"
    for citation in run.answer.citations:
        yield f"[{citation.number}] {citation.quote} ({describe(citation.article)}:{citation.line})"


def _seconds(result: CaseResult) -> float:
    """Mean time of a whole answer, over the runs that gave one."""
    times = [run.scores["total_ms"] for run in result.runs if "total_ms" in run.scores]
    return sum(times) / len(times) / 1000 if times else 0.0


def _timestamp(written: str) -> str:
    """ISO 8601 to the second and without offset, since Jenkins' schema wants it so."""
    return datetime.fromisoformat(written).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _text(text: str) -> str:
    """`text` without anything that XML forbids or a terminal might obey, shortened if it is huge."""
    return _FORBIDDEN.sub(REPLACEMENT, harmless(text[:_MOST]))
