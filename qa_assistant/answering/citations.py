"""Turns what a model writes into the final answer, whose citations name exact sentences of articles. Pure, streaming.

A model's numbers name passages of its prompt; they are a hint. The numbers that come out name sentences of articles, in
the order of their first appearance, and stand behind the sentence they belong to: `They discussed energy. [1][2]`.
Each sentence is checked when it ends, and the answer says at once whether its citations bear it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from qa_assistant.answering.mark_joining import JoinedMarks
from qa_assistant.answering.markers import NO_ANSWER, Declined, Marker, MarkerScanner, Token
from qa_assistant.answering.passage_words import without_references
from qa_assistant.answering.plaintext import Plain
from qa_assistant.answering.sentence_stream import SentenceEnd, Sentences
from qa_assistant.answering.verdict import CITED, Check
from qa_assistant.records import AnswerSentence, Checked, Citation, Cited, Hit, Span, TextDelta

Delivered = TextDelta | Cited | Checked

_SENTINEL = "".join(char for char in NO_ANSWER.casefold() if char.isalnum())
_BULLET = re.compile(r"\s*(?:(?:[-*•–—+>]|#{1,6})\s+)*")
_LIST_NUMBER = re.compile(r"[*_]*(\d{1,3})[.)][*_]*\s+")
_EMPHASIS = re.compile(r"\*+|__+|`+")


class CitationStream:
    """One reply, from pieces of raw text to text and citations; the result does not depend on the cuts.

    `passages` is how many the prompt numbers, `bracketed` which of those numbers they write in round brackets
    themselves; `language` (ISO 639-1) chooses the rules for sentence ends. All deltas joined are `text`; a `Cited`
    follows the text that first shows its number, a `Checked` the sentence's end.
    """

    def __init__(self, check: Check, *, passages: int, bracketed: Iterable[int] = (), language: str = "en") -> None:
        self._check = check
        self._plain = Plain()
        self._passages = passages
        self._scanner = MarkerScanner(passages, bracketed)
        self._marks = JoinedMarks()
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

    def feed(self, chunk: str) -> list[Delivered]:
        """What `chunk` adds to the answer for certain."""
        return self._take(self._marks.feed(self._scanner.feed(self._plain.feed(chunk))))

    def close(self) -> list[Delivered]:
        """The rest of the answer."""
        out = self._take((*self._marks.feed(self._scanner.close()), *self._marks.close()))
        if self._opening is not None:
            said = _letters(self._opening)
            self.refused = said == _SENTINEL or (self.sentinel_seen and not said)
            out += [] if self.refused else self._open()
        return out + self._deliver(self._sentences.close())

    def break_off(self) -> list[Delivered]:
        """The sentence that is complete, if the reply broke off right behind it."""
        return self.close() if self._sentences.may_have_ended else []

    def _take(self, tokens: Iterable[Token]) -> list[Delivered]:
        out: list[Delivered] = []
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

    def _open(self) -> list[Delivered]:
        held, self._opening = self._opening or [], None
        return [event for token in held for event in self._deliver(self._sentences.feed(token))]

    def _deliver(self, parts: Sequence[str | SentenceEnd]) -> list[Delivered]:
        out: list[Delivered] = []
        for part in parts:
            if isinstance(part, SentenceEnd):
                out += self._cite(part)
            else:
                self.text += part
                out.append(TextDelta(part))
        return _joined(out)

    def _cite(self, end: SentenceEnd) -> list[Delivered]:
        claim, self._item = claim_of(end.text, after=self._item)
        if not any(char.isalnum() for char in claim):
            return []  # a rule between parts of the answer, for instance: it says nothing that could be borne
        known = len(self.citations)
        claim, named = without_references(claim, self._passages)
        verdict = self._check(claim, tuple(dict.fromkeys((*end.numbers, *named))))
        numbers = sorted({self._number(hit, span) for hit, span in verdict.spans})
        shown = "".join(f"[{number}]" for number in numbers)
        marks = f" {shown}" if shown else ""
        self.text += marks
        reasons = tuple(reason.replace(CITED, shown) for reason in verdict.reasons)
        self.sentences.append(AnswerSentence(end.text + marks, tuple(numbers), verdict.support, reasons))
        cited = [Cited(citation) for citation in self.citations[known:]]
        return [*([TextDelta(marks)] if marks else []), *cited, Checked(self.sentences[-1])]

    def _number(self, hit: Hit, span: Span) -> int:
        """The citation number of that sentence, the same for the same sentence."""
        key = (hit.article.id, span.start, span.end)
        if key not in self._numbers:
            self._numbers[key] = len(self.citations) + 1
            self.citations.append(cite(self._numbers[key], hit, span))
        return self._numbers[key]


def cite(number: int, hit: Hit, span: Span) -> Citation:
    """The sentence at `span` of the hit's article as citation `number`."""
    text = hit.article.text
    line = text.count("\n", 0, span.start) + 1
    return Citation(number, hit.article, span.start, span.end, line, span.of(text))


def renumbered(
    sentence: AnswerSentence, numbers: dict[int, int], citations: Sequence[Citation]
) -> tuple[AnswerSentence, list[Citation]]:
    """`sentence` as one of an answer with only some of the citations, and those of its citations that are new there.

    `numbers` maps old numbers to new ones and grows with them.
    """
    new = [number for number in sentence.citations if number not in numbers]
    numbers |= {number: len(numbers) + place for place, number in enumerate(new, start=1)}
    old = "".join(f"[{number}]" for number in sentence.citations)
    kept = tuple(sorted(numbers[number] for number in sentence.citations))
    text = sentence.text.removesuffix(old) + "".join(f"[{number}]" for number in kept)
    known = {citation.number: citation for citation in citations}
    return (
        replace(sentence, text=text, citations=kept),
        [replace(known[number], number=numbers[number]) for number in new],
    )


def claim_of(sentence: str, *, after: int) -> tuple[str, int]:
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


def _joined(events: Sequence[Delivered]) -> list[Delivered]:
    """The same events with neighbouring deltas made one."""
    out: list[Delivered] = []
    for event in events:
        if isinstance(event, TextDelta) and out and isinstance(out[-1], TextDelta):
            out[-1] = TextDelta(out[-1].text + event.text)
        else:
            out.append(event)
    return out
