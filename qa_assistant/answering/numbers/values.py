"""The numbers and dates that a text holds, so that they can be compared across languages and ways of writing. Pure.

Where a form can be read in two ways (`1.200`, `03/04/2022`), both readings are kept, and two values are the same if
they share one. Ordinals are numbers: `30.`, `thirtieth` and `тридцатый` are 30. What is no quantity is compared to the
digit: digits of names (`G20`, `COVID-19`), times and scores (`10:30`), decades (`1990er`). The word for one is left out
(`number_words`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from qa_assistant.answering.numbers import digits, elsewhere, number_words
from qa_assistant.answering.numbers.currencies import currency
from qa_assistant.answering.numbers.date_phrases import joined, month_value
from qa_assistant.answering.numbers.digits import SPACE
from qa_assistant.answering.numbers.number_tables import LANGUAGES
from qa_assistant.answering.numbers.value import Value
from qa_assistant.letters import plain
from qa_assistant.months import month, month_elsewhere

_LETTERS = r"[^\W\d_][\w\u0300-\u036f]*"
_TOKEN = re.compile(
    # A word takes the digits of COVID-19 with it, but not the year of EURO-2024.
    rf"(?P<word>{_LETTERS}(?:[-‑]\d(?!\d{{3}}(?!\d))\w*)?)"
    r"|(?<!\w)(?<!\d[:.,/])(?P<digits>"
    rf"\d{{1,2}}\.{SPACE}\d{{1,2}}\.{SPACE}\d{{4}}(?!\d)|--\d\d-\d\d(?!\d)"
    rf"|\d{{1,3}}(?:{SPACE}\d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[-./:,'’]\d+)*)"
)
_TAIL = re.compile(rf"(?P<joint>[-‑'’]?)(?P<word>{_LETTERS})")
_NEXT_WORD = re.compile(rf"{SPACE}?(?P<word>{_LETTERS})")
_BETWEEN_WORDS = re.compile(r"\s{1,2}|[-‑]")
_LONGEST = 16
"""Words of the longest number that is read."""

_ENDING = re.compile(
    r"st|nd|rd|th|e|er|i?[eè]?re|i?[eè]me|nde?|s?te[rsnm]?|г"  # en, fr, de
    r"|[йяеюмх]|го|му|ая|ое|ой|ом|ую|ый|ий|ые|ых|ти|ми|ого|ому|ыми"  # ru
    r"|(?:[iuü]?n)?c[iuü]\w{0,5}|d[aeə]n?|[iuüaə]|n[iuü]n?|s[iuü]|[iuü]n"  # az
)
"""What makes an ordinal of digits or inflects them: 29th, 29e, 29-й, 29-cu."""
_DECADES = ("s", "er", "ern", "-х", "-ых")
_DECADE = re.compile(r"['’]?l[ae]r|-?c[iıuü]\u0308?\s+il+[aə]r", re.IGNORECASE)
"""The same in Turkish and Azerbaijani: 80'lerde, 1980-ci illərdə."""
_PERCENT = re.compile(
    r"\s?(?:%|prozent\b|percent\b|per cent\b|pour cent\b|процент(?:а|ов|ы|у|ом|е|ам|ами|ах)?\b|faiz\w*)", re.IGNORECASE
)
_MILLIONS = re.compile(r"m\b")
"""Of money: £30m. A number with an m behind it is mostly one of metres."""
_PERCENT_BEFORE = re.compile(r"(?:%|\byüzde\s)$", re.IGNORECASE)
_MINUS_BEFORE = re.compile(r"(?:^|[\s(\[\"'„“‚‘«»*])[-−–]$")


_DIGITS = re.compile(r"\d+(?::\d+)*")


@dataclass(frozen=True, slots=True)
class Values:
    """The values of a text in order. `value in values` asks whether one of them says `value` too."""

    items: tuple[Value, ...]
    digits: frozenset[str] = frozenset()
    """Those that are part of no value, as they are written: 19 of `COVID-19`, 1990 of `1990er`."""

    def __iter__(self) -> Iterator[Value]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, value: Value) -> bool:
        return any(value.within(item) for item in self.items) or not self.digits.isdisjoint(value.whole)

    def has_digits(self, digits: str) -> bool:
        """Whether those stand here, in a value or not; `80` of `the 80s` does in `1980er`."""
        if digits in self.digits or any(digits in item.whole for item in self.items):
            return True
        return len(digits) == 2 and digits[1] == "0" and any(len(own) == 4 and own[2:] == digits for own in self.digits)

    def __add__(self, other: Values) -> Values:
        """Those of both texts."""
        return Values(self.items + other.items, self.digits | other.digits)


def values(text: str, language: str | None = None) -> Values:
    """Every number and date of `text`. `language` (ISO 639-1) settles words that mean something else in another."""
    text = digits.latin(text)
    if language in elsewhere.EAST:
        return Values(tuple(elsewhere.in_east(text)))
    found: list[Value] = []
    tokens = list(_TOKEN.finditer(text))
    for place, token in enumerate(tokens):
        done = found[-1].end if found else 0
        if token.start() < done:
            continue
        if token["digits"]:
            found += [_with_signs(text, value, done) for value in _in_digits(text, token, language)]
        elif value := _in_words(text, tokens, place, language):
            found.append(_with_signs(text, value, done))
        elif number := month(token["word"]) or _month_elsewhere(token["word"], language):
            found.append(month_value(token.start(), token.end(), number))
    items = tuple(joined(text, found, language))
    return Values(items, _loose(text, items))


def _month_elsewhere(word: str, language: str | None) -> int | None:
    """The month of `diciembre`; not of an abbreviation, which is more often another word."""
    known = language is None or language in LANGUAGES or len(word) < 4
    return None if known else month_elsewhere(word)


def _loose(text: str, items: Sequence[Value]) -> frozenset[str]:
    """The digits of `text` that belong to none of its values, which are in order."""
    found: list[str] = []
    place = 0
    for match in _DIGITS.finditer(text):
        while place < len(items) and items[place].end <= match.start():
            place += 1
        if place == len(items) or items[place].start >= match.end():
            found.append(match[0])
    return frozenset(found)


def _in_digits(text: str, token: re.Match[str], language: str | None) -> list[Value]:
    written, start, end = token["digits"], token.start(), token.end()
    with_stop = written + "." if text[end : end + 1] == "." else written
    if readings := digits.dates(written) or digits.dates(with_stop) or digits.season(written):
        return [Value(start, end, readings)]
    money = bool(_MILLIONS.match(text, end)) and text[:start].endswith(("£", "$", "€"))
    after = end if money else _after_ending(text, written, end, language)
    if after is None:
        return []
    found = [
        Value(start + part.start(), start + part.end(), readings)
        for part in re.finditer(r"[^-]+", written)
        if (readings := digits.numbers(part[0]))
    ]
    if not found or found[-1].end < end:
        return found
    last = replace(found.pop(), end=after)
    if unit := _NEXT_WORD.match(text, after):
        scales = frozenset({10**6}) if money else number_words.scales(plain(unit["word"]), language)
        if scales:
            readings = frozenset(one * scale for one in last.readings if isinstance(one, Decimal) for scale in scales)
            last = replace(last, end=unit.end(), readings=readings)
    return [*found, last]


def _after_ending(text: str, written: str, end: int, language: str | None) -> int | None:
    """Where the number in digits that ends at `end` ends with its grammatical ending; None if it is no quantity."""
    tail = _TAIL.match(text, end)
    if not tail:
        return end
    joint, word = tail["joint"], plain(tail["word"])
    if language in ("tr", "az") and written.endswith("0") and _DECADE.match(text, end):
        return None
    if joint and joint in "'’":
        return tail.end() if len(word) <= 8 else end
    if number_words.scales(word, language):
        return end
    if written.endswith("0") and (joint + word in _DECADES or (len(written) > 3 and joint + word in ("-е", "-ые"))):
        return None
    if _ENDING.fullmatch(word):
        return tail.end()
    return None if not joint and (len(word) == 1 or not word.isalpha()) else end


def _in_words(text: str, tokens: Sequence[re.Match[str]], place: int, language: str | None) -> Value | None:
    words = [plain(tokens[place]["word"])]
    if not number_words.spoken_in(words[0]):
        return None
    for left, right in pairwise(tokens[place : place + _LONGEST]):
        if not right["word"] or not _BETWEEN_WORDS.fullmatch(text, left.end(), right.start()):
            break
        words.append(plain(right["word"]))
    before = tokens[place - 1] if place else None
    result = number_words.read(words, plain(before["word"] or "") if before else "", language)
    if result is None or (before and before["digits"] and month(words[0])):  # le 7 sept
        return None
    count, numbers = result
    end = tokens[place + count - 1].end()
    return Value(tokens[place].start(), end, frozenset(map(Decimal, numbers)))


def _with_signs(text: str, value: Value, done: int) -> Value:
    """`value` with the percent, currency and minus signs beside it; what is before `done` belongs to another one."""
    numbers = [one for one in value.readings if isinstance(one, Decimal)]
    if not numbers:
        return value
    start, end = value.start, value.end
    after = _PERCENT.match(text, end)
    before = None if after else _PERCENT_BEFORE.search(text[max(done, start - 6) : start])
    if after or before:
        start, end = start - len(before[0]) if before else start, after.end() if after else end
        return Value(start, end, frozenset(numbers), percent=True)
    if money := currency(text, start, end, done):
        code, start, end = money
        value = Value(start, end, frozenset(numbers), currency=code)
    is_range = done and len(text[done:start].strip()) < 2
    if _MINUS_BEFORE.search(text[max(0, start - 2) : start]) and not is_range:
        return replace(value, start=start - 1, readings=frozenset(-number for number in numbers))
    return value
