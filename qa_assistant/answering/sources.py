"""The retrieved sentences as checks look at them: vectors, values, words and denials of each, made once an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from qa_assistant.answering.claim_words import ClaimWord
from qa_assistant.answering.negation import denials
from qa_assistant.answering.value import Value
from qa_assistant.answering.values import Values, values
from qa_assistant.answering.word_matching import KnownVectors, combined, mean_alike, sounds_alike, word_vectors
from qa_assistant.index.centring import centred
from qa_assistant.index.words import has_sound, words_of
from qa_assistant.records import Hit, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa_assistant.index.embedding import Embedder

    Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a retrieved passage; `at` is its place in the passage."""

    hit: Hit
    at: int
    span: Span
    vector: Array
    """Centred, shape `(dimension,)`."""
    values: Values
    columns: tuple[int, ...]
    """Its words, as places in the vocabulary."""
    denials: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved passage's sentences, and what is known beside them: the words and values around and above."""

    sentences: tuple[Sentence, ...]
    columns: tuple[int, ...]
    """Words of all its sentences, of the article's title and place, and of its agency."""
    values: tuple[Value, ...]
    dated: Values
    """The article's date."""


class Sources:
    """The passages of one answer. `sentence_vectors` are by `Passage.key`, `background` is taken off them."""

    def __init__(
        self,
        embedder: Embedder,
        hits: Sequence[Hit],
        sentence_vectors: Mapping[str, Array],
        centre: Callable[[Array], Array],
        known: KnownVectors,
        words_mean: Array,
    ) -> None:
        self._embedder = embedder
        self._known = known
        self._mean = words_mean
        self._places: dict[str, int] = {}
        self.passages = [self._passage(hit, centre(sentence_vectors[hit.passage.key])) for hit in hits]
        self.vocabulary = tuple(self._places)

    def alike(self, words: Sequence[ClaimWord]) -> Array:
        """How well each word of a claim is matched by each of the vocabulary, by sound or meaning, 0 to 1.

        Shape `(words, vocabulary)`. Only words that nothing sounds like exactly are embedded.
        """
        import numpy as np

        plain = [one.word for one in words]
        spelled = sounds_alike(plain, self.vocabulary)
        if not spelled.size:
            return spelled
        unknown = [row for row, best in enumerate(spelled.max(axis=1)) if best < 1 and has_sound(plain[row].folded)]
        if not unknown:
            return spelled
        meaning = np.zeros_like(spelled)
        meaning[unknown] = mean_alike(self._meanings([plain[row].written for row in unknown]), self._vectors)
        return combined(spelled, meaning, plain, self.vocabulary)

    def _meanings(self, written: Sequence[str]) -> Array:
        return centred(self._embedder.questions(written), self._mean)

    @cached_property
    def _vectors(self) -> Array:
        return word_vectors(self._known, self.vocabulary, self._mean, self._embedder.dimension)

    def _passage(self, hit: Hit, vectors: Array) -> Passage:
        known = hit.article.metadata
        text = hit.article.text
        sentences = tuple(
            Sentence(
                hit,
                at,
                span,
                vectors[at],
                values(span.of(text), known.language),
                self._columns(span.of(text)),
                len(denials(span.of(text), known.language)),
            )
            for at, span in enumerate(hit.passage.sentences)
        )
        told = " ".join(part for part in (known.title, known.place, known.agency) if part)
        columns = {column for one in sentences for column in one.columns} | set(self._columns(told))
        said = tuple(value for one in sentences for value in one.values)
        above = values(known.title or "", known.language)
        return Passage(sentences, tuple(columns), (*said, *above), values(known.date or ""))

    def _columns(self, text: str) -> tuple[int, ...]:
        folded = dict.fromkeys(word.folded for word in words_of(text))
        return tuple(self._places.setdefault(word, len(self._places)) for word in folded)
