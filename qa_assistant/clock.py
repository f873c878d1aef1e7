"""How long the steps of one question took."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import TypeVar

from qa_assistant.generators import Loop
from qa_assistant.records import TextDelta

_Event = TypeVar("_Event")
_Result = TypeVar("_Result")


class Clock:
    """Milliseconds since it was made, by name of the step that ended then."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._marks: dict[str, int] = {}

    def mark(self, name: str) -> None:
        """Only the first mark of a name counts."""
        self._marks.setdefault(name, self._now())

    def timed(self, events: Generator[_Event, None, _Result]) -> Generator[_Event, None, _Result]:
        """`events`, with `first_token` marked at the first text."""
        loop = Loop(events)
        for event in loop:
            if isinstance(event, TextDelta):
                self.mark("first_token")
            yield event
        return loop.result

    def marks(self) -> dict[str, int]:
        """Every mark and, under `total`, the time until now."""
        return {**self._marks, "total": self._now()}

    def _now(self) -> int:
        return round(1000 * (time.perf_counter() - self._start))
