"""The whole flow of one question, with real retrieval and a scripted model behind Ollama's protocol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from conftest import Corpus
from fake_ollama import FakeOllama, Line, Raw, Thinking

from qa_assistant import Assistant
from qa_assistant.errors import ModelError, QAError
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.records import (
    SURE,
    Answer,
    Cited,
    Event,
    Filters,
    Finished,
    Notice,
    Retrieved,
    Started,
    TextDelta,
    Turn,
)
from qa_assistant.settings import Settings

QUESTION = "What did Bayramov and Takei discuss?"
ENERGY = "They discussed cooperation in the field of alternative energy sources and investments"


def test_a_streamed_answer_is_cited_to_the_sentence(assistant: Assistant, fake_ollama: FakeOllama) -> None:
    pieces = ENERGY[:20], ENERGY[20:], " [", "1", "].", " The World Cup was won by France [9]."
    fake_ollama.reply(*pieces)
    events = list(assistant.ask(QUESTION))
    answer = assistant_answer(events)
    assert [type(event) for event in events[:2]] == [Retrieved, Started]
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == answer.text
    assert (answer.status, answer.kind, answer.model) == ("answered", "ollama", "fake:4b")
    assert answer.text.startswith(f"{ENERGY}. [1]")
    assert "[9]" not in answer.text
    first, second = answer.sentences
    assert (first.citations, first.support) == ((1,), "supported")
    assert (second.citations, second.support) == ((), "uncited")
    for citation in answer.citations:
        assert citation.article.text[citation.start : citation.end] == citation.quote
        hits = [hit for hit in answer.hits if hit.article.id == citation.article.id]
        assert any(hit.passage.start <= citation.start < citation.end <= hit.passage.end for hit in hits)
    assert [event.citation for event in events if isinstance(event, Cited)] == list(answer.citations)


def test_a_sentence_without_a_number_is_given_the_sentence_that_bears_it(
    assistant: Assistant, fake_ollama: FakeOllama
) -> None:
    fake_ollama.reply(f"{ENERGY}.")
    answer = assistant.answer(QUESTION)
    assert [citation.quote[:60] for citation in answer.citations] == [
        "In diesem Zusammenhang wurden die Möglichkeiten für eine Zus"
    ]


def test_a_wrong_number_is_a_hint_that_is_narrowed_to_a_sentence(assistant: Assistant, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply("Die Seiten sprachen über Landminen 【Passage 2】.")
    answer = assistant.answer("Worüber sprachen Bayramov und Takei?")
    start, end = answer.hits[1].passage.start, answer.hits[1].passage.end
    assert all(start <= citation.start < citation.end <= end for citation in answer.citations)
    assert any("Landminengefahr" in citation.quote for citation in answer.citations)
    assert len(answer.citations) <= 2


def test_strict_leaves_out_what_nothing_bears(assistant: Assistant, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply(f"{ENERGY} [1]. The World Cup was won by France in 2018.")
    events = list(assistant.ask(QUESTION, strict=True))
    answer = assistant_answer(events)
    assert "World Cup" not in answer.text
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == answer.text == f"{ENERGY}. [1]"


def test_a_refusal_is_no_answer(assistant: Assistant, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply("NO_", "ANSWER [1]")
    answer = assistant.answer(QUESTION)
    assert (answer.status, answer.text, answer.citations) == (
        "no_answer",
        "The articles do not answer this question.",
        (),
    )
    assert 0 < answer.confidence < Settings().min_confidence  # though the passages seemed to answer


def test_the_model_is_not_asked_what_the_corpus_does_not_answer(assistant: Assistant, fake_ollama: FakeOllama) -> None:
    answer = assistant.answer("Who won the 2018 World Cup?")
    assert answer.status == "no_answer"
    assert fake_ollama.asked() == []


def test_what_is_asked_of_a_year_that_no_article_has_is_refused_with_the_reason(assistant: Assistant) -> None:
    events = list(assistant.ask("Worüber sprachen Bayramov und Takei im Jahr 1998?"))
    assert Notice("No article found speaks of 1998.") in events
    assert isinstance(events[-1], Finished)
    assert events[-1].answer.status == "no_answer"


def test_what_is_sent_to_the_model(assistant: Assistant, fake_ollama: FakeOllama) -> None:
    fake_ollama.install("fake:4b", context=4096)
    for _ in range(2):
        fake_ollama.reply(f"{ENERGY} [1].")
        assistant.answer(QUESTION)
    first, second = fake_ollama.asked()
    assert first["options"]["num_ctx"] == 4096
    assert (first["options"]["temperature"], first["options"]["seed"]) == (0, second["options"]["seed"])
    assert first["messages"] == second["messages"]
    assert "Im Laufe des Gesprächs" in first["messages"][1]["content"]


def test_a_cut_prompt_is_said(assistant: Assistant, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply(f"{ENERGY} [1].", prompt_tokens=40)
    events = list(assistant.ask(QUESTION))
    assert any(isinstance(event, Notice) and "40 tokens" in event.text for event in events)
    assert assistant_answer(events).usage.truncated
    fake_ollama.reply(f"{ENERGY} [1].", prompt_tokens=900)
    assert not assistant.answer(QUESTION).usage.truncated


def test_an_answer_that_was_cut_is_said(assistant: Assistant, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply(f"{ENERGY}", done_reason="length")
    assert any(isinstance(event, Notice) and "cut after" in event.text for event in assistant.ask(QUESTION))


def test_reasoning_is_kept_out(assistant: Assistant, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply(Thinking("Let me think."), "<think>Hm, the ", "passages</think>", f"{ENERGY} [1].")
    assert assistant.answer(QUESTION).text == f"{ENERGY}. [1]"


def test_reasoning_that_nothing_opened_is_an_error_and_no_answer(assistant: Assistant, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply("The user asks about ", "the ministers [1].", "</think>", f"{ENERGY} [1].")
    with pytest.raises(ModelError, match="reasoning") as caught:
        assistant.answer(QUESTION)
    assert "Update Ollama" in caught.value.hint
    fake_ollama.reply("\n</think>\n", f"{ENERGY} [1].")
    assert assistant.answer(QUESTION).text == f"{ENERGY}. [1]"


@pytest.mark.parametrize("parts", [("<think>only that</think>",), (Thinking("only that"),), ("",)])
def test_nothing_but_reasoning_is_an_error(
    assistant: Assistant, fake_ollama: FakeOllama, parts: tuple[str | Thinking, ...]
) -> None:
    fake_ollama.reply(*parts)
    with pytest.raises(ModelError, match="nothing but reasoning"):
        assistant.answer(QUESTION)


@pytest.mark.parametrize(
    "how",
    [
        {"parts": ("They discussed ", "energy."), "stop_after": 1},
        {"parts": ("They discussed ", Line({"error": "out of memory"}))},
        {"parts": ("They discussed ", Raw(b"garbage\n"))},
        {"parts": (), "status": 500, "error": "boom"},
        {"parts": (), "status": 404, "error": "model not found"},
    ],
)
def test_failures_of_the_server_are_model_errors(
    assistant: Assistant, fake_ollama: FakeOllama, how: dict[str, object]
) -> None:
    parts = how.pop("parts")
    assert isinstance(parts, tuple)
    fake_ollama.reply(*parts, **how)
    with pytest.raises(ModelError) as caught:
        assistant.answer(QUESTION)
    assert caught.value.hint


def test_a_model_that_is_not_installed_is_named_with_the_command_that_pulls_it(
    shipped_index: Settings, fake_ollama: FakeOllama
) -> None:
    with (
        Assistant(replace(shipped_index, answer_with="ollama", model="llama9:1b")) as assistant,
        pytest.raises(ModelError, match="llama9:1b") as caught,
    ):
        assistant.answer(QUESTION)
    assert "models pull llama9:1b" in caught.value.hint
    assert fake_ollama.asked() == []


def test_auto_quotes_if_the_model_fails_before_its_first_word(shipped_index: Settings, fake_ollama: FakeOllama) -> None:
    with Assistant(shipped_index) as assistant:
        fake_ollama.reply(status=500, error="out of memory")
        events = list(assistant.ask(QUESTION))
        assert assistant_answer(events).kind == "quotes"
        assert any(isinstance(event, Notice) and "out of memory" in event.text for event in events)
        fake_ollama.reply(f"{ENERGY} [1]. They met in ", "Baku.", stop_after=1)
        with pytest.raises(ModelError):
            assistant.answer(QUESTION)


def test_auto_quotes_if_no_passage_fits_into_the_context(shipped_index: Settings, fake_ollama: FakeOllama) -> None:
    with Assistant(replace(shipped_index, context_tokens=1024, answer_tokens=768)) as assistant:
        events = list(assistant.ask(QUESTION))
    assert assistant_answer(events).kind == "quotes"
    assert any(isinstance(event, Notice) and "raise context_tokens" in event.text for event in events)


def test_auto_quotes_without_ollama(shipped_index: Settings) -> None:
    with Assistant(shipped_index) as assistant:
        answer = assistant.answer(QUESTION)
    assert (answer.kind, answer.status) == ("quotes", "answered")
    assert all(sentence.support == "supported" for sentence in answer.sentences)


def test_lines_without_letters_are_not_quoted(corpus: Corpus) -> None:
    corpus.write("a.txt", "Der Hafen ist zu.\n\n---\n\n* * *\n\n17.\n")
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes")) as assistant:
        answer = assistant.answer("Was steht in diesem Artikel?")
    assert [one.quote for one in answer.citations] == ["Der Hafen ist zu."]


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("What was reported there?", False),
        ("When was it reported?", True),
        ("What did Reuters report?", False),
        ("London harbour", False),
    ],
)
def test_a_dateline_is_quoted_only_where_it_is_asked_for(corpus: Corpus, question: str, quoted: bool) -> None:
    corpus.write("a.txt", "London, August 4, 2018 (Reuters)\n\nThe harbour is closed.\n")
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes", min_confidence=0.0)) as assistant:
        quotes = [one.quote for one in assistant.answer(question).citations]
    assert ("London, August 4, 2018 (Reuters)" in quotes) is quoted


def test_a_headline_is_quoted_without_its_marks_and_cited_to_the_letter(corpus: Corpus) -> None:
    corpus.write("a.md", "## Vier Verletzte im Hafen von Bremen\n")
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes", min_confidence=0.0)) as assistant:
        answer = assistant.answer("Was geschah im Hafen?")
    assert answer.text == "Vier Verletzte im Hafen von Bremen [1]"
    assert [one.quote for one in answer.citations] == ["## Vier Verletzte im Hafen von Bremen"]


def test_what_leads_to_a_list_counts_as_no_sentence(corpus: Corpus) -> None:
    corpus.write(
        "a.txt",
        "The treaty provides for:\n- a single tariff for all cargo.\n- a joint operator with its seat in Oslo.\n",
    )
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes", min_confidence=0.0)) as assistant:
        quotes = [one.quote for one in assistant.answer("What is this article about?").citations]
    assert quotes == ["- a single tariff for all cargo.", "- a joint operator with its seat in Oslo."]


def test_a_follow_up_is_answered_with_what_it_asks_itself(corpus: Corpus) -> None:
    corpus.write(
        "a.txt",
        "Nils Abel leads the joint operator of the ferries from June on. He was elected to lead it in May.\n\n"
        "Abel, 49, ran a port before. He lives in Oslo.\n",
    )
    ingest(corpus.settings)
    first = "Who will lead the joint operator of the ferries?"
    with Assistant(replace(corpus.settings, answer_with="quotes", min_confidence=0.0)) as assistant:
        assert assistant.answer(first).citations[0].quote.startswith("Nils Abel leads the joint operator")
        answer = assistant.answer("And how old is he?", history=(Turn(first, ""),))
        assert answer.standalone_question == f"{first} And how old is he?"
        assert answer.citations[0].quote == "Abel, 49, ran a port before."


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("How many sailors are dead now?", "Kiel, 9 May 2024 (Reuters) - Nine sailors are dead after the collision."),
        (
            "Wie viele Matrosen sind aktuell tot?",
            "Kiel, 9 May 2024 (Reuters) - Nine sailors are dead after the collision.",
        ),
        (
            "How many sailors are dead?",
            "Kiel, 3 May 2024 (Reuters) - Four sailors are dead after a collision of ships.",
        ),
    ],
)
def test_the_newest_article_comes_first_where_the_latest_is_asked_for(
    corpus: Corpus, question: str, first: str
) -> None:
    corpus.write("a.txt", "Kiel, 3 May 2024 (Reuters) - Four sailors are dead after a collision of ships.\n")
    corpus.write("b.txt", "Kiel, 9 May 2024 (Reuters) - Nine sailors are dead after the collision.\n")
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes", min_confidence=0.0)) as assistant:
        quotes = [one.quote for one in assistant.answer(question).citations]
    assert len(quotes) == 2
    assert quotes[0] == first


def test_an_articles_own_numbers_are_no_citations_of_an_answer_of_quotes(corpus: Corpus) -> None:
    quote = "Studies [1] of the port of Dover [2, 3] show [^7] that it handled [sic] 12 million tonnes in 2019 [2020]."
    corpus.write("a.txt", quote)
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes")) as assistant:
        answer = assistant.answer("How many tonnes did the port of Dover handle?")
    assert answer.text == (
        "Studies (1) of the port of Dover (2, 3) show (7) that it handled [sic] 12 million tonnes in 2019 (2020). [1]"
    )
    assert [sentence.text for sentence in answer.sentences] == [answer.text]
    assert [citation.quote for citation in answer.citations] == [quote]


def test_a_stopped_answer_closes_the_connection(assistant: Assistant, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply(*["More and more words of this answer. "] * 2_000)
    events = assistant.ask(QUESTION)
    for event in events:
        if isinstance(event, TextDelta):
            break
    events.close()
    assert fake_ollama.aborted.wait(60)


def test_filters_leave_nothing_to_answer_from(shipped_index: Settings) -> None:
    with Assistant(shipped_index) as assistant:
        answer = assistant.answer(QUESTION, Filters(since="2023-01-01"))
        assert (answer.status, answer.hits, answer.confidence) == ("no_answer", (), 0.0)
        events = list(assistant.ask(QUESTION, Filters(since="2023-01-01")))
        assert Notice("No article is of the dates or agency asked for.") in events
        assert assistant.search(QUESTION, filters=Filters(agency="dpa")) == ()


def test_a_refusal_says_how_many_articles_have_no_date(corpus: Corpus) -> None:
    corpus.write("dated.txt", "Kiel, 3. März 2024, dpa\n\nDie Fähre liegt im Hafen fest.\n")
    for name in ("a", "b"):
        corpus.write(f"{name}.txt", f"Der Bericht {name} sagt nicht, von wann er ist.\n")
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes")) as assistant:
        for filters, said in (
            (Filters(since="2025"), [Notice("No article is of the dates or agency asked for.")]),
            (Filters(until="2024"), []),
        ):
            events = list(assistant.ask("Who won the 2018 World Cup?", filters))
            told = [event for event in events if isinstance(event, Notice) and "speaks of" not in event.text]
            assert told == [*said, Notice("2 articles without a date left out.")]
        assert not any("left out" in str(event) for event in assistant.ask("Who won the cup?", Filters(agency="dpa")))


@pytest.mark.parametrize("question", ["", "  \n", "?!", "x" * 5_000])
def test_questions_that_cannot_be_asked(assistant: Assistant, question: str) -> None:
    with pytest.raises(QAError):
        assistant.answer(question)


def test_one_object_and_the_stream_say_the_same(shipped_index: Settings) -> None:
    with Assistant(shipped_index) as assistant:
        streamed = assistant_answer(list(assistant.ask(QUESTION)))
        assert replace(assistant.answer(QUESTION), timings_ms={}) == replace(streamed, timings_ms={})


def assistant_answer(events: Sequence[Event]) -> Answer:
    last = events[-1]
    assert isinstance(last, Finished)
    return last.answer


def test_an_answer_may_be_unsure(assistant: Assistant, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply(f"{ENERGY} [1].")
    answer = assistant.answer(QUESTION)
    assert answer.confidence > SURE
    assert not answer.unsure
    assert replace(answer, confidence=SURE - 0.01).unsure
    assert not replace(answer, confidence=0.1, status="no_answer").unsure
