"""The whole article: where it opens, how one moves in it, and what hostile and enormous texts do to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePath
from typing import Any, ClassVar

import pytest
from pilot import in_loop, until
from rich.cells import cell_len
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

import qa_assistant.tui
from qa_assistant.records import Article, Citation, Metadata
from qa_assistant.references import quoted
from qa_assistant.tui.article_screen import ArticleScreen
from qa_assistant.tui.article_text import ArticleText

LONG = "\n".join(f"Line {number} says that the café was open on day {number}." for number in range(1, 301))
HOSTILE = (
    "[/ [@click=app.quit]x[/] \x1b[31mred\x1b]8;;http://x\x07 r\u202elr \u200b\u2066|\u0301"
    " مرحبا بالعالم עברית 日本国外務大臣"
    " 👨\u200d👩\u200d👧\u200d👦 ❤\ufe0f 🇩🇪 a\u0301\u0302\u0303 \ufeff\u2028 tab\tend"
)


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
    corpus: Path | None = None,
    size: tuple[int, int] = (80, 24),
) -> AsyncIterator[tuple[Harness, Pilot[Any]]]:
    app = Harness()
    async with app.run_test(size=size) as pilot:
        await app.push_screen(ArticleScreen(source, quotes or [], chosen, corpus))
        await until(pilot, lambda: "Laying out" not in app.body()[0])
        yield app, pilot


@in_loop
async def test_what_stands_above() -> None:
    source = article(LONG)
    async with reading(source, citations(source, 7, 200)) as (app, _):
        first, second, *_ = app.lines()
        assert first.split() == ["A", "title", "quote", "1", "of", "2"]
        assert second.strip() == "2022-12-03 · Baku · AZERTAC · de · folder/a.txt:7"


@in_loop
async def test_an_article_without_title_is_called_by_its_path_and_long_titles_are_cut() -> None:
    async with reading(Article("a" * 16, "folder/a.txt", "A word.")) as (app, _):
        assert [line.strip() for line in app.lines()[:2]] == ["folder/a.txt", ""]
    async with reading(article("A word.", title="")) as (app, _):
        assert [line.strip() for line in app.lines()[:2]] == ["2022-12-03 · Baku · AZERTAC · de", "folder/a.txt"]
    async with reading(article("A word.", title="long " * 99, place="p" * 200)) as (app, _):
        assert all(line.rstrip().endswith("…") and cell_len(line) == 80 for line in app.lines()[:2])


@in_loop
@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
@pytest.mark.parametrize(("line", "near_an_end"), [(1, True), (150, False), (300, True)])
async def test_it_opens_at_the_chosen_quote(size: tuple[int, int], line: int, near_an_end: bool) -> None:
    source = article(LONG)
    quotes = citations(source, 1, 150, 300)
    async with reading(source, quotes, quotes[(1, 150, 300).index(line)], size=size) as (app, _):
        assert app.chosen() == [f"Line {line} says that the café was open on day {line}."]
        row = app.row_of(f"Line {line} says")
        assert row <= app.text.size.height / 3 or near_an_end
        assert app.styled(f"Line {line} says") == (True, False, True)


@in_loop
async def test_quotes_are_told_apart_without_colour() -> None:
    source = article("One is first. Two is next. Three is plain.")
    quotes = [cited(source, "One is first.", 4), cited(source, "Two is next.", 12)]
    async with reading(source, quotes, quotes[1]) as (app, _):
        assert app.body()[0] == "▶  4 One is first. Two is next. Three is plain."
        assert app.styled("One is") == (True, True, False)
        assert app.styled("Two is") == (True, False, True)
        assert app.styled("Three") == (False, False, False)


@in_loop
async def test_overlapping_quotes_and_quotes_of_several_lines() -> None:
    source = article("aaaa bbbb cccc dddd\neeee ffff", title="T")
    outer, inner = cited(source, "bbbb cccc dddd\neeee", 1), cited(source, "cccc", 2)
    async with reading(source, [outer, inner, outer], inner) as (app, pilot):
        assert [app.styled(word) for word in ("aaaa", "bbbb", "cccc", "eeee", "ffff")] == [
            (False, False, False),
            (True, True, False),
            (True, False, True),
            (True, True, False),
            (False, False, False),
        ]
        seen = []
        for _ in range(3):
            await pilot.press("n")
            seen.append((app.lines()[0].split()[2], app.styled("bbbb")[2]))
        assert seen == [("1", True), ("2", True), ("3", False)]


@in_loop
async def test_going_through_the_quotes() -> None:
    source = article(LONG)
    quotes = citations(source, 200, 7, 90)  # shown in the article's order: [2] [3] [1]
    async with reading(source, quotes, quotes[0]) as (app, pilot):
        for key, line in (("n", 7), ("n", 90), ("p", 7), ("p", 200), ("3", 90), ("1", 200), ("9", 200)):
            await pilot.press(key)
            await until(pilot, lambda line=line: [row.split()[1] for row in app.chosen()] == [str(line)])  # type: ignore[misc]
            assert f"a.txt:{line} " in app.lines()[1]


@in_loop
async def test_scrolling() -> None:
    async with reading(article(LONG)) as (app, pilot):
        for key, line in (("down", 2), ("up", 1), ("pagedown", 1 + app.text.size.height), ("home", 1)):
            await pilot.press(key)
            await until(pilot, lambda line=line: app.row_of(f"Line {line} ") == 0)  # type: ignore[misc]
        await pilot.press("end")
        await until(pilot, lambda: app.row_of("Line 300 ") == app.text.size.height - 1)


@in_loop
async def test_the_first_words_stay_first_when_the_window_changes() -> None:
    words = article(" ".join(f"w{number}" for number in range(5000)))
    async with reading(words, [cited(words, "w2500", 1)], size=(120, 40)) as (app, pilot):
        await pilot.press("down")
        top = app.text.top
        first = words.text[top:].split()[0]
        for size in ((80, 24), (30, 24), (200, 60), (120, 40)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda size=size: app.size.width == size[0])  # type: ignore[misc]
            await until(pilot, lambda: first in app.body()[0].split())
        await until(pilot, lambda: app.body()[0].split()[0] == first)
        assert app.text.top == top


@in_loop
async def test_finding() -> None:
    source = article(LONG)
    async with reading(source, citations(source, 100)) as (app, pilot):
        first = int(app.body()[0].split()[1])  # the number of the first line on the screen
        await pilot.press("slash", *"CAFE", "enter")
        await until(pilot, lambda: f"match {first} of 300" in app.lines()[0])
        assert app.styled("café", app.row_of(f"Line {first} ")) == (True, False, True)
        assert app.styled("café", app.row_of(f"Line {first + 1} ")) == (True, True, False)
        for key, number in (("n", first + 1), ("p", first), ("p", first - 1)):
            await pilot.press(key)
            await until(pilot, lambda number=number: f"match {number} of 300" in app.lines()[0])  # type: ignore[misc]
            assert [row.split()[1] for row in app.chosen()] == [str(number)]
        top = app.text.top
        await pilot.press("escape")
        await until(pilot, lambda: "quote 1 of 1" in app.lines()[0])
        assert app.text.top == top
        assert app.field.display is False
        await pilot.press("n")
        await until(pilot, lambda: [row.split()[1] for row in app.chosen()] == ["100"])


@in_loop
async def test_what_is_not_found_is_said() -> None:
    async with reading(article(LONG)) as (app, pilot):
        await pilot.press("slash", *"q[/", "enter")
        await until(pilot, lambda: any("“q[/” is not" in note.message for note in app._notifications))
        assert app.field.has_focus
        await pilot.press("escape")
        assert isinstance(app.screen, ArticleScreen)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ArticleScreen))


@in_loop
async def test_q_goes_back() -> None:
    async with reading(article(LONG)) as (app, pilot):
        await pilot.press("slash", "q")
        assert app.field.value == "q"
        await pilot.press("escape", "q")
        await until(pilot, lambda: not isinstance(app.screen, ArticleScreen))


@in_loop
async def test_copying_the_quote_with_its_reference() -> None:
    source = article(LONG)
    quotes = citations(source, 7, 9)
    async with reading(source, quotes) as (app, pilot):
        await pilot.press("n", "y")
        await until(pilot, lambda: app.clipboard == quoted(quotes[1]))
        assert app.clipboard.endswith("folder/a.txt:9)")


@in_loop
async def test_keys_that_would_do_nothing_do_nothing() -> None:
    async with reading(article(LONG)) as (app, pilot):
        await pilot.press("n", "p", "1", "y", "o")
        assert app.clipboard == ""
        assert not app._notifications
        assert not {"n", "p", "y", "o"} & set(app.screen.active_bindings)


@in_loop
async def test_opening_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, viewer = tmp_path / "seen", tmp_path / "bin" / "xdg-open"
    viewer.parent.mkdir()
    viewer.write_text(f'#!/bin/sh\nprintf %s "$1" >"{seen}"\n')
    viewer.chmod(0o755)
    monkeypatch.setenv("PATH", str(viewer.parent))
    monkeypatch.setenv("DISPLAY", ":0")
    async with reading(article("A word."), corpus=tmp_path) as (app, pilot):
        await pilot.press("o")
        await until(pilot, lambda: any("not in the corpus" in note.message for note in app._notifications))
        (tmp_path / "folder").mkdir()
        file = tmp_path / "folder" / "a.txt"
        file.touch()
        await pilot.press("o")
        await until(pilot, lambda: seen.exists() and seen.read_text() == str(file))


@in_loop
@pytest.mark.parametrize("size", [(80, 24), (40, 10), (6, 8), (1, 5)])
async def test_hostile_text_is_text(size: tuple[int, int]) -> None:
    source = article(f"{HOSTILE}\n" * 50, title=HOSTILE, place=HOSTILE, agency=HOSTILE)
    quote = cited(source, HOSTILE, 1)
    async with reading(source, [quote], size=size) as (app, pilot):
        for line in app.lines():
            assert not set(line) & set("\x00\x1b\x07\u202e\u200b\u2066\u2028\ufeff\t")
            assert cell_len(line) == size[0]
        await pilot.press("end", "y", "slash", *"[/", "enter")
        assert app.is_running
        assert not set(app.clipboard) & set("\x1b\x07\u202e\u200b\n")


@in_loop
async def test_hostile_text_at_full_width() -> None:
    source = article(HOSTILE)
    async with reading(source, size=(200, 24)) as (app, _):
        line = app.body()[0]
        assert "[/ [@click=app.quit]x[/] \ufffd[31mred\ufffd]8;;http://x\ufffd r\ufffdlr" in line
        assert "tab end" in line


@in_loop
@pytest.mark.parametrize("unit", ["x", "日", "\u0301", "word ", "\n", "👨\u200d👩\u200d👧 "])
async def test_a_hundred_thousand_characters_open_at_once(unit: str) -> None:
    source = article(unit * (100_000 // len(unit)))
    at = 90_000 // len(unit) * len(unit)
    quote = Citation(1, source, at, at + 5, 1, source.text[at : at + 5])
    began = time.perf_counter()
    async with reading(source, [quote]) as (app, _):
        assert time.perf_counter() - began < 5  # seconds; it is 0.1 to 0.2, with the app's own start
        assert app.chosen()
        assert all(cell_len(line) == 80 for line in app.lines())


@in_loop
async def test_keys_are_answered_while_an_enormous_text_is_laid_out() -> None:
    app = Harness()
    source = article("Some words that are no end. " * 2_000_000)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(ArticleScreen(source))
        looks, longest, before = 0, 0.0, time.perf_counter()
        while not app.text.size.width or "Laying out the article" in app.body()[0]:
            await asyncio.sleep(0)
            looks, longest = looks + 1, max(longest, time.perf_counter() - before)
            before = time.perf_counter()
        assert looks > 50
        assert longest < 1  # seconds; it is 0.02
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ArticleScreen))


@in_loop
async def test_a_screen_may_be_left_before_its_text_is_laid_out() -> None:
    app = Harness()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(ArticleScreen(article("Some words that are no end. " * 2_000_000)))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ArticleScreen))
        await until(pilot, lambda: not list(app.workers))
