"""Articles as rows of a table: what the columns say, how they are sorted, and how they are found. No widget here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa_assistant import dateline
from qa_assistant.display import one_line
from qa_assistant.records import Article

COLUMNS = ("Date", "Agency", "Place", "Lang", "Title", "Path")
_SEARCHED = 500
"""Characters of an article's text that are looked through."""
_SHOWN = 300
"""Characters of a value: more than any column has room for."""


@dataclass(frozen=True, slots=True)
class ArticleRow:
    article: Article
    cells: tuple[str, ...]
    """One for each of COLUMNS, harmless and on one line; an article without a title has its first words behind
    the dateline there."""
    keys: tuple[str, ...]
    """The cells as they are compared."""
    words: str
    """What is found by typing: cells and the beginning of the text, folded."""

    @classmethod
    def of(cls, article: Article) -> ArticleRow:
        known = article.metadata
        behind = dateline.length(article.text.partition("\n")[0])
        title = known.title or article.text[behind:].lstrip("-–—.: \n") or article.text
        values = (known.date, known.agency, known.place, known.language, title, article.path)
        cells = tuple(one_line((value or "")[:_SHOWN]) for value in values)
        words = folded(f"{article.text[:_SEARCHED]} {article.path} {known.title or ''}")
        keys = tuple(folded(cell) for cell in cells)
        return cls(article, cells, keys, " ".join((*keys[:3], words)))


def folded(text: str) -> str:
    """The text in lower-case Latin letters: Müller and Мюллер are found however one types."""
    from anyascii import anyascii

    return anyascii(text).lower()


def sorted_by(rows: Iterable[ArticleRow], column: int, *, descending: bool) -> list[ArticleRow]:
    """Rows that are equal keep their order; those with nothing in the column come last, whatever the direction."""
    known: list[ArticleRow] = []
    unknown: list[ArticleRow] = []
    for row in rows:
        (known if row.keys[column] else unknown).append(row)
    return sorted(known, key=lambda row: row.keys[column], reverse=descending) + unknown


def matching(rows: Sequence[ArticleRow], typed: str) -> list[ArticleRow]:
    """The rows that have every word of `typed`, or the beginning or any part of one."""
    words = folded(typed).split()
    return [row for row in rows if all(word in row.words for word in words)]
