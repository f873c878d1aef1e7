"""An answer without a language model: the sentences of the articles that answer best, word for word. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa_assistant.records import Hit, Span

MOST_QUOTES = 5
MARGIN = 0.03
"""How far below the best sentence another one may score and still be quoted."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a retrieved passage and its score."""

    hit: Hit
    span: Span
    score: float

    @property
    def text(self) -> str:
        return self.span.of(self.hit.article.text)


def best_sentences(hits: Sequence[Hit], most: int = MOST_QUOTES) -> list[Quote]:
    """The sentences nearest to the best one's score, at most `most`; in the order of the text within an article.

    A sentence scores the mean of its own cosine with the question and its passage's score: alone it may lack what the
    sentences around it are about. A sentence that several articles share is quoted once.
    """
    ranked = sorted(
        (
            Quote(hit, span, (hit.score + cosine) / 2)
            for hit in hits
            for span, cosine in zip(hit.passage.sentences, hit.sentence_scores, strict=True)
        ),
        key=lambda quote: -quote.score,
    )
    chosen: dict[str, Quote] = {}
    for quote in ranked:
        if len(chosen) == most or quote.score < ranked[0].score - MARGIN:
            break
        chosen.setdefault(" ".join(quote.text.split()), quote)
    order = {quote.hit.article.id: place for place, quote in reversed(list(enumerate(chosen.values())))}
    return sorted(chosen.values(), key=lambda quote: (order[quote.hit.article.id], quote.span.start))
