"""One line asked of the user, over whatever is shown."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, Label

from qa_assistant.display import one_line
from qa_assistant.tui.text_input import TextInput


class _Line(TextInput):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "OK")]


class PromptScreen(ModalScreen[str | None]):
    """Closes with the line that was typed, or with None if it was left by Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Cancel")]
    """The footer lies over that of the screen below, whose keys do not apply now."""

    def __init__(self, title: str, value: str = "") -> None:
        super().__init__()
        self._title = title
        self._value = value

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Label(one_line(self._title), markup=False, classes="title")
            yield _Line(self._value)
        yield Footer(show_command_palette=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if self.is_current:  # else a second Enter, when the screen is gone already
            self.dismiss(event.value)
