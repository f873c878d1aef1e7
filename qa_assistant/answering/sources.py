"""The retrieved sentences as checks look at them: vectors, values, words and denials of each, made once an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from qa_assistant.answering.claim_words import ClaimWord
from qa_assistant.answering.negation import denials
from qa_assistant.answering.numbers.values import Values, values
from qa_assistant.answering.token_matching import PassageTokens, passage_tokens
from qa_assistant.answering.word_matching import sounds_alike
from qa_assistant.index.words import words_of
from qa_assistant.records import Hit, Span

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array
    from qa_assistant.index.embedding import Embedder


@dataclass(frozen=True, slots=True)
class SourceSentence:
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
class SourcePassage:
    """A retrieved passage's sentences, and what is known beside them: the words and values around and above."""

    hit: Hit
    sentences: tuple[SourceSentence, ...]
    text: str
    """That of its sentences; what was left out of them (`orders`) is not part of it."""
    spans: tuple[Span, ...]
    """Where the sentences stand in `text`."""
    columns: tuple[int, ...]
    """Words of all its sentences, of the article's title and place, and of its agency."""
    values: Values
    """Those of its sentences and of the title."""
    dated: Values
    """The article's date."""
    told: str


class Sources:
    """The passages of one answer. `sentence_vectors` are by `Passage.key`; `centre` takes off what all have in common.

    Their tokens are computed beside the model that writes: an answer's first sentence is seldom there before them.
    """

    def __init__(
        self,
        embedder: Embedder,
        hits: Sequence[Hit],
        sentence_vectors: Mapping[str, Array],
        centre: Callable[[Array], Array],
    ) -> None:
        self._embedder = embedder
        self._places: dict[str, int] = {}
        self.passages = [self._passage(hit, centre(sentence_vectors[hit.passage.key])) for hit in hits]
        self.vocabulary = tuple(self._places)
        beside = ThreadPoolExecutor(1, thread_name_prefix="tokens")
        self._texts = beside.submit(embedder.tokens, [text for one in self.passages for text in (one.text, one.told)])
        beside.shutdown(wait=False)

    def alike(self, words: Sequence[ClaimWord]) -> Array:
        """How well each word of a claim is matched by the sound of each of the vocabulary, 0 to 1.

        Shape `(words, vocabulary)`.
        """
        return sounds_alike([one.word for one in words], self.vocabulary)

    @cached_property
    def tokens(self) -> list[PassageTokens]:
        """Of each passage. Raises what the embedding model raised."""
        texts, told = self._texts.result()[::2], self._texts.result()[1::2]
        return [
            passage_tokens(text, beside, one.spans)
            for one, text, beside in zip(self.passages, texts, told, strict=True)
        ]

    def _passage(self, hit: Hit, vectors: Array) -> SourcePassage:
        known = hit.article.metadata
        text = hit.article.text
        sentences = tuple(
            SourceSentence(
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
        columns = {column for one in sentences for column in one.columns} | set(self._columns(told(hit)))
        numbers = sum((one.values for one in sentences), values(known.title or "", known.language))
        whole, spans = said(hit)
        return SourcePassage(hit, sentences, whole, spans, tuple(columns), numbers, values(known.date or ""), told(hit))

    def _columns(self, text: str) -> tuple[int, ...]:
        folded = dict.fromkeys(word.folded for word in words_of(text))
        return tuple(self._places.setdefault(word, len(self._places)) for word in folded)


def told(hit: Hit) -> str:
    """What is known of a passage's article beside its text: title, place and agency."""
    known = hit.article.metadata
    return " ".join(part for part in (known.title, known.place, known.agency) if part)


def said(hit: Hit) -> tuple[str, tuple[Span, ...]]:
    """The sentences of a hit's passage as one text, and where each stands in it.

    That is the passage's own text, unless sentences were left out of it: an order to say something would bear it.
    """
    article = hit.article.text
    text, spans, end = "", [], None
    for span in hit.passage.sentences:
        between = "" if end is None else article[end : span.start]
        text += " " if between.strip() else between
        spans.append(Span(len(text), len(text) + span.end - span.start))
        text += span.of(article)
        end = span.end
    return text, tuple(spans)
