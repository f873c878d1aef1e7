"""Whether the corpus answers at all: what a question asks for, the evidence, the confidence made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import product

import pytest

from qa_assistant import Assistant
from qa_assistant.answering.asking import content, is_vague
from qa_assistant.answering.confidence import VAGUE, WEIGHTS, Weights, confidence
from qa_assistant.answering.evidence import Evidence, gather, lead
from qa_assistant.answering.retrieval import retrieve
from qa_assistant.index.index import Index
from qa_assistant.index.words import question_words
from qa_assistant.records import Filters
from qa_assistant.settings import Settings

MIDDLING = Evidence(0.82, 0.72, 0.65, 0.03, 0.07, -0.7, 0.5, 0.1, False, False, False, False)


@pytest.fixture(scope="module")
def index(shipped_index: Settings) -> Iterator[Index]:
    opened = Index.open(shipped_index)
    yield opened
    opened.close()


def found(index: Index, question: str, language: str) -> Evidence:
    result = retrieve(index, question, language, 4, Filters())
    return gather(index, result.asked, result.hits, result.sentence_vectors)


@pytest.mark.parametrize(
    "question",
    [
        "Was ist das?", "What is it about?", "О чём они говорили?", "Ne konuştular?", "Söhbət nədən gedir?",
        "De quoi parle-t-il ?",
    ],
)  # fmt: skip
def test_a_question_that_names_nothing_is_vague(question: str) -> None:
    assert is_vague(question)


@pytest.mark.parametrize(
    "question",
    ["Wer ist Bo?", "What is the EU?", "What happened in 2020?", "Что сказал премьер?", "¿Quién ganó la copa?"],
)  # fmt: skip
def test_a_question_that_names_something_is_not(question: str) -> None:
    assert not is_vague(question)


def test_only_words_that_do_more_than_ask_are_content() -> None:
    words = question_words("Worüber sprachen die beiden Minister im Jahr 2020?")
    assert [words[place].written for place in content(words)] == ["beiden", "Minister", "Jahr", "2020"]


def test_the_lead_is_over_ranks_five_to_fifteen() -> None:
    scores = [0.9, 0.8, 0.8, 0.8, *[0.5] * 11, 0.0, 0.0]
    assert lead(scores) == pytest.approx(0.4)
    assert lead(scores[:4]) == 0


def test_the_weights_name_evidence() -> None:
    assert set(Weights._fields[:-1]) < {field.name for field in fields(Evidence)}
    assert set(WEIGHTS) == set(product((True, False), repeat=2))


@pytest.mark.parametrize(("same", "many"), list(WEIGHTS))
def test_confidence_rises_with_what_speaks_for_an_answer(same: bool, many: bool) -> None:
    middling = replace(MIDDLING, same_language=same, many=many)
    assert (
        confidence(replace(middling, sentence=0.7)) < confidence(middling) < confidence(replace(middling, sentence=0.9))
    )
    assert confidence(replace(middling, together=0.2)) <= confidence(middling)
    assert confidence(replace(middling, words=-1.5)) <= confidence(middling)
    assert confidence(replace(middling, missing_year=True)) < confidence(middling)
    if many:
        assert confidence(replace(middling, lead=0.3)) > confidence(middling)
    assert 0 <= confidence(replace(middling, sentence=-1e9)) < confidence(replace(middling, sentence=1e9)) <= 1


def test_a_vague_question_is_answered_at_the_default() -> None:
    assert confidence(replace(MIDDLING, vague=True)) == VAGUE > Settings().min_confidence


def test_the_evidence_of_a_name_that_stands_nowhere_is_weaker(index: Index) -> None:
    right = found(index, "What did Bayramov say about mines?", "en")
    wrong = found(index, "What did Schwarzenegger say about mines?", "en")
    assert wrong.words < right.words
    assert wrong.together < right.together
    assert not right.same_language
    assert not right.many
    assert right.lead == 0


def test_years_are_looked_for(index: Index) -> None:
    assert found(index, "Wen traf Bayramov 1994?", "de").missing_year
    assert not found(index, "Wen traf Bayramov 2022?", "de").missing_year


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Worüber wurde geredet?", "de"), ("What is this article about?", "en"), ("О чём шла речь?", "ru"),
        ("Neler konuşuldu?", "tr"), ("Nə barədə danışdılar?", "az"), ("De quoi ont-ils parlé ?", "fr"),
    ],
)  # fmt: skip
def test_a_vague_question_is_not_refused(index: Index, question: str, language: str) -> None:
    assert retrieve(index, question, language, 4, Filters()).confidence >= Settings().min_confidence


@pytest.mark.parametrize(
    "question",
    [
        "Wie wird das Wetter morgen?", "How do I bake a chocolate cake?", "Сколько стоит билет в Москву?",
        "En iyi telefon hangisi?", "Futbol matçını kim uddu?", "Quelle est la capitale de l'Australie ?",
    ],
)  # fmt: skip
def test_what_has_nothing_to_do_with_the_article_is_refused(shipped_index: Settings, question: str) -> None:
    with Assistant(replace(shipped_index, answer_with="quotes")) as assistant:
        assert assistant.answer(question).status == "no_answer"
