"""A text of any length with marked places in it. Only what is on the screen is drawn."""

from __future__ import annotations

import asyncio
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, islice, pairwise

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from qa_assistant.tui.wrapping import shown, wrap

_MARGIN = 5
_BATCH = 2000
"""Lines that are laid out between two looks at the keyboard: some milliseconds' work."""

_CHOSEN = Style(bold=True, reverse=True)
_OTHER = Style(bold=True, underline=True)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text, offsets in code points; `label` stands in the margin, in at most three cells."""

    start: int
    end: int
    label: str = ""


class ArticleText(ScrollView, can_focus=True):
    """The text, wrapped. The chosen mark is reversed and has an arrow in the margin; the others are underlined.

    A large text is laid out piece by piece, so that keys are answered meanwhile. Resizing keeps the first line's words.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self._starts = array("L")  # the offset at which each line begins; empty until the text is laid out
        self._top = 0
        """Offset that stays on the first line when the width changes."""
        self._wanted: int | None = None
        """Offset to be brought into view once the text is laid out."""
        self._marks: list[Mark] = []
        self._reach: list[int] = []  # for each mark how far it or one before it goes
        self._chosen: Mark | None = None

    @property
    def top(self) -> int:
        """The offset of the first character on the screen."""
        return self._top

    def mark(self, marks: Sequence[Mark], chosen: Mark | None = None, *, reveal: bool = True) -> None:
        """Shows these marks instead of those before, and brings the chosen one into view if it is to be revealed."""
        self._marks = sorted(marks, key=lambda mark: (mark.start, mark.end))
        self._reach = list(accumulate((mark.end for mark in self._marks), max))
        self._chosen = chosen
        if chosen and reveal:
            self._wanted = chosen.start
            self._bring_into_view()
        self.refresh()

    def on_resize(self) -> None:
        self.run_worker(self._lay_out(max(1, self.scrollable_content_region.width - _MARGIN)), exclusive=True)

    async def _lay_out(self, width: int) -> None:
        starts, lines = array("L"), wrap(self._text, width)
        while batch := array("L", islice(lines, _BATCH)):
            starts += batch
            await asyncio.sleep(0)
        top, self._starts = self._top, starts
        self.virtual_size = Size(width + _MARGIN, len(starts))
        self._top = top
        self._scroll_to_row(self._row(top))
        self._bring_into_view()
        self.refresh()

    def _bring_into_view(self) -> None:
        """Puts the wanted offset into the upper third of the screen, as far as the text's end allows."""
        if self._starts and self._wanted is not None:
            row, self._wanted = self._row(self._wanted), None
            self._scroll_to_row(row - self.scrollable_content_region.height // 5)

    def _scroll_to_row(self, row: int) -> None:
        self.scroll_to(y=max(0, row), animate=False, force=True)

    def _row(self, offset: int) -> int:
        return bisect_right(self._starts, offset) - 1

    def _line(self, row: int) -> tuple[int, int]:
        """Where a line begins and ends in the text."""
        return self._starts[row], self._starts[row + 1] if row + 1 < len(self._starts) else len(self._text)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        row = round(new_value)
        if row < len(self._starts) and self._row(self._top) != row:
            self._top = self._starts[row]

    def render_line(self, y: int) -> Strip:
        width, base = self.scrollable_content_region.width, self.rich_style
        if not self._starts:
            return Strip([Segment("Laying out the article …" * (y == 0), base)]).crop_extend(0, width, base)
        row = self.scroll_offset.y + y
        if row >= len(self._starts):
            return Strip.blank(width, base)
        start, end = self._line(row)
        marks = self._marks[bisect_right(self._reach, start) : bisect_left(self._marks, end, key=_start)]
        marks = [mark for mark in marks if mark.end > start]
        segments = [Segment(self._margin(start, marks), base + Style(bold=True))]
        segments += [Segment(text, base + style) for text, style in self._pieces(start, end, marks)]
        return Strip(segments).crop_extend(0, width, base)

    def _margin(self, start: int, marks: Sequence[Mark]) -> str:
        """An arrow beside every line of the chosen mark, and the labels of marks where they begin."""
        labels = [mark.label for mark in marks if mark.start >= start]
        return f"{'▶' if self._chosen in marks else ' '}{labels[0] if labels else '':>3} "

    def _pieces(self, start: int, end: int, marks: Sequence[Mark]) -> list[tuple[str, Style]]:
        """The line's text, cut where marks begin and end."""
        line = shown(self._text[start:end])
        end = start + len(line)
        cuts = sorted({start, end, *(cut for mark in marks for cut in (mark.start, mark.end) if start < cut < end)})
        pieces = []
        for left, right in pairwise(cuts):
            here = [mark for mark in marks if mark.start <= left and right <= mark.end]
            style = _CHOSEN if self._chosen in here else _OTHER if here else Style()
            pieces.append((line[left - start : right - start], style))
        return pieces


def _start(mark: Mark) -> int:
    return mark.start
