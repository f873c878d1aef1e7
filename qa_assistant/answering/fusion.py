"""Scores of candidates into one ranking. Pure functions.

Every constant was chosen on the articles with an even number of `../shared/data/xquad-dev` among all of
`../shared/data/german-news`; `tests/benchmarks/retrieval.py` reports both halves. All optima are flat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa_assistant.index.arrays import Array


PASSAGE, SENTENCE, PAIR = 0.4, 0.4, 0.2
KEYWORD = 0.011
"""Weights of the cosines of passage, best sentence and best pair of neighbouring sentences, and of one unit of idf."""


def sentence_scores(question: Array, sentences: Array, starts: NDArray[np.intp]) -> tuple[Array, Array]:
    """Cosines of each passage's best sentence and of its best pair of neighbours, each of shape `(passages,)`.

    `sentences` are those of all passages, one after the other, shape `(n, dimension)`; a passage's begin at `starts`.
    All are centred. The last sentence of a passage also stands for itself, as a pair with nothing.
    """
    import numpy as np

    following = np.zeros_like(sentences)
    following[:-1] = sentences[1:]
    following[starts[1:] - 1] = 0
    pairs = sentences + following
    paired = (pairs @ question) / np.maximum(np.linalg.norm(pairs, axis=1), 1e-9)
    return np.maximum.reduceat(sentences @ question, starts), np.maximum.reduceat(paired, starts)


def score(passage: float, sentence: float, pair: float, keyword: float) -> float:
    """What passages are ranked by: three centred cosines and the keyword score."""
    return PASSAGE * passage + SENTENCE * sentence + PAIR * pair + KEYWORD * keyword
