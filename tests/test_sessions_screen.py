"""The list of sessions, over a real store in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePath
from typing import Any, ClassVar

from pilot import in_loop, until
from textual.app import App
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

import qa_assistant.tui
from qa_assistant.sessions.store import SessionStore
from qa_assistant.tui.prompt_screen import PromptScreen
from qa_assistant.tui.sessions_screen import SessionsScreen

TITLES = ["What was signed?", "Worüber sprachen sie?", "Energy"]
HOSTILE = [
    "[/ [@click=app.quit]x[/]",
    "\x1b[31mred\x1b]8;;x\x07",
    "r\u202etl",
    "日本" * 100,
    "\u200b" * 50 + "e",
    "x" * 5000,
]


class Harness(App[None]):
    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(qa_assistant.tui.__file__).parent / "app.tcss"]

    def __init__(self, store: SessionStore, current: int | None = None) -> None:
        super().__init__()
        self.sessions = SessionsScreen(store, current)
        self.results: list[int | None] = []

    @property
    def rows(self) -> OptionList:
        return self.sessions.query_one(OptionList)

    def titles(self) -> list[str]:
        """The titles listed, from the top; `●` before the open one."""
        lines = [str(option.prompt) for option in self.rows.options]
        return [line[0].strip() + line.partition("question")[2][1:].strip() for line in lines]

    def footer(self) -> str:
        return self.screen._compositor.render_strips()[-1].text

    def said(self) -> list[str]:
        return [notification.message for notification in self._notifications]


def store_of(titles: list[str]) -> tuple[SessionStore, list[int]]:
    """Sessions of one question each, the last title used last; and their ids."""
    store, ids = SessionStore(None), []
    for title in titles:
        ids.append(store.create(title).id)
        store.add_turn(ids[-1], f"About {title}")
    return store, ids


@asynccontextmanager
async def shown(app: Harness, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[Any]]:
    async with app.run_test(size=size) as pilot:
        await app.push_screen(app.sessions, app.results.append)
        await until(pilot, lambda: app.rows.has_focus)
        yield pilot


@in_loop
async def test_enter_resumes_the_chosen_one() -> None:
    store, ids = store_of(TITLES)
    app = Harness(store)
    async with shown(app) as pilot:
        assert app.titles() == TITLES[::-1]
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.results == [ids[1]])


@in_loop
async def test_a_click_resumes_too() -> None:
    store, ids = store_of(TITLES)
    app = Harness(store)
    async with shown(app) as pilot:
        await pilot.click(OptionList, offset=(10, 2))
        await until(pilot, lambda: app.results == [ids[0]])


@in_loop
async def test_escape_resumes_none() -> None:
    app = Harness(store_of(TITLES)[0])
    async with shown(app) as pilot:
        await pilot.press("escape")
        await until(pilot, lambda: app.results == [None])


@in_loop
async def test_with_many_only_the_list_scrolls() -> None:
    app = Harness(store_of([f"Question {number}" for number in range(60)])[0])
    async with shown(app) as pilot:
        await pilot.press("end")
        shown_now = screen(app)
        assert "Sessions" in shown_now and "Search titles" in shown_now and "Question 0" in shown_now


@in_loop
async def test_letters_typed_in_haste_after_the_slash_are_searched() -> None:
    """They renamed, deleted and had back."""
    store, _ = store_of(["dur", "other"])
    app = Harness(store)
    async with shown(app) as pilot:
        for key in "/dur/":
            app.post_message(Key("slash" if key == "/" else key, key))
        await until(pilot, lambda: app.sessions.query_one(Input).value == "dur/")
        await until(pilot, lambda: app.titles() == ["dur"])
        assert app.screen is app.sessions and len(store.list()) == 2


@in_loop
async def test_search_as_you_type() -> None:
    store, ids = store_of(TITLES)
    app = Harness(store)
    async with shown(app) as pilot:
        await pilot.press("slash", *"worub")
        await until(pilot, lambda: app.titles() == [TITLES[1]])
        await pilot.press("z")
        await until(pilot, lambda: app.titles() == [])
        assert "No session has these words." in screen(app)
        await pilot.press("enter", "backspace")
        await until(pilot, lambda: app.titles() == [TITLES[1]])
        await pilot.press("down")
        assert app.rows.has_focus
        await pilot.press("slash", "enter")
        await until(pilot, lambda: app.results == [ids[1]])


@in_loop
async def test_letters_typed_into_the_search_are_no_commands() -> None:
    app = Harness(store_of(TITLES)[0])
    async with shown(app) as pilot:
        await pilot.press("slash", *"dru")
        await until(pilot, lambda: app.sessions.query_one(Input).value == "dru")
        await pilot.press("backspace", "backspace", "backspace")
        await until(pilot, lambda: app.titles() == TITLES[::-1])


@in_loop
async def test_several_are_deleted_and_had_back_in_turn() -> None:
    store, _ = store_of(TITLES)
    app = Harness(store)
    async with shown(app) as pilot:
        assert not app.sessions.check_action("undo", ())
        await pilot.press("down", "d", "delete")
        await until(pilot, lambda: app.titles() == ["Energy"])
        assert [session.title for session in store.list()] == ["Energy"]
        assert app.said() == [f"Deleted “{title}” – u undoes." for title in (TITLES[1], TITLES[0])]
        await pilot.press("u")
        await until(pilot, lambda: app.titles() == ["Energy", TITLES[0]])
        assert app.rows.highlighted == 1
        assert app.said() == [f"Restored “{TITLES[0]}”."]
        await pilot.press("u", "u")
        await until(pilot, lambda: app.titles() == TITLES[::-1])
        assert app.said() == [f"Restored “{TITLES[1]}”."]
        assert not app.sessions.check_action("undo", ())


@in_loop
async def test_the_open_session_is_marked_and_stays() -> None:
    store, ids = store_of(TITLES)
    app = Harness(store, ids[2])
    async with shown(app) as pilot:
        assert app.titles()[0] == "●Energy"
        await pilot.press("d")
        await until(pilot, app.said)
        assert "This session is open." in app.said()[0]
        assert len(store.list()) == len(TITLES)


@in_loop
async def test_rename() -> None:
    store, _ = store_of(TITLES)
    app = Harness(store)
    async with shown(app) as pilot:
        for key, typed in (("r", "First"), ("f2", "Second [/")):
            await pilot.press(key)
            await until(pilot, lambda: app.screen is not app.sessions)
            app.screen.query_one(Input).value = typed
            await pilot.press("enter")
            await until(pilot, lambda typed=typed: app.titles()[0] == typed)  # type: ignore[misc]
        await pilot.press("r", "x", "escape")
        await until(pilot, lambda: app.screen is app.sessions)
        assert store.list()[0].title == "Second [/"
        await until(pilot, lambda: "r Rename" in app.footer())
        await pilot.press("slash", "e")
        await until(pilot, lambda: "Resume" in app.footer() and "Rename" not in app.footer())
        await pilot.press("f2")
        await until(pilot, lambda: app.screen is not app.sessions)


@in_loop
async def test_no_sessions() -> None:
    app = Harness(SessionStore(None))
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(app.sessions, app.results.append)
        await pilot.press("d", "r", "u", "enter")
        assert "No sessions yet." in screen(app)
        assert app.results == []


@in_loop
async def test_a_session_that_another_process_removed() -> None:
    store, ids = store_of(TITLES)
    app = Harness(store)
    async with shown(app) as pilot:
        store.delete(ids[2])
        store.purge()
        await pilot.press("d")
        await until(pilot, app.said)
        assert "no session" in app.said()[0]


@in_loop
async def test_hostile_titles_stay_text_on_one_line() -> None:
    store, _ = store_of(HOSTILE)
    app = Harness(store)
    for size in ((80, 24), (200, 60)):
        app = Harness(store)
        async with shown(app, size) as pilot:
            text = screen(app)
            assert "[/ [@click=app.quit]x[/]" in text
            assert "\ufffd[31mred" in text
            assert not set(text) & set("\x1b\x07\u202e\u200b")
            assert app.rows.virtual_size.height == len(HOSTILE)
            await pilot.click(OptionList, offset=(45, 5))
            await until(pilot, lambda app=app: app.results)  # type: ignore[misc]


def screen(app: Harness) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


@in_loop
async def test_a_second_enter_at_once_closes_nothing_more() -> None:
    """It closed the screen below, and the terminal stayed blank."""
    store, ids = store_of(TITLES)
    app = Harness(store)
    async with shown(app) as pilot:
        app.sessions.action_resume()
        app.sessions.action_resume()
        await until(pilot, lambda: app.results)
        await pilot.pause()
        assert app.results == [ids[2]]
        assert len(app.screen_stack) == 1


@in_loop
async def test_a_second_enter_at_once_does_not_close_what_is_under_a_prompt() -> None:
    store, ids = store_of(TITLES)
    app = Harness(store)
    async with shown(app) as pilot:
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, PromptScreen))
        line = app.screen.query_one(Input)
        for _ in range(2):
            line.post_message(Input.Submitted(line, "Renamed"))
        await until(pilot, lambda: store.session(ids[2]).title == "Renamed")
        assert app.screen is app.sessions
