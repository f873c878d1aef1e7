"""Steps of one job that overlap: what comes next is made, and what is done is stored, while the middle step computes.

Order is kept, at most one item is under way in each thread, and what a thread raises is raised where its result is
asked for. Leaving either of the two waits for what is under way, so that nothing writes behind anybody's back.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import TypeVar

Item = TypeVar("Item")


def one_ahead(items: Iterator[Item]) -> Generator[Item, None, None]:
    """`items`, the next of which is made in another thread while the last one is worked on. Close it when done."""
    end = object()
    with ThreadPoolExecutor(1, "reading") as thread:
        coming: Future[Item | object] = thread.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = thread.submit(next, items, end)
            yield item  # type: ignore[misc]


class Behind:
    """Does jobs in another thread, in order; the next is taken once the one before is done."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "writing")
        self._job: Future[None] | None = None

    def do(self, job: Callable[..., None], *arguments: object) -> None:
        """Waits for the job before, and raises what that raised; then begins this one."""
        self.finish()
        self._job = self._thread.submit(job, *arguments)

    def finish(self) -> None:
        """Waits for the job under way, and raises what it raised."""
        job, self._job = self._job, None
        if job:
            job.result()

    def __enter__(self) -> Behind:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._thread.shutdown()
        if error is None:
            self.finish()
