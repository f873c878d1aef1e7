"""The soft BM25 of candidates: each word of the question counts by the best match a passage has for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from qa_assistant.answering import word_matching
from qa_assistant.index import centring

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa_assistant.index.index import Index
    from qa_assistant.index.words import Word

    Array = NDArray[np.float32]

Score = tuple[float, float]
"""BM25, and the share of the question's words that the passage matches."""


class KeywordScores:
    """Reads candidates in parts, so that some are read while others are still looked for.

    Words are matched by meaning only in articles of another language than the question: in its own, the letters say
    more (German loses 0.01 of R@1 otherwise).
    """

    def __init__(self, index: Index, words: Sequence[Word], meanings: Callable[[], Array]) -> None:
        """`meanings` gives the vectors of `words`, shape `(len(words), dimension)`, when the first are wanted."""
        self._index = index
        self._asked = words
        self._meanings = meanings
        self._own = _Matches(self._spelled)
        self._foreign = _Matches(self._meant)

    def read(self, rows: Iterable[int], foreign: Iterable[int]) -> None:
        """Of these candidates the words; `foreign` are those of them that are in another language than the question."""
        wanted, apart = list(rows), set(foreign)
        words = self._index.catalog.keywords.words(wanted) if self._asked else {}
        self._own.read({row: words.get(row, []) for row in wanted if row not in apart})
        self._foreign.read({row: words.get(row, []) for row in wanted if row in apart})

    def scores(self) -> dict[int, Score]:
        """By row, of all that were read."""
        passages, average = self._index.catalog.totals()
        frequencies = self._index.catalog.keywords.frequencies
        return self._own.scores(frequencies, passages, average) | self._foreign.scores(frequencies, passages, average)

    def _spelled(self, vocabulary: Sequence[str]) -> Array:
        return word_matching.sounds_alike(self._asked, vocabulary)

    def _meant(self, vocabulary: Sequence[str]) -> Array:
        """How alike the words sound, or are in meaning where that is more; shape `(words, vocabulary)`."""
        mean, _ = self._index.catalog.means.mean("words")
        asked = centring.centred(self._meanings(), mean)
        cosines = word_matching.cosines(asked, self._index.catalog.keywords.matrix, vocabulary, mean)
        return word_matching.combined(self._spelled(vocabulary), cosines, self._asked)


class _Matches:
    """The words of passages that match some word of the question."""

    def __init__(self, alike: Callable[[Sequence[str]], Array]) -> None:
        """`alike` tells how alike each word of the question is to each of a vocabulary, 0 to 1."""
        self._alike = alike
        self._passages: dict[int, Sequence[str]] = {}
        self._seen: set[str] = set()
        self._columns: dict[str, int] = {}
        self._parts: list[Array] = []

    def read(self, passages: Mapping[int, Sequence[str]]) -> None:
        import numpy as np

        self._passages |= passages
        # In the order in which they stand: that of a set would change sums from run to run.
        new = [word for word in dict.fromkeys(chain.from_iterable(passages.values())) if word not in self._seen]
        if not new:
            return
        self._seen.update(new)
        alike = self._alike(new)
        matched = np.flatnonzero(alike.any(axis=0))
        self._columns |= {new[at]: place for place, at in enumerate(matched, len(self._columns))}
        self._parts.append(alike[:, matched])

    def scores(
        self, frequencies: Callable[[Iterable[str]], Mapping[str, int]], passages: int, average: float
    ) -> dict[int, Score]:
        """`average` is the length of a passage, in words."""
        import numpy as np

        if not self._columns:
            return dict.fromkeys(self._passages, (0.0, 0.0))
        alike = np.concatenate(self._parts, axis=1)
        known = frequencies(self._columns)
        idf = word_matching.rarity(
            alike, np.array([known.get(word, 1) for word in self._columns], np.float32), passages
        )
        scores: dict[int, Score] = {}
        for row, words in self._passages.items():
            weights, coverage = word_matching.matches(alike, word_matching.Terms.of(words, self._columns), average)
            scores[row] = float(weights @ idf), coverage
        return scores
