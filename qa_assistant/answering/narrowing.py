"""A claim to the sentences that bear it: which sentence of a cited passage, or of any passage, says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from qa_assistant.records import Hit, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa_assistant.index.embedding import Embedder

BEARS = 0.86
"""Cosine of claim and sentence from which the sentence is taken to bear a claim that came without a number.

Between a German sentence and its English, Russian and Turkish translation it is reached by 0.96, 0.98 and 0.82; by the
nearest sentence of five other texts in 0.00, 0.00 and 0.02; by the nearest other sentence of the same paragraph in
0.17, 0.14 and 0.28 (paragraphs of even articles of xquad-dev, aligned where they have as many sentences)."""


class Narrower:
    """Resolves the claims of one answer over the passages of its prompt."""

    def __init__(
        self, embedder: Embedder, hits: Sequence[Hit], sentence_vectors: Mapping[str, NDArray[np.float32]]
    ) -> None:
        self._embedder = embedder
        self._hits = hits
        self._vectors = sentence_vectors

    def resolve(self, claim: str, numbers: Sequence[int]) -> list[tuple[Hit, Span]]:
        """For each passage named in `numbers` (from 1) its sentence nearest to `claim`.

        Without numbers: the nearest sentence of all passages, if it is near enough to bear the claim.
        """
        vector = self._embedder.passages([claim])[0]
        if numbers:
            return [self._nearest(self._hits[number - 1], vector)[1] for number in numbers]
        best, found = max((self._nearest(hit, vector) for hit in self._hits), key=lambda pair: pair[0])
        return [found] if best >= BEARS else []

    def _nearest(self, hit: Hit, vector: NDArray[np.float32]) -> tuple[float, tuple[Hit, Span]]:
        cosines = self._vectors[hit.passage.key] @ vector
        at = int(cosines.argmax())
        return float(cosines[at]), (hit, hit.passage.sentences[at])
