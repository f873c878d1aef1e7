"""The chat session that is open: its turns as they are stored, shown again, and given to follow-up questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from qa_assistant.records import Answer, Turn
from qa_assistant.sessions.export import slug, to_json, to_markdown, write_export
from qa_assistant.sessions.records import StoredTurn, history_of
from qa_assistant.sessions.store import SessionStore


@dataclass
class ChatSession:
    """A session of `store`; it is written there with its first answer."""

    store: SessionStore
    id: int | None = None
    turns: list[Turn] = field(default_factory=list)
    """What a follow-up question may refer to."""
    _waiting: list[tuple[str, Answer | None, bool]] = field(default_factory=list)
    """Turns that could not be written; the next one tries again."""

    @classmethod
    def resumed(cls, store: SessionStore, session_id: int) -> tuple[ChatSession, list[StoredTurn]]:
        """Raises SessionError if there is none."""
        stored = store.open(session_id)
        return cls(store, session_id, list(history_of(turn.answer for turn in stored))), stored

    @property
    def title(self) -> str:
        return self.store.session(self.id).title if self.id is not None else "New session"

    def add(self, question: str, answer: Answer | None, *, stopped: bool = False) -> None:
        """Keeps a turn, and those before that could not be written. Raises SessionError if that still is so; follow-ups
        may refer to them nevertheless."""
        self.turns += history_of([answer])
        self._waiting.append((question, answer, stopped))
        if self.id is None:
            draft = self.draft
            self.keep_draft("")
            self.id = self.store.create().id
            self.keep_draft(draft)
        while self._waiting:
            question, answer, stopped = self._waiting[0]
            self.store.add_turn(self.id, question, answer, stopped=stopped)
            self._waiting.pop(0)

    @property
    def waits(self) -> bool:
        """Whether there are turns that could not be written."""
        return bool(self._waiting)

    @property
    def draft(self) -> str:
        return self.store.draft(self.id)

    def keep_draft(self, text: str) -> None:
        """Raises SessionError if it cannot be written."""
        self.store.set_draft(self.id, text)

    def file_name(self) -> str:
        """What an export of this session is called by default."""
        return f"{slug(self.title)}.md"

    def export(self, path: Path) -> Path:
        """Writes the session as JSON to a `.json`, else as Markdown. Raises SessionError."""
        assert self.id is not None
        session, turns = self.store.session(self.id), self.store.open(self.id)
        write = to_json if path.suffix == ".json" else to_markdown
        return write_export(path, write(session, turns))
