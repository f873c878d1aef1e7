"""Numbers and dates in digits, in every way they can be read. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

from qa_assistant.answering.numbers.value import Date, Reading

SPACE = "[ \u00a0\u2009\u202f]"
"""What may stand between thousands, and between a number and its unit."""

_GROUPED = rf"[1-9]\d{{0,2}}(?P<by>[.,'’]|{SPACE})\d{{3}}(?:(?P=by)\d{{3}})*"
_WHOLE = re.compile(r"\d+")
_THOUSANDS = re.compile(_GROUPED)
_DECIMAL = re.compile(rf"(?P<whole>\d+|{_GROUPED})(?P<point>[.,])(?P<fraction>\d+)")
_YEAR = re.compile(r"[12]\d{3}")

_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<year>\d{4})(?P<by>[-./])(?P<month>\d{1,2})(?P=by)(?P<day>\d{1,2})",  # 2022-12-03
        r"(?P<year>\d{4})-(?P<month>\d{2})",  # 2022-12
        r"--(?P<month>\d{2})-(?P<day>\d{2})",  # --12-03, ISO 8601 without a year
        rf"(?P<day>\d{{1,2}})\.{SPACE}?(?P<month>\d{{1,2}})\.{SPACE}?(?P<year>\d{{4}}|\d{{2}})",  # 03.12.2022, 3.12.22
        r"(?P<day>\d{1,2})(?P<swap>[-/])(?P<month>\d{1,2})(?P=swap)(?P<year>\d{4}|(?<=/)\d{2})",  # 03/12/2022, 12/03/22
        r"(?P<month>\d{1,2})[./](?P<year>\d{4})",  # 12/2022
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.",  # 3.12.
    )
)
"""Each part by its name; day and month may change places around a `swap`."""
_SEASON = re.compile(r"(?P<first>[12]\d{3})[-/](?P<second>\d{2}|\d{4})")

_OTHER = re.compile(r"(?![0-9])\d|[٫٬％]")
_SIGNS = {"٫": ".", "٬": ",", "％": "%"}


def latin(text: str) -> str:
    """`text` with the digits 0 to 9 for those of other scripts, and as long as it was: ٢٠٢٢ is 2022."""
    return text if text.isascii() else _OTHER.sub(lambda one: _SIGNS.get(one[0]) or str(int(one[0])), text)


def dates(written: str) -> frozenset[Reading]:
    """The dates that digits mean, and the decimals that some also may be (`12.2022`, `3.12.`); empty if none."""
    for pattern in _DATES:
        if (match := pattern.fullmatch(written)) and (found := _found(match)):
            return found | numbers(written.rstrip("."))
    return frozenset()


def numbers(written: str) -> frozenset[Reading]:
    """The numbers that digits with separators mean: `1.200` is 1200 and 1.2, `2022` is a number and a year."""
    found: set[Reading] = set()
    if _WHOLE.fullmatch(written):
        found.add(Decimal(written))
        if _YEAR.fullmatch(written):
            found.add(Date(int(written), None, None))
    if _THOUSANDS.fullmatch(written):
        found.add(Decimal(_only_digits(written)))
    if (match := _DECIMAL.fullmatch(written)) and match["by"] != match["point"]:
        found.add(Decimal(f"{_only_digits(match['whole'])}.{match['fraction']}"))
    return frozenset(found)


def season(written: str) -> frozenset[Reading]:
    """Both years of `2022/23`; empty if it is no such thing."""
    match = _SEASON.fullmatch(written)
    if not match:
        return frozenset()
    first, second = int(match["first"]), int(match["second"])
    second += first // 100 * 100 if second < 100 else 0
    return frozenset({Date(first, None, None), Date(second, None, None)}) if 0 < second - first <= 10 else frozenset()


def _found(match: re.Match[str]) -> frozenset[Reading]:
    parts = match.groupdict()
    year, month, day = (int(parts[name]) if parts.get(name) else None for name in ("year", "month", "day"))
    years = [2000 + year, 1900 + year] if year is not None and len(parts["year"]) == 2 else [year]
    orders = [(month, day), (day, month)] if parts.get("swap") else [(month, day)]
    return frozenset(date for one in years for order in orders if (date := Date(one, *order)).exists())


def _only_digits(written: str) -> str:
    return re.sub(r"\D", "", written)
