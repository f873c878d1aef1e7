"""How an evaluation goes: a live table with a bar and an estimate on a terminal, plain lines in a pipe; on stderr."""

from __future__ import annotations

from collections import Counter, deque
from types import TracebackType
from typing import TYPE_CHECKING, Any

import click

from qa_assistant.cli.context import note
from qa_assistant.cli.progress import is_animated
from qa_assistant.display import one_line

if TYPE_CHECKING:
    from rich.console import RenderableType

    from qa_assistant.evaluation.runner import Done

_STEP = 10
"""Per cent between two lines in a pipe."""

_SHOWN = 6
"""Failed cases that are shown while it runs, the newest."""

_MEANS = ("passed", "answered", "refused", "facts", "citation_recall", "total_ms")


class EvalProgress:
    """Called with each finished run of `total`."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._runs = 0
        # Counted as they come: there may be ten thousands of runs.
        self._sums = dict.fromkeys(_MEANS, 0.0)
        self._counts: Counter[str] = Counter()
        self._unjudged = 0
        self._failed: Counter[str] = Counter()
        self._last_failed: deque[Done] = deque(maxlen=_SHOWN)
        self._live: Any = None
        self._bar: Any = None
        self._said = 0
        self._kept = True

    def __enter__(self) -> EvalProgress:
        if is_animated():
            from rich.console import Console
            from rich.live import Live
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("Asking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
                TextColumn("{task.fields[failed]}"),
            )  # fmt: skip
            self._bar.add_task("", total=self._total, failed=self._failure())
            self._live = Live(self._screen(), console=Console(stderr=True), transient=True, refresh_per_second=8)
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._live:
            self._live.stop()
        kept = self._runs - self._failed["error"]  # a run that ended in an error is asked again
        if isinstance(error, KeyboardInterrupt) and kept and self._kept:
            click.echo(f"\n{kept} of {self._total} runs are kept; the same command goes on.", err=True)

    def __call__(self, done: Done) -> None:
        self._count(done)
        if self._live:
            self._bar.update(self._bar.task_ids[0], completed=self._runs, failed=self._failure())
            self._live.update(self._screen())
            return
        percent = 100 * self._runs // self._total
        if percent >= self._said + _STEP:
            self._said = percent - percent % _STEP
            click.echo(f"Asking: {self._said} %, {self._failure()}", err=True)

    def not_kept(self, why: str) -> None:
        """No run is kept, so that an interrupted evaluation cannot be gone on with."""
        self._kept = False
        note(why)

    def _count(self, done: Done) -> None:
        self._runs += 1
        for name in self._sums.keys() & done.run.scores.keys():
            self._sums[name] += done.run.scores[name]
            self._counts[name] += 1
        self._unjudged += bool(done.run.judge_error)
        if done.run.outcome != "passed":
            self._failed[done.run.outcome] += 1
            self._last_failed.append(done)

    def _failure(self) -> str:
        judge = f", the judge failed on {self._unjudged}" if self._unjudged else ""
        return f"{self._failed.total()} not passed{judge}"

    def _screen(self) -> RenderableType:
        """The bar, the figures so far and the newest failed cases."""
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        from qa_assistant.evaluation.figures import FIGURES
        from qa_assistant.evaluation.table import written

        figures = Table(box=None, padding=(0, 2))
        figures.add_column("so far")
        figures.add_column("figure", justify="right")
        figures.add_column("runs", justify="right")
        for name, total in self._sums.items():
            if count := self._counts[name]:
                kind = FIGURES[name]
                figures.add_row(kind.label, written(total / count, kind), str(count))
        lines = [
            f"  {one.run.outcome:<10} {one_line(f'{one.case.id}: {one.case.question}')}" for one in self._last_failed
        ]
        counted = ", ".join(f"{count} {outcome}" for outcome, count in self._failed.most_common())
        return Group(self._bar, figures, Text(counted), Text("\n".join(lines), no_wrap=True, overflow="ellipsis"))
