"""Passages named outside square brackets, as small models do, and what articles write in round brackets."""

from __future__ import annotations

from dataclasses import replace

import pytest
from citing import Resolver, run
from conftest import Corpus
from fake_ollama import FakeOllama

from qa_assistant import Assistant
from qa_assistant.answering.citations import CitationStream
from qa_assistant.answering.passage_words import bracketed_numbers, without_references
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.records import TextDelta
from qa_assistant.settings import Settings

PRAISE = (
    "Man äußerte sich lobend über die Beteiligung japanischer Unternehmen am Wiederaufbauprozess in den befreiten "
    "Gebieten"
)


@pytest.mark.parametrize(
    "mark, numbers",
    [
        ("(Passage 1)", (1,)), ("(passages 1 and 2)", (1, 2)), ("(Quelle 2)", (2,)), ("（来源1）", (1,)),
        ("(see passage 2)", (2,)), ("(vgl. Passage 1)", (1,)), ("(Source 2, p. 7)", (2,)), ("(Source: [1])", (1,)),
        ("(siehe [1], S. 2)", (1,)), ("[Passage [1]]", (1,)), ("(Passage 99)", ()), ("[p. 99]", ()), ("[No. 99]", ()),
        ("[doc99]", ()), ("[-99]", ()), ("[~99]", ()),
    ],
)  # fmt: skip
def test_a_named_passage_is_a_mark(mark: str, numbers: tuple[int, ...]) -> None:
    for text in (f"They met {mark}.", f"{mark} They met.", f"They {mark} met."):
        stream, resolver = run(text)
        assert resolver.asked == [("They met.", numbers)], text
        assert stream.text == "They met." + (" " if numbers else "") + "".join(
            f"[{n + 1}]" for n in range(len(numbers))
        )


@pytest.mark.parametrize(
    "text, numbers",
    [
        ("They met (1).", (1,)), ("They met (1, 2).", (1, 2)), ("They met (1)(2).", (1, 2)), ("They met (3)", (3,)),
        ("They met (1)!\nThey left.", (1,)), ("会談した（1）。", (1,)),
    ],
)  # fmt: skip
def test_a_bare_number_at_the_end_of_a_sentence_is_a_mark(text: str, numbers: tuple[int, ...]) -> None:
    stream, resolver = run(text, language="ja" if "。" in text else "en")
    assert resolver.asked[0][1] == numbers
    assert "(" not in stream.text and "（" not in stream.text


@pytest.mark.parametrize(
    "brackets",
    ["(2022)", "(30)", "(4)", "(3-1)", "(1:0)", "(2.5)", "(3 Jahre)", "(Artikel 5)", "(Bronze 3)", "(S. 3)",
     "(siehe 3)", "(Quelle: dpa)", "(sources say)", "(Passagiere 30)", "(Baku)", "(0)"],
)  # fmt: skip
def test_what_articles_write_in_round_brackets_stays(brackets: str) -> None:
    for text in (f"They met {brackets}.", f"They {brackets} met.", f"They met {brackets}"):
        stream, resolver = run(text)
        assert (stream.text, resolver.asked[0][1]) == (text, ()), text


def test_an_age_that_a_passage_writes_itself_stays() -> None:
    stream = CitationStream(Resolver(), passages=3, bracketed=bracketed_numbers(["Anna (4) und Ben (2) kamen [1]."]))
    events = [*stream.feed("Ben (2). Anna (3)."), *stream.close()]
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == "Ben (2). Anna. [1]"


def test_round_brackets_are_held_no_longer_than_they_may_name_a_passage() -> None:
    stream = CitationStream(Resolver(), passages=3)
    for piece in ("They (M", "oscow) (20", "22) (Pal", "ermo) (30"):
        stream.feed(piece)
        assert stream.text.endswith(piece[-1]), piece
    assert stream.feed(") (Pass") == [TextDelta(")")]
    assert stream.feed("agen") == []
    assert stream.feed(" do") == [TextDelta(" (Passagen do")]


def test_a_passage_in_running_text_keeps_its_number_and_is_a_hint() -> None:
    stream, resolver = run("According to passage [2], they met. Laut Passage 1 ging er. Siehe Passage 9.")
    assert stream.text == "According to passage 2, they met. [1] Laut Passage 1 ging er. [2] Siehe Passage 9."
    assert resolver.asked == [
        ("According to , they met.", (2,)), ("Laut ging er.", (1,)), ("Siehe Passage 9.", ()),
    ]  # fmt: skip
    assert without_references("Passage 1:", 3) == ("Passage 1:", (1,))
    assert without_references("30 Passagen 2022", 3) == ("30 Passagen 2022", ())


@pytest.mark.parametrize("reply", [f"{PRAISE} (Passage 1).", f"{PRAISE} (1).", f"{PRAISE} (Source: [1])."])
def test_an_articles_own_sentence_is_not_withdrawn_for_its_mark(
    shipped_index: Settings, fake_ollama: FakeOllama, reply: str
) -> None:
    fake_ollama.reply(reply)
    with Assistant(replace(shipped_index, answer_with="ollama", timeout=5)) as assistant:
        answer = assistant.answer("What was said about Japanese companies?")
    assert answer.text == f"{PRAISE}. [1]"
    assert answer.sentences[0].support == "supported"


def test_an_age_of_the_article_is_in_the_answer(corpus: Corpus, fake_ollama: FakeOllama) -> None:
    said = "Bei dem Brand in Lübeck verletzten sich Anna (4) und ihr Bruder Ben (1)."
    corpus.write("brand.txt", f"Lübeck, 3. Mai 2021, dpa\n\n{said} Die Feuerwehr löschte den Brand in der Nacht.\n")
    ingest(corpus.settings)
    fake_ollama.reply(said.replace(".", " [1]."))
    with Assistant(replace(corpus.settings, answer_with="ollama", min_confidence=0.0, timeout=5)) as assistant:
        answer = assistant.answer("Wer verletzte sich bei dem Brand in Lübeck?")
    assert answer.text == f"{said} [1]"
    assert answer.sentences[0].support == "supported"
