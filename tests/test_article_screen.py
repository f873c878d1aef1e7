"""The whole article: how one moves in it, and what hostile and enormous texts do to it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from article_pilot import LONG, Harness, article, citations, cited, reading
from pilot import in_loop, until
from rich.cells import cell_len

from qa_assistant.records import Article, Citation
from qa_assistant.tui.article_screen import ArticleScreen

HOSTILE = (
    "[/ [@click=app.quit]x[/] \x1b[31mred\x1b]8;;http://x\x07 r\u202elr \u200b\u2066|\u0301"
    " مرحبا بالعالم עברית 日本国外務大臣"
    " 👨\u200d👩\u200d👧\u200d👦 ❤\ufe0f 🇩🇪 a\u0301\u0302\u0303 \ufeff\u2028 tab\tend"
)


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
        assert not any(":100" in line for line in app.lines()[:3]), "the line is the quote's, which is not shown"
        await pilot.press("y")
        assert app.clipboard == ""
        top = app.text.top
        await pilot.press("escape")
        await until(pilot, lambda: "quote 1 of 1" in app.lines()[0])
        assert app.text.top == top
        assert any(":100" in line for line in app.lines()[:3])
        assert app.field.display is False
        await pilot.press("n")
        await until(pilot, lambda: [row.split()[1] for row in app.chosen()] == ["100"])


@in_loop
async def test_what_is_not_found_is_said() -> None:
    async with reading(article(LONG)) as (app, pilot):
        await pilot.press("slash", "enter", *"q[/", "enter")
        await until(pilot, lambda: any("“q[/” is not" in note.message for note in app._notifications))
        assert len(app._notifications) == 1, "nothing is said of a search for nothing"
        assert app.field.has_focus
        await pilot.press("escape")
        assert isinstance(app.screen, ArticleScreen)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ArticleScreen))


@in_loop
async def test_q_goes_back() -> None:
    async with reading(article(LONG)) as (app, pilot):
        await until(pilot, lambda: "/ Find" in app.lines()[-1])
        await pilot.press("slash", "q")
        assert app.field.value == "q"
        await until(pilot, lambda: "Back" in app.lines()[-1] and "/ Find" not in app.lines()[-1])
        await pilot.press("slash")
        assert app.field.value == "q/"
        await pilot.press("escape", "q")
        await until(pilot, lambda: not isinstance(app.screen, ArticleScreen))


@in_loop
async def test_keys_that_would_do_nothing_do_nothing() -> None:
    async with reading(article(LONG)) as (app, pilot):
        await pilot.press("n", "p", "1", "y")
        assert app.clipboard == ""
        assert not app._notifications
        assert not {"n", "p", "y"} & set(app.screen.active_bindings)


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
async def test_keys_are_answered_while_an_enormous_text_is_laid_out(tmp_path: Path) -> None:
    app = Harness()
    source = article("Some words that are no end. " * 2_000_000)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(ArticleScreen(source, tmp_path))
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
async def test_a_screen_may_be_left_before_its_text_is_laid_out(tmp_path: Path) -> None:
    app = Harness()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(ArticleScreen(article("Some words that are no end. " * 2_000_000), tmp_path))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ArticleScreen))
        await until(pilot, lambda: not list(app.workers))
