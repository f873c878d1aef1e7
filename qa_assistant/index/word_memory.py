"""Vectors of words that were read once: questions share most of the words of the passages they find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from qa_assistant.index import centring

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST = 30_000
"""Words remembered, 46 MB; all are forgotten when there would be more."""


_NONE = -1
"""The place of a word that has no vector."""


class WordMemory:
    """Centred vectors as rows of one matrix, by word; which words have none is remembered, too."""

    def __init__(self) -> None:
        self._mean: NDArray[np.float32] | None = None
        self._places: dict[str, int] = {}
        self._rows: NDArray[np.float32] | None = None
        self._count = 0

    def unknown(self, words: Sequence[str], mean: NDArray[np.float32]) -> list[str]:
        """Those to be read: all, if `mean` is another now, or if there is no room for them beside what is known."""
        import numpy as np

        if self._mean is None or not np.array_equal(mean, self._mean):
            self._mean = mean
            self._forget()
        new = [word for word in words if word not in self._places]
        if len(self._places) + len(new) > _MOST:
            self._forget()
            return list(words)
        return new

    def add(self, read: Iterable[str], vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Of the words that were `read` the vectors of those that have one, each of shape `(dimension,)`."""
        import numpy as np

        self._places |= dict.fromkeys(read, _NONE)
        if not vectors or self._mean is None:
            return
        rows = centring.centred(np.stack(list(vectors.values())), self._mean)
        at, needed = self._count, self._count + len(rows)
        if self._rows is None or needed > len(self._rows):
            larger = np.empty((2 * needed, rows.shape[1]), np.float32)
            if self._rows is not None:
                larger[:at] = self._rows[:at]
            self._rows = larger
        self._rows[at:needed] = rows
        self._places |= zip(vectors, range(at, needed), strict=True)
        self._count = needed

    def take(self, words: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Places in `words` of those that have a vector, and these, centred, shape `(places, dimension)`."""
        import numpy as np

        kept = np.fromiter((self._places.get(word, _NONE) for word in words), np.intp, len(words))
        known = np.flatnonzero(kept != _NONE)
        if self._rows is None or not len(known):
            return known[:0], np.zeros((0, 1), np.float32)
        return known, np.take(self._rows, kept[known], axis=0, mode="clip")  # faster than checking each

    def _forget(self) -> None:
        self._places.clear()
        self._count = 0
