"""Whether the corpus answers at all: what a question asks for, the evidence, the confidence made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import product
from typing import get_args

import pytest
from conftest import Corpus

from qa_assistant import Assistant, ingest
from qa_assistant.answering.asking import content, is_vague
from qa_assistant.answering.asks_for_figure import expects_figure, has_figure
from qa_assistant.answering.asks_for_reason import expects_reason, has_reason
from qa_assistant.answering.confidence import UNTOLD, VAGUE, WEIGHTS, Weights, confidence
from qa_assistant.answering.evidence import Breadth, Evidence, gather, lead
from qa_assistant.answering.retrieval import retrieve
from qa_assistant.index.index import Index
from qa_assistant.index.words import question_words
from qa_assistant.records import Filters
from qa_assistant.settings import Settings

OF_MANY = ("many", "hundreds")
MIDDLING = Evidence(0.82, 0.72, 0.65, 0.03, 0.07, 0.80, 0.50, -0.02, 0.1, -0.7, -0.9, 0.5, 0.1, (), False, False, "one")


@pytest.fixture(scope="module")
def index(shipped_index: Settings) -> Iterator[Index]:
    opened = Index.open(shipped_index)
    yield opened
    opened.close()


def found(index: Index, question: str, language: str | None) -> Evidence:
    result = retrieve(index, question, language, 4, Filters())
    return gather(index, result.asked, result.hits, result.sentence_vectors)


@pytest.mark.parametrize(
    "question",
    [
        "Was ist das?", "Was steht in diesem Artikel?", "What is it about?", "О чём они говорили?", "Ne konuştular?",
        "Söhbət nədən gedir?", "De quoi parle-t-il ?",
    ],
)  # fmt: skip
def test_a_question_that_names_nothing_is_vague(question: str) -> None:
    assert is_vague(question)


@pytest.mark.parametrize(
    "question",
    [
        "Wer ist Bo?", "What is the EU?", "What happened in 2020?", "Что сказал премьер?", "¿Quién ganó la copa?",
        "Wer?", "a",
    ],
)  # fmt: skip
def test_a_question_that_names_something_is_not(question: str) -> None:
    assert not is_vague(question)


def test_only_words_that_do_more_than_ask_are_content() -> None:
    words = question_words("Worüber sprachen die beiden Minister im Jahr 2020?")
    assert [words[place].written for place in content(words)] == ["beiden", "Minister", "Jahr", "2020"]


@pytest.mark.parametrize(
    "question",
    [
        "How many mines are left?", "Since when?", "In which year was it built?", "Wie viele Stunden?", "Wieviel?",
        "In welchem Jahr war das?", "Bis wann gilt er?", "Сколько это стоит?", "В каком году он родился?",
        "Kaç kişi geldi?", "Kaçıncı oldu?", "Ne kadar sürdü?", "Maç hangi gün oynandı?", "Neçənci ildir?",
        "Nə vaxt başladı?", "Combien de jours ?", "Quand est-il parti ?", "En quelle année ?",
    ],
)  # fmt: skip
def test_a_question_may_ask_for_a_figure(question: str) -> None:
    assert expects_figure(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who came?", "What happened then?", "Wie heißt er?", "Was sagte sie am Tag danach?", "Quelle est la raison ?",
        "Чей это обычай?", "Kim kaçtı?", "Kim qaçdı?",
    ],
)  # fmt: skip
def test_or_for_none(question: str) -> None:
    assert not expects_figure(question)


@pytest.mark.parametrize(
    "question",
    [
        "Why did he leave?", "What was the reason for the delay?", "Warum ging er?", "Weshalb wurde er verhaftet?",
        "Aus welchem Grund ging er?", "Почему он ушёл?", "По какой причине он ушёл?", "Neden istifa etti?",
        "Niye gitti?", "Niyə getdi?", "O, nə üçün istefa verdi?", "Pourquoi est-il parti ?", "Et pour quelle raison ?",
    ],
)  # fmt: skip
def test_a_question_may_ask_for_a_reason(question: str) -> None:
    assert expects_reason(question)
    assert not expects_figure(question)


@pytest.mark.parametrize(
    ("language", "sentence", "reason"),
    [
        ("de", "Er ging, weil es regnete.", True), ("de", "Er ging, um Brot zu kaufen.", True),
        ("de", "Wegen des Sturms fiel das Spiel aus.", True), ("de", "Er ging um acht nach Hause.", False),
        ("de", "Danach redete er.", False), ("en", "It was cancelled due to rain.", True),
        ("en", "It was cancelled.", False), ("ru", "Он ушёл, потому что устал.", True), ("ru", "Он ушёл.", False),
        ("tr", "Yağmur nedeniyle ertelendi.", True), ("tr", "Maç ertelendi.", False),
        ("az", "Xəstə olduğuna görə getdi.", True), ("az", "O getdi.", False),
        ("fr", "Il est parti parce qu'il pleuvait.", True), ("fr", "Il est parti.", False),
        ("es", "Se fue.", True), (None, "He left.", True),
    ],
)  # fmt: skip
def test_a_reason_is_told_by_its_words(language: str | None, sentence: str, reason: bool) -> None:
    """In a language that was not written down any sentence may give one."""
    assert has_reason(sentence, language) is reason


def test_a_figure_is_a_number_or_a_date_in_digits_or_in_words() -> None:
    for sentence in (
        "Es kamen 30.",
        "Es kamen zwölf.",
        "Er kam im März.",
        "Die 1990er waren gut.",
        "Die COVID-19-Zeit.",
    ):
        assert has_figure(sentence, "de")
    assert has_figure("О встрече сообщили в среду.", "ru")
    for nothing in ("Es kamen viele.", "Er wohnt hier.", "Die Mittel reichen.", "Das war ein Sonnenbad."):
        assert not has_figure(nothing, "de")


def test_the_lead_is_over_ranks_five_to_fifteen() -> None:
    scores = [0.9, 0.8, 0.8, 0.8, *[0.5] * 11, 0.0, 0.0]
    assert lead(scores) == pytest.approx(0.4)
    assert lead(scores[:4]) == 0


def test_the_weights_name_evidence() -> None:
    assert set(Weights._fields[:-1]) < {field.name for field in fields(Evidence)}
    assert set(WEIGHTS) == set(product((True, False), get_args(Breadth)))


@pytest.mark.parametrize(("same", "breadth"), list(WEIGHTS))
def test_confidence_rises_with_what_speaks_for_an_answer(same: bool, breadth: Breadth) -> None:
    middling = replace(MIDDLING, same_language=same, breadth=breadth)
    for gain in (
        {"sentence": 0.9},
        {"matter": 0.6},
        {"kind": 0.0},
        {"beyond": 0.3},
        {"words": -0.2},
        {"others": -0.3},
        {"together": 0.9},
    ):
        assert confidence(replace(middling, **gain)) >= confidence(middling)  # type: ignore[arg-type]
    nearest = "rest" if not WEIGHTS[same, breadth].sentence else "sentence"
    worst, worse, better, best = (
        confidence(replace(middling, **{nearest: by}))  # type: ignore[arg-type]
        for by in (-1e9, 0.7, 0.9, 1e9)
    )
    assert 0 <= worst < worse < confidence(middling) < better < best <= 1
    if breadth in OF_MANY:
        assert confidence(replace(middling, lead=0.3)) > confidence(middling)


@pytest.mark.parametrize(("same", "breadth"), list(WEIGHTS))
def test_what_is_not_taken_of_so_many_articles_has_no_weight(same: bool, breadth: Breadth) -> None:
    weights = WEIGHTS[same, breadth]
    of_few = (weights.rest, weights.matter, weights.kind, weights.beyond, weights.others)
    of_many = (weights.centred, weights.weakest, weights.topical)
    assert not any(of_few if breadth in OF_MANY else of_many)
    assert breadth != "one" or not weights.lead


@pytest.mark.parametrize(("same", "breadth"), list(WEIGHTS))
def test_what_names_a_year_or_country_that_nothing_found_does_is_refused_however_near(
    same: bool, breadth: Breadth
) -> None:
    near = replace(MIDDLING, same_language=same, breadth=breadth, rest=2.0, sentence=2.0)
    assert confidence(near) > 0.9
    assert confidence(replace(near, missing=("1994",))) == UNTOLD < Settings().min_confidence
    assert confidence(replace(near, missing=("1994",), rest=0.0, sentence=0.0)) < UNTOLD


@pytest.mark.parametrize(
    ("question", "dateline_tells"),
    [("Who won the World Cup in 2018?", False), ("Who won the London cup in 2018?", True)],
)
def test_a_dateline_is_evidence_only_of_what_names_its_place_or_agency(
    corpus: Corpus, question: str, dateline_tells: bool
) -> None:
    corpus.write("a.txt", "London, August 4, 2018 (Reuters)\n\nThe council closed two libraries.\n\n---")
    ingest(corpus.settings)
    index = Index.open(corpus.settings)
    (hit,) = retrieve(index, question, "en", 1, Filters()).hits
    dateline, sentence, rule = hit.sentence_scores
    assert dateline > rule > sentence
    told = found(index, question, "en")
    assert told.missing == ()
    assert told.sentence == pytest.approx(dateline if dateline_tells else sentence, abs=1e-5)
    index.close()


def test_a_vague_question_is_answered_at_the_default() -> None:
    assert confidence(replace(MIDDLING, vague=True)) == VAGUE > Settings().min_confidence


def test_the_evidence_of_a_name_that_stands_nowhere_is_weaker(index: Index) -> None:
    right = found(index, "What did Bayramov say about mines?", "en")
    wrong = found(index, "What did Schwarzenegger say about mines?", "en")
    assert wrong.words < right.words
    assert wrong.together < right.together
    assert not right.same_language
    assert (right.breadth, right.lead) == ("one", 0)


def test_without_the_names_a_false_premise_has_less_left_that_is_taken_up(index: Index) -> None:
    told = found(index, "What did Bayramov say about mines?", "en")
    untold = found(index, "Why was Bayramov divorced?", "en")
    assert untold.rest < untold.sentence
    assert untold.rest < told.rest


def test_without_a_name_that_the_passages_have_the_question_stays_whole(index: Index) -> None:
    for question in ("What did Schwarzenegger say about mines?", "what was said about mines?"):
        nameless = found(index, question, "en")
        assert nameless.rest == nameless.sentence
        assert nameless.beyond > 0


def test_what_asks_for_a_figure_is_held_beside_the_sentences_that_have_one(corpus: Corpus) -> None:
    corpus.write("a.txt", "Graz, 3. Mai 2022. Der Chor probte am Abend in der Kirche. Er hat zwölf Mitglieder.")
    ingest(corpus.settings)
    index = Index.open(corpus.settings)
    assert found(index, "How many members does the choir have?", "en").kind == 0
    assert found(index, "How much did it cost to rehearse in the church in the evening?", "en").kind < -0.05
    assert found(index, "What did the choir rehearse in the church in the evening?", "en").kind == 0
    index.close()


def test_what_asks_why_is_held_beside_the_sentences_that_give_a_reason(corpus: Corpus) -> None:
    corpus.write("a.txt", "Graz, 3. Mai 2022. Der Chor probte am Abend in der Kirche. Der Saal war wegen Umbaus zu.")
    ingest(corpus.settings)
    index = Index.open(corpus.settings)
    assert found(index, "Why was the hall closed?", "en").kind == 0
    assert -0.06 <= found(index, "Why did the choir rehearse in the church in the evening?", "en").kind < -0.03
    assert found(index, "Who rehearsed in the church in the evening?", "en").kind == 0
    index.close()


@pytest.mark.parametrize(
    ("question", "language", "missing"),
    [
        ("Wen traf Bayramov 1994?", "de", ("1994",)),
        ("Wen traf Bayramov 2022?", "de", ()),
        ("What did Bayramov say in 1994 about Peru and Mongolia?", "en", ("1994", "Mongolia")),
        ("Что Байрамов сказал об Армении и Монголии?", "ru", ("Монголии",)),
        ("Bayramov Ermenistan'la ilgili ne dedi?", "tr", ()),
        ("What did Bayramov say about Armenian mines?", None, ()),
    ],
)
def test_years_and_countries_are_looked_for(
    index: Index, question: str, language: str | None, missing: tuple[str, ...]
) -> None:
    assert found(index, question, language).missing == missing


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


def test_an_amount_that_looks_like_a_year_is_found_as_it_is_written(corpus: Corpus) -> None:
    corpus.write("a.txt", "Wien, 3. Mai 2022. 1.500 Menschen demonstrierten, 1 200 kamen aus Graz.")
    ingest(corpus.settings)
    index = Index.open(corpus.settings)
    assert found(index, "Where did the 1500 and the 1200 come from?", "en").missing == ()
    assert found(index, "Where did the 1700 come from in 2022?", "en").missing == ("1700",)
    index.close()
