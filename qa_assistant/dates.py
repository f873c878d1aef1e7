"""Dates as exact as they are known: `2022-12-03`, `2022-12` or `2022`, and the days they stand for."""

from __future__ import annotations

import calendar
import re
from datetime import date

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def day_range(text: str) -> tuple[str, str]:
    """First and last day of an ISO date of any precision: `2022-12` is `("2022-12-01", "2022-12-31")`.

    Raises ValueError for anything else, days that do not exist included.
    """
    match = _ISO.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a date such as 2022-12-03, 2022-12 or 2022")
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        raise ValueError(f"{text!r} is no date that exists") from None
    if day:
        last = first
    else:
        last_month = month or 12
        last = date(year, last_month, calendar.monthrange(year, last_month)[1])
    return first.isoformat(), last.isoformat()


def interval(since: str | None, until: str | None) -> tuple[str | None, str | None]:
    """First day of `since` and last day of `until`; None for one that is not given.

    Raises ValueError if one is no ISO date of any precision, and if `since` is later than `until`.
    """
    first = day_range(since)[0] if since else None
    last = day_range(until)[1] if until else None
    if first and last and first > last:
        raise ValueError(f"since {since} is later than until {until}")
    return first, last
