"""What a reader of one format hands on: articles as the file has them, and rows that could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LONGEST_ARTICLE = 5_000_000
"""Characters of one article: twice the longest novel, and 20 minutes of embedding on 2 cores, all held in memory. What
is longer is many articles in one file, whose citations nobody could follow."""


@dataclass(frozen=True, slots=True)
class Raw:
    """One article and what its file says about it: text and values as found, neither cleaned nor normalised."""

    text: str
    title: str | None = None
    date: str | None = None
    place: str | None = None
    agency: str | None = None
    language: str | None = None
    publisher: str | None = None
    """Whose site a web page is; counts as the agency if the article names none."""
    line: int | None = None
    """Line of the file where the row begins, counted from 1; None if the file is one article."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that could not be read, while the rest of the file could."""

    reason: str
    line: int | None = None
    lost: bool = True
    """Whether text is missing that the file has."""


def scalar(value: Any) -> str | None:
    """A text or number as text; None for anything else, and for what is blank."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None
