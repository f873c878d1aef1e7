"""The chat sessions that are kept: made, searched, resumed, renamed, deleted; and what else the chat remembers."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from qa_assistant.answer_json import as_dict, from_dict
from qa_assistant.display import one_line
from qa_assistant.errors import SessionError
from qa_assistant.records import Answer
from qa_assistant.sessions.database import Database
from qa_assistant.sessions.records import Session, StoredTurn
from qa_assistant.settings import user_folder

KEPT = timedelta(days=30)
"""How long a deleted session can be had back."""

LONGEST_TITLE = 60
"""Characters of a question that become a session's title."""

_LONGEST_SEARCH = 200
_SHORTEST_INSIDE = 3
"""Letters from which a word typed is looked for inside words too, not only at their beginning."""

_NOT_PLAIN = re.compile(r"[^a-z0-9]+")

# Inside the class `list` is the method.
Sessions = list[Session]
StoredTurns = list[StoredTurn]
Questions = list[str]


def default_path() -> Path:
    """Raises SettingsError as `user_folder()` does."""
    return user_folder("data") / "chat.sqlite"


class SessionStore:
    """The sessions in one SQLite file, or only in memory if `path` is None.

    Threads may share it, and processes the file. What was deleted more than `KEPT` ago goes for good at opening.
    Every method raises SessionError if the file cannot be read or written, or if the session does not exist.
    """

    def __init__(self, path: Path | None) -> None:
        self._db = Database(path)
        self.notice = self._db.notice
        """What the user should know about the opening, such as a damaged file; or nothing."""
        self.purge(KEPT)

    def close(self) -> None:
        self._db.close()

    def create(self, title: str = "") -> Session:
        """A session without questions, which is not listed yet; without a title, its first question becomes it."""
        now, title = _now(), one_line(title)
        with self._db.transaction() as db:
            added = "INSERT INTO sessions (title, created, updated) VALUES (?, ?, ?) RETURNING id"
            ((session_id,),) = db.execute(added, (title, now, now)).fetchall()
            _index(db, -session_id, title, session_id)
        return self.session(session_id)

    def add_turn(
        self, session_id: int, question: str, answer: Answer | None = None, *, stopped: bool = False
    ) -> StoredTurn:
        """Keeps a question and its answer, or as much of one as came. A session that another window deleted meanwhile
        comes back: whoever asks in it would lose what they see."""
        question, now = _writable(question), _now()
        written = None if answer is None else json.dumps(as_dict(answer))
        with self._db.transaction() as db:
            used = "UPDATE sessions SET updated = ?, deleted = NULL WHERE id = ? RETURNING title"
            title = _only(db.execute(used, (now, session_id)).fetchall(), session_id)[0]
            added = db.execute(
                "INSERT INTO turns (session_id, ordinal, asked_at, stopped, question, partial_text, answer)"
                " SELECT ?, coalesce(max(ordinal), 0) + 1, ?, ?, ?, '', ? FROM turns WHERE session_id = ?"
                " RETURNING id, ordinal",
                (session_id, now, stopped, question, written, session_id),
            )
            ((turn_id, ordinal),) = added.fetchall()
            _index(db, turn_id, f"{question} {answer.text if answer else ''}", session_id)
            if not title:
                _set_title(db, session_id, short_title(question))
        return StoredTurn(ordinal, question, answer, stopped, _time(now))

    def list(self, search: str = "") -> Sessions:
        """Sessions with questions, the last used first; with `search`, those in which each of its words is found.

        Words are found in titles, questions and answers, in any spelling of accents and scripts; those of three letters
        or more inside other words too. A search without letters and digits finds everything.
        """
        query = (
            "SELECT s.id, s.title, s.created, s.updated, count(*) FROM sessions s JOIN turns t ON t.session_id = s.id"
            " WHERE s.deleted IS NULL"
        )
        words = dict.fromkeys(_folded(search[:_LONGEST_SEARCH]).split())
        patterns = [f"%{word}%" if len(word) >= _SHORTEST_INSIDE else f"% {word}%" for word in words]
        query += " AND s.id IN (SELECT session FROM words WHERE text LIKE ?)" * len(patterns)
        return [
            _session(row) for row in self._db.rows(f"{query} GROUP BY s.id ORDER BY s.updated DESC, 1 DESC", patterns)
        ]

    def session(self, session_id: int) -> Session:
        found = self._db.rows(
            "SELECT id, title, created, updated, (SELECT count(*) FROM turns WHERE session_id = sessions.id)"
            " FROM sessions WHERE id = ? AND deleted IS NULL",
            (session_id,),
        )
        return _session(_only(found, session_id))

    def open(self, session_id: int) -> StoredTurns:
        """The questions of a session with their answers, in order."""
        self.session(session_id)
        columns = "ordinal, question, answer, stopped, asked_at"
        found = self._db.rows(f"SELECT {columns} FROM turns WHERE session_id = ? ORDER BY ordinal", (session_id,))
        try:
            return [
                StoredTurn(
                    ordinal, question, from_dict(json.loads(answer)) if answer else None, bool(stopped), _time(at)
                )
                for ordinal, question, answer, stopped, at in found
            ]
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise SessionError(
                "This session is damaged: an answer in it is none.", hint="The others are not; delete this one."
            ) from error

    def rename(self, session_id: int, title: str) -> Session:
        """An empty title gives way to the first question's words."""
        self.session(session_id)
        title = one_line(title)
        with self._db.transaction() as db:
            first = "SELECT question FROM turns WHERE session_id = ? AND ordinal = 1"
            for (question,) in [] if title else db.execute(first, (session_id,)).fetchall():
                title = short_title(question)
            _set_title(db, session_id, title)
        return self.session(session_id)

    def delete(self, session_id: int) -> None:
        """Hides a session; it is gone for good after `KEPT`, or by `purge()`."""
        self._mark_deleted(session_id, _now())

    def deleted(self) -> Sessions:
        """Sessions with questions that can be had back, the one deleted last at the end."""
        found = self._db.rows(
            "SELECT s.id, s.title, s.created, s.updated, count(*) FROM sessions s JOIN turns t ON t.session_id = s.id"
            " WHERE s.deleted IS NOT NULL GROUP BY s.id ORDER BY s.deleted, s.id"
        )
        return [_session(row) for row in found]

    def undo_delete(self, session_id: int) -> Session:
        self._mark_deleted(session_id, None)
        return self.session(session_id)

    def purge(self, older_than: timedelta = timedelta()) -> None:
        """Removes for good what was deleted that long ago or longer."""
        until = (_now(older_than),)
        with self._db.transaction() as db:
            db.execute("DELETE FROM words WHERE session IN (SELECT id FROM sessions WHERE deleted <= ?)", until)
            db.execute("DELETE FROM sessions WHERE deleted <= ?", until)

    def draft(self, session_id: int | None = None) -> str:
        """The text not sent yet in a session, or (None) in one that has not begun."""
        found = self._db.rows("SELECT text FROM drafts WHERE session_id IS ?", (session_id,))
        return str(found[0][0]) if found else ""

    def set_draft(self, session_id: int | None, text: str) -> None:
        with self._db.transaction() as db:
            db.execute("DELETE FROM drafts WHERE session_id IS ?", (session_id,))
            if text:
                db.execute("INSERT INTO drafts VALUES (?, ?)", (session_id, _writable(text)))

    def history(self, limit: int = 200) -> Questions:
        """The last questions of all sessions, the newest last, each once where it was asked several times in a row."""
        # Repeats make it impossible to say how many rows are needed; questions are short.
        asked = self._db.rows(
            "SELECT question FROM turns WHERE session_id IN (SELECT id FROM sessions WHERE deleted IS NULL)"
            " ORDER BY id DESC"
        )
        return [question for (question,), _ in islice(groupby(asked), limit)][::-1]

    def preference(self, key: str, default: str = "") -> str:
        found = self._db.rows("SELECT value FROM preferences WHERE key = ?", (key,))
        return str(found[0][0]) if found else default

    def set_preference(self, key: str, value: str) -> None:
        with self._db.transaction() as db:
            db.execute("INSERT OR REPLACE INTO preferences VALUES (?, ?)", (key, _writable(value)))

    def _mark_deleted(self, session_id: int, when: str | None) -> None:
        with self._db.transaction() as db:
            found = db.execute("UPDATE sessions SET deleted = ? WHERE id = ? RETURNING id", (when, session_id))
            _only(found.fetchall(), session_id)


def short_title(question: str) -> str:
    """A question on one line, cut at a word if it is long."""
    line = one_line(question)
    if len(line) <= LONGEST_TITLE:
        return line
    head = line[: LONGEST_TITLE + 1].rpartition(" ")[0] or line[:LONGEST_TITLE]
    return f"{head.rstrip(' ,;:.-–')}…"


def _set_title(db: Any, session_id: int, title: str) -> None:
    db.execute("UPDATE sessions SET title = ? WHERE id = ?", (title, session_id))
    _index(db, -session_id, title, session_id)


def _index(db: Any, row: int, text: str, session_id: int) -> None:
    """Makes `text` findable: a turn's under its id, a title under the session's id, negative."""
    db.execute("INSERT OR REPLACE INTO words (rowid, text, session) VALUES (?, ?, ?)", (row, _folded(text), session_id))


def _folded(text: str) -> str:
    """The words of a text in plain Latin letters and digits, a space before each."""
    from anyascii import anyascii

    plain = anyascii(unicodedata.normalize("NFKC", _writable(text)).casefold()).lower()
    return " " + _NOT_PLAIN.sub(" ", plain).strip()


def _writable(text: str) -> str:
    """Lone surrogates, which no file takes, become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _only(rows: list[Any], session_id: int) -> Any:
    if not rows:
        raise SessionError(f"There is no session {session_id}, or no longer.", hint="Choose one from the list.")
    return rows[0]


def _session(row: tuple[int, str, str, str, int]) -> Session:
    session_id, title, created, updated, turns = row
    return Session(session_id, title, _time(created), _time(updated), turns)


def _now(ago: timedelta = timedelta()) -> str:
    """As text that sorts by time."""
    return (datetime.now(UTC) - ago).isoformat(timespec="microseconds")


def _time(written: str) -> datetime:
    return datetime.fromisoformat(written)
