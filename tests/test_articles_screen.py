"""The list of all articles: found, sorted, opened, and turned into filters."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path, PurePath
from typing import Any, ClassVar

import pytest
from article_samples import ALL, BARE, SNOW
from hostile import HOSTILE, assert_harmless
from pilot import in_loop, until
from textual.app import App
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

import qa_assistant.tui
from qa_assistant.errors import IndexMissing
from qa_assistant.records import Article, Filters, Metadata
from qa_assistant.tui.article_rows import COLUMNS
from qa_assistant.tui.article_table import ArticleTable
from qa_assistant.tui.articles_screen import ArticlesScreen
from qa_assistant.tui.timeline import Timeline


class Harness(App[None]):
    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(qa_assistant.tui.__file__).parent / "app.tcss"]

    def __init__(self, articles: Callable[[], list[Article]], filters: Filters | None = None) -> None:
        super().__init__()
        self.articles = ArticlesScreen(articles, lambda article: self.opened.append(article.id), filters)
        self.opened: list[str] = []
        self.results: list[Filters | None] = []

    @property
    def table(self) -> ArticleTable:
        return self.articles.query_one(ArticleTable)

    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.lines())

    def paths(self) -> list[str]:
        """The paths listed, from the top, of the articles above."""
        known = [article.path for article in ALL]
        return [path for line in self.lines() for path in known if line.endswith(path)]


@asynccontextmanager
async def shown(
    articles: Sequence[Article] = ALL, size: tuple[int, int] = (160, 40), filters: Filters | None = None
) -> AsyncIterator[tuple[Harness, Pilot[Any]]]:
    app = Harness(lambda: list(articles), filters)
    async with app.run_test(size=size) as pilot:
        await app.push_screen(app.articles, app.results.append)
        await until(pilot, lambda: app.table.display and f"of {len(articles):,}" in app.text())
        yield app, pilot


@in_loop
async def test_newest_first_with_everything_known() -> None:
    async with shown() as (app, _):
        assert app.paths() == ["c.txt", "2022/hafen.txt", "b.csv#12", "z.txt"]
        assert "4 of 4" in app.text()
        assert "Date ▼" in app.text()
        line = next(line for line in app.lines() if "hafen.txt" in line)
        assert line.split() == ["2022-12-03", "dpa/AFP", "Kiel", "de", "Hafen", "zu", "2022/hafen.txt"]
        assert "Nothing is known. Really." in app.text()
        assert "most: 1 in 2021-05 · 1 without a date" in app.text()


@in_loop
async def test_found_as_one_types() -> None:
    async with shown() as (app, pilot):
        for typed, found in (
            ("munchen", ["b.csv#12"]),
            ("BAYRAMOV", ["c.txt"]),
            ("hafen AFP", ["2022/hafen.txt"]),
            ("hafen AZERTAC", []),
            ("2021-05", ["b.csv#12"]),
            ("CSV#12", ["b.csv#12"]),
            ("really", ["z.txt"]),
        ):
            app.articles.query_one(Input).value = ""
            await pilot.press(*typed)
            await until(pilot, lambda found=found: app.paths() == found)  # type: ignore[misc]
            assert f"{len(found)} of 4" in app.text()
            assert ("No article has these words" in app.text()) == (not found)


@in_loop
async def test_sorted_by_key() -> None:
    async with shown() as (app, pilot):
        await pilot.press("down")
        expected = {
            "Agency": ["b.csv#12", "2022/hafen.txt", "c.txt", "z.txt"],
            "Place": ["2022/hafen.txt", "c.txt", "b.csv#12", "z.txt"],
            "Lang": ["2022/hafen.txt", "b.csv#12", "c.txt", "z.txt"],
            "Title": ["c.txt", "b.csv#12", "2022/hafen.txt", "z.txt"],
            "Path": ["2022/hafen.txt", "b.csv#12", "c.txt", "z.txt"],
            "Date": ["b.csv#12", "2022/hafen.txt", "c.txt", "z.txt"],
        }
        for column, paths in expected.items():
            await pilot.press("s")
            await until(pilot, lambda column=column: f"{column} ▲" in app.text())  # type: ignore[misc]
            assert app.paths() == paths
        await pilot.press("r")
        await until(pilot, lambda: "Date ▼" in app.text())
        assert app.paths() == ["c.txt", "2022/hafen.txt", "b.csv#12", "z.txt"]


@in_loop
async def test_sorted_and_opened_by_mouse() -> None:
    async with shown() as (app, pilot):
        top = app.table.region.y
        header = app.lines()[top]
        for arrow in "▲▼":
            await pilot.click(offset=(header.index("Path") + 1, top))
            await until(pilot, lambda arrow=arrow: f"Path {arrow}" in app.text())  # type: ignore[misc]
        assert app.paths() == ["z.txt", "c.txt", "b.csv#12", "2022/hafen.txt"]
        for _ in range(2):
            await pilot.click(offset=(20, top + 3))
            await pilot.pause()
        await until(pilot, lambda: app.opened == ["s"])
        await pilot.click(offset=(20, top + 9))
        assert app.table.chosen is SNOW


@in_loop
async def test_enter_opens_while_typing_and_in_the_list() -> None:
    async with shown() as (app, pilot):
        await until(pilot, lambda: "↓ List" in app.lines()[-1])
        assert "Sort" not in app.lines()[-1]
        await pilot.press(*"hafen", "enter")
        await until(pilot, lambda: app.opened == ["p"])
        app.articles.query_one(Input).value = ""
        await until(pilot, lambda: "4 of 4" in app.text())
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: app.opened == ["p", "s"])
        assert all(word in app.lines()[-1] for word in ("s Sort", "r Reverse", "/ Search"))
        await pilot.press("slash", *"zzz", "enter", "f6")
        await until(pilot, lambda: "No article" in app.text())
        assert app.opened == ["p", "s"]
        assert app.results == []


@in_loop
async def test_letters_typed_in_haste_after_the_slash_are_searched() -> None:
    async with shown() as (app, pilot):
        await pilot.press("down")
        for key in "/srf":
            app.post_message(Key("slash" if key == "/" else key, key))
        await until(pilot, lambda: app.articles.query_one(Input).value == "srf")
        assert app.results == []
        app.articles.query_one(Input).value = ""
        await until(pilot, lambda: "Date ▼" in app.text())


@pytest.mark.parametrize("key", ["f", "f6"])
@in_loop
async def test_an_articles_month_and_agency_become_filters(key: str) -> None:
    async with shown() as (app, pilot):
        await pilot.press("down", key)
        await until(pilot, lambda: app.results == [Filters("2022-12-01", "2022-12-31", "dpa")])


@in_loop
async def test_an_article_of_which_nothing_is_known_gives_no_filters() -> None:
    async with shown([BARE]) as (app, pilot):
        await pilot.press("f6")
        await until(pilot, lambda: app._notifications)
        assert app.results == []
        await pilot.press("escape")
        await until(pilot, lambda: app.results == [None])


@in_loop
async def test_the_months_that_are_asked_are_marked() -> None:
    async with shown(filters=Filters("2022-12-01", "2022-12-31")) as (app, _):
        lines = app.lines()
        bars, marks = (next(line for line in lines if word in line) for word in ("█", "asked"))
        assert {bars[at] for at, mark in enumerate(marks) if mark == "━"} == {"█"}
        assert marks.count("━") == 4


@in_loop
async def test_reading_takes_its_time_and_the_screen_is_there() -> None:
    may_read = threading.Event()

    def articles() -> list[Article]:
        may_read.wait(60)
        return ALL

    app = Harness(articles)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(app.articles)
        await pilot.press(*"kiel", "enter", "f6", "down")
        await until(pilot, lambda: "Reading the articles" in app.text())
        may_read.set()
        await until(pilot, lambda: "1 of 4" in app.text())
        assert app.opened == []


@in_loop
async def test_late_articles_of_a_closed_screen_are_ignored() -> None:
    may_read, read = threading.Event(), threading.Event()

    def articles() -> list[Article]:
        may_read.wait(60)
        read.set()
        return ALL

    app = Harness(articles)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(app.articles, app.results.append)
        await pilot.press("escape")
        await until(pilot, lambda: app.results == [None])
        may_read.set()
        await until(pilot, read.is_set)
        assert app.is_running


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (IndexMissing("There is no [/b] index\x1b[31m.", hint="Make it: qa-assistant ingest"), "no [/b] index"),
        (RuntimeError("[/] odd"), "RuntimeError: [/] odd"),
        (None, "There are no articles in the index."),
    ],
)
@in_loop
async def test_what_cannot_be_shown_is_said(error: Exception | None, words: str) -> None:
    def articles() -> list[Article]:
        if error:
            raise error
        return []

    app = Harness(articles)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(app.articles)
        await until(pilot, lambda: words in app.text())
        assert ("F5 makes it." in app.text()) == isinstance(error, IndexMissing)
        await pilot.press(*"x", "down", "enter", "f6")
        assert_harmless(app.text())


@pytest.mark.parametrize("size", [(80, 24), (200, 60), (40, 12)])
@in_loop
async def test_every_size_has_its_columns_in_line(size: tuple[int, int]) -> None:
    async with shown(size=size) as (app, pilot):
        lines = app.lines()
        top = app.table.region.y
        columns = [lines[top].index(name) for name in ("Date", "Agency")]
        assert [lines[top + 2][at : at + 3] for at in columns] == ["202", "dpa"]
        assert (app.articles.query_one(Timeline).region.height > 0) == (size[1] >= 16)
        await pilot.resize_terminal(120, 30)
        await until(pilot, lambda: app.paths() == ["c.txt", "2022/hafen.txt", "b.csv#12", "z.txt"])


@in_loop
async def test_ten_thousand_articles() -> None:
    many = [Article(str(n), f"{n:05}.txt", f"Number {n}.", Metadata(f"Title {n}", "2022-12")) for n in range(10_000)]
    async with shown(many) as (app, pilot):
        app.table.focus()
        await pilot.press("end")
        await until(pilot, lambda: "09999.txt" in app.text())
        assert app.table.chosen is many[-1]
        await pilot.press("pageup", "pagedown", "home", "pagedown", "up")
        await until(pilot, lambda: app.table.chosen is many[app.table.region.height - 2])
        await pilot.press("slash", *"4321")
        await until(pilot, lambda: "1 of 10,000" in app.text())
        assert app.table.chosen is many[4321]
        assert "04321.txt" in app.text()


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
@in_loop
async def test_hostile_articles_stay_text_in_line(size: tuple[int, int]) -> None:
    nasty = [Article(name, text, text, Metadata(text, None, text, text, text)) for name, text in HOSTILE.items()]
    async with shown(nasty, size) as (app, pilot):
        await pilot.press("down")
        for _ in COLUMNS:
            await pilot.press("s", "end")
            await until(pilot, lambda: app.table.chosen is not None)
            assert_harmless(app.text())
            assert all(strip.cell_length == size[0] for strip in app.screen._compositor.render_strips())
            await pilot.press("home")
        for text in HOSTILE.values():
            app.articles.query_one(Input).value = text[:300]
            await pilot.pause()
            assert_harmless(app.text())
        assert app.is_running


@in_loop
async def test_a_second_key_at_once_closes_nothing_more() -> None:
    async with shown() as (app, pilot):
        app.articles.action_filter()
        app.articles.action_filter()
        await until(pilot, lambda: app.results)
        assert len(app.results) == 1
        assert len(app.screen_stack) == 1
        app.articles._open()
        assert not app.opened
