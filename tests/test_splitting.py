"""Passages: whole sentences, exact offsets, no character lost, never longer than allowed."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa_assistant import sentences
from qa_assistant.ingestion.splitting import Splitter
from qa_assistant.records import Article, Metadata, Passage, Span

LIMIT = 40
SPLITTER = Splitter(LIMIT, lambda text: len(text.split()))


def split(text: str, language: str = "de") -> list[Passage]:
    return SPLITTER.split(Article("a", "a.txt", text, Metadata(language=language)))


PROSE = st.lists(
    st.sampled_from(
        [
            "Ja.", "Ja.", "Im Rahmen des 29. Treffens sprachen sie.", "🙂 Gut!", "Cafe\u0301 zu.", "\r\n",
            "\n\n", " ", "\t",
            "Zahlen wie 3,5 Prozent z. B. hier.", "„Nein“, sagte er.", "A" * 300, "wort " * 60, "Ein Satz ohne Ende",
        ]
    ),
    max_size=40,
).map(" ".join)  # fmt: skip


@settings(deadline=None)
@given(st.one_of(PROSE, st.text(max_size=400)))
@example("Ja. " * 200)
@example("wort " * 500)
@example("x" * 5000)
def test_nothing_is_lost_and_every_offset_slices_back(text: str) -> None:
    text = text.replace("\0", "")
    passages = split(text)
    covered: set[int] = set()
    for ordinal, passage in enumerate(passages):
        assert passage.ordinal == ordinal
        assert text[passage.start : passage.end] == passage.text == passage.text.strip() != ""
        assert covered.isdisjoint(range(passage.start, passage.end))
        covered.update(range(passage.start, passage.end))
        inside = {index for span in passage.sentences for index in range(span.start, span.end)}
        visible = {index for index in range(passage.start, passage.end) if not text[index].isspace()}
        assert visible <= inside <= set(range(passage.start, passage.end))
    assert {index for index, char in enumerate(text) if not char.isspace()} <= covered


@settings(deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=40))
def test_passages_hold_whole_sentences_and_stay_within_the_limit(lengths: list[int]) -> None:
    text = " ".join(" ".join(["Wort", *["wort"] * (length - 1)]) + "." for length in lengths)
    for passage in split(text):
        assert len(passage.text.split()) <= LIMIT
        assert passage.text.endswith(".")


def test_a_title_or_dateline_stays_with_what_follows(shipped_text: str) -> None:
    first = split(shipped_text)[0]
    assert first.text.startswith("date 2022-12 Baku")


def test_the_shipped_article_keeps_its_ordinal_in_one_sentence(shipped_text: str) -> None:
    sentences = [span.of(shipped_text) for passage in split(shipped_text) for span in passage.sentences]
    assert any("im Rahmen des 29. Treffens des Ministerrates" in sentence for sentence in sentences)


def test_the_sentences_are_not_gone_through_again_for_each_passage(monkeypatch: pytest.MonkeyPatch) -> None:
    class Counted(list[Span]):
        times = 0

        def __iter__(self) -> Iterator[Span]:
            Counted.times += 1
            return super().__iter__()

    spans = sentences.spans
    monkeypatch.setattr(sentences, "spans", lambda text, language: Counted(spans(text, language)))
    passages = split("Die Sitzung ist lang. " * 200)
    assert sum(len(passage.sentences) for passage in passages) == 200
    assert Counted.times <= 1 < len(passages)
