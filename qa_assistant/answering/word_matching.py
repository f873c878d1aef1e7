"""How well the words of a question are matched by the words of passages. Pure functions over arrays."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa_assistant.index.keyword_index import ALIKE
from qa_assistant.index.words import Word, has_sound, sound

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


KnownVectors = Callable[[Sequence[str], "Array"], tuple["NDArray[np.intp]", "Array"]]
"""Which of so many folded words an index keeps the vectors of, and these less a mean, shape `(places, dimension)`."""


def cosines(words: Array, kept: KnownVectors, vocabulary: Sequence[str], mean: Array) -> Array:
    """Of `words`, shape `(words, dimension)` and less `mean`, with folded words; shape `(words, vocabulary)`.

    0 for those that have no vector.
    """
    import numpy as np

    found = np.zeros((len(words), len(vocabulary)), np.float32)
    places, vectors = kept(vocabulary, mean)
    if len(places):
        found[:, places] = words @ vectors.T
    return found


def sounds_alike(words: Sequence[Word], vocabulary: Sequence[str]) -> Array:
    """How alike each word and each word of the vocabulary are spelled, shape `(words, vocabulary)`, 0 to 1.

    The same word counts 1; numbers and short words count only if they are the same.
    """
    import numpy as np
    from rapidfuzz import process
    from rapidfuzz.distance import JaroWinkler

    alike = np.zeros((len(words), len(vocabulary)), np.float32)
    asked, asked_sounds = _sounding([word.folded for word in words])
    sounding, sounds = _sounding(vocabulary)
    if asked and sounding:
        similar = process.cdist(
            asked_sounds,
            sounds,
            scorer=JaroWinkler.normalized_similarity,
            score_cutoff=ALIKE,
            dtype=np.float32,
        )
        alike[np.ix_(asked, sounding)] = similar**SPELLING_POWER
    rows: dict[str, list[int]] = {}
    for row, word in enumerate(words):
        rows.setdefault(word.folded, []).append(row)
    for place, other in enumerate(vocabulary):
        if other in rows:
            alike[rows[other], place] = 1
    return alike


def _sounding(folded: Sequence[str]) -> tuple[list[int], list[str]]:
    """Places of the words that may be matched by their sound, and how these sound."""
    sounds = list(map(sound, folded))
    return [place for place, one in enumerate(sounds) if one], list(filter(None, sounds))


def mean_alike(cosines: Array) -> Array:
    """How alike words are in meaning, from the cosines of their centred vectors; 0 to 1, shape as `cosines`."""
    import numpy as np

    return np.asarray(np.clip((cosines - MEANING_FLOOR) / (MEANING_CEILING - MEANING_FLOOR), 0, 1), np.float32)


def combined(spelled: Array, cosines: Array, words: Sequence[Word]) -> Array:
    """The better of spelling and meaning, where words may be matched by more than their letters."""
    import numpy as np

    asked = np.array([has_sound(word.folded) for word in words], bool)
    return np.asarray(np.where(asked[:, None], np.maximum(spelled, mean_alike(cosines)), spelled), np.float32)


def rarity(alike: Array, frequencies: Array, passages: int) -> Array:
    """BM25's idf of each question word, whose frequency is summed over all words it is matched by; shape `(words,)`."""
    import numpy as np

    spread = np.minimum(alike @ frequencies, passages)
    return np.array([max(0.0, math.log((passages - df + 0.5) / (df + 0.5))) for df in spread], np.float32)


@dataclass(frozen=True, slots=True)
class Terms:
    """The words of a passage that have a column, each once: that column, and how often it stands there."""

    columns: NDArray[np.intp]
    counts: Array
    length: int
    """All words of the passage."""

    @classmethod
    def of(cls, words: Sequence[str], columns: Mapping[str, int]) -> Terms:
        import numpy as np

        counted = Counter(filter(columns.__contains__, words))
        places = np.fromiter(map(columns.__getitem__, counted), np.intp, len(counted))
        return cls(places, np.fromiter(counted.values(), np.float32, len(counted)), len(words))


def matches(alike: Array, passage: Terms, average_length: float) -> tuple[Array, float]:
    """BM25's term weight of each question word's best match in one passage, shape `(words,)`, and the coverage.

    That is the mean over the question's words of how well the passage matches each, 0 to 1.
    """
    import numpy as np

    if not len(passage.columns) or not len(alike):
        return np.zeros(len(alike), np.float32), 0.0
    length = passage.length / average_length
    weights = passage.counts * (K1 + 1) / (passage.counts + K1 * (1 - B + B * length))
    here = alike[:, passage.columns]
    return np.asarray((here * weights).max(axis=1), np.float32), float(here.max(axis=1).mean())
