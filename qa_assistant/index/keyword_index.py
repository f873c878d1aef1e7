"""The words of the passages: full-text search (SQLite's FTS5), and the vocabulary with each word's sound and vector.

A word of a question is looked for as it is, as it sounds (Байрамов finds Bayramow), and, where the question is in
another language than the article, as what it means (weather finds Wetter): the embedding model is a dictionary too.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qa_assistant.index.lexicon import Lexicon
from qa_assistant.index.words import Word, block, has_sound, skeleton, words_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa_assistant.index.arrays import Array

KEYWORD_TABLES = """
CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'ascii');
CREATE TABLE vocabulary (word TEXT PRIMARY KEY, block TEXT NOT NULL, passages INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX vocabulary_block ON vocabulary (block);
CREATE TABLE word_vectors (word TEXT PRIMARY KEY, vector BLOB NOT NULL);
"""

ALIKE = 0.88
"""Jaro-Winkler similarity of two skeletons from which two words may be one name. Measured with the weights in
`answering/fusion.py`."""

_MOST_ALIKE = 8
"""Spellings looked for beside a question word's own."""

_AT_ONCE = 500
"""Words of one SQL statement."""

_MOST_MATCHES = 3_000
"""Passages that are looked up for one question, roughly: words beyond are left to the vectors, the most frequent first,
for they cost most and tell least. Of 3,476 passages so many in proportion to 100,000, 104, find as much as all: R@1 is
0.949 of German questions either way, of English ones 0.871 and 0.873."""


class KeywordIndex:
    """The passages' words, folded. Row numbers are the catalogue's."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    @cached_property
    def lexicon(self) -> Lexicon:
        """Made when the first question is asked: who only looks at what is indexed loads no numpy."""
        return Lexicon(self.vectors)

    def add(self, row: int, text: str) -> None:
        folded = [word.folded for word in words_of(text)]
        self._db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (row, " ".join(folded)))
        self._db.executemany(
            "INSERT INTO vocabulary VALUES (?, ?, 1) ON CONFLICT (word) DO UPDATE SET passages = passages + 1",
            ((word, block(skeleton(word)) if has_sound(word) else "") for word in dict.fromkeys(folded)),
        )

    def remove(self, row: int) -> None:
        """A word that stands nowhere any more keeps its vector, in case it comes back."""
        words = set(self.words([row]).get(row, []))
        fewer = "UPDATE vocabulary SET passages = passages - 1 WHERE word = ?"
        self._db.executemany(fewer, ((word,) for word in words))
        self._db.execute("DELETE FROM words WHERE rowid = ?", (row,))

    def new_words(self, texts: Iterable[str]) -> dict[str, str]:
        """Words of `texts` that have no vector yet, folded, with the first spelling met."""
        found: dict[str, str] = {}
        for text in texts:
            for word in words_of(text):
                if has_sound(word.folded):
                    found.setdefault(word.folded, word.written)
        known = "SELECT 1 FROM word_vectors WHERE word = ?"
        return {word: written for word, written in found.items() if not self._db.execute(known, (word,)).fetchone()}

    def add_words(self, words: Sequence[str], vectors: Array) -> None:
        """`vectors` has shape `(len(words), dimension)`."""
        self._db.executemany(
            "INSERT OR IGNORE INTO word_vectors VALUES (?, ?)",
            ((word, vector.astype("<f2").tobytes()) for word, vector in zip(words, vectors, strict=True)),
        )

    def vectors(self, words: Iterable[str]) -> dict[str, Array]:
        """The vectors of the words that have one, each of shape `(dimension,)`."""
        import numpy as np

        found = dict(self._of_words("SELECT word, vector FROM word_vectors WHERE word IN ({})", words))
        matrix = np.frombuffer(b"".join(found.values()), "<f2").astype(np.float32)
        return dict(zip(found, matrix.reshape(len(found), -1), strict=True)) if found else {}

    def vector_count(self) -> int:
        """Words that have a vector."""
        return int(self._db.execute("SELECT count(*) FROM word_vectors").fetchone()[0])

    def vectors_from(self, start: int, count: int) -> list[tuple[str, bytes]]:
        """Words and their vectors as they are stored, in the order in which they came."""
        query = "SELECT word, vector FROM word_vectors ORDER BY rowid LIMIT ? OFFSET ?"
        return list(self._db.execute(query, (count, start)))

    def candidates(
        self, words: Sequence[Word], limit: int, condition: str = "", values: Sequence[str] = ()
    ) -> list[int]:
        """The passages that have the rarest of the question's words, in any spelling, best first.

        Each spelling counts by its idf, wherever it stands: BM25 proper, which looks at how often and in how long a
        passage, takes four times as long, and every candidate is scored by that later. `condition` and `values` are
        `filtering.filter_condition()`'s.
        """
        import numpy as np

        spellings = self._telling(dict.fromkeys(spelling for word in words for spelling in self._spellings(word)))
        found = [self._having(spelling, condition, values) for spelling in spellings]
        (last,) = self._db.execute("SELECT ifnull(max(id), 0) FROM passages").fetchone()  # about how many there are
        idf = [math.log1p(last / passages) for passages in spellings.values()]
        rows, places = np.unique(np.concatenate([np.zeros(0, np.int64), *found]), return_inverse=True)
        scores = np.bincount(places, np.repeat(idf, [len(one) for one in found]), len(rows))
        best: list[int] = rows[np.argsort(-scores, kind="stable")[:limit]].tolist()
        return best

    def _having(self, word: str, condition: str, values: Sequence[str]) -> NDArray[np.int64]:
        """The passages in which a word stands."""
        import numpy as np

        tables = "words JOIN passages p ON p.id = words.rowid JOIN articles a ON a.id = p.article_id"
        query = f"SELECT words.rowid FROM {tables if condition else 'words'} WHERE words MATCH ?"
        query += f" AND {condition}" if condition else ""
        return np.fromiter((row for (row,) in self._db.execute(query, (f'"{word}"', *values))), np.int64)

    def _telling(self, spellings: Iterable[str]) -> dict[str, int]:
        """Those that stand in the index, and in how many passages: rarest first, as many as `_MOST_MATCHES` allows,
        but one at least."""
        frequencies = self.frequencies(spellings)
        chosen: dict[str, int] = {}
        matches = 0
        for spelling in sorted(frequencies, key=lambda word: (frequencies[word], word)):
            matches += frequencies[spelling]
            if chosen and matches > _MOST_MATCHES:
                break
            chosen[spelling] = frequencies[spelling]
        return chosen

    def _spellings(self, word: Word) -> list[str]:
        """The word, and words of the index that sound like it, most alike first."""
        if word.is_number:
            return [word.folded]
        from rapidfuzz import process
        from rapidfuzz.distance import JaroWinkler

        sound = skeleton(word.folded)
        query = "SELECT word FROM vocabulary WHERE block = ? AND passages > 0"
        near = [row[0] for row in self._db.execute(query, (block(sound),))]
        alike = process.extract(
            sound, [skeleton(other) for other in near], scorer=JaroWinkler.normalized_similarity,
            processor=None, score_cutoff=ALIKE, limit=_MOST_ALIKE,
        )  # fmt: skip
        return [word.folded, *(near[at] for _, _, at in alike)]

    def words(self, rows: Sequence[int]) -> dict[int, list[str]]:
        """The words of these passages, folded, in order."""
        marks = ", ".join("?" * len(rows))
        found = self._db.execute(f"SELECT rowid, text FROM words WHERE rowid IN ({marks})", rows)
        return {row: text.split() for row, text in found}

    def frequencies(self, words: Iterable[str]) -> dict[str, int]:
        """In how many passages each word stands; words that stand in none are left out."""
        return dict(self._of_words("SELECT word, passages FROM vocabulary WHERE word IN ({}) AND passages > 0", words))

    def _of_words(self, query: str, words: Iterable[str]) -> list[tuple[str, Any]]:
        """The rows of a query that has `{}` where a list of words belongs."""
        wanted = list(words)
        found: list[tuple[str, Any]] = []
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            found += self._db.execute(query.format(", ".join("?" * len(part))), part).fetchall()
        return found
