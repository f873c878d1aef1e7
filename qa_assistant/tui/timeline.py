"""How many articles there are of each month, as a small chart of block characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textual.content import Content
from textual.widgets import Static

from qa_assistant.dates import day_range
from qa_assistant.records import Filters

_BLOCKS = " ▁▂▃▄▅▆▇█"
_INSIDE = "━"
_WIDEST = 4
"""Columns of one month, if there is room."""
_LABEL = len("2022-12 ")
_YEAR = len("2022")


@dataclass(frozen=True, slots=True)
class Months:
    """Articles by month, which is counted from January of the year 0. A date known by its year only counts for that
    year's January, so that no month is made up of halves; `year_only` says how many those are."""

    counts: Mapping[int, int]
    undated: int
    year_only: int

    @classmethod
    def of(cls, dates: Iterable[str | None]) -> Months:
        """`dates` are ISO 8601 of any precision; None, and what is no date, is undated."""
        counts: Counter[int] = Counter()
        undated = year_only = 0
        for date, articles in Counter(dates).items():
            month = month_of(date)
            if month is None:
                undated += articles
            else:
                counts[month] += articles
                year_only += articles * (len(date or "") == _YEAR)
        return cls(counts, undated, year_only)


def month_of(date: str | None) -> int | None:
    """Months since January of the year 0, of a date's first day."""
    try:
        year, month, _ = day_range(date or "")[0].split("-")
    except ValueError:
        return None
    return 12 * int(year) + int(month) - 1


def month_name(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}"


def chart(shown: Months, width: int, filters: Filters | None = None, of: Months | None = None) -> list[str]:
    """Bars between the first and the last month; a line under the months that are asked, those inside `filters`, if
    they name a date; and what the bars mean. The first two take at most `width` cells if that is 17 or more.

    The axis is that of the months `of`, so that it stays when fewer are shown. Months without articles are gaps; if
    there are more months than columns, a bar stands for several.
    """
    dated = (of or shown).counts
    if not dated:
        return [_note(shown, {}, 1)]
    first, last = min(dated), max(dated)
    room = max(1, width - 2 * _LABEL)
    months = last - first + 1
    each = -(-months // room)  # months of a bar
    columns = max(1, min(_WIDEST, room // months))  # of a bar
    bars: Counter[int] = Counter()
    for month, articles in shown.counts.items():
        bars[(month - first) // each] += articles
    highest = max(bars.values(), default=1)
    number = -(-months // each)
    drawn = "".join(_BLOCKS[-(-8 * bars[bar] // highest)] * columns for bar in range(number))
    lines = [f"{month_name(first)} {drawn} {month_name(last)}" if number > 1 else f"{month_name(first)} {drawn}"]
    period = filters and (filters.since or filters.until)
    if filters and period:
        since, until = month_of(filters.since) or 0, month_of(filters.until) or last
        inside = (since < first + (bar + 1) * each and first + bar * each <= until for bar in range(number))
        lines.append(f"{'asked':<{_LABEL}}" + "".join((_INSIDE if one else " ") * columns for one in inside).rstrip())
    starts = {first + bar * each: articles for bar, articles in bars.items()}
    return [*lines, _note(shown, starts, each)]


def _note(shown: Months, bars: Mapping[int, int], each: int) -> str:
    """The largest bar, what a bar is, and the articles that are not where one might look for them."""
    parts = []
    if bars:
        most = max(bars, key=lambda bar: (bars[bar], -bar))
        until = f" to {month_name(most + each - 1)}" if each > 1 else ""
        parts.append(f"most: {bars[most]:,} in {month_name(most)}{until}")
    if shown.undated:
        parts.append(f"{shown.undated:,} without a date")
    if shown.year_only:
        parts.append(f"{shown.year_only:,} known by the year only, counted in January")
    return " · ".join(parts) or "no articles"


class Timeline(Static):
    """The chart, as wide as there is room."""

    def __init__(self, filters: Filters) -> None:
        super().__init__(markup=False)
        self._filters = filters
        self._shown = self._all = Months.of(())

    def show(self, shown: Months, of: Months) -> None:
        """Shows how many of the months `of` are shown."""
        self._shown, self._all = shown, of
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        lines = chart(self._shown, self.content_size.width, self._filters, self._all)
        self.update(Content("\n".join(lines)))
