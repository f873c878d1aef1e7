"""How well each sentence takes up a question, token by token: late interaction.

The mean over the question's tokens of the greatest cosine with a token of the sentence, each in its context: MaxSim of
ColBERT (Khattab and Zaharia, 2020), whose tokens were trained for it. Those of an embedding model are not: any two are
near, so what all tokens of the passages have in common is taken off first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
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
    """Passages, the best `MOST_READ` of those found, whose tokens are read once, when they are first needed."""

    def __init__(self, embedder: Embedder, hits: Sequence[Hit]) -> None:
        """Of at least one hit, best first."""
        self.hits = hits[:MOST_READ]
        self._embedder = embedder

    def matches(self, question: str, focused: str) -> Mapping[str, Array]:
        """By `Passage.key`, how well each of its sentences takes up `question`, up to 1; shape `(sentences,)`.

        Only the words count that are left in `focused` and say what is asked, each in the context of the whole
        question; without any it is 0: “What did they discuss?” is in every sentence. Raises EmbeddingError if the model
        that reads tokens cannot be loaded.
        """
        import numpy as np

        saying = {word.written for word in words_of(focused) if says(word)}
        if saying:
            common, passages = self._passages
            (tokens,) = self._embedder.tokens([question])
            words = (match.span() for match in _WORD.finditer(question) if match[0] in saying)
            if counted := [place for start, end in words for place in touching(tokens.spans, start, end)]:
                asked = centred(tokens.vectors[counted], common)
                return {key: _of_each(asked @ vectors.T, inside) for key, (vectors, inside) in passages.items()}
        return {hit.passage.key: np.zeros(len(hit.passage.sentences), np.float32) for hit in self.hits}

    @cached_property
    def _passages(self) -> tuple[Array, dict[str, tuple[Array, list[list[int]]]]]:
        """What all tokens have in common; by `Passage.key` the tokens, centred, and the places of each sentence's."""
        import numpy as np

        read = self._embedder.tokens([hit.passage.text for hit in self.hits])
        common = np.concatenate([tokens.vectors for tokens in read]).mean(axis=0)
        return common, {
            hit.passage.key: (centred(tokens.vectors, common), _sentences(hit, tokens.spans))
            for hit, tokens in zip(self.hits, read, strict=True)
        }


def _sentences(hit: Hit, spans: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The places of each sentence's tokens; none of a sentence behind what the model reads."""
    start = hit.passage.start
    return [touching(spans, one.start - start, one.end - start) for one in hit.passage.sentences]


def _of_each(cosines: Array, sentences: Sequence[Sequence[int]]) -> Array:
    """`cosines` has shape `(question's tokens, passage's tokens)`; a sentence without tokens takes up nothing."""
    import numpy as np

    return np.array([cosines[:, own].max(axis=1).mean() if own else 0.0 for own in sentences], np.float32)
