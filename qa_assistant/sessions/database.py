"""The SQLite file of the chat sessions: checked, made or moved aside at opening, shared by threads and processes."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from qa_assistant.errors import SessionError

SCHEMA_VERSION = 1
"""`turns.partial_text` is always empty: what came of an answer that was never finished is kept in `answer`."""

_PATIENCE = 10.0
"""Seconds to wait for another process that is writing."""

_TABLES = """
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL,
    deleted TEXT
);
CREATE TABLE turns (
    id INTEGER PRIMARY KEY AUTOINCREMENT, session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL, asked_at TEXT NOT NULL, stopped INTEGER NOT NULL, question TEXT NOT NULL,
    partial_text TEXT NOT NULL, answer TEXT, UNIQUE (session_id, ordinal)
);
CREATE TABLE drafts (session_id INTEGER UNIQUE REFERENCES sessions (id) ON DELETE CASCADE, text TEXT NOT NULL);
CREATE TABLE preferences (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (text, session UNINDEXED, tokenize = 'trigram')
"""


class _Damaged(sqlite3.DatabaseError):
    """A file whose pages do not fit together."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


class Database:
    """One open file, or one in memory if `path` is None. All threads may use it; they take turns.

    A damaged file is moved aside and a new one begun; then `notice` says so. Raises SessionError if the file or its
    folder cannot be written, or if a newer version of the program made it.
    """

    def __init__(self, path: Path | None) -> None:
        self.notice = ""
        self._lock = threading.RLock()
        try:
            self._db = _connect(":memory:") if path is None else self._open(path)
        except (OSError, sqlite3.Error) as error:
            raise SessionError(
                f"The chat sessions in {path} cannot be opened: {error}",
                hint="Make the file and its folder writable; without them sessions last only as long as the program.",
            ) from error

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """Everything that `query` finds, as tuples."""
        with self._lock, _understandable():
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, with no other writer in between."""
        with self._lock, _understandable():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def _open(self, path: Path) -> sqlite3.Connection:
        from filelock import FileLock

        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)  # what one asks is nobody else's business; without this FileLock tries for long
        # One process at a time: none may move aside what another has just begun.
        with FileLock(f"{path}.lock", timeout=_PATIENCE):
            path.touch(mode=0o600)
            try:
                return _connect(path)
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                    raise
            aside = _move_aside(path)
            self.notice = f"The chat sessions were damaged. They were kept as {aside}, and new ones begun."
            path.touch(mode=0o600)
            return _connect(path)


def _connect(path: Path | str) -> sqlite3.Connection:
    """Raises sqlite3.Error, or SessionError for a newer schema, whose file is left as it is."""
    db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise SessionError(
                f"A newer qa-assistant wrote the chat sessions in {path} (schema {version}; this one reads "
                f"{SCHEMA_VERSION}).",
                hint="Upgrade qa-assistant; the file was not touched.",
            )
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise _Damaged(found)
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            db.execute(f"PRAGMA {pragma}")
        if version == 0:
            db.executescript(f"BEGIN IMMEDIATE; {_TABLES}; PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
    except BaseException:
        db.close()
        raise
    return db


def _move_aside(path: Path) -> Path:
    """Renames the file and its journal to a name that is free."""
    name = f"{path}.damaged-{datetime.now(UTC).date()}"
    names = (Path(name if number == 1 else f"{name}-{number}") for number in count(1))
    aside = next(free for free in names if not free.exists())
    for ending in ("-wal", "-shm", ""):
        part = Path(f"{path}{ending}")
        if part.exists():
            part.rename(f"{aside}{ending}")
    return aside


@contextmanager
def _understandable() -> Iterator[None]:
    """SQLite's errors as SessionError."""
    try:
        yield
    except sqlite3.Error as error:
        raise SessionError(
            f"The chat sessions cannot be read or written: {error}",
            hint="Check that their disk is not full and that no other program holds the file.",
        ) from error
