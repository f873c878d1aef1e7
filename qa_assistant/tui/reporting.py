"""How a failure is told: what happened and the way out, as text."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import App
from textual.dom import DOMNode

from qa_assistant.display import one_line
from qa_assistant.errors import QAError

_SECONDS = 10.0


def in_words(error: QAError) -> str:
    """What happened and the way out, each on a line of its own, harmless."""
    return "\n".join(one_line(part) for part in (error.message, error.hint) if part)


def report(node: DOMNode | App[object], error: QAError) -> None:
    """Shows `error` for a while, whatever screen is open."""
    node.app.notify(in_words(error), title="That did not work", severity="error", timeout=_SECONDS, markup=False)


def reporting(node: DOMNode | App[object], work: Callable[[], None]) -> bool:
    """Does `work`; whether it succeeded. A QAError is shown."""
    try:
        work()
    except QAError as error:
        report(node, error)
        return False
    return True
