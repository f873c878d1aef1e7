"""The download of one model, and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button, Label, ProgressBar
from textual.worker import get_current_worker

from qa_assistant.answering.llm_choice import size_text
from qa_assistant.display import one_line
from qa_assistant.errors import QAError, as_error

if TYPE_CHECKING:
    from qa_assistant.answering.llm import PullProgress

Pull = Callable[[str], "Generator[PullProgress, None, None]"]

_LOOK_SECONDS = 0.1
"""Servers may report thousands of steps a second: the thread keeps the last one, and the screen looks at that."""


class ModelPull(Vertical):
    """Begins when it is mounted. Removing it closes the connection with the server's next step, and Ollama stops."""

    @dataclass
    class Ended(Message):
        """The download is complete, or there is an `error`."""

        pull: ModelPull
        error: QAError | None

    class Cancel(Message):
        """The user wants no more of it."""

    def __init__(self, model: str, pull: Pull) -> None:
        super().__init__()
        self.model = model
        self._pull = pull
        self._step: PullProgress | None = None

    def compose(self) -> ComposeResult:
        yield Label(markup=False, id="pull-status")
        with Horizontal():
            yield ProgressBar()
            yield Label(markup=False, id="pull-bytes")
            yield Button("Cancel", compact=True)

    def on_mount(self) -> None:
        self._look()
        self.set_interval(_LOOK_SECONDS, self._look)
        self.run_worker(self._work, group="pull", thread=True, exit_on_error=False)

    @on(Button.Pressed)
    def _cancel(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Cancel())

    def _look(self) -> None:
        step = self._step
        status = one_line(step.status) if step else "asking Ollama …"
        self.query_one("#pull-status", Label).update(f"Pulling {one_line(self.model)}: {status}")
        total, done = (step.total, min(step.completed, step.total)) if step else (0, 0)
        self.query_one(ProgressBar).update(total=total or None, progress=done)
        told = f"{size_text(done)} of {size_text(total)}" if total else ""
        self.query_one("#pull-bytes", Label).update(told)

    def _work(self) -> None:
        worker = get_current_worker()
        error: QAError | None = None
        try:
            with closing(self._pull(self.model)) as steps:
                for step in steps:
                    if worker.is_cancelled:
                        return
                    self._step = step
        except Exception as failure:  # noqa: BLE001 - the screen stays, and says it
            error = as_error(failure)
        self.post_message(self.Ended(self, error))
