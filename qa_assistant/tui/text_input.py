"""One line of text to be typed or pasted, whatever is in the clipboard."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
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


async def in_order(widget: Widget, event: events.Key) -> None:
    """Does at once what `widget` itself has bound to the key.

    Else the key climbs to the app first, and letters that were typed after it overtake it: on a slow machine a
    Backspace would take away the letter behind the wrong one.
    """
    bound = [] if event.is_printable else widget._bindings.key_to_bindings.get(event.key, [])
    own = next((binding for binding in bound if not binding.priority), None)
    if own and await widget.app.run_action(own.action, widget):
        event.stop()
        event.prevent_default()


class TextInput(Input):
    """What a terminal might obey is replaced, one character for one, before it is shown."""

    async def _on_key(self, event: events.Key) -> None:
        await in_order(self, event)  # before the input's own

    def validate_value(self, value: str) -> str:
        return harmless(value.replace("\t", " ").replace("\n", " "))
