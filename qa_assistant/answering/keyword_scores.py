"""The soft BM25 of candidates: each word of the question counts by the best match a passage has for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from qa_assistant.answering import word_matching
from qa_assistant.answering.alikeness import Alikeness
from qa_assistant.answering.asking import content
from qa_assistant.index.lexicon import unique

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array
    from qa_assistant.index.catalog import Catalog
    from qa_assistant.index.lexicon import Numbers


FEWEST = 300
"""In a corpus of several articles with fewer passages, the idf of words that say what is asked grows as if it had so
many: of thirteen passages none has a rare word, yet a name in one of them tells as much as ever. Not of one article,
which has the same names all over; nor of words that only ask, which are no rarer for standing in one passage."""

FEW_WORDS = 4
"""Of a question with fewer words that say what it is about, a word counts once more for each that is missing: “What is
said about energy?” is near to all that is said, whatever it is about."""


class KeywordScores:
    """Reads candidates in parts, so that some are read while others are still looked for.

    Words are matched by meaning only in articles of another language than the question: in its own, the letters say
    more (German loses 0.01 of R@1 otherwise).
    """

    def __init__(self, catalog: Catalog, alike: Alikeness) -> None:
        self._catalog = catalog
        self._alike = alike
        self._own: dict[int, Numbers] = {}
        self._foreign: dict[int, Numbers] = {}

    def read(self, rows: Iterable[int], foreign: Iterable[int]) -> None:
        """Of these candidates the words; `foreign` are those of them that are in another language than the question."""
        wanted, apart = list(rows), set(foreign)
        words = self._catalog.keywords.words(wanted) if self._alike.words else {}
        numbers = {row: self._alike.lexicon.numbers(words.get(row, [])) for row in wanted}
        for kept, alike, here in (
            (self._own, self._alike.spelled, [row for row in wanted if row not in apart]),
            (self._foreign, self._alike.meant, [row for row in wanted if row in apart]),
        ):
            kept |= {row: numbers[row] for row in here}
            if here:
                alike(_all(numbers[row] for row in here))  # compared now, while Chroma is looking

    def scores(self) -> dict[int, float]:
        """By row, of all that were read."""
        return self._scores(self._own, self._alike.spelled) | self._scores(self._foreign, self._alike.meant)

    def _scores(self, passages: dict[int, Numbers], alike: Callable[[Numbers], Array]) -> dict[int, float]:
        import numpy as np

        numbers = _all(passages.values())
        matches = alike(numbers)
        matched = matches.any(axis=0)
        numbers, matches = numbers[matched], matches[:, matched]
        if not len(numbers):
            return dict.fromkeys(passages, 0.0)
        count, average = self._catalog.totals()
        words = self._alike.lexicon.words(numbers)
        known = self._catalog.keywords.frequencies(words)
        frequencies = np.array([known.get(word, 1) for word in words], np.float32)
        idf = word_matching.rarity(matches, frequencies, count) * self._weights(count)
        columns = np.full(int(max(one.max(initial=0) for one in passages.values())) + 1, -1)
        columns[numbers] = np.arange(len(numbers))
        scores: dict[int, float] = {}
        for row, own in passages.items():
            weights = word_matching.matches(matches, word_matching.Terms.of(own, columns), average)
            scores[row] = float(weights @ idf)
        return scores

    def _weights(self, count: int) -> Array:
        """What the idf of each word is multiplied by in a corpus of `count` passages; shape `(words,)`."""
        import numpy as np

        weights, telling = np.ones(len(self._alike.words), np.float32), content(self._alike.words)
        if count < FEWEST and self._catalog.counts()[0] > 1:
            weights[telling] = math.log(FEWEST) / math.log(count + 1)
        weights[telling] *= max(1, FEW_WORDS - len(telling))
        return weights


def _all(numbers: Iterable[Numbers]) -> Numbers:
    """Each number once, in order."""
    import numpy as np

    return unique(np.concatenate([np.zeros(0, np.intp), *numbers]))
