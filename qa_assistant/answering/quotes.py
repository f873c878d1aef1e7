"""An answer without a language model: the sentences of the articles that answer best, word for word. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa_assistant.answering.asking import may_answer
from qa_assistant.answering.expected import expects_figure
from qa_assistant.dateline import is_dateline
from qa_assistant.records import Hit, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

MOST_QUOTES = 6
FOCUS = 0.85
"""Share of the focused question in a sentence's score; the whole question has the rest."""

PASSAGE = 0.25
"""Share of the passage's score: a sentence alone may lack what the sentences around it are about."""

MARGIN = 0.03
"""How far below the best sentence another one may score and still be quoted."""

FRAGMENT = 0.03
"""Taken off what does not end as a sentence does: datelines and headlines are near to any question."""

_ENDS = (".", "!", "?", "…", ":", "。", "؟", "»", "“", "”", '"', "’", "'", ")", "]")

_NUMBER = re.compile(r"[\[［【〔]\s*[#^№]?\s*(\d[\d\s,;–-]*+)[\]］】〕]")
"""A footnote's number, or that of an article's own source: `[7]`, `[1, 2]`, `[^3]`."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a retrieved passage and its score."""

    hit: Hit
    span: Span
    score: float

    @property
    def text(self) -> str:
        return self.span.of(self.hit.article.text)

    @property
    def words(self) -> str:
        """The sentence on one line, as the text of an answer has it; its citation quotes it to the letter.

        A number in brackets is a citation there, and nothing else ever is: the article's own stand in parentheses.
        """
        return _NUMBER.sub(lambda mark: f"({mark[1].strip()})", " ".join(self.text.split()))


def best_sentences(hits: Sequence[Hit], vectors: Mapping[str, Array], question: str, focused: Array) -> list[Quote]:
    """The best sentence and those that score nearly as well, best first: the answer stands where reading begins.

    `vectors` has each passage's sentences, `focused` is the focused question's vector. A sentence that several articles
    share is quoted once, a dateline only where its date, place or agency is asked for.
    """
    scored = (quote for hit in hits for quote in _scored(hit, vectors, focused))
    dated = expects_figure(question)
    quotable = (one for one in scored if may_answer(question, one.text) or (dated and is_dateline(one.text)))
    ranked = sorted(quotable, key=lambda quote: -quote.score)
    chosen: dict[str, Quote] = {}
    for quote in ranked:
        if len(chosen) == MOST_QUOTES or quote.score < ranked[0].score - MARGIN:
            break
        chosen.setdefault(" ".join(quote.text.split()), quote)
    return list(chosen.values())


def _scored(hit: Hit, vectors: Mapping[str, Array], focused: Array) -> list[Quote]:
    cosines = vectors[hit.passage.key] @ focused
    quotes: list[Quote] = []
    for span, whole, part in zip(hit.passage.sentences, hit.sentence_scores, cosines, strict=True):
        own = FOCUS * float(part) + (1 - FOCUS) * whole
        score = PASSAGE * hit.score + (1 - PASSAGE) * own
        words = span.of(hit.article.text)
        is_sentence = words.endswith(_ENDS) and not is_dateline(words)
        quotes.append(Quote(hit, span, score if is_sentence else score - FRAGMENT))
    return quotes
