"""The sessions that are kept: found, resumed, renamed, deleted and had back."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widgets import Footer, Input, Label, OptionList
from textual.widgets.option_list import Option

from qa_assistant.display import one_line
from qa_assistant.sessions.records import Session
from qa_assistant.sessions.store import SessionStore
from qa_assistant.tui.prompt_screen import PromptScreen
from qa_assistant.tui.reporting import reporting
from qa_assistant.tui.text_input import TextInput, after_typing


class SessionsScreen(Screen[int | None]):
    """Closes with the id of the session to be resumed, or with None. `current` is the one that is open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "resume", "Resume", priority=True),
        Binding("slash", "search", "Search", priority=True),  # before the letters that follow it in haste
        Binding("r", "rename", "Rename"),
        Binding("f2", "rename", "Rename", show=False),  # from the search too, where `r` is a letter
        Binding("d,delete", "delete", "Delete", key_display="d"),
        Binding("u", "undo", "Undo deletion"),
        Binding("down", "list", "To the list", show=False),
        Binding("escape", "dismiss", "Back"),
    ]

    def __init__(self, store: SessionStore, current: int | None = None) -> None:
        super().__init__()
        self._store = store
        self._current = current
        self._sessions: dict[int, Session] = {}
        """Those that are listed, by id."""
        self._deleted: list[Session] = []
        """Those that can be had back, in the order of their deletion, whenever and wherever that was."""

    def compose(self) -> ComposeResult:
        yield Label("Sessions", markup=False, classes="title")
        yield TextInput(placeholder="Search titles, questions and answers")
        yield Label(markup=False, classes="hint")
        yield OptionList(markup=False)
        yield Footer()

    def on_mount(self) -> None:
        self._list()
        self.query_one(OptionList).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would do nothing are not in the footer."""
        if action == "undo":
            return bool(self._deleted)
        if action == "search":
            return not isinstance(self.focused, Input)  # there it is a character
        return bool(self._sessions) if action in ("resume", "rename", "delete", "list") else True

    @on(Input.Changed)
    def _search(self) -> None:
        self._list()

    @on(OptionList.OptionSelected)
    def action_resume(self) -> None:
        after_typing(self, self._resume)

    def _resume(self) -> None:
        if self.is_current and (session := self._highlighted()):  # else a second Enter
            self.dismiss(session.id)

    def action_search(self) -> None:
        self.set_focus(self.query_one(Input))  # at once; focus() takes its turn, and letters come meanwhile

    def action_list(self) -> None:
        self.query_one(OptionList).focus()

    def action_rename(self) -> None:
        if self.is_current and (session := self._highlighted()):
            screen = PromptScreen("Rename the session", session.title)
            self.app.push_screen(screen, lambda title: self._rename(session.id, title))

    def _rename(self, session_id: int, title: str | None) -> None:
        def work() -> None:
            if title is not None:
                self._store.rename(session_id, title)
                self._list(session_id)

        reporting(self, work)

    def action_delete(self) -> None:
        session = self._highlighted()
        if not session:
            return
        if session.id == self._current:
            self.notify("This session is open. Begin a new one, then it can be deleted.", markup=False)
        elif reporting(self, lambda: self._store.delete(session.id)):
            self.notify(f"Deleted “{one_line(session.title)}” – u undoes.", markup=False)
            self._list()

    def action_undo(self) -> None:
        """The last deletion first."""

        def work() -> None:
            back = self._store.undo_delete(self._deleted[-1].id)
            self.app.clear_notifications()  # that it is deleted
            self.notify(f"Restored “{one_line(back.title)}”.", markup=False)
            self._list(back.id)

        reporting(self, work)

    def _highlighted(self) -> Session | None:
        option = self.query_one(OptionList).highlighted_option
        return self._sessions.get(int(option.id)) if option and option.id else None

    def _list(self, highlight: int | None = None) -> None:
        """Lists what the search finds; the highlight stays where it is, or goes to the session named."""
        reporting(self, self._find)
        rows, sessions = self.query_one(OptionList), list(self._sessions.values())
        ids = [session.id for session in sessions]
        row = ids.index(highlight) if highlight in ids else rows.highlighted or 0
        rows.set_options(Option(_line(session, session.id == self._current), str(session.id)) for session in sessions)
        rows.highlighted = min(row, len(sessions) - 1) if sessions else None
        found = "" if sessions else "No session has these words." if self.query_one(Input).value else "No sessions yet."
        hint = self.query_one(".hint", Label)
        hint.update(found)
        hint.display = bool(found)
        self.refresh_bindings()

    def _find(self) -> None:
        self._sessions = {session.id: session for session in self._store.list(self.query_one(Input).value)}
        self._deleted = self._store.deleted()


def _line(session: Session, current: bool) -> Content:
    """Whether it is open, when it was used last (in local time), how many questions it has, and its title."""
    when = f"{session.updated.astimezone():%Y-%m-%d %H:%M}"
    questions = f"{session.turns:>4} question{' ' if session.turns == 1 else 's'}"
    title = (one_line(session.title), Style(bold=current))
    return Content.assemble("● " if current else "  ", when, questions, "  ", title)
