"""Chat sessions in SQLite: kept, renamed, deleted and had back."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pilot import QUESTION
from session_samples import asked, titles

from qa_assistant.answer_json import as_dict
from qa_assistant.errors import SessionError
from qa_assistant.records import Answer
from qa_assistant.sessions import store as store_module
from qa_assistant.sessions.store import KEPT, SessionStore, default_path, short_title


def test_a_session_is_resumed_as_it_was_left(store_path: Path, shipped_answer: Answer) -> None:
    first = SessionStore(store_path)
    session = first.create()
    turns = [
        first.add_turn(session.id, QUESTION, shipped_answer),
        first.add_turn(session.id, "And energy?", replace(shipped_answer, text="They dis"), stopped=True),
        first.add_turn(session.id, "And then?"),
    ]
    first.close()
    again = SessionStore(store_path)
    (listed,) = again.list()
    assert (listed.id, listed.title, listed.turns) == (session.id, QUESTION, 3)
    assert listed.created == session.created < listed.updated == turns[-1].asked_at
    resumed = again.open(session.id)
    assert resumed[0].answer is not None
    assert as_dict(resumed[0].answer) == as_dict(shipped_answer)
    assert [replace(turn, answer=None) for turn in resumed] == [replace(turn, answer=None) for turn in turns]
    assert [turn.ordinal for turn in resumed] == [1, 2, 3]
    assert resumed[1].answer is not None
    assert (resumed[1].answer.text, resumed[1].stopped) == ("They dis", True)
    again.close()


def test_the_default_place_is_the_platforms_data_folder() -> None:
    assert default_path().is_relative_to(Path.home())
    assert default_path().parts[-2:] == ("qa-assistant", "chat.sqlite")


def test_only_the_user_may_read_the_file(store: SessionStore, store_path: Path) -> None:
    asked(store, "a?")
    assert {
        file.stat().st_mode & 0o077 for file in store_path.parent.glob("chat.sqlite*") if file.suffix != ".lock"
    } == {0}


def test_the_last_used_comes_first_and_empty_ones_do_not_come(store: SessionStore) -> None:
    first, second = asked(store, "first"), asked(store, "second")
    store.create("empty")
    assert titles(store) == ["second", "first"]
    store.add_turn(first, "more")
    assert [session.id for session in store.list()] == [first, second]


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Short?", "Short?"),
        ("two\nlines\x1b[31m", "two lines\ufffd[31m"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 60 + "…"),
        ("word " * 11 + "word, and more", "word " * 11 + "word…"),
        ("word " * 11 + "wording and more", "word " * 10 + "word…"),
    ],
)
def test_a_title_is_the_first_questions_beginning(store: SessionStore, question: str, title: str) -> None:
    asked(store, question, "another")
    assert titles(store) == [title]


@given(st.text())
def test_titles_are_short_lines(question: str) -> None:
    title = short_title(question)
    assert len(title) <= 61
    assert title.isprintable() or "\n" not in title
    assert title.removesuffix("…") == " ".join(question.split())[: len(title.removesuffix("…"))] or "\ufffd" in title


def test_a_session_is_renamed(store: SessionStore) -> None:
    session = asked(store, QUESTION, title="Mine")
    assert store.rename(session, " Not\nmine ").title == "Not mine"
    assert titles(store, "mine") == ["Not mine"]
    assert store.rename(session, "Energy").title == "Energy"
    assert titles(store, "mine") == []
    assert store.rename(session, "  ").title == QUESTION
    assert store.rename(store.create("x").id, "").title == ""


# Deleting


def test_a_deleted_session_is_hidden_everywhere_and_comes_back_whole(store: SessionStore) -> None:
    session = asked(store, QUESTION)
    before = store.list(), store.open(session)
    store.delete(session)
    assert store.list() == store.list("bayramov") == []
    assert store.history() == []
    for gone in (store.open, store.session):
        with pytest.raises(SessionError, match="no session"):
            gone(session)
    with pytest.raises(SessionError, match="no session"):
        store.rename(session, "x")
    store.delete(store.create("empty").id)
    store.delete(other := asked(store, "deleted last"))
    assert [one.id for one in store.deleted()] == [session, other]
    assert store.undo_delete(session).turns == store.deleted()[0].turns == 1
    assert [one.id for one in store.deleted()] == [other]
    assert (store.list(), store.open(session)) == before
    assert titles(store, "bayramov") == [QUESTION]


def test_a_session_deleted_in_another_window_comes_back_with_the_next_question_in_it(store: SessionStore) -> None:
    """What was asked in it was hidden, and gone for good after thirty days."""
    session = asked(store, QUESTION)
    store.delete(session)
    store.add_turn(session, "late?")
    assert [(one.id, one.turns) for one in store.list()] == [(session, 2)]
    store.purge()
    assert [turn.question for turn in store.open(session)] == [QUESTION, "late?"]
    assert store.undo_delete(session).turns == 2, "the other window may still offer it"


def test_a_purged_session_is_gone(store: SessionStore, store_path: Path) -> None:
    kept, session = asked(store, "kept"), asked(store, "secret words")
    store.set_draft(session, "more secrets")
    store.delete(session)
    store.purge(KEPT)
    assert store.undo_delete(session).turns == 1
    store.delete(session)
    store.purge()
    with pytest.raises(SessionError):
        store.undo_delete(session)
    with pytest.raises(SessionError):
        store.add_turn(session, "late?")
    assert store.draft(session) == ""
    with sqlite3.connect(store_path) as db:
        left = [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("turns", "words", "drafts")]
    assert left == [1, 2, 0]
    assert [one.id for one in store.list()] == [kept]
    assert store.create().id > session, "no id is used twice"


def test_deleted_sessions_are_purged_at_an_opening_after_their_time(
    store_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SessionStore(store_path)
    session = asked(store, "old")
    store.delete(session)
    store.close()
    store = SessionStore(store_path)
    assert store.undo_delete(session).title == "old"
    store.delete(session)
    store.close()
    monkeypatch.setattr(store_module, "KEPT", timedelta())
    store = SessionStore(store_path)
    with pytest.raises(SessionError):
        store.undo_delete(session)
    store.close()


def test_what_does_not_exist_is_said(store: SessionStore) -> None:
    for call in (store.open, store.session, store.delete, store.undo_delete):
        with pytest.raises(SessionError) as caught:
            call(99)
        assert caught.value.hint
    with pytest.raises(SessionError):
        store.add_turn(99, "?")
    with pytest.raises(SessionError):
        store.set_draft(99, "?")


# What else is remembered


def test_drafts_are_kept_for_each_session_and_for_the_one_to_come(store_path: Path) -> None:
    store = SessionStore(store_path)
    session = asked(store, "a")
    assert store.draft() == store.draft(session) == ""
    text = "lines\n\twith \x1b and \0, ‮ and all"
    store.set_draft(None, "one to come")
    store.set_draft(None, text)
    store.set_draft(session, "and energy")
    store.close()
    store = SessionStore(store_path)
    assert (store.draft(None), store.draft(session)) == (text, "and energy")
    store.set_draft(None, "")
    assert (store.draft(None), store.draft(session)) == ("", "and energy")
    store.close()


def test_history_has_the_last_questions_without_immediate_repeats(store: SessionStore) -> None:
    first = asked(store, "a", "b", "b")
    asked(store, "b", "c")
    store.add_turn(first, "a")
    assert store.history() == ["a", "b", "c", "a"]
    assert store.history(limit=2) == ["c", "a"]


def test_preferences(store_path: Path) -> None:
    store = SessionStore(store_path)
    assert (store.preference("theme"), store.preference("theme", "dark")) == ("", "dark")
    for value in ("light", "nord"):
        store.set_preference("theme", value)
    store.close()
    store = SessionStore(store_path)
    assert store.preference("theme", "dark") == "nord"
    store.close()


def test_in_memory_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = SessionStore(None)
    asked(store, QUESTION)
    assert titles(store, "takei") == [QUESTION]
    store.close()
    assert list(tmp_path.iterdir()) == []
    assert not default_path().exists()
