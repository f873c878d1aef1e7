"""One line of text to be typed or pasted, whatever is in the clipboard."""

from __future__ import annotations

from collections.abc import Callable

from textual.widget import Widget
from textual.widgets import Input

from qa_assistant.display import harmless


def after_typing(widget: Widget, work: Callable[[], object]) -> None:
    """Does `work` once the widget that has the focus took in all that was typed before, and the screen knows.

    A key that stands for an action is seen at once, letters wait in the queue of the widget they go to: on a slow
    machine Enter would otherwise come before the last words.
    """
    typed_into = widget.app.focused or widget
    typed_into.call_later(widget.screen.call_later, widget.call_later, work)


class TextInput(Input):
    """What a terminal might obey is replaced, one character for one, before it is shown."""

    def validate_value(self, value: str) -> str:
        return harmless(value.replace("\t", " ").replace("\n", " "))
