"""Sessions are found by the words of their titles, questions and answers."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pilot import QUESTION
from session_samples import asked, titles

from qa_assistant.records import Answer
from qa_assistant.sessions.store import SessionStore


@pytest.mark.parametrize(
    "search",
    ["visit", "VISIT minister", "minis", "Müller", "muller", "MULL", "mü", "байрам", "bayram", "quelle", "7:30", "ab",
     '"visit"', "visit*", "(visit", "visit'", "-visit", "NEAR(visit)", "visit AND", "%visit%", "dolmabahce"],
)  # fmt: skip
def test_words_are_found_in_titles_questions_and_answers(
    store: SessionStore, shipped_answer: Answer, search: str
) -> None:
    session = asked(store, "Abend: Байрамов, Müller, 17:30?", title="The visit")
    store.add_turn(session, "Who?", replace(shipped_answer, text="Der Minister nannte Energiequellen."))
    store.add_turn(session, "Where?", replace(shipped_answer, text="Im Dolmabahçe"), stopped=True)
    asked(store, "Something else", title="Wetter")
    wanted: dict[str, list[str]] = {"visit AND": [], "NEAR(visit)": [], "7:30": []}
    if search == "7:30":  # a number typed from its beginning
        assert titles(store, "17:30") == ["The visit"]
    assert titles(store, search) == wanted.get(search, ["The visit"])


def test_short_words_are_found_at_the_beginning_of_words_only(store: SessionStore) -> None:
    asked(store, "an island")
    assert titles(store, "is") == titles(store, "a i") == ["an island"]
    assert titles(store, "la") == titles(store, "an la") == []
    assert titles(store, "lan") == ["an island"]


@pytest.mark.parametrize("search", ["", "  ", '"', "*", '"*"', "''", "()", "\0", "\ud800"])
def test_a_search_without_words_finds_all(store: SessionStore, search: str) -> None:
    asked(store, "a")
    assert len(store.list(search)) == 1


@given(st.text(st.characters()), st.text(st.characters()))
def test_no_search_fails_and_what_was_asked_is_found(question: str, other: str) -> None:
    store = SessionStore(None)
    session = asked(store, question)
    assert store.open(session)[0].question == question.encode("utf-8", "replace").decode()
    assert [found.id for found in store.list(question)] == [session]
    store.list(other)
    store.close()


LETTERS = st.sampled_from("abcxyzABCXYZäöüßÄÖÜéèçøłğışĞŞбайрмовыщБАЙРМОВЫЩαβγΑΒΓ0123456789")


@given(st.lists(st.text(LETTERS, min_size=1), min_size=1, max_size=4), st.data())
def test_words_are_found_while_they_are_typed_in_any_case(words: list[str], data: st.DataObject) -> None:
    store = SessionStore(None)
    session = asked(store, " ".join(words))
    word = data.draw(st.sampled_from(words))
    typed = word[: data.draw(st.integers(1, len(word)))]
    for search in (typed, typed.upper(), f'"{typed}', f"{words[-1]} {typed}*"):
        assert [found.id for found in store.list(search)] == [session]
    store.close()


def test_very_long_searches_are_no_error(store: SessionStore) -> None:
    asked(store, "word " * 1000)
    assert len(store.list("word " * 100_000)) == 1
    assert store.list("x" * 100_000) == []


def test_a_search_reads_the_word_index_not_every_text(store: SessionStore, store_path: Path) -> None:
    asked(store, QUESTION)
    with sqlite3.connect(store_path) as db:
        plan = db.execute("EXPLAIN QUERY PLAN SELECT session FROM words WHERE text LIKE '%bayramov%'").fetchall()
    assert "INDEX 0:L0" in plan[0][3]
