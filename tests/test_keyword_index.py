"""Which passages a question's words bring in, and that a search is the beginning of an answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from conftest import Corpus

from qa_assistant.answering import retrieval
from qa_assistant.answering.retrieval import retrieve
from qa_assistant.index import keyword_index
from qa_assistant.index.index import Index
from qa_assistant.index.words import question_words
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.records import Filters

ARTICLES = {
    "common.txt": "Der Hafen ist offen. Hafen, Hafen, Hafen.",
    "rare.txt": "Ein Walross schläft im Hafen von Emden, wo es seit Tagen niemand mehr gesehen haben will.",
    "only-rare.txt": "Das Walross ist ein Tier.",
    "other.txt": "Die neue Brücke am Hafen ist fertig.",
}


@pytest.fixture
def index(corpus: Corpus) -> Iterator[Index]:
    for name, text in ARTICLES.items():
        corpus.write(name, text)
    ingest(corpus.settings)
    opened = Index.open(corpus.settings)
    yield opened
    opened.close()


def candidates(index: Index, question: str, limit: int = 10) -> list[str]:
    catalog = index.catalog
    known = {article.id: article.path for article in catalog.articles()}
    rows = catalog.keywords.candidates(question_words(question), limit)
    read = catalog.passages(rows, {})
    return [known[read[row].passage.article_id] for row in rows]


def test_all_words_come_before_the_rare_one_and_that_before_the_frequent(index: Index) -> None:
    found = candidates(index, "Welches Walross schwimmt im Hafen?")
    assert found[:2] == ["rare.txt", "only-rare.txt"]
    assert set(found[2:]) == {"common.txt", "other.txt"}
    assert candidates(index, "Welches Walross schwimmt im Hafen?", 1) == ["rare.txt"]


def test_a_name_is_found_in_another_spelling(index: Index) -> None:
    assert set(candidates(index, "Что делает Валросс?")) == {"rare.txt", "only-rare.txt"}


def test_words_beyond_what_is_looked_up_are_left_to_the_vectors(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyword_index, "_MOST_MATCHES", 2)
    assert set(candidates(index, "Welches Walross schwimmt im Hafen?")) == {"rare.txt", "only-rare.txt"}
    assert len(candidates(index, "Welcher Hafen?")) == 3, "one word at least"


def test_a_question_without_words_of_the_corpus_brings_nothing_in(index: Index) -> None:
    assert candidates(index, "Xylophon?") == []
    assert candidates(index, "?") == []


@pytest.mark.parametrize(("question", "language"), [("Which walrus is asleep?", "en"), ("Wo ist der Hafen?", "de")])
def test_a_search_finds_what_an_answer_would_rest_on(index: Index, question: str, language: str) -> None:
    answer = retrieve(index, question, language, 3, Filters())
    search = retrieve(index, question, language, 3, Filters(), judged=False)
    assert [hit.passage.key for hit in search.hits] == [hit.passage.key for hit in answer.hits]
    assert (search.confidence, search.evidence) == (0.0, None)
    assert answer.evidence is not None


def test_a_line_without_letters_ranks_nothing(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """“2024.” is nearer to this question than any sentence is."""
    corpus.write("report.txt", "Die Brücke am Hafen ist fertig.\n\n2024.\n")
    ingest(corpus.settings)
    with closing(Index.open(corpus.settings)) as index:
        (hit,) = retrieve(index, "What was in 2024?", "en", 1, Filters()).hits
        bridge, year = hit.sentence_scores
        assert year > bridge
        monkeypatch.setattr(retrieval, "tells", lambda _: True)
        (counted,) = retrieve(index, "What was in 2024?", "en", 1, Filters()).hits
    assert hit.score < counted.score
