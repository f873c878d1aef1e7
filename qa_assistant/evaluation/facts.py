"""Whether an answer holds the expected facts: numbers and dates by their value, everything else word by word. Pure."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa_assistant.answering.numbers.value import Value
from qa_assistant.answering.numbers.values import values
from qa_assistant.index.words import SHORTEST, fold
from qa_assistant.letters import plain

_NOT_SAID = re.compile(r"\[[\d\s,;–-]+\]|\*")
"""Of an answer: citation marks, and Markdown's stars, which would be wildcards."""
_INVISIBLE = re.compile("[\u00ad\u0300-\u036f\u200b-\u200f\u2060\ufeff]")
"""What may stand inside a word: soft hyphens, joiners, and accents that compose with no letter."""
_WORD = re.compile(r"\d+|[^\W\d_]+\*?")
_NOT_LATIN = re.compile(r"[^\x00-\u024f\u0259\u1e00-\u1eff]")
_MONTH_AND_DAY = re.compile(r"\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class _Text:
    """A text as it is compared."""

    words: tuple[str, ...]
    """As they stand, in order; digits are words of their own."""
    values: Mapping[int, tuple[tuple[int, Value], ...]]
    """By the place of its first word: the place after its last word, and the value."""
    in_values: frozenset[int]
    """Places of words that belong to a value."""


def covered(fact: Sequence[str], answer: str, language: str | None = None, asked: str | None = None) -> bool:
    """Whether one of a fact's accepted wordings stands in the answer. `language` is the answer's, if known, and `asked`
    the question's, if that is another one: it decides which numbers a wording says.

    A number or date of a wording, however it is written, matches one of the same value; a date also a more exact one
    (`December 2022`, `12-03`). The other words must be the same whole words in the same order: case, diacritics,
    punctuation and script do not count, an ending only after a `*` (`diplomat*`).
    """
    text = _text(_NOT_SAID.sub(" ", answer), language)
    readings = [
        reading
        for wording in fact
        for written in _written(wording)
        for reading in _readings(written, language, asked or language)
    ]
    places = range(len(text.words))
    return any(_stands_at(place, text, reading) for reading in readings if reading.words for place in places)


def _readings(wording: str, language: str | None, asked: str | None) -> list[_Text]:
    """A wording as the question's language reads it; if that finds no number or date, as the answer's does, too.

    Wordings may be in either: `on kişi` is ten people of a Turkish article, also where the question is English. But of
    an English question `1 billion` is 10^9, though a German article writes 10^12 so.
    """
    reading = _text(wording, asked)
    return [reading] if reading.values or asked == language else [reading, _text(wording, language)]


def _written(wording: str) -> list[str]:
    """A wording such as `12-03` may be a month and a day as well as two numbers."""
    return [wording, "--" + wording.strip()] if _MONTH_AND_DAY.fullmatch(wording.strip()) else [wording]


def _stands_at(start: int, answer: _Text, wording: _Text) -> bool:
    """Whether the wording stands in the answer from that word on: values like values, words like words."""
    paths = [(0, start)]
    while paths:
        word, place = paths.pop()
        if word == len(wording.words):
            return True
        if place == len(answer.words):
            continue
        paths += [
            (after, last)
            for after, wanted in wording.values.get(word, ())
            for last, value in answer.values.get(place, ())
            if wanted.within(value)
        ]
        alone = any(last == place + 1 for last, _ in answer.values.get(place, ()))  # `U 1`, where `U1` is wanted
        plain_words = word not in wording.in_values and (alone or place not in answer.in_values)
        if plain_words and _same(wording.words[word], answer.words[place]):
            paths.append((word + 1, place + 1))
    return False


def _same(wanted: str, word: str) -> bool:
    if not wanted.endswith("*"):
        return _key(wanted) == _key(word)
    stem = wanted[:-1]
    return fold(word).startswith(fold(stem)) if len(fold(stem)) >= SHORTEST else plain(word).startswith(plain(stem))


def _key(word: str) -> str:
    """Words of four letters or more are compared across scripts; shorter ones would collide (он, on)."""
    folded = fold(word)
    return plain(word) if len(folded) < SHORTEST and _NOT_LATIN.search(word) else folded


def _text(text: str, language: str | None) -> _Text:
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    words = list(_WORD.finditer(text))
    starts, ends = [word.start() for word in words], [word.end() for word in words]
    found: dict[int, tuple[tuple[int, Value], ...]] = {}
    inside: set[int] = set()
    for value in values(text, language):
        first, after = bisect_right(ends, value.start), bisect_left(starts, value.end)
        found[first] = (*found.get(first, ()), (after, value))
        inside.update(range(first, after))
    return _Text(tuple(word[0] for word in words), found, frozenset(inside))
