"""Mean vectors of what was indexed, kept up to date as it grows: what all texts of a corpus have in common."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array

Kind = Literal["passages", "sentences", "words", "background"]

BACKGROUND = (
    "Die Regierung hat am Montag ein neues Gesetz beschlossen.",
    "Der Verein gewann das Spiel mit zwei Toren.",
    "Das Unternehmen meldete im vergangenen Jahr höhere Umsätze.",
    "Am Wochenende wird es regnen und kühler werden.",
    "Die Stadt liegt an einem großen Fluss.",
    "Forscher haben ein neues Verfahren entwickelt.",
    "Das Buch erzählt die Geschichte einer Familie.",
    "Die Polizei ermittelt nach einem Unfall.",
)
"""Sentences about nothing in particular. Their mean tells how near a question is to any sentence at all, which the mean
of a small corpus, all of it about one thing, does not."""

MEAN_TABLES = """
CREATE TABLE means (kind TEXT PRIMARY KEY, count INTEGER NOT NULL, total BLOB NOT NULL);
"""


class Means:
    """Running sums of vectors, by kind. What is removed from the index stays counted: a mean barely moves."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def add(self, kind: Kind, vectors: Array) -> None:
        """`vectors` has shape `(n, dimension)`."""
        import numpy as np

        if not len(vectors):
            return
        total = vectors.sum(axis=0, dtype=np.float64)
        count = len(vectors)
        found = self._db.execute("SELECT count, total FROM means WHERE kind = ?", (kind,)).fetchone()
        if found:
            count += found[0]
            total += np.frombuffer(found[1], np.float64)
        self._db.execute("INSERT OR REPLACE INTO means VALUES (?, ?, ?)", (kind, count, total.tobytes()))

    def mean(self, kind: Kind) -> tuple[Array, int]:
        """The mean, shape `(dimension,)`, and over how many vectors; a zero of shape `(1,)` over none."""
        import numpy as np

        found = self._db.execute("SELECT count, total FROM means WHERE kind = ?", (kind,)).fetchone()
        if not found:
            return np.zeros(1, np.float32), 0
        return (np.frombuffer(found[1], np.float64) / found[0]).astype(np.float32), found[0]

    def stored(self) -> list[tuple[str, int, bytes]]:
        """Every sum as it is stored: kind, count, float64 numbers."""
        return list(self._db.execute("SELECT kind, count, total FROM means ORDER BY kind"))

    def restore(self, sums: list[tuple[str, int, bytes]]) -> None:
        """Puts what `stored()` gave in place of all sums."""
        self._db.execute("DELETE FROM means")
        self._db.executemany("INSERT INTO means VALUES (?, ?, ?)", sums)
