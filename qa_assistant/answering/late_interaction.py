"""How well each sentence takes up a question, token by token: late interaction.

The mean over the question's tokens of the greatest cosine with a token of the sentence, each in its context: MaxSim of
ColBERT (Khattab and Zaharia, 2020), whose tokens were trained for it. Those of an embedding model are not: any two are
near, so what all tokens of the passages have in common is taken off first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from qa_assistant.answering.asking import says
from qa_assistant.index.centring import centred
from qa_assistant.index.token_vectors import touching
from qa_assistant.index.words import words_of
from qa_assistant.records import Hit

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array
    from qa_assistant.index.embedding import Embedder

MOST_READ = 8
"""Passages: a long one takes 60 ms."""

_WORD = re.compile(r"\w+")


class LateInteraction:
    """Passages, the best `MOST_READ` of those found, whose tokens are read once, whatever is asked of them."""

    def __init__(self, embedder: Embedder, hits: Sequence[Hit]) -> None:
        """Of at least one hit, best first. Raises EmbeddingError if the model that reads tokens cannot be loaded."""
        import numpy as np

        self.hits = hits[:MOST_READ]
        self._embedder = embedder
        read = embedder.tokens([hit.passage.text for hit in self.hits])
        self._common = np.concatenate([tokens.vectors for tokens in read]).mean(axis=0)
        self._passages = {
            hit.passage.key: (centred(tokens.vectors, self._common), _sentences(hit, tokens.spans))
            for hit, tokens in zip(self.hits, read, strict=True)
        }

    def matches(self, question: str, focused: str) -> Mapping[str, Array]:
        """By `Passage.key`, how well each of its sentences takes up `question`, up to 1; shape `(sentences,)`.

        Only the words count that are left in `focused` and say what is asked, each in the context of the whole
        question; without any it is 0: “What did they discuss?” is in every sentence.
        """
        import numpy as np

        (tokens,) = self._embedder.tokens([question])
        counted = _counted(question, focused, tokens.spans)
        if not counted:
            return {key: np.zeros(len(inside), np.float32) for key, (_, inside) in self._passages.items()}
        asked = centred(tokens.vectors[counted], self._common)
        return {key: _of_each(asked @ vectors.T, inside) for key, (vectors, inside) in self._passages.items()}


def _counted(question: str, focused: str, spans: Sequence[tuple[int, int]]) -> list[int]:
    """The places of the tokens of those words that are left in `focused` and say what is asked."""
    saying = {word.written for word in words_of(focused) if says(word)}
    words = (match.span() for match in _WORD.finditer(question) if match[0] in saying)
    return [place for start, end in words for place in touching(spans, start, end)]


def _sentences(hit: Hit, spans: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The places of each sentence's tokens; none of a sentence behind what the model reads."""
    start = hit.passage.start
    return [touching(spans, one.start - start, one.end - start) for one in hit.passage.sentences]


def _of_each(cosines: Array, sentences: Sequence[Sequence[int]]) -> Array:
    """`cosines` has shape `(question's tokens, passage's tokens)`; a sentence without tokens takes up nothing."""
    import numpy as np

    return np.array([cosines[:, own].max(axis=1).mean() if own else 0.0 for own in sentences], np.float32)
