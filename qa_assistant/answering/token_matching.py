"""How well each token of a claim is matched by the tokens of retrieved passages, each in its context.

The greatest cosine of a token's vector with one of the other text's, as in ColBERT (Khattab and Zaharia, 2020) and
BERTScore (Zhang et al., 2020). Across languages and scripts that tells which name or word says the same (“Ungarn” and
“Macarlar”); that of a word alone does much less so (`tests/benchmarks/support.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa_assistant.index.centring import unit
from qa_assistant.index.token_vectors import Tokens
from qa_assistant.records import Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa_assistant.index.arrays import Array, Mask


WINDOW, STEP = 28, 7
"""Tokens of the windows in which a claim's words are looked for together: about a clause; and how far they move."""

NEARLY = 0.02
"""A place whose match is this much below the best one's may be meant as well."""


@dataclass(frozen=True, slots=True)
class PassageTokens:
    """A passage's tokens: vectors of length 1, the sentence that each stands in, -1 for those told beside."""

    vectors: Array
    sentence: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Matches:
    """The tokens of one claim in one passage."""

    sentences: Array
    """Greatest cosine with a token of each sentence, shape `(tokens, sentences)`."""
    around: Array
    """With any token of the passage, title and place included, shape `(tokens,)`."""
    window: float
    """How much better the question's words are matched elsewhere than around what the claim adds to them: 0 or less."""


def passage_tokens(tokens: Tokens, told: Tokens, sentences: Sequence[Span]) -> PassageTokens:
    """`sentences` are where the passage's sentences stand in the text of `tokens`."""
    import numpy as np

    ends = np.array([span.end for span in sentences])
    last = np.array([end - 1 for _, end in tokens.spans], np.int64)
    own = np.minimum(np.searchsorted(ends, last, side="right"), len(ends) - 1)
    vectors = unit(np.concatenate([tokens.vectors, told.vectors]))
    return PassageTokens(vectors, np.concatenate([own, np.full(len(told.spans), -1)]))


def matches(claim: Array, asked: Mask, new: Mask, passage: PassageTokens, sentences: int) -> Matches:
    """`claim` are its tokens, shape `(tokens, dimension)`; masks say which of them the question has, and which not."""
    import numpy as np

    alike = claim @ passage.vectors.T
    of_each = np.full((len(claim), sentences), -1.0, np.float32)
    for place in range(sentences):
        own = passage.sentence == place
        if own.any():
            of_each[:, place] = alike[:, own].max(axis=1)
    parts = [alike[:, part].max(axis=1) for part in _windows(int((passage.sentence >= 0).sum()))]
    return Matches(of_each, alike.max(axis=1, initial=-1.0), together(parts, asked, new))


def together(parts: Sequence[Array], asked: Mask, new: Mask) -> float:
    """How far the asked words' match, where the new ones are matched best, is below that of the part with their best.

    `parts` holds the tokens' matches in each part of a passage. 0 if the claim has no asked or no new tokens.
    """
    import numpy as np

    if not parts or not asked.any() or not new.any():
        return 0.0
    matched = np.stack(parts)
    about, added = matched[:, asked].mean(axis=1), matched[:, new].mean(axis=1)
    return float(about[added >= added.max() - NEARLY].max() - about.max())


def _windows(tokens: int) -> Iterator[slice]:
    for start in range(0, max(1, tokens - WINDOW // 2), STEP):
        yield slice(start, min(start + WINDOW, tokens))
