"""Keyword search over passages, in SQLite's FTS5."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence

KEYWORD_TABLES = """
CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = "unicode61 remove_diacritics 2");
"""

_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    return _WORD.findall(text)


class KeywordIndex:
    """BM25 over the passages' words. Row numbers are the catalogue's."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def add(self, row: int, text: str) -> None:
        self._db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (row, text))

    def remove(self, row: int) -> None:
        self._db.execute("DELETE FROM words WHERE rowid = ?", (row,))

    def search(
        self, words: Iterable[str], limit: int, condition: str = "", values: Sequence[str] = ()
    ) -> dict[int, float]:
        """BM25 scores (larger is better) of the passages with any of `words`, best first.

        `condition` and `values` are `catalog.filter_condition()`'s.
        """
        return self._scores(words, f"AND {condition}" if condition else "", values, limit)

    def scores(self, words: Iterable[str], rows: Sequence[int]) -> dict[int, float]:
        """BM25 scores of these passages; 0 is left out."""
        marks = ", ".join("?" * len(rows))
        return self._scores(words, f"AND words.rowid IN ({marks})", rows, len(rows))

    def _scores(
        self, words: Iterable[str], condition: str, values: Sequence[str | int], limit: int
    ) -> dict[int, float]:
        query = " OR ".join(f'"{word}"' for word in dict.fromkeys(words))
        if not query:
            return {}
        found = self._db.execute(
            "SELECT words.rowid, -bm25(words) FROM words JOIN passages p ON p.id = words.rowid"
            f" JOIN articles a ON a.id = p.article_id WHERE words MATCH ? {condition} ORDER BY bm25(words) LIMIT ?",
            (query, *values, limit),
        )
        return {row: score for row, score in found if score > 0}
