"""An answer as JSON, and back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from fake_ollama import FakeOllama
from hypothesis import given
from hypothesis import strategies as st

from qa_assistant import Assistant
from qa_assistant.answer_json import as_dict, from_dict, passages
from qa_assistant.records import Answer, AnswerSentence, Article, Citation, Hit, Metadata, Passage, Span, Usage
from qa_assistant.settings import Settings

TEXT = st.text(max_size=20)
MAYBE = st.none() | TEXT
COUNTS = st.integers(0, 60)
ARTICLES = st.builds(
    Article, st.sampled_from(["a", "b"]), TEXT, TEXT, st.builds(Metadata, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE)
)
CITATIONS = st.builds(Citation, COUNTS, ARTICLES, COUNTS, COUNTS, COUNTS, TEXT)
SCORES = st.floats(-1, 1)
PASSAGES = st.builds(Passage, TEXT, COUNTS, COUNTS, COUNTS, TEXT, st.lists(st.builds(Span, COUNTS, COUNTS)).map(tuple))
HITS = st.builds(Hit, PASSAGES, ARTICLES, SCORES, st.lists(SCORES, max_size=3).map(tuple))
SENTENCES = st.builds(
    AnswerSentence,
    TEXT,
    st.lists(COUNTS, max_size=3).map(tuple),
    st.sampled_from(["supported", "unsupported", "uncited"]),
    st.lists(TEXT, max_size=2).map(tuple),
)
ANSWERS = st.builds(
    Answer,
    question=TEXT,
    language=TEXT,
    status=st.sampled_from(["answered", "no_answer"]),
    kind=TEXT,
    model=MAYBE,
    text=TEXT,
    sentences=st.lists(SENTENCES, max_size=3).map(tuple),
    citations=st.lists(CITATIONS, max_size=3).map(tuple),
    hits=st.lists(HITS, max_size=3).map(tuple),
    confidence=st.floats(0, 1),
    usage=st.builds(Usage, COUNTS, COUNTS, COUNTS, st.booleans()),
    timings_ms=st.dictionaries(TEXT, COUNTS, max_size=3),
    standalone_question=MAYBE,
)


@given(ANSWERS)
def test_what_json_holds_comes_back(answer: Answer) -> None:
    written = as_dict(answer)
    assert as_dict(from_dict(written)) == written
    assert as_dict(from_dict(json.loads(json.dumps(written)))) == written


@pytest.mark.parametrize("question", ["What did Bayramov and Takei discuss?", "Who won the 2018 World Cup?"])
def test_real_answers_come_back(shipped_index: Settings, question: str) -> None:
    with Assistant(replace(shipped_index, answer_with="quotes")) as assistant:
        answer = assistant.answer(question)
    back = from_dict(as_dict(answer))
    assert as_dict(back) == as_dict(answer)
    assert (back.sentences, back.usage, back.timings_ms) == (answer.sentences, answer.usage, answer.timings_ms)
    assert [hit.article for hit in back.hits] == [replace(hit.article, text="") for hit in answer.hits]
    assert [one.article for one in back.citations] == [replace(one.article, text="") for one in answer.citations]
    assert answer.hits
    assert all(hit.article.path and hit.article.metadata.date for hit in back.hits)


def test_a_written_answer_comes_back(shipped_index: Settings, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply("They discussed alternative energy sources and investments [1]. And the weather.")
    with Assistant(replace(shipped_index, answer_with="ollama")) as assistant:
        answer = assistant.answer("What did Bayramov and Takei discuss?")
    assert {sentence.support for sentence in answer.sentences} == {"supported", "uncited"}
    assert from_dict(as_dict(answer)).model == "fake:4b"
    assert as_dict(from_dict(as_dict(answer))) == as_dict(answer)


def test_a_passage_is_cited_if_one_of_its_sentences_is(shipped_index: Settings) -> None:
    with Assistant(replace(shipped_index, answer_with="quotes")) as assistant:
        answer = assistant.answer("What did Bayramov and Takei discuss?")
    starts = {citation.start for citation in answer.citations}
    by_sentence = [any(span.start in starts for span in hit.passage.sentences) for hit in answer.hits]
    assert [passage["cited"] for passage in as_dict(answer)["passages"]] == by_sentence
    assert len(set(by_sentence)) == 2


def test_passages_say_which_article_they_are_of(shipped_index: Settings) -> None:
    with Assistant(shipped_index) as assistant:
        hit = assistant.search("Bayramov", limit=1)[0]
    (passage,) = passages((hit,), ())
    known = hit.article.metadata
    assert [passage[name] for name in ("article_id", "title", "date", "place", "agency", "language", "path")] == [
        hit.article.id, known.title, known.date, known.place, known.agency, known.language, hit.article.path,
    ]  # fmt: skip
    assert not passage["cited"]


def test_passages_without_the_later_fields_are_read() -> None:
    older: dict[str, Any] = {"rank": 1, "score": 0.5, "article_id": "a", "start": 0, "end": 1, "text": "x"}
    answer = Answer("q", "en", "no_answer", "quotes", None, "", (), (), (), 0.0, Usage(), {})
    (hit,) = from_dict(as_dict(answer) | {"passages": [older | {"cited": False}]}).hits
    assert hit.article == Article("a", "", "", Metadata())
