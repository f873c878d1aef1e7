"""What an embedding model makes of each token of a text, in its context. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array


def touching(spans: Sequence[tuple[int, int]], start: int, end: int) -> list[int]:
    """The places of the tokens, by their `spans`, that have a part of what stands from `start` to `end`."""
    return [place for place, (first, last) in enumerate(spans) if first < end and last > start]


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's tokens, without those of a prefix and those that mark its ends."""

    vectors: Array
    """Shape `(tokens, dimension)`; not of length 1."""
    spans: tuple[tuple[int, int], ...]
    """Where each stands in the text, in code points; the space before a word may be its first token's."""

    @classmethod
    def behind(cls, prefix: str, vectors: Array, spans: Sequence[tuple[int, int]]) -> Tokens:
        """Those of the text behind `prefix`. `vectors` and `spans` are of both together, end marks included."""
        own = [at for at, (start, end) in enumerate(spans) if end > max(start, len(prefix))]
        inside = tuple((max(0, spans[at][0] - len(prefix)), spans[at][1] - len(prefix)) for at in own)
        return cls(vectors[own], inside)
