"""How an article and a quote of it are named on one line, and how a doubtful sentence is marked."""

from __future__ import annotations

import re

from qa_assistant.display import one_line
from qa_assistant.records import Article, Citation

DOUBTED = "[?]"
"""Behind a sentence of an answer that no passage bears, wherever it is shown."""

MACHINE_TRANSLATION = "Machine translation"
"""What every translation is marked with, wherever it is shown."""

_MARKS = re.compile(r" ?\[\d+\]")


def without_marks(text: str) -> str:
    """An answer's text without its citation marks: `They met. [1][2]` is `They met.`"""
    return _MARKS.sub("", text)


def describe(article: Article) -> str:
    """Date, place, agency, title and path, as far as they are known."""
    known = article.metadata
    parts = (known.date, known.place, known.agency, known.title, article.path)
    return " · ".join(one_line(part) for part in parts if part)


def heading(article: Article) -> tuple[str, str]:
    """An article's name, and on a second line what else is known: its title if it has one, else when and where."""
    known = article.metadata
    about = " · ".join(one_line(part) for part in (known.date, known.place, known.agency, known.language) if part)
    path = one_line(article.path)
    if known.title:
        return one_line(known.title), f"{about} · {path}" if about else path
    return (about, path) if about else (path, "")


def quoted(citation: Citation) -> str:
    """A quote with its reference, as one pastes it into a text of one's own."""
    return f"“{one_line(citation.quote)}” ({describe(citation.article)}:{citation.line})"
