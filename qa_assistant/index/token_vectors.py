"""What an embedding model makes of each token of a text, in its context. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array


KEPT = 32
"""Texts; 0.5 MB each, if they are as long as a passage may be."""


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


class TokenMemory:
    """Reads tokens, and keeps those of the last `KEPT` texts: the next question is often about the same passages."""

    def __init__(self, read: Callable[[Sequence[str]], list[Tokens]]) -> None:
        self._read = read
        self._known: dict[str, Tokens] = {}

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        known = self._known
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known = known | dict(zip(new, self._read(new), strict=True)) if new else known
        found = {text: known[text] for text in texts}
        kept = {text: tokens for text, tokens in known.items() if text not in found} | found
        self._known = dict(list(kept.items())[-KEPT:])  # as a whole: another thread may be reading it
        return [found[text] for text in texts]
