"""The question asked last, in the chat or on the command line: what `eval --add` makes a case of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from qa_assistant.answer_json import as_dict, from_dict
from qa_assistant.errors import SessionError, SettingsError
from qa_assistant.files import write_whole
from qa_assistant.records import Answer, Filters, Turn
from qa_assistant.sessions.records import StoredTurn, history_of
from qa_assistant.sessions.store import SessionStore, default_path


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """An answer, what was asked and answered before it in the same session, and when it was asked (UTC)."""

    answer: Answer
    history: tuple[Turn, ...]
    asked_at: datetime
    filters: Filters | None = None
    """Of a question on the command line; the chat does not keep those of its turns."""


def remember(answer: Answer, filters: Filters | None = None) -> None:
    """Keeps an answer of the command line in place of the one before, readable by the user alone.

    Nothing is kept where that cannot be written: the answer has been given, and is what counts.
    """
    try:
        path = _path()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, json.dumps({**as_dict(answer), "filters": asdict(filters or Filters())}), private=True)
    except (OSError, SettingsError):
        return


def last_answer() -> LastAnswer | None:
    """The newest answer of the command line and of all chat sessions; None if nothing was answered yet.

    One that was stopped or broke off is none. Raises SessionError if the sessions cannot be read, SettingsError if
    nobody knows where they are.
    """
    found = [one for one in (_on_command_line(), _in_chat()) if one]
    return max(found, key=lambda one: one.asked_at, default=None)


def _on_command_line() -> LastAnswer | None:
    try:
        kept = json.loads(_path().read_text(encoding="utf-8"))
        filters = Filters(**kept.pop("filters", {}))  # an older program kept none
        return LastAnswer(from_dict(kept), (), datetime.fromtimestamp(_path().stat().st_mtime, UTC), filters)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SessionError(f"{_path()} cannot be read: {error}", hint="Remove it, and ask again.") from error


def _in_chat() -> LastAnswer | None:
    if not default_path().exists():
        return None
    newest: LastAnswer | None = None
    with closing(SessionStore(default_path())) as store:
        for session in store.list():  # the last used first
            if newest and session.updated <= newest.asked_at:
                break
            found = _last_of(store.open(session.id))
            if found and (newest is None or found.asked_at > newest.asked_at):
                newest = found
    return newest


def _last_of(turns: Sequence[StoredTurn]) -> LastAnswer | None:
    for place, turn in reversed([*enumerate(turns)]):
        if turn.answer and turn.answer.finished and not turn.stopped:
            return LastAnswer(turn.answer, history_of(before.answer for before in turns[:place]), turn.asked_at)
    return None


def _path() -> Path:
    return default_path().with_name("last-answer.json")
