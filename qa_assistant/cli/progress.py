"""How far an ingest is: a bar on a terminal, plain lines in a pipe, on stderr."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from qa_assistant.display import one_line

if TYPE_CHECKING:
    from qa_assistant.ingestion.changes import Progress

_STEP = 10
"""Per cent between two lines in a pipe."""


def is_animated() -> bool:
    """Whether stderr is a terminal, and NO_COLOR is not set, which turns animation off, too."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR")


class IngestProgress:
    """Called with each `Progress` of an ingest."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._said = 0

    def __enter__(self) -> IngestProgress:
        if is_animated():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("Indexing"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
                TextColumn("{task.fields[path]}", markup=False), console=Console(stderr=True), transient=True,
            )  # fmt: skip
            self._task = self._bar.add_task("", total=None, path="")
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(self, progress: Progress) -> None:
        if self._bar:
            path = one_line(progress.path)[-40:]
            self._bar.update(self._task, total=progress.total, completed=progress.done, path=path)
            return
        percent = progress.percent
        if percent >= self._said + _STEP:
            self._said = percent - percent % _STEP
            click.echo(f"Indexing: {self._said} %", err=True)
