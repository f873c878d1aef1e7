"""Turns what a model writes into the final answer, whose citations name exact sentences of articles. Pure, streaming.

A model's numbers name passages of its prompt; they are a hint. The numbers that come out name sentences of articles, in
the order of their first appearance, and stand behind the sentence they bear: `They discussed energy. [1][2]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from qa_assistant.answering.markers import NO_ANSWER, Declined, Marker, MarkerScanner
from qa_assistant.answering.plaintext import Plain
from qa_assistant.answering.sentence_stream import SentenceEnd, Sentences
from qa_assistant.records import AnswerSentence, Citation, Cited, Hit, Span, TextDelta

Resolver = Callable[[str, Sequence[int]], Sequence[tuple[Hit, Span]]]
"""Finds the sentences of articles that bear a claim: `resolve(claim, passage_numbers)`.

Numbers count the prompt's passages from 1 and are known ones; if there are none, any passage may bear the claim, or
nothing, which makes the sentence uncited. Spans are ranges in the hit's article.
"""

_SENTINEL = "".join(char for char in NO_ANSWER.casefold() if char.isalnum())
_BULLET = re.compile(r"\s*(?:(?:[-*•–—+>]|#{1,6})\s+)*")
_LIST_NUMBER = re.compile(r"[*_]*(\d{1,3})[.)][*_]*\s+")
_EMPHASIS = re.compile(r"\*+|__+|`+")
UNCITED = "no passage bears it"


class CitationStream:
    """One reply, from pieces of raw text to text and citations; the result does not depend on the cuts.

    `passages` is how many the prompt numbers; `language` (ISO 639-1) chooses the rules for sentence ends. All deltas
    joined are `text`; a `Cited` follows the text that first shows its number.
    """

    def __init__(self, resolve: Resolver, *, passages: int, language: str = "en") -> None:
        self._resolve = resolve
        self._plain = Plain()
        self._scanner = MarkerScanner(passages)
        self._sentences = Sentences(language)
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._opening: list[str | Marker] | None = []
        """The reply so far, while it may still be the sentinel and nothing else; then None."""
        self._item = 0
        """The number of the last list item."""
        self.text = ""
        self.sentences: list[AnswerSentence] = []
        self.citations: list[Citation] = []
        self.sentinel_seen = False
        """Whether the sentinel stood anywhere. Beside other text it was removed, and the text stands."""
        self.refused = False
        """Known after `close()`: the reply was the sentinel and nothing else. Then there is no text."""

    def feed(self, chunk: str) -> list[TextDelta | Cited]:
        """What `chunk` adds to the answer for certain."""
        return self._take(self._scanner.feed(self._plain.feed(chunk)))

    def close(self) -> list[TextDelta | Cited]:
        """The rest of the answer."""
        out = self._take(self._scanner.close())
        if self._opening is not None:
            said = _letters(self._opening)
            self.refused = said == _SENTINEL or (self.sentinel_seen and not said)
            out += [] if self.refused else self._open()
        return out + self._deliver(self._sentences.close())

    def _take(self, tokens: Sequence[str | Marker | Declined]) -> list[TextDelta | Cited]:
        out: list[TextDelta | Cited] = []
        for token in tokens:
            if isinstance(token, Declined):
                self.sentinel_seen = True
            elif self._opening is None:
                out += self._deliver(self._sentences.feed(token))
            else:
                self._opening.append(token)
                if not _SENTINEL.startswith(_letters(self._opening)):
                    out += self._open()
        return _joined(out)

    def _open(self) -> list[TextDelta | Cited]:
        held, self._opening = self._opening or [], None
        return [event for token in held for event in self._deliver(self._sentences.feed(token))]

    def _deliver(self, parts: Sequence[str | SentenceEnd]) -> list[TextDelta | Cited]:
        out: list[TextDelta | Cited] = []
        for part in parts:
            if isinstance(part, SentenceEnd):
                out += self._cite(part)
            else:
                self.text += part
                out.append(TextDelta(part))
        return _joined(out)

    def _cite(self, end: SentenceEnd) -> list[TextDelta | Cited]:
        claim, self._item = claim_of(end.text, after=self._item)
        if not any(char.isalnum() for char in claim):
            return []  # a rule between parts of the answer, for instance: it says nothing that could be borne
        known = len(self.citations)
        numbers = sorted({self._number(hit, span) for hit, span in self._resolve(claim, end.numbers)})
        if not numbers:
            self.sentences.append(AnswerSentence(end.text, (), "uncited", (UNCITED,)))
            return []
        marks = " " + "".join(f"[{number}]" for number in numbers)
        self.text += marks
        self.sentences.append(AnswerSentence(end.text + marks, tuple(numbers), "supported"))
        return [TextDelta(marks), *(Cited(citation) for citation in self.citations[known:])]

    def _number(self, hit: Hit, span: Span) -> int:
        """The citation number of that sentence, the same for the same sentence."""
        article = hit.article
        key = (article.id, span.start, span.end)
        if key not in self._numbers:
            self._numbers[key] = len(self.citations) + 1
            line = article.text.count("\n", 0, span.start) + 1
            self.citations.append(
                Citation(self._numbers[key], article, span.start, span.end, line, span.of(article.text))
            )
        return self._numbers[key]


def claim_of(sentence: str, *, after: int = 0) -> tuple[str, int]:
    """What a sentence of an answer claims, without bullet, heading's sign and emphasis; and its list number.

    A number in front is a list's if it is 1 or follows `after`, the last one; else it is an ordinal („29. Treffen“)
    and part of the claim. Without one, `after` is returned.
    """
    claim = _BULLET.sub("", sentence, count=1)
    if (number := _LIST_NUMBER.match(claim)) and int(number[1]) in (1, after + 1):
        claim, after = claim[number.end() :], int(number[1])
    return _EMPHASIS.sub("", claim).strip(), after


def _letters(tokens: Sequence[str | Marker]) -> str:
    text = "".join(token for token in tokens if isinstance(token, str))
    return "".join(char for char in text.casefold() if char.isalnum())


def _joined(events: Sequence[TextDelta | Cited]) -> list[TextDelta | Cited]:
    """The same events with neighbouring deltas made one."""
    out: list[TextDelta | Cited] = []
    for event in events:
        if isinstance(event, TextDelta) and out and isinstance(out[-1], TextDelta):
            out[-1] = TextDelta(out[-1].text + event.text)
        else:
            out.append(event)
    return out
