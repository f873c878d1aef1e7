"""What numbers and dates need in languages other than those of `number_tables`: words for thousands and more, and how
Chinese, Japanese and Korean write both without spaces. Pure."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from decimal import Decimal

from qa_assistant.answering.numbers.value import Date, Reading, Value
from qa_assistant.letters import plain

EAST = ("zh", "ja", "ko")

_SCALES = {
    10**3: "mil mila duizend tys tysiąc tysiące tysięcy тис тисяч тисячі χιλιάδες χιλιάδων ألف آلاف هزار אלף אלפים "
    "հազար ათასი",
    10**6: "millón millones milione milioni milhão milhões miljoen milion miliony milionów мільйон мільйони мільйонів "
    "εκατ εκατομμύριο εκατομμύρια εκατομμυρίων مليون ملايين میلیون מיליון միլիոն მილიონი მლნ",
    10**9: "miliardo miliardi bilhão bilhões miljard mld miliard miliardy miliardów мільярд мільярди мільярдів δισ "
    "δισεκατομμύρια δισεκατομμυρίων مليار مليارات میلیارد מיליארד միլիարդ მილიარდი მლრდ",
}

_FOUR_DIGITS = {
    "万": 10**4,
    "萬": 10**4,
    "만": 10**4,
    "亿": 10**8,
    "億": 10**8,
    "억": 10**8,
    "兆": 10**12,
    "조": 10**12,
}
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_PART = re.compile(rf"({_NUMBER})([{''.join(_FOUR_DIGITS)}]?)")
_IN_EAST = re.compile(
    r"(?<!\d)(?<!\d[.,])(?:"
    r"(?:(?P<year>\d{4})[年년]\s?)?(?P<month>\d{1,2})[月월](?:\s?(?P<day>\d{1,2})[日일])?"
    r"|(?P<only>\d{4})[年년]"
    rf"|(?P<number>(?:{_NUMBER}[{''.join(_FOUR_DIGITS)}]\s?)*(?:{_NUMBER})?)(?P<percent>[%％])?)"
)


@functools.cache
def scales() -> dict[str, int]:
    """The value of each word, as `plain` gives it."""
    return {plain(word): value for value, words in _SCALES.items() for word in words.split()}


def in_east(text: str) -> Iterator[Value]:
    """The numbers and dates of a Chinese, Japanese or Korean text, in order."""
    for found in _IN_EAST.finditer(text):
        start, end = found.span()
        if found["number"]:
            number = sum(Decimal(digits.replace(",", "")) * _FOUR_DIGITS.get(unit, 1) for digits, unit in _parts(found))
            yield Value(start, end, frozenset({Decimal(number)}), percent=bool(found["percent"]))
        elif found["only"] or found["month"]:
            year, month, day = (int(one) if one else None for one in found.group("year", "month", "day"))
            date = Date(int(found["only"]) if found["only"] else year, month, day)
            readings: set[Reading] = {date} if date.exists() else set()
            if found["only"]:
                readings.add(Decimal(found["only"]))
            yield Value(start, end, frozenset(readings))


def _parts(found: re.Match[str]) -> list[tuple[str, str]]:
    return [(part[1], part[2]) for part in _PART.finditer(found["number"])]
