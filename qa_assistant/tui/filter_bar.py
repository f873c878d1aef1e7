"""Which articles questions are asked of: from a date, to a date, of an agency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Label

from qa_assistant.dates import day_range
from qa_assistant.display import one_line
from qa_assistant.errors import FiltersError
from qa_assistant.records import Filters, agencies
from qa_assistant.tui.text_input import TextInput, after_typing
from qa_assistant.written_dates import normalise

_DATE_LENGTH = 40
_AGENCY_LENGTH = 200
_ROOM_FOR_ALL = 64
"""Columns for three fields with their names, in which an agency's name can be read."""


class FilterBar(Vertical):
    """Hidden until it is opened. Enter applies what the fields say and closes it; all fields empty is no filter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "apply", "Apply", priority=True),
        Binding("ctrl+l", "clear", "Clear", priority=True),
        Binding("escape", "leave", "Leave"),
        # Seen at once, so that what is typed after it goes to the next field.
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
    ]

    @dataclass
    class Changed(Message):
        """From now on questions are asked of the articles that `filters` let through."""

        filters: Filters

    def __init__(self) -> None:
        super().__init__()
        self.display = False
        self._agencies: list[str] = []
        self._applied = ("", "", "")
        """What the fields said when they were applied last."""
        self._before: Widget | None = None
        """What had the focus before the bar."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            for name, example, length in (
                ("since", "e.g. 2022-12", _DATE_LENGTH),
                ("until", "e.g. 2022-12", _DATE_LENGTH),
                ("agency", "any", _AGENCY_LENGTH),
            ):
                yield Label(name.capitalize(), markup=False)
                yield TextInput(placeholder=example, max_length=length, compact=True, id=f"filter-{name}")
        yield Label(markup=False, id="filter-problem")

    def on_mount(self) -> None:
        self._say("")

    def on_resize(self) -> None:
        """Fields that have no room beside each other stand below each other."""
        self.set_class(self.size.width < _ROOM_FOR_ALL, "-thin")

    def suggest(self, agencies: Sequence[str]) -> None:
        """Completes the name of an agency to one of these."""
        names = [one_line(name) for name in agencies]
        if names != self._agencies:
            self._agencies = names
            self.query_one("#filter-agency", TextInput).suggester = SuggestFromList(names, case_sensitive=False)

    def open(self) -> None:
        focused = self.screen.focused
        if focused and self not in focused.ancestors:
            self._before = focused
        self.display = True
        self._fields[0].focus()

    def set(self, filters: Filters) -> None:
        """Applies `filters`, as if they had been typed."""
        self._fill((filters.since or "", filters.until or "", filters.agency or ""))
        self._take(filters)

    def action_apply(self) -> None:
        after_typing(self, self._apply)

    def _apply(self) -> None:
        since, until, agency = (field.value.strip() or None for field in self._fields)
        try:
            filters = Filters(_iso(since), _iso(until), agency)
            self._take(filters)
        except FiltersError as error:
            self._say(f"{error.message} {error.hint}")
            return
        known = {one for name in self._agencies for one in agencies(name)}
        if known and not known.issuperset(filters.agencies):
            self.notify(f"No article is of the agency “{agency}”.", severity="warning", markup=False)
        self._close()

    def action_clear(self) -> None:
        self._fill(("", "", ""))

    def action_leave(self) -> None:
        """Closes the bar; what was typed and not applied is gone."""
        self._fill(self._applied)
        self._close()

    @property
    def _fields(self) -> list[TextInput]:
        return list(self.query(TextInput))

    def _fill(self, texts: Sequence[str]) -> None:
        for field, text in zip(self._fields, texts, strict=True):
            field.value = one_line(text)
        self._say("")

    def _take(self, filters: Filters) -> None:
        since, until, agency = (field.value for field in self._fields)
        self._applied = (since, until, agency)
        self.post_message(self.Changed(filters))

    def _say(self, problem: str) -> None:
        label = self.query_one("#filter-problem", Label)
        label.update(Content(problem))
        label.display = bool(problem)

    def _close(self) -> None:
        self._say("")
        if self._before and self._before.is_attached:
            self.screen.set_focus(self._before)
        self.display = False


def _iso(date: str | None) -> str | None:
    """A date as people write it (7 Mart 2023) as ISO 8601; as it is if it is none."""
    return normalise(date or "") or date


def describe_filters(filters: Filters) -> str:
    """What they let through, for a bar, with dates as short as they can be written; empty without filters."""
    return " · ".join(part for part in (_period(filters.since, filters.until), one_line(filters.agency or "")) if part)


def _period(since: str | None, until: str | None) -> str:
    if since and until:
        for exact in (since[:4], since[:7], since):
            if day_range(exact) == (since, until):
                return f"only {exact}"
        return f"{since} to {until}"
    return f"since {since}" if since else f"until {until}" if until else ""
