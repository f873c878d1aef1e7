"""A stream of sentences with citations over three passages of one sentence each."""

from __future__ import annotations

from collections.abc import Sequence

from qa_assistant.answering.citations import CitationStream
from qa_assistant.answering.verdict import CITED, NOTHING, Verdict
from qa_assistant.records import Article, Checked, Cited, Hit, Metadata, Passage, Span, TextDelta

TEXT = "Eins steht hier.\nZwei steht da.\nDrei auch. Und vier."
SPANS = (Span(0, 16), Span(17, 31), Span(32, 42))
ARTICLE = Article("a1", "a.txt", TEXT, Metadata(title="Zahlen"))
HITS = [
    Hit(Passage("a1", n, span.start, span.end, span.of(TEXT), (span,)), ARTICLE, 1.0, (1.0,))
    for n, span in enumerate(SPANS)
]


class Resolver:
    """Gives each passage's only sentence, and keeps what it was asked."""

    def __init__(self, uncited: Sequence[int] = ()) -> None:
        self.asked: list[tuple[str, tuple[int, ...]]] = []
        self._uncited = uncited

    def __call__(self, claim: str, numbers: Sequence[int]) -> Verdict:
        self.asked.append((claim, tuple(numbers)))
        spans = tuple((HITS[n - 1], SPANS[n - 1]) for n in (numbers or self._uncited))
        if "45" in claim:
            return Verdict(spans, "unsupported", (f"number 45 is not in {CITED}",))
        return Verdict(spans, "supported") if spans else NOTHING


def run(*chunks: str, language: str = "en", uncited: Sequence[int] = ()) -> tuple[CitationStream, Resolver]:
    resolver = Resolver(uncited)
    stream = CitationStream(resolver, passages=len(HITS), language=language)
    events = [event for chunk in chunks for event in stream.feed(chunk)] + stream.close()
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == stream.text
    assert [event.citation for event in events if isinstance(event, Cited)] == stream.citations
    assert [event.sentence for event in events if isinstance(event, Checked)] == stream.sentences
    shown = ""
    for event in events:
        if isinstance(event, TextDelta):
            shown += event.text
        elif isinstance(event, Checked):
            assert shown.endswith(event.sentence.text), "a sentence is checked right behind its end"
        else:
            assert f"[{event.citation.number}]" in shown, "a citation follows the text that refers to it"
    return stream, resolver


def asked(text: str, language: str = "en") -> list[tuple[str, tuple[int, ...]]]:
    return run(text, language=language)[1].asked
