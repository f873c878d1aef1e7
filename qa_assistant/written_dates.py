"""Dates as people write them in many languages, as ISO 8601 and only as exact as they were written."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from qa_assistant.months import month as month_named
from qa_assistant.months import month_elsewhere

_NAME = r"(?P<name>[^\W\d_]{3,12})\.?"
_YEAR = r"(?P<year>\d{4})"
_NTH = "st|nd|rd|th|er|º"
_DAY = r"(?P<day>\d{1,2})"
_LATE_DAY = r"(?P<day>1[3-9]|2\d|3[01])"
"""No month: which number is the day can be told."""
_WRITTEN = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}(?:-(?P<month>\d{{2}})(?:-(?P<day>\d{{2}}))?)?",  # 2022-12-03, 2022-12, 2022
        rf"{_YEAR}(?P<month>\d{{2}})(?P<day>\d{{2}})",  # 20221203
        rf"{_YEAR}(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark){_DAY}",  # 2022/12/3, 2022.12.03, 2022-12-3
        rf"{_LATE_DAY}/(?P<month>\d{{1,2}})/{_YEAR}",  # 25/12/2022, but not 3/12/2022, which may be 12 March
        rf"(?P<month>\d{{1,2}})/{_LATE_DAY}/{_YEAR}",  # 12/25/2022
        rf"{_DAY}\. ?(?P<month>\d{{1,2}})\. ?{_YEAR}",  # 3.12.2022
        rf"{_YEAR}[年년] ?(?P<month>\d{{1,2}})[月월] ?{_DAY}[日일]",  # 2022年12月3日
        rf"(?P<month>\d{{1,2}})[月월] ?{_DAY}[日일]",
        # 3. Dezember, 3rd of December 2022, 3 de diciembre de 2022
        rf"{_DAY}(?:\.|{_NTH})? ?(?:of |de )?{_NAME}(?:(?:,| de)? {_YEAR}(?: ?г\.?| года| року| ?р\.)?)?",
        rf"{_NAME} {_DAY}(?:{_NTH})?(?:,? {_YEAR})?",  # December 3, 2022
        rf"{_NAME},? {_YEAR}",  # Dezember 2022
    )
)
_WEEKDAY = re.compile(r"^(?!\w+\.? \d)[^\W\d_]{2,12}(?:\.,?|,) (?=\w)|^(?:am|den|on|le) ", re.IGNORECASE)
_TIME = re.compile(r"(?:T|,? (?:um |at )?)\d{1,2}:\d{2}\b.*$")
_FIRST, _LAST = 1500, 2200
"""Years that news may be of."""


@dataclass(frozen=True, slots=True)
class Written:
    """A date as written: any part may be missing, and the parts need not make a date that exists, nor one of this
    calendar."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def iso(self) -> str | None:
        """`2022-12-03`, `2022-12` or `2022`; None without a year, for a date that does not exist, and for a year of
        another calendar: 1401 in Iran, 2565 in Thailand."""
        if self.year is None or not _FIRST <= self.year <= _LAST or (self.month is None and self.day is not None):
            return None
        try:
            whole = datetime.date(self.year, self.month or 1, self.day or 1).isoformat()
        except ValueError:
            return None
        return whole[: 10 if self.day is not None else 7 if self.month is not None else 4]


def parse(text: str) -> Written | None:
    """The date that `text` is, word for word, or None if it is anything else."""
    for pattern in _WRITTEN:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        parts = found.groupdict()
        month = int(parts["month"]) if parts.get("month") else None
        if parts.get("name"):
            month = month_named(parts["name"]) or month_elsewhere(parts["name"])
            if month is None:
                continue
        year, day = parts.get("year"), parts.get("day")
        return Written(int(year) if year else None, month, int(day) if day else None)
    return None


def normalise(text: str) -> str | None:
    """`text`, a date in a field of its own, as ISO 8601; None if it is no date, or could be read in two ways.

    A time of day and a weekday are left away; the day is the one written, whatever the time zone.
    """
    short = " ".join(text[:100].split())
    short = _TIME.sub("", short)
    written = parse(_WEEKDAY.sub("", short))
    return written.iso() if written else None
