"""The keys, as the bindings say them."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import ClassVar

from pilot import in_loop, until
from textual.app import App
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

import qa_assistant.tui
from qa_assistant.tui.help_screen import HelpScreen
from qa_assistant.tui.prompt_screen import PromptScreen

SECTIONS: list[tuple[str, list[BindingType]]] = [
    (
        "Everywhere",
        [
            Binding("f1", "help", "Help"),
            Binding("question_mark", "help", "Help", show=False),
            Binding("ctrl+n", "new", "New", tooltip="Begins a new session"),
            Binding("f9", "secret", ""),
        ],
    ),
    ("Sources", [*(Binding(f"alt+{n}", f"cite({n})", "Source") for n in range(1, 10)), ("y", "copy", "Copy [/ quote")]),
]


class Harness(App[None]):
    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(qa_assistant.tui.__file__).parent / "app.tcss"]


@in_loop
async def test_every_binding_with_a_description_is_there_once() -> None:
    app = Harness()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(HelpScreen(SECTIONS))
        shown = str(app.screen.query_one("VerticalScroll Static", Static).render())
        assert [" ".join(line.split()) for line in shown.rstrip().splitlines()] == [
            "Everywhere",
            "f1 ? Help",
            "^n Begins a new session",
            "",
            "Sources",
            "alt+1 … alt+9 Source",
            "y Copy [/ quote",
        ]
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, HelpScreen))


@in_loop
async def test_many_keys_scroll() -> None:
    app = Harness()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(HelpScreen(SECTIONS * 20))
        await pilot.press("end")
        area = app.screen.query_one(VerticalScroll)
        await until(pilot, lambda: area.scroll_y == area.max_scroll_y > 0)
        await pilot.press("question_mark")
        await until(pilot, lambda: not isinstance(app.screen, HelpScreen))


@in_loop
async def test_a_line_that_is_asked_for() -> None:
    app = Harness()
    answers: list[str | None] = []
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(PromptScreen("Title [/ \x1b[31m", "a  b [/"), answers.append)
        assert "Title [/ \ufffd[31m" in "\n".join(strip.text for strip in app.screen._compositor.render_strips())
        await pilot.press("end", "c", "enter")
        await until(pilot, lambda: answers == ["a  b [/c"])
        await app.push_screen(PromptScreen("Title", "kept"), answers.append)
        await pilot.press("x", "escape")
        await until(pilot, lambda: answers == ["a  b [/c", None])
