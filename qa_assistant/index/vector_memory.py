"""The vectors of a Chroma store in memory: who asks twice will ask again, and one matrix product is faster and exact.

Chroma's wheels are built for any processor, and 100,000 vectors are few: the graph takes three times as long as the
product (`tests/benchmarks/scale.py`).
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qa_assistant.errors import IndexMissing, IndexUnusable
from qa_assistant.index import centring

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa_assistant.index.arrays import Array
    from qa_assistant.index.catalog import Catalog

MOST = 131_072
"""Vectors held, 201 MB of them; a larger store is left to Chroma."""


@dataclass(frozen=True, slots=True)
class HeldVectors:
    """The vectors of the store `name`, less what was taken off those in it, at unit length."""

    name: str
    rows: NDArray[np.int64]
    matrix: Array
    """Shape `(len(rows), dimension)`."""

    def nearest(self, vector: Array, limit: int) -> dict[int, float]:
        """Rows of the `limit` nearest, with their cosine, best first; `vector` is centred, of length 1."""
        import numpy as np

        cosines = self.matrix @ vector
        best = np.argpartition(-cosines, limit - 1)[:limit] if limit < len(cosines) else np.arange(len(cosines))
        best = best[np.argsort(-cosines[best], kind="stable")]
        return dict(zip(self.rows[best].tolist(), cosines[best].tolist(), strict=True))


class VectorMemory:
    """Of one generation of an index: the store that was asked twice, read from the catalogue beside the answer."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the generation's."""
        self._folder = folder
        self._asked = ""
        self._loading = ""
        self._held: HeldVectors | None = None

    def of(self, store: str) -> HeldVectors | None:
        """The vectors of that store, if they are here by now."""
        held = self._held
        return held if held and held.name == store else None

    def asked(self, store: str) -> None:
        """Somebody asked it; the second time it is read, beside."""
        if store == self._asked != self._loading:
            self._loading = store
            threading.Thread(target=self._load, args=(store,), name="loading").start()
        self._asked = store

    def _load(self, store: str) -> None:
        """Not if another store took its place by now, or if it is too large; damage is told to who asks."""
        from qa_assistant.index.catalog import Catalog

        with (
            contextlib.suppress(IndexMissing, IndexUnusable),
            contextlib.closing(Catalog(self._folder)) as catalog,
            catalog.reading(),
        ):
            if catalog.vectors.stored().name == store:
                self._held = None  # not two of them at once
                self._held = _read(catalog, store)


def _read(catalog: Catalog, store: str) -> HeldVectors | None:
    import numpy as np

    vectors = catalog.vectors
    count, last, offset = vectors.count() - vectors.unstored(), vectors.stored().row, vectors.centre().offset
    if not 0 < count <= MOST:
        return None
    rows, matrix = np.empty(count, np.int64), np.empty((0, 0), np.float32)
    at = 0
    for part, read in vectors.chunks(0, last):
        if not at:
            matrix = np.empty((count, read.shape[1]), np.float32)
        rows[at : at + len(part)], matrix[at : at + len(part)] = part, centring.centred(read, offset)
        at += len(part)
    return HeldVectors(store, rows, matrix)
