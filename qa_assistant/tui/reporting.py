"""How a failure is told, what happened and the way out; and what an update of the index did. As text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict

from textual.app import App
from textual.dom import DOMNode

from qa_assistant.display import one_line
from qa_assistant.errors import QAError
from qa_assistant.ingestion.ingest import Report
from qa_assistant.ingestion.left_out import left_out

_SECONDS = 10.0

_HERE = (
    (r"use --answer-with quotes", "choose quotes (F4)"),
    (r"another --model|another model with --model", "another model (F4)"),
    (r"a smaller model with --model", "a smaller model (F4)"),
    (r"with QA_ASSISTANT_TIMEOUT", "with `timeout` in the settings file"),
    (r"(?:^|(?<=\. ))`?qa-assistant models pull \S+$", "F4 pulls it or chooses another."),
    (r"`?qa-assistant models pull [^\s`]+`?", "F4"),
    (r"^Make it: qa-assistant ingest$", "F5 makes it."),
    (r"by `qa-assistant ingest`", "by F5"),
    (r"run `qa-assistant ingest` again", "press F5 again"),
    (r"`qa-assistant articles list` shows", "F3 shows"),
    (r"with --(corpus|index) DIR", r"with --\1 DIR when you start the chat"),
)
"""Hints name commands and their options; what to do instead while the chat is open."""


def way_out(hint: str) -> str:
    """A hint, or a notice that has one in it, as it can be followed in the chat."""
    for command, key in _HERE:
        hint = re.sub(command, key, hint)
    return hint


def in_words(error: QAError) -> str:
    """What happened and the way out, each on a line of its own, harmless."""
    return "\n".join(one_line(part) for part in (error.message, way_out(error.hint)) if part)


def report(node: DOMNode | App[object], error: QAError) -> None:
    """Shows `error` for a while, whatever screen is open."""
    node.app.notify(in_words(error), title="That did not work", severity="error", timeout=_SECONDS, markup=False)


def reporting(node: DOMNode | App[object], work: Callable[[], object]) -> bool:
    """Does `work`; whether it succeeded. A QAError is shown."""
    try:
        work()
    except QAError as error:
        report(node, error)
        return False
    return True


def summary(report: Report) -> str:
    """What an update changed, in a few words, the first file that could not be read, or only with a flaw, and how many
    were left out."""
    counts = {name: len(paths) for name, paths in asdict(report.changes).items() if paths}
    text = ", ".join(f"{count} {name}" for name, count in counts.items()) or "Nothing had changed"
    for what, lost in ("not read", True), ("read with a flaw", False):
        if problems := [problem for problem in report.problems if problem.lost is lost]:
            text += f"\n{len(problems)} {what}: {one_line(problems[0].path)} {one_line(problems[0].reason)}"
    if report.skipped:
        text += f"\n{left_out(report.skipped)}"
    return text
