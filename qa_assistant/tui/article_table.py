"""A table of any number of articles: only the rows on the screen are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from qa_assistant.records import Article
from qa_assistant.tui.article_rows import COLUMNS, ArticleRow

_MARK = "▶ "
_WIDEST = (1, 8, 8, 16)
"""The first columns take at most such a part of the width; title and path share the rest, two to one."""
_NARROWEST = 8


class ArticleTable(ScrollView, can_focus=True):
    """The header says which column the rows are sorted by; one row is chosen, and marked."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"article-table--header", "article-table--cursor"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "end(-1)", "First", show=False),
        Binding("end", "end(1)", "Last", show=False),
    ]

    @dataclass
    class HeaderClicked(Message):
        column: int

    class Opened(Message):
        """The chosen row was clicked."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[ArticleRow] = ()
        self._header: Sequence[str] = COLUMNS
        self._longest = [0] * len(_WIDEST)
        self._cursor = 0

    @property
    def chosen(self) -> Article | None:
        return self._rows[self._cursor].article if self._rows else None

    def measure(self, rows: Sequence[ArticleRow]) -> None:
        """Makes the columns wide enough for any of `rows`, as far as there is room."""
        self._longest = [
            max((cell_len(row.cells[column]) for row in rows), default=0) for column, _ in enumerate(_WIDEST)
        ]

    def show(self, rows: Sequence[ArticleRow], column: int, *, descending: bool) -> None:
        """Shows `rows`, which are sorted by `column`, from the first one on."""
        arrow = " ▼" if descending else " ▲"
        self._header = [name + arrow * (number == column) for number, name in enumerate(COLUMNS)]
        self._rows = rows
        self.virtual_size = Size(self.size.width, len(rows) + 1)
        self._choose(0)

    def action_move(self, by: int) -> None:
        self._choose(self._cursor + by)

    def action_page(self, by: int) -> None:
        self._choose(self._cursor + by * self._page)

    def action_end(self, by: int) -> None:
        self._choose(by * len(self._rows))

    def on_resize(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._rows) + 1)
        self._choose(self._cursor)

    def on_click(self, event: events.Click) -> None:
        place = event.get_content_offset(self)
        if place is None:
            return
        row = self.scroll_offset.y + place.y - 1
        if place.y == 0:
            self.post_message(self.HeaderClicked(self._column_at(place.x)))
        elif row == self._cursor:
            self.post_message(self.Opened())
        elif row < len(self._rows):
            self._choose(row)

    def render_line(self, y: int) -> Strip:
        row, base = self.scroll_offset.y + y - 1, self.rich_style
        width = self.scrollable_content_region.width
        if y == 0:
            text, style = self._line(self._header, "  "), self.get_component_rich_style("article-table--header")
        elif row == self._cursor and self._rows:
            text = self._line(self._rows[row].cells, _MARK)
            style = self.get_component_rich_style("article-table--cursor")
        else:
            text, style = self._line(self._rows[row].cells, "  ") if row < len(self._rows) else "", base
        return Strip([Segment(text, style)]).crop_extend(0, width, style)

    @property
    def _page(self) -> int:
        """Rows on the screen."""
        return max(1, self.scrollable_content_region.height - 1)

    def _choose(self, row: int) -> None:
        """Chooses the row nearest to this one, and brings it into view."""
        self._cursor = max(0, min(row, len(self._rows) - 1))
        top = self.scroll_offset.y
        wanted = min(max(top, self._cursor - self._page + 1), self._cursor)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, force=True)
        self.refresh()

    @property
    def _widths(self) -> list[int]:
        """Cells of each column; between two there is one more."""
        width = self.scrollable_content_region.width
        fixed = [
            max(len(name) + 2, min(longest, width // part))
            for name, longest, part in zip(COLUMNS, self._longest, _WIDEST, strict=False)
        ]
        rest = width - len(_MARK) - sum(fixed) - len(COLUMNS) + 1
        path = max(_NARROWEST, rest // 3)
        return [*fixed, max(_NARROWEST, rest - path), path]

    def _column_at(self, x: int) -> int:
        ends = accumulate(width + 1 for width in self._widths)
        return next((column for column, end in enumerate(ends) if x - len(_MARK) < end), len(COLUMNS) - 1)

    def _line(self, cells: Sequence[str], mark: str) -> str:
        return mark + " ".join(_fit(cell, width) for cell, width in zip(cells, self._widths, strict=True))


def _fit(text: str, width: int) -> str:
    """The text in exactly `width` cells, with an ellipsis if it is cut."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + "…"
