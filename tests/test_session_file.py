"""The file of the sessions: shared by threads and processes, damaged, newer, not to be written."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pilot import QUESTION
from session_samples import asked, titles

from qa_assistant.errors import SessionError
from qa_assistant.sessions.database import SCHEMA_VERSION
from qa_assistant.sessions.store import SessionStore

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


def test_processes_share_a_file(store_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from qa_assistant.sessions.store import SessionStore\n"
        "store = SessionStore(Path(sys.argv[1]))\n"
        "mine = store.create().id\n"
        "for number in range(40):\n"
        "    store.add_turn(mine, f'{sys.argv[2]} {number}'); store.add_turn(1, f'shared {sys.argv[2]} {number}')\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(store_path), name], stderr=subprocess.PIPE, text=True)
        for name in ("one", "two", "three")
    ]
    for process in running:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    store = SessionStore(store_path)
    assert store.notice == ""
    assert sorted(session.turns for session in store.list()) == [40, 40, 160]
    assert [turn.ordinal for turn in store.open(1)] == list(range(1, 161))
    assert len(store.list("shared three 39")) == 1
    store.close()


def test_another_window_sees_what_was_asked(store: SessionStore, store_path: Path) -> None:
    other = SessionStore(store_path)
    session = asked(store, QUESTION)
    assert titles(other, "takei") == [QUESTION]
    other.delete(session)
    assert titles(store) == []
    other.close()


# Files that are no good


def damage(store_path: Path, how: str) -> None:
    content = store_path.read_bytes()
    if how == "garbage":
        store_path.write_bytes(b"no database at all " * 500)
    elif how == "truncated":
        store_path.write_bytes(content[: len(content) // 2])
    else:  # every page but the first, which has the schema
        store_path.write_bytes(content[:4096] + os.urandom(len(content) - 4096))


@pytest.mark.parametrize("how", ["garbage", "truncated", "pages"])
def test_a_damaged_file_is_moved_aside_and_a_new_one_begun(store_path: Path, how: str) -> None:
    for round_ in (1, 2):
        store = SessionStore(store_path)
        asked(store, *("words " * 200 for _ in range(20)))
        store.close()
        damage(store_path, how)
        damaged = store_path.read_bytes()
        store = SessionStore(store_path)
        assert store.list() == []
        kept = sorted(
            file for file in store_path.parent.glob("chat.sqlite.damaged-*") if not file.name.endswith("-shm")
        )
        assert len(kept) == round_
        newest = max(kept, key=lambda file: len(file.name))
        assert newest.read_bytes() == damaged
        assert str(newest) in store.notice
        asked(store, "new")
        store.close()
        store = SessionStore(store_path)
        assert (store.notice, titles(store)) == ("", ["new"])
        store.close()


def test_two_that_find_a_damaged_file_do_not_move_aside_each_others_new_one(store_path: Path) -> None:
    store_path.parent.mkdir()
    store_path.write_bytes(b"garbage " * 1000)
    code = (
        "import sys; from pathlib import Path; from qa_assistant.sessions.store import SessionStore\n"
        "store = SessionStore(Path(sys.argv[1])); store.add_turn(store.create().id, 'kept')\n"
        "print(bool(store.notice))"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(store_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert sorted(process.communicate(timeout=60)[0].strip() for process in running) == ["False", "False", "True"]
    store = SessionStore(store_path)
    assert titles(store) == ["kept"] * 3
    store.close()


def test_a_newer_schema_is_refused_and_left_alone(store_path: Path) -> None:
    store = SessionStore(store_path)
    asked(store, QUESTION)
    store.close()
    with sqlite3.connect(store_path) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = store_path.read_bytes()
    with pytest.raises(SessionError, match=f"schema {SCHEMA_VERSION + 1}") as caught:
        SessionStore(store_path)
    assert "Upgrade" in caught.value.hint
    assert store_path.read_bytes() == before
    assert not list(store_path.parent.glob("*.damaged-*"))


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


def test_a_file_of_another_program_is_left_alone(store_path: Path) -> None:
    store_path.parent.mkdir()
    with sqlite3.connect(store_path) as db:
        db.execute("CREATE TABLE turns (other TEXT)")
    db.close()
    with pytest.raises(SessionError, match="cannot be opened"):
        SessionStore(store_path)
    with sqlite3.connect(store_path) as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("turns",)]


def test_a_failure_later_on_is_said_and_leaves_nothing_half_done(store: SessionStore, store_path: Path) -> None:
    session = asked(store, QUESTION)
    with sqlite3.connect(store_path) as db:
        db.execute("DROP TABLE words")
    with pytest.raises(SessionError, match="cannot be read or written"):
        store.add_turn(session, "lost?")
    assert [turn.question for turn in store.open(session)] == [QUESTION]
    store.close()
    with pytest.raises(SessionError):
        store.list()
