"""An article on the screen, and what one sees of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePath
from typing import Any, ClassVar

from pilot import until
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

import qa_assistant.tui
from qa_assistant.records import Article, Citation, Metadata
from qa_assistant.tui.article_screen import ArticleScreen
from qa_assistant.tui.article_text import ArticleText

LONG = "\n".join(f"Line {number} says that the café was open on day {number}." for number in range(1, 301))


def article(text: str, **known: str) -> Article:
    metadata = {
        "title": "A title",
        "date": "2022-12-03",
        "place": "Baku",
        "agency": "AZERTAC",
        "language": "de",
    } | known
    return Article("a" * 16, "folder/a.txt", text, Metadata(**metadata))


def cited(source: Article, quote: str, number: int) -> Citation:
    start = source.text.index(quote)
    return Citation(number, source, start, start + len(quote), source.text.count("\n", 0, start) + 1, quote)


def citations(source: Article, *lines: int) -> list[Citation]:
    """The whole lines of those numbers, as citations 1, 2, …"""
    rows = source.text.split("\n")
    return [cited(source, rows[line - 1], number) for number, line in enumerate(lines, start=1)]


class Harness(App[None]):
    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(qa_assistant.tui.__file__).parent / "app.tcss"]

    @property
    def text(self) -> ArticleText:
        return self.screen.query_one(ArticleText)

    @property
    def field(self) -> Input:
        return self.screen.query_one(Input)

    def lines(self) -> list[str]:
        """What is on the screen."""
        return [strip.text for strip in self.screen._compositor.render_strips()]

    def body(self) -> list[str]:
        """The article's lines on the screen, with their margins."""
        return [self.text.render_line(y).text.rstrip() for y in range(self.text.size.height)]

    def chosen(self) -> list[str]:
        """The lines that have an arrow."""
        return [line[4:].strip() for line in self.body() if line.startswith("▶")]

    def row_of(self, words: str) -> int:
        return next((row for row, line in enumerate(self.body()) if words in line), -1)

    def styled(self, words: str, row: int = 0) -> tuple[bool, bool, bool]:
        """Whether these words, one piece of a line at or below `row`, are bold, underlined, reversed."""
        for y in range(row, self.text.size.height):
            for segment in self.text.render_line(y):
                if words in segment.text and segment.style:
                    return bool(segment.style.bold), bool(segment.style.underline), bool(segment.style.reverse)
        raise AssertionError(f"{words} is not on the screen")


@asynccontextmanager
async def reading(
    source: Article,
    quotes: list[Citation] | None = None,
    chosen: Citation | None = None,
    corpus: Path = Path("/no/such/corpus"),
    size: tuple[int, int] = (80, 24),
) -> AsyncIterator[tuple[Harness, Pilot[Any]]]:
    app = Harness()
    async with app.run_test(size=size) as pilot:
        await app.push_screen(ArticleScreen(source, corpus, quotes or [], chosen))
        await until(pilot, lambda: "Laying out" not in app.body()[0])
        yield app, pilot
