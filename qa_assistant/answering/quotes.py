"""An answer without a language model: the sentences of the articles that answer best, word for word. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa_assistant.answering.asks_for_figure import expects_figure
from qa_assistant.dateline import is_dateline
from qa_assistant.records import Hit, Span
from qa_assistant.sentences import tells

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array


MOST_QUOTES = 6
LEAD = 3
"""Sentences quoted of how an article begins: the first of a report tell who, what, when and where."""

FOCUS = 0.85
"""Share of the focused question in a sentence's score; the whole question has the rest."""

PASSAGE = 0.25
"""Share of the passage's score: a sentence alone may lack what the sentences around it are about."""

WORDS = 0.04
"""What is added where a sentence has every word that says what is asked: vectors alone put “in 1519” before “in 1520”.
Of XQuAD's even articles in another language, several in a corpus, 0.733 of the first sentences then had the answer
(0.697 without), before they were compared token by token."""

TOKENS = 0.3
"""What is added where a sentence takes up every token of the question (`late_interaction`). Of the same even articles
0.772 of the first sentences then have the answer and 0.963 are of the right article (0.733 and 0.943 without), and of
questions about a lone word 0.500 (0.449). At 0.2 and 0.4 they differ by 0.002."""

MARGIN, WIDER = 0.03, 0.05
"""How far below the best sentence another one may score and still be quoted; the wider where tokens count, which spread
the scores. An answer then has 2.18 sentences, and 0.936 of answers have what is asked for."""

FRAGMENT = 0.05
"""Taken off what does not end as a sentence does: datelines, headlines and what only leads to a list or quotation are
near to any question."""

_ENDS = tuple(".!?…»“”\"’')]。！？」』）】؟۔։।॥")

_LATEST = re.compile(
    r"\b(?:latest|newest|currently|current|most recent|now|so far|aktuell\w*|derzeit\w*|neue?ste\w*|jüngste\w*|bisher"
    r"|zuletzt|последн\w+|сейчас|текущ\w+|[eə]n son|son (?:durum|fiyat|rakam|sayı|bilanço|can kaybı)\w*|şu an\w*|güncel"
    r"|şimdi|indi(?= (?!m[iı]\b)\w)|hazırda|son (?:məlumat|qiymət|rəqəm)\w*"
    r"|actuellement|actuel\w*|dernièr\w*|derniers?|maintenant)\b",
    re.IGNORECASE,
)
"""Asks for what the newest article says: figures change from one to the next. Azerbaijani `indi` (now) stands before
the verb; at the end it is a verb itself, Turkish for “fell” or “landed”."""

_HEADING = re.compile(r"^#{1,6} ")

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

        A Markdown heading has no marks there. A number in brackets is a citation there, and nothing else ever is: the
        article's own stand in parentheses.
        """
        line = _HEADING.sub("", " ".join(self.text.split()))
        return _NUMBER.sub(lambda mark: f"({mark[1].strip()})", line)


def best_sentences(
    hits: Sequence[Hit],
    cosines: Mapping[str, Array],
    matches: Mapping[str, Array],
    tokens: Mapping[str, Array],
    question: str,
) -> list[Quote]:
    """The best sentence and those that score nearly as well, best first: the answer stands where reading begins. The
    newest first where the latest is asked for.

    By `Passage.key`, of each of its sentences: `cosines` with the focused question, how well it `matches` the words
    that say what is asked, and how well the question's `tokens`, all up to 1. A sentence that several articles share,
    or that is a headline as well, is quoted once, a dateline only where a date, place or number is asked for.
    """
    taken_up = {key: WORDS * matches[key] + TOKENS * found for key, found in tokens.items()}
    scored = (quote for hit in hits for quote in _scored(hit, cosines[hit.passage.key], taken_up[hit.passage.key]))
    dated = expects_figure(question)
    quotable = (one for one in scored if (dated if is_dateline(one.text) else tells(one.text)))
    ranked = sorted(quotable, key=lambda quote: -quote.score)
    margin = WIDER if any(found.any() for found in tokens.values()) else MARGIN
    chosen: dict[str, Quote] = {}
    for quote in ranked:
        if len(chosen) == MOST_QUOTES or quote.score < ranked[0].score - margin:
            break
        chosen.setdefault(" ".join(quote.text.split()).strip("#.!? "), quote)
    if _LATEST.search(question):
        return sorted(chosen.values(), key=lambda quote: quote.hit.article.metadata.date or "", reverse=True)
    return list(chosen.values())


def first_sentences(hits: Sequence[Hit]) -> list[Quote]:
    """How articles begin: the first `LEAD` sentences of one, the first of each of several. Headlines and datelines are
    left out where there are sentences."""
    told: dict[str, list[Quote]] = {}
    for hit in hits:
        quotes = (Quote(hit, *pair) for pair in zip(hit.passage.sentences, hit.sentence_scores, strict=True))
        told.setdefault(hit.article.id, []).extend(one for one in quotes if tells(one.text))
    most = LEAD if len(told) == 1 else 1
    return [one for own in told.values() for one in ([one for one in own if _is_sentence(one.text)] or own)[:most]]


def _is_sentence(words: str) -> bool:
    return (words.endswith(_ENDS) or _is_row(words)) and not is_dateline(words)


def _is_row(words: str) -> bool:
    """Whether it is a row of a table: `| Kabataş | 10.15 |`, or cells with tabs between them."""
    return words.endswith("|") or "\t" in words


def _scored(hit: Hit, cosines: Array, taken_up: Array) -> list[Quote]:
    """A row of a table is credited with what the best sentence of its passage takes up: its own words are names and
    figures, what they are of stands above it."""
    quotes: list[Quote] = []
    for span, whole, part, added in zip(hit.passage.sentences, hit.sentence_scores, cosines, taken_up, strict=True):
        text, own = span.of(hit.article.text), FOCUS * float(part) + (1 - FOCUS) * whole
        score = PASSAGE * hit.score + (1 - PASSAGE) * own + float(taken_up.max() if _is_row(text) else added)
        quotes.append(Quote(hit, span, score if _is_sentence(text) else score - FRAGMENT))
    return quotes
