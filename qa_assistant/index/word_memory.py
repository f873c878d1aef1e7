"""Vectors of words that were read once: questions share most of the words of the passages they find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from qa_assistant.index import centring

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST = 30_000
"""Words remembered, 46 MB; all are forgotten when there would be more."""


class WordMemory:
    """Centred vectors as rows of one matrix, by word."""

    def __init__(self) -> None:
        self._mean: NDArray[np.float32] | None = None
        self._places: dict[str, int] = {}
        self._rows: NDArray[np.float32] | None = None

    def unknown(self, words: Sequence[str], mean: NDArray[np.float32]) -> list[str]:
        """Those to be read: all, if `mean` is another now, or if there is no room for them beside what is known."""
        import numpy as np

        if self._mean is None or not np.array_equal(mean, self._mean):
            self._mean = mean
            self._places.clear()
        new = [word for word in words if word not in self._places]
        if len(self._places) + len(new) > _MOST:
            self._places.clear()
            return list(words)
        return new

    def add(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Each of shape `(dimension,)`, not centred."""
        import numpy as np

        if not vectors or self._mean is None:
            return
        rows = centring.centred(np.stack(list(vectors.values())), self._mean)
        at, needed = len(self._places), len(self._places) + len(rows)
        if self._rows is None or needed > len(self._rows):
            larger = np.empty((2 * needed, rows.shape[1]), np.float32)
            if self._rows is not None:
                larger[:at] = self._rows[:at]
            self._rows = larger
        self._rows[at:needed] = rows
        self._places |= zip(vectors, range(at, needed), strict=True)

    def take(self, words: Sequence[str]) -> tuple[list[int], NDArray[np.float32]]:
        """Which of `words` are known, and their centred vectors, shape `(known, dimension)`."""
        import numpy as np

        known = [place for place, word in enumerate(words) if word in self._places]
        if self._rows is None or not known:
            return [], np.zeros((0, 1), np.float32)
        return known, self._rows[[self._places[words[place]] for place in known]]
