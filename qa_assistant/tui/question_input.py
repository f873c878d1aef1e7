"""Where questions are typed: Enter asks, several lines can be pasted, earlier questions come back with ↑."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from qa_assistant.display import harmless
from qa_assistant.tui.text_input import in_order
from qa_assistant.tui.transcript import Transcript


class QuestionInput(TextArea):
    """A text area that grows with its text. What was typed before browsing the history comes back after it.

    A key that stands for an action is seen at once, letters wait in this widget's queue. So actions go through the
    queue too: Enter must not come before the last words of a fast typist.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Ask", priority=True),
        Binding("ctrl+j,shift+enter,alt+enter", "newline", "New line", show=False, priority=True),
        Binding("up", "earlier", "Earlier question", show=False, priority=True),
        Binding("down", "later", "Later question", show=False, priority=True),
        Binding("ctrl+l", "clear", "Clear", tooltip="Clear the question; Ctrl+Z brings it back", show=False),
        Binding("pageup", "page(-1)", "Page", tooltip="Page through the answers", show=False),
        Binding("pagedown", "page(1)", "Page", tooltip="Page through the answers", show=False),
        Binding("tab", "screen.focus_answer", "Answer", priority=True),
    ]

    @dataclass
    class Asked(Message):
        question: str

    def __init__(self) -> None:
        super().__init__(
            soft_wrap=True, show_line_numbers=False, compact=True, highlight_cursor_line=False,
            placeholder="Ask the corpus a question …",
        )  # fmt: skip
        self.earlier: list[str] = []
        """Questions asked before, oldest first."""
        self._at: int | None = None
        self._typed = ""

    def put(self, text: str, earlier: Sequence[str] | None = None) -> None:
        """Shows `text` with the cursor at its end; `earlier` replaces the history."""
        if earlier is not None:
            self.earlier, self._at = list(earlier), None
        self.text = harmless(text)
        self.move_cursor(self.document.end)

    def action_submit(self) -> None:
        self.call_later(self._submit)

    def _submit(self) -> None:
        question = self.text.strip()
        if question:
            self.post_message(self.Asked(question))

    def accept(self, question: str) -> None:
        """The question was taken: it joins the history, and only what was typed since stays."""
        if self.earlier[-1:] != [question]:
            self.earlier.append(question)
        self._at = None
        since = self.text.partition(question)[2]
        self.put(since if since.strip() else "")

    def action_newline(self) -> None:
        self.call_later(lambda: self.insert("\n", maintain_selection_offset=False))

    def action_clear(self) -> None:
        self.clear()

    def action_page(self, by: int) -> None:
        """Through the answers, unless the question has more lines than are seen."""
        answers = self.screen.query_one(Transcript)
        if self.max_scroll_y:
            (self.action_cursor_page_up if by < 0 else self.action_cursor_page_down)()
        else:
            (answers.scroll_page_up if by < 0 else answers.scroll_page_down)()

    def undo(self) -> None:
        if self.history.undo_stack:
            self._to_a_line_that_stays()
            super().undo()

    def redo(self) -> None:
        if self.history.redo_stack:
            self._to_a_line_that_stays()
            super().redo()

    def _to_a_line_that_stays(self) -> None:
        """Textual looks for the cursor in the changed text before it moves it; the lines it was in may be gone."""
        self.move_cursor((0, 0))

    def action_earlier(self) -> None:
        self.call_later(self._earlier)

    def action_later(self) -> None:
        self.call_later(self._later)

    def _earlier(self) -> None:
        """One line up; from the first line, the question before."""
        if self.cursor_location[0] > 0:
            self.action_cursor_up()
        elif self.earlier and self._at != 0:
            if self._at is None:
                self._typed, self._at = self.text, len(self.earlier)
            self._at -= 1
            self.put(self.earlier[self._at])

    def _later(self) -> None:
        if self.cursor_location[0] < self.document.line_count - 1:
            self.action_cursor_down()
        elif self._at is not None:
            self._at += 1
            at_end = self._at == len(self.earlier)
            self.put(self._typed if at_end else self.earlier[self._at])
            self._at = None if at_end else self._at

    async def _on_key(self, event: events.Key) -> None:
        await in_order(self, event)  # before the text area's own

    async def _on_paste(self, event: events.Paste) -> None:
        """Runs before the text area's own, which inserts what is left."""
        event.text = harmless(event.text.replace("\r\n", "\n").replace("\r", "\n"))
