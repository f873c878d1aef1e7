"""The line above the keys: which model, what it used, how fast it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from qa_assistant.display import counted, one_line

if TYPE_CHECKING:
    from qa_assistant.answering.model_state import ModelState
    from qa_assistant.records import Answer


READY = "Ready"
"""What goes on while nothing does."""


class StatusLine(Static):
    """What goes on stands left, then the model, then figures of the answer shown."""

    def __init__(self) -> None:
        super().__init__("Starting …", markup=False)
        self._doing = "Starting …"
        self._answering = False
        self._model = ""
        self._figures = ""

    def doing(self, text: str) -> None:
        """What goes on beside the conversation, `READY` if nothing does."""
        self._doing = text
        self._show()

    def answering(self) -> None:
        """An answer is being written; what goes on besides is told rather."""
        self._answering = True
        self._show()

    def answered(self, answer: Answer | None) -> None:
        """It is no longer; `answer` is what came of it."""
        self._answering = False
        self.answer(answer)

    def model(self, state: ModelState) -> None:
        self._model = state.text
        self._show()

    def answer(self, answer: Answer | None) -> None:
        self._figures = figures(answer) if answer else ""
        self._show()

    def _show(self) -> None:
        doing = "Answering · Escape stops" if self._answering and self._doing == READY else self._doing
        self.update(Content(" │ ".join(one_line(part) for part in (doing, self._model, self._figures) if part)))


def figures(answer: Answer) -> str:
    """Passages used, tokens of context used and available, seconds until the first word."""
    parts = [counted(len(answer.hits), "passage")]
    usage = answer.usage
    if usage.context_tokens:
        parts.append(f"{usage.prompt_tokens + usage.completion_tokens}/{usage.context_tokens} tokens")
    if "first_token" in answer.timings_ms:
        parts.append(f"first word {answer.timings_ms['first_token'] / 1000:.2f} s")
    return " · ".join(parts)
