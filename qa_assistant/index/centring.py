"""Vectors less what all texts of a corpus have in common. Pure functions.

multilingual-e5 gives any two texts a cosine of 0.7 or more; without the mean, cosines tell texts apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array


CENTRING = 0.8
"""Share of the corpus' mean vector that is taken off before cosines; 0.5 to 1.0 measure alike. Chosen as the constants
of `answering/fusion.py` were."""

FEW = 20
"""Vectors with which half of that share is taken off: the mean of a handful of texts is mostly what they are about."""


def offset(mean: Array, count: int, share: float = CENTRING) -> Array:
    """What to take off vectors whose mean over `count` texts is `mean`; shape as `mean`."""
    import numpy as np

    return np.asarray(share * count / (count + FEW) * mean, np.float32)


def centred(vectors: Array, taken_off: Array) -> Array:
    """Vectors without what all texts have in common, at unit length; shape as `vectors`."""
    return unit(vectors - taken_off)


def unit(vectors: Array) -> Array:
    """Vectors of length 1, a zero vector as it is; shape as `vectors`."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)
