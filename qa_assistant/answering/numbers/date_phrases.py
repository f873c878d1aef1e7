"""Days, months and years that stand side by side, joined to dates in the way each language writes them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from decimal import Decimal

from qa_assistant import months
from qa_assistant.answering.numbers.value import Date, Value

_DAY_MONTH = re.compile(r"\.?\s{0,2}(?:of\s|de\s|d['’]|des\s)?", re.IGNORECASE)
_MONTH_DAY = re.compile(r"\.?\s{1,2}(?:the\s)?", re.IGNORECASE)
_DAY_DAY = re.compile(r"\.?(?:\s?[-–—/]\s?|\s(?:bis|und|and|to|и|по|ve|və|ile|ilə|et|au)\s(?:zum\s)?)", re.IGNORECASE)
_MONTH_YEAR = re.compile(r"\.?,?\s{1,2}(?:of\s|de\s|des\sjahres\s)?", re.IGNORECASE)
_YEAR_MONTH = re.compile(r"\.?\s{1,2}(?:(?:il|yıl)\w*\s)?", re.IGNORECASE)

_DAY_LAST = (None, "en", "az")
_YEAR_FIRST = (None, "az", "tr")


def month_value(start: int, end: int, month: int) -> Value:
    """The name of a month, before it is joined to anything."""
    return Value(start, end, frozenset({Date(None, month, None)}))


_WITH_A_DAY = {"en": ("March", "May"), "fr": ("mars",), "tr": ("Mart",), "az": ("mart",)}
"""Names that are other words too, but the month beside a day, as that language writes it."""


def joined(text: str, found: Sequence[Value], language: str | None) -> list[Value]:
    """`found` with each month's name and the day and the year beside it made one date.

    A name that is another word too (May, Ara) is no date by itself, and a number beside it stays a number as well, but
    of “3 May” where that is how the language writes it. An abbreviation is no date by itself either.
    """
    made: list[Value] = []
    claimed: set[int] = set()
    """Days and years that belong to a date."""
    used: set[int] = set()
    """Those and months that are nothing else."""
    for place, value in enumerate(found):
        if not _is_month(value):
            continue
        days, year = _beside(text, found, place, claimed, language)
        dates = [date for day in (*days,) or (None,) if (date := _date(found, day, place, year))]
        beside = {one for one in (*days, year) if dates and one is not None}
        claimed |= beside
        name = text[value.start : value.end]
        ambiguous = months.is_other_word(name)
        told = days and (year is not None or name in _WITH_A_DAY.get(language or "", ()))
        if dates and (not ambiguous or told):
            used |= {place, *beside}
        elif dates or ambiguous or months.is_short(name):
            used.add(place)
        made += dates
    kept = [value for place, value in enumerate(found) if place not in used]
    return sorted(kept + made, key=lambda value: (value.start, value.end))


def _is_month(value: Value) -> bool:
    """Whether it is the name of a month, and nothing else."""
    (reading, *others) = value.readings
    return not others and isinstance(reading, Date) and reading.month is not None and not (reading.year or reading.day)


def _beside(
    text: str, found: Sequence[Value], place: int, claimed: Set[int], language: str | None
) -> tuple[list[int], int | None]:
    """Places of the days and of the year that belong to the month at `place` and not to another one."""

    def touch(left: int, right: int, gap: re.Pattern[str]) -> bool:
        free = left >= 0 and right < len(found) and not claimed & {left, right}
        return free and gap.fullmatch(text, found[left].end, found[right].start) is not None

    days: list[int] = []
    if touch(place - 1, place, _DAY_MONTH) and _day(found[place - 1]):
        days = [place - 1]
        while touch(days[0] - 1, days[0], _DAY_DAY) and _day(found[days[0] - 1]):
            days.insert(0, days[0] - 1)
    elif language in _DAY_LAST and touch(place, place + 1, _MONTH_DAY) and _day(found[place + 1]):
        days = [place + 1]
        while touch(days[-1], days[-1] + 1, _DAY_DAY) and _day(found[days[-1] + 1]):
            days.append(days[-1] + 1)
    first, last = min([place, *days]), max([place, *days])
    if touch(last, last + 1, _MONTH_YEAR) and _year(found[last + 1]):
        return days, last + 1
    if language in _YEAR_FIRST and touch(first - 1, first, _YEAR_MONTH) and _year(found[first - 1]):
        return days, first - 1
    return days, None


def _date(found: Sequence[Value], day: int | None, month: int, year: int | None) -> Value | None:
    """The date that stands at those places of `found`; None for a month alone, or if there is no such day."""
    parts = [found[place] for place in (day, month, year) if place is not None]
    (named,) = found[month].readings
    assert isinstance(named, Date)
    date = Date(
        _year(found[year]) if year is not None else None, named.month, _day(found[day]) if day is not None else None
    )
    if len(parts) == 1 or not date.exists():
        return None
    return Value(min(part.start for part in parts), max(part.end for part in parts), frozenset({date}))


def _day(value: Value) -> int | None:
    numbers = [int(one) for one in value.readings if isinstance(one, Decimal) and one in _DAYS and not value.percent]
    return numbers[0] if numbers else None


def _year(value: Value) -> int | None:
    years = [one.year for one in value.readings if isinstance(one, Date) and one.year and one.month is None]
    return years[0] if years else None


_DAYS = frozenset(map(Decimal, range(1, 32)))
