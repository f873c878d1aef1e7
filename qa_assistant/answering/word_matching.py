"""How well the words of a question are matched by the words of passages. Pure functions over arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa_assistant.index.keyword_index import ALIKE
from qa_assistant.index.words import Word, has_sound, sound

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa_assistant.index.arrays import Array


SPELLING_POWER = 6
"""A spelling that is 0.9 alike counts 0.9 ** 6 of the same word."""

MEANING_FLOOR, MEANING_CEILING = 0.3, 0.7
"""Centred cosine of two words: no match below the floor, a full one from the ceiling. Measured as in `fusion`."""

K1, B = 1.2, 0.75
"""BM25's usual constants (Robertson and Zaragoza, 2009, The Probabilistic Relevance Framework)."""


def sounds_alike(words: Sequence[Word], vocabulary: Sequence[str]) -> Array:
    """How alike each word and each word of the vocabulary are spelled, shape `(words, vocabulary)`, 0 to 1.

    The same word counts 1; numbers and short words count only if they are the same.
    """
    alike = similarity([sound(word.folded) for word in words], list(map(sound, vocabulary)))
    rows: dict[str, list[int]] = {}
    for row, word in enumerate(words):
        rows.setdefault(word.folded, []).append(row)
    for place, other in enumerate(vocabulary):
        if other in rows:
            alike[rows[other], place] = 1
    return alike


def similarity(sounds: Sequence[str], others: Sequence[str]) -> Array:
    """How alike two words sound, 0 to 1, shape `(sounds, others)`; what has no sound, an empty one, is like nothing."""
    import numpy as np
    from rapidfuzz import process
    from rapidfuzz.distance import JaroWinkler

    alike = np.zeros((len(sounds), len(others)), np.float32)
    rows, columns = ([place for place, one in enumerate(part) if one] for part in (sounds, others))
    if rows and columns:
        similar = process.cdist(
            list(filter(None, sounds)),
            list(filter(None, others)),
            scorer=JaroWinkler.normalized_similarity,
            score_cutoff=ALIKE,
            dtype=np.float32,
        )
        alike[np.ix_(rows, columns)] = similar**SPELLING_POWER
    return alike


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
    def of(cls, numbers: NDArray[np.intp], columns: NDArray[np.intp]) -> Terms:
        """Of the passage's words by number; `columns` has the column of each number, or -1."""
        import numpy as np

        places = columns[numbers]
        own, counts = np.unique(places[places >= 0], return_counts=True)
        return cls(own, counts.astype(np.float32), len(numbers))


def matches(alike: Array, passage: Terms, average_length: float) -> Array:
    """BM25's term weight of each question word's best match in one passage, shape `(words,)`."""
    import numpy as np

    if not len(passage.columns) or not len(alike):
        return np.zeros(len(alike), np.float32)
    length = passage.length / average_length
    weights = passage.counts * (K1 + 1) / (passage.counts + K1 * (1 - B + B * length))
    return np.asarray((alike[:, passage.columns] * weights).max(axis=1), np.float32)
