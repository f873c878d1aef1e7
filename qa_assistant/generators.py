"""Looping over a generator without losing what it returns."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Generic, TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Loop(Generic[_Item, _Result]):
    """`for item in loop` goes through `generator`; then `loop.result` is what it returned.

    A loop that is left early closes the generator.
    """

    result: _Result

    def __init__(self, generator: Generator[_Item, None, _Result]) -> None:
        self._generator = generator

    def __iter__(self) -> Iterator[_Item]:
        self.result = yield from self._generator
