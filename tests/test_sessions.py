"""Chat sessions in SQLite: kept, found again, deleted and had back, by threads and processes at once."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_assistant import Assistant
from qa_assistant.answer_json import as_dict
from qa_assistant.errors import SessionError
from qa_assistant.records import Answer
from qa_assistant.sessions import store as store_module
from qa_assistant.sessions.database import SCHEMA_VERSION
from qa_assistant.sessions.store import KEPT, SessionStore, default_path, short_title
from qa_assistant.settings import Settings

QUESTION = "What did Bayramov and Takei discuss?"


@pytest.fixture(scope="module")
def answer(shipped_index: Settings) -> Answer:
    with Assistant(replace(shipped_index, answer_with="quotes")) as assistant:
        return assistant.answer(QUESTION)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "chat.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SessionStore]:
    opened = SessionStore(path)
    yield opened
    opened.close()


def asked(store: SessionStore, *questions: str, title: str = "") -> int:
    session = store.create(title)
    for question in questions:
        store.add_turn(session.id, question)
    return session.id


def titles(store: SessionStore, search: str = "") -> list[str]:
    return [session.title for session in store.list(search)]


def test_a_session_is_resumed_as_it_was_left(path: Path, answer: Answer) -> None:
    first = SessionStore(path)
    session = first.create()
    turns = [
        first.add_turn(session.id, QUESTION, answer),
        first.add_turn(session.id, "And energy?", stopped=True, partial_text="They dis"),
        first.add_turn(session.id, "And then?"),
    ]
    first.close()
    again = SessionStore(path)
    (listed,) = again.list()
    assert (listed.id, listed.title, listed.turns) == (session.id, QUESTION, 3)
    assert listed.created == session.created < listed.updated == turns[-1].asked_at
    resumed = again.open(session.id)
    assert resumed[0].answer is not None
    assert as_dict(resumed[0].answer) == as_dict(answer)
    assert [replace(turn, answer=None) for turn in resumed] == [replace(turn, answer=None) for turn in turns]
    assert [turn.ordinal for turn in resumed] == [1, 2, 3]
    assert (resumed[1].answer, resumed[1].stopped, resumed[1].partial_text) == (None, True, "They dis")
    again.close()


def test_the_default_place_is_the_platforms_data_folder() -> None:
    assert default_path().is_relative_to(Path.home())
    assert default_path().parts[-2:] == ("qa-assistant", "chat.sqlite")


def test_only_the_user_may_read_the_file(store: SessionStore, path: Path) -> None:
    asked(store, "a?")
    assert {file.stat().st_mode & 0o077 for file in path.parent.glob("chat.sqlite*") if file.suffix != ".lock"} == {0}


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


# Searching


@pytest.mark.parametrize(
    "search",
    ["visit", "VISIT minister", "minis", "Müller", "muller", "MULL", "mü", "байрам", "bayram", "quelle", "7:30", "ab",
     '"visit"', "visit*", "(visit", "visit'", "-visit", "NEAR(visit)", "visit AND", "%visit%", "dolmabahce"],
)  # fmt: skip
def test_words_are_found_in_titles_questions_and_answers(store: SessionStore, answer: Answer, search: str) -> None:
    session = asked(store, "Abend: Байрамов, Müller, 17:30?", title="The visit")
    store.add_turn(session, "Who?", replace(answer, text="Der Minister nannte Energiequellen."))
    store.add_turn(session, "Where?", stopped=True, partial_text="Im Dolmabahçe")
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


def test_a_search_reads_the_word_index_not_every_text(store: SessionStore, path: Path) -> None:
    asked(store, QUESTION)
    with sqlite3.connect(path) as db:
        plan = db.execute("EXPLAIN QUERY PLAN SELECT session FROM words WHERE text LIKE '%bayramov%'").fetchall()
    assert "INDEX 0:L0" in plan[0][3]


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
    store.undo_delete(session)
    assert (store.list(), store.open(session)) == before
    assert titles(store, "bayramov") == [QUESTION]


def test_an_answer_that_comes_after_its_session_was_deleted_is_kept_with_it(store: SessionStore) -> None:
    session = asked(store, QUESTION)
    store.delete(session)
    store.add_turn(session, "late?")
    assert store.list() == []
    assert store.undo_delete(session).turns == 2


def test_a_purged_session_is_gone(store: SessionStore, path: Path) -> None:
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
    with sqlite3.connect(path) as db:
        left = [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("turns", "words", "drafts")]
    assert left == [1, 2, 0]
    assert [one.id for one in store.list()] == [kept]
    assert store.create().id > session, "no id is used twice"


def test_deleted_sessions_are_purged_at_an_opening_after_their_time(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SessionStore(path)
    session = asked(store, "old")
    store.delete(session)
    store.close()
    store = SessionStore(path)
    assert store.undo_delete(session).title == "old"
    store.delete(session)
    store.close()
    monkeypatch.setattr(store_module, "KEPT", timedelta())
    store = SessionStore(path)
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


def test_drafts_are_kept_for_each_session_and_for_the_one_to_come(path: Path) -> None:
    store = SessionStore(path)
    session = asked(store, "a")
    assert store.draft() == store.draft(session) == ""
    text = "lines\n\twith \x1b and \0, ‮ and all"
    store.set_draft(None, "one to come")
    store.set_draft(None, text)
    store.set_draft(session, "and energy")
    store.close()
    store = SessionStore(path)
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


def test_preferences(path: Path) -> None:
    store = SessionStore(path)
    assert (store.preference("theme"), store.preference("theme", "dark")) == ("", "dark")
    for value in ("light", "nord"):
        store.set_preference("theme", value)
    store.close()
    store = SessionStore(path)
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


# Several at once


def test_threads_share_a_store(store: SessionStore) -> None:
    session = store.create().id

    def ask(number: int) -> int:
        turn = store.add_turn(session, f"question {number}")
        store.list("question")
        return turn.ordinal

    with ThreadPoolExecutor(8) as pool:
        ordinals = sorted(pool.map(ask, range(80)))
    assert ordinals == list(range(1, 81))
    assert sorted(turn.question for turn in store.open(session)) == sorted(f"question {n}" for n in range(80))


def test_processes_share_a_file(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from qa_assistant.sessions.store import SessionStore\n"
        "store = SessionStore(Path(sys.argv[1]))\n"
        "mine = store.create().id\n"
        "for number in range(40):\n"
        "    store.add_turn(mine, f'{sys.argv[2]} {number}'); store.add_turn(1, f'shared {sys.argv[2]} {number}')\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(path), name], stderr=subprocess.PIPE, text=True)
        for name in ("one", "two", "three")
    ]
    for process in running:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    store = SessionStore(path)
    assert store.notice == ""
    assert sorted(session.turns for session in store.list()) == [40, 40, 160]
    assert [turn.ordinal for turn in store.open(1)] == list(range(1, 161))
    assert len(store.list("shared three 39")) == 1
    store.close()


def test_another_window_sees_what_was_asked(store: SessionStore, path: Path) -> None:
    other = SessionStore(path)
    session = asked(store, QUESTION)
    assert titles(other, "takei") == [QUESTION]
    other.delete(session)
    assert titles(store) == []
    other.close()


# Files that are no good


def damage(path: Path, how: str) -> None:
    content = path.read_bytes()
    if how == "garbage":
        path.write_bytes(b"no database at all " * 500)
    elif how == "truncated":
        path.write_bytes(content[: len(content) // 2])
    else:  # every page but the first, which has the schema
        path.write_bytes(content[:4096] + os.urandom(len(content) - 4096))


@pytest.mark.parametrize("how", ["garbage", "truncated", "pages"])
def test_a_damaged_file_is_moved_aside_and_a_new_one_begun(path: Path, how: str) -> None:
    for round_ in (1, 2):
        store = SessionStore(path)
        asked(store, *("words " * 200 for _ in range(20)))
        store.close()
        damage(path, how)
        damaged = path.read_bytes()
        store = SessionStore(path)
        assert store.list() == []
        kept = sorted(file for file in path.parent.glob("chat.sqlite.damaged-*") if not file.name.endswith("-shm"))
        assert len(kept) == round_
        newest = max(kept, key=lambda file: len(file.name))
        assert newest.read_bytes() == damaged
        assert str(newest) in store.notice
        asked(store, "new")
        store.close()
        store = SessionStore(path)
        assert (store.notice, titles(store)) == ("", ["new"])
        store.close()


def test_two_that_find_a_damaged_file_do_not_move_aside_each_others_new_one(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"garbage " * 1000)
    code = (
        "import sys; from pathlib import Path; from qa_assistant.sessions.store import SessionStore\n"
        "store = SessionStore(Path(sys.argv[1])); store.add_turn(store.create().id, 'kept')\n"
        "print(bool(store.notice))"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert sorted(process.communicate(timeout=60)[0].strip() for process in running) == ["False", "False", "True"]
    store = SessionStore(path)
    assert titles(store) == ["kept"] * 3
    store.close()


def test_a_newer_schema_is_refused_and_left_alone(path: Path) -> None:
    store = SessionStore(path)
    asked(store, QUESTION)
    store.close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(SessionError, match=f"schema {SCHEMA_VERSION + 1}") as caught:
        SessionStore(path)
    assert "Upgrade" in caught.value.hint
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*.damaged-*"))


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for bad in (tmp_path / "file" / "chat.sqlite", tmp_path / "file" / "more" / "chat.sqlite", tmp_path):
        with pytest.raises(SessionError, match="cannot be opened") as caught:
            SessionStore(bad)
        assert "writable" in caught.value.hint
    assert not list(tmp_path.glob("*.damaged-*"))


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no folder that nobody can write, not even root")
def test_a_folder_that_cannot_be_written_is_said() -> None:
    with pytest.raises(SessionError, match="cannot be opened") as caught:
        SessionStore(Path("/proc/chat.sqlite"))
    assert "writable" in caught.value.hint


def test_a_file_of_another_program_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE turns (other TEXT)")
    db.close()
    with pytest.raises(SessionError, match="cannot be opened"):
        SessionStore(path)
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("turns",)]


def test_a_failure_later_on_is_said_and_leaves_nothing_half_done(store: SessionStore, path: Path) -> None:
    session = asked(store, QUESTION)
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE words")
    with pytest.raises(SessionError, match="cannot be read or written"):
        store.add_turn(session, "lost?")
    assert [turn.question for turn in store.open(session)] == [QUESTION]
    store.close()
    with pytest.raises(SessionError):
        store.list()
