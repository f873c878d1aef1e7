"""The catalogue's SQLite file: opened and checked, read in one state, written all or nothing."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from qa_assistant.errors import IndexOutdated, IndexTooNew, IndexUnusable
from qa_assistant.index import schema
from qa_assistant.index.row_check import wrong_rows

MEND = "Mend it: qa-assistant doctor --repair. The articles themselves are not touched."
READ_ONLY = "The index cannot be written: the disk is full, or the folder read-only."
_ROOM = "If the disk is full, make room; then run `qa-assistant ingest` again: what was done is kept."


_NO_ROOM = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)


def _connected(path: Path, how: str) -> sqlite3.Connection:
    """`how`, in words of SQLite's: `mode=rw` makes no file where there is none."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}", 30, isolation_level=None, check_same_thread=False, uri=True
    )


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes when the file does; None if it is gone."""
    try:
        known = path.stat()
    except OSError:
        return None
    return known.st_ino, known.st_size, known.st_mtime_ns


def _is_whole(path: Path) -> bool:
    """Whether the file has everything in it that was committed: whoever wrote last closed it."""
    log = path.with_name(f"{path.name}-wal")
    return path.is_file() and not (log.exists() and log.stat().st_size)


def _only_read(path: Path) -> str:
    """How to open a file that cannot be written: SQLite leaves out its write-ahead log if it is told `immutable`."""
    return "mode=ro&immutable=1" if _is_whole(path) else "mode=ro"


class Database:
    """One open file. Several processes may read it while one writes (SQLite's write-ahead log)."""

    def __init__(self, path: Path, *, create: bool = False, migrate: bool = False) -> None:
        """See `Catalog`."""
        self._lock = threading.RLock()
        self._path = path
        self._read_at = _stamp(path)  # before it is opened, so that no change is missed
        self.only_read = path.exists() and not os.access(path.parent, os.W_OK)
        """Where nothing can be written, on a read-only share or a full disk, the file is read as it is now."""
        try:
            self._db = _connected(path, _only_read(path) if self.only_read else "mode=rwc" if create else "mode=rw")
            try:
                found = schema.version(self._db) if self.only_read else self._opened(create, migrate)
            except sqlite3.OperationalError as error:
                if create or migrate or error.sqlite_errorcode & 0xFF not in _NO_ROOM or not _is_whole(path):
                    raise
                self._db.close()
                self._db, self.only_read = _connected(path, _only_read(path)), True
                found = schema.version(self._db)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise IndexUnusable(f"The catalogue {path} cannot be read: {error}", hint=MEND) from error
        if found != schema.SCHEMA_VERSION:
            self.close()
            raise _other_schema(path.parent, found)

    def _opened(self, create: bool, migrate: bool) -> int:
        """The schema, once it is created or migrated if that is wanted."""
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA foreign_keys = ON")
        if create and not self._db.execute("SELECT 1 FROM sqlite_master").fetchone():
            with self.transaction():
                schema.create(self._db)
        if migrate and 0 < schema.version(self._db) < schema.SCHEMA_VERSION:
            with self.transaction():
                schema.migrate(self._db)
        return schema.version(self._db)

    def close(self) -> None:
        self._db.close()

    @property
    def is_latest(self) -> bool:
        """Whether what is read is what was written last. A file that is read as it was when opened may have changed."""
        return not self.only_read or _stamp(self._path) == self._read_at

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Raises IndexUnusable if the disk is full or cannot be written."""
        if self.only_read:
            raise IndexUnusable(READ_ONLY, hint=_ROOM)
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield
                    self._db.execute("COMMIT")
                except BaseException:
                    if self._db.in_transaction:  # SQLite itself has rolled back where the disk is full
                        self._db.execute("ROLLBACK")
                    raise
            except sqlite3.OperationalError as error:
                raise IndexUnusable(f"The index cannot be written: {error}.", hint=_ROOM) from error

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One state of the catalogue for everything read inside, whatever another process writes meanwhile.

        Raises IndexUnusable if the catalogue turns out to be damaged.
        """
        with self._lock:
            nested = self._db.in_transaction
            try:
                if not nested:
                    self._db.execute("BEGIN")
                yield
            except sqlite3.DatabaseError as error:
                raise IndexUnusable(f"The catalogue cannot be read: {error}.", hint=MEND) from error
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                wrong = self.check(thorough=False)
                if not wrong:
                    raise  # a bug
                raise IndexUnusable(f"The catalogue is damaged: {wrong}.", hint=MEND) from error
            finally:
                if not nested and self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    def check(self, *, thorough: bool) -> str:
        """What SQLite finds wrong with the file; empty if nothing. `thorough` compares tables and their indexes too."""
        try:
            query = f"PRAGMA {'integrity' if thorough else 'quick'}_check(3)"
            found = [" ".join(str(row[0]).split()) for row in self._db.execute(query)]
            if found == ["ok"]:
                return wrong_rows(self._db)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            return str(error)
        return "; ".join(found)

    def meta(self, key: str) -> str | None:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def set_meta(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


@contextmanager
def telling_damage() -> Iterator[None]:
    """Raises IndexUnusable for what SQLite finds damaged inside, where nothing is read as one state."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:  # its children say other things
            raise
        raise IndexUnusable(f"The catalogue cannot be read: {error}.", hint=MEND) from error


def now() -> str:
    """UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _other_schema(folder: Path, found: int) -> IndexUnusable:
    if not found:
        return IndexUnusable(f"The catalogue in {folder} does not say what schema it has.", hint=MEND)
    said = f"The index in {folder} has schema {found}; this program reads {schema.SCHEMA_VERSION}."
    if found > schema.SCHEMA_VERSION:
        return IndexTooNew(said, hint="A newer program made it: update this one, or name another with --index DIR.")
    return IndexOutdated(said, hint="It is brought up to date by `qa-assistant ingest`.")
