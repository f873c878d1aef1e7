"""How well the words of a question are matched by the words of passages. Pure functions over arrays."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa_assistant.index.keyword_index import ALIKE
from qa_assistant.index.words import Word, has_sound, skeleton

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

SPELLING_POWER = 6
"""A spelling that is 0.9 alike counts 0.9 ** 6 of the same word."""

MEANING_FLOOR, MEANING_CEILING = 0.3, 0.7
"""Centred cosine of two words: no match below the floor, a full one from the ceiling. Measured as in `fusion`."""

K1, B = 1.2, 0.75
"""BM25's usual constants (Robertson and Zaragoza, 2009, The Probabilistic Relevance Framework)."""


KnownVectors = Callable[[Sequence[str], "Array"], tuple[list[int], "Array"]]
"""Which of so many folded words an index keeps the vectors of, and these less a mean, shape `(places, dimension)`."""


def word_vectors(kept: KnownVectors, vocabulary: Sequence[str], mean: Array, dimension: int) -> Array:
    """The centred vectors of folded words, shape `(words, dimension)`; zeros for those that have none."""
    import numpy as np

    sounding = [place for place, word in enumerate(vocabulary) if has_sound(word)]
    found, vectors = kept([vocabulary[place] for place in sounding], mean)
    known = np.zeros((len(vocabulary), dimension), np.float32)
    if found:
        known[[sounding[place] for place in found]] = vectors
    return known


def sounds_alike(words: Sequence[Word], vocabulary: Sequence[str]) -> Array:
    """How alike each word and each word of the vocabulary are spelled, shape `(words, vocabulary)`, 0 to 1."""
    import numpy as np
    from rapidfuzz import process
    from rapidfuzz.distance import JaroWinkler

    if not words or not vocabulary:
        return np.zeros((len(words), len(vocabulary)), np.float32)
    alike = process.cdist(
        [skeleton(word.folded) for word in words],
        [skeleton(other) for other in vocabulary],
        scorer=JaroWinkler.normalized_similarity,
        score_cutoff=ALIKE,
        dtype=np.float32,
    )
    return _exact(np.asarray(alike**SPELLING_POWER, np.float32), words, vocabulary)


def mean_alike(words: Array, vocabulary: Array) -> Array:
    """How alike words are in meaning, from their centred vectors; shape `(words, vocabulary)`, 0 to 1."""
    import numpy as np

    cosines = words @ vocabulary.T
    return np.asarray(np.clip((cosines - MEANING_FLOOR) / (MEANING_CEILING - MEANING_FLOOR), 0, 1), np.float32)


def combined(spelling: Array, meaning: Array, words: Sequence[Word], vocabulary: Sequence[str]) -> Array:
    """The better of both, where words may be matched by more than their letters."""
    import numpy as np

    return _exact(np.maximum(spelling, meaning), words, vocabulary)


def _exact(alike: Array, words: Sequence[Word], vocabulary: Sequence[str]) -> Array:
    """The same word counts 1; numbers and short words count only if they are the same."""
    import numpy as np

    alike = alike * np.array([has_sound(word.folded) for word in words], np.float32)[:, None]
    alike[:, [at for at in map(int, np.flatnonzero(alike.any(axis=0))) if not has_sound(vocabulary[at])]] = 0
    places = {other: place for place, other in enumerate(vocabulary)}
    for row, word in enumerate(words):
        if word.folded in places:
            alike[row, places[word.folded]] = 1
    return np.asarray(alike, np.float32)


def rarity(alike: Array, frequencies: Array, passages: int) -> Array:
    """BM25's idf of each question word, whose frequency is summed over all words it is matched by; shape `(words,)`."""
    import numpy as np

    spread = np.minimum(alike @ frequencies, passages)
    return np.array([max(0.0, math.log((passages - df + 0.5) / (df + 0.5))) for df in spread], np.float32)


@dataclass(frozen=True, slots=True)
class Terms:
    """The words of a passage, each once: its column in arrays by vocabulary, and how often it stands there."""

    columns: NDArray[np.intp]
    counts: Array

    @classmethod
    def of(cls, words: Sequence[str], places: Mapping[str, int]) -> Terms:
        import numpy as np

        counted = Counter(words)
        columns = np.fromiter((places[word] for word in counted), np.intp, len(counted))
        return cls(columns, np.fromiter(counted.values(), np.float32, len(counted)))


def matches(alike: Array, passage: Terms, average_length: float) -> tuple[Array, float]:
    """BM25's term weight of each question word's best match in one passage, shape `(words,)`, and the coverage.

    That is the mean over the question's words of how well the passage matches each, 0 to 1.
    """
    import numpy as np

    if not len(passage.columns) or not len(alike):
        return np.zeros(len(alike), np.float32), 0.0
    length = float(passage.counts.sum()) / average_length
    weights = passage.counts * (K1 + 1) / (passage.counts + K1 * (1 - B + B * length))
    here = alike[:, passage.columns]
    return np.asarray((here * weights).max(axis=1), np.float32), float(here.max(axis=1).mean())
