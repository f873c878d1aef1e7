"""Downloads in the models screen: how far, cancelled, failed, hostile."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from fake_ollama import FakeOllama, Line, Part, Pause, Until
from hostile import assert_harmless
from models_pilot import MARKUP, SIZES, opened, script
from pilot import in_loop
from textual.widgets import Input, ProgressBar

from qa_assistant.tui.model_rows import ModelChoice

MANY_STEPS: tuple[Part, ...] = (Line({"status": "pulling 0123"}), Pause(0.02)) * 3_000
"""A minute: of two seconds a slow machine was not done with typing when they were over."""


@in_loop
async def test_a_pull_shows_how_far_it_is_and_selects_the_new_model(fake_ollama: FakeOllama) -> None:
    script(
        fake_ollama,
        Line({"status": "pulling manifest"}),
        Line({"status": "pulling 8eeb", "total": 2_500_000_000, "completed": 1_200_000_000}),
        Pause(1),
        Line({"status": "success"}),
    )
    async with opened() as driver:
        await driver.sees("fake:4b")
        await driver.pull("new")
        await driver.sees("Pulling new: pulling 8eeb", "1.2 GB of 2.5 GB", "48%", "Cancel the download")
        fake_ollama.install("new:latest", parameter_size="1B")
        await driver.sees("new:latest is ready")
        assert not driver.pulling
        assert "new:latest" in driver.highlighted
        assert driver.screen.query_one(Input).value == ""
        await driver.press("enter")
        await driver.until(lambda: driver.app.chosen)
        assert driver.app.chosen == [ModelChoice("new:latest")]


@pytest.mark.parametrize("how", ["escape", "button"])
@in_loop
async def test_a_pull_that_hangs_is_cancelled_at_once_and_closed_with_the_next_step(
    fake_ollama: FakeOllama, how: str
) -> None:
    go_on = threading.Event()
    script(fake_ollama, Line({"status": "pulling 0123"}), Until(go_on), *MANY_STEPS)
    async with opened() as driver:
        await driver.sees("fake:4b")
        await driver.pull("new:1b")
        await driver.sees("pulling 0123")
        if how == "escape":
            await driver.press("escape")
        else:
            await driver.pilot.click("ModelPull Button")
        await driver.until(lambda: not driver.pulling)
        assert not fake_ollama.aborted.is_set(), "the server was not waited for"
        go_on.set()
        await driver.sees("The download of new:1b was cancelled.")
        assert driver.app.screen is driver.screen
        await driver.until(fake_ollama.aborted.is_set)
        assert "was cancelled" in driver.text, "what comes late changes nothing"


@in_loop
async def test_after_a_cancelled_pull_another_one_begins_at_once(fake_ollama: FakeOllama) -> None:
    script(fake_ollama, Line({"status": "pulling 0123"}), Pause(1), Line({"status": "success"}))
    go_on = threading.Event()
    script(fake_ollama, Line({"status": "pulling 4567"}), Until(go_on), Line({"status": "success"}))
    async with opened() as driver:
        await driver.sees("fake:4b")
        await driver.pull("first:1b")
        await driver.sees("pulling 0123")
        await driver.press("escape")
        fake_ollama.install("second:1b", parameter_size="1B")
        await driver.pull("second:1b")
        await driver.sees("Pulling second:1b: pulling 4567")
        go_on.set()
        await driver.sees("second:1b is ready")
        assert "first:1b" not in driver.text


@in_loop
async def test_one_download_at_a_time(fake_ollama: FakeOllama) -> None:
    script(fake_ollama, Line({"status": "pulling 0123"}), *MANY_STEPS)
    async with opened() as driver:
        await driver.sees("fake:4b")
        await driver.pull("first:1b")
        await driver.sees("pulling 0123")
        await driver.pull("second:1b")
        await driver.sees("A download is going on.")
        assert len(fake_ollama.asked("/api/pull")) == 1
        await driver.press("escape")


@in_loop
async def test_closing_the_screen_stops_the_download(fake_ollama: FakeOllama) -> None:
    script(fake_ollama, *MANY_STEPS)
    async with opened() as driver:
        await driver.sees("fake:4b")
        await driver.pull("new:1b")
        await driver.sees("pulling 0123")
        await driver.press("enter")
        await driver.until(lambda: driver.app.chosen == [ModelChoice()])
        assert any("new:1b stopped" in notice.message for notice in driver.app._notifications)
        await driver.until(fake_ollama.aborted.is_set)


@pytest.mark.parametrize(
    ("parts", "how", "says"),
    [
        ((Line({"error": "pull model manifest: file does not exist"}),), {}, ("file does not exist", "library")),
        ((Line({"status": "pulling 0123", "total": 100, "completed": 5}),), {"stop_after": 1}, ("new:1b",)),
        ((Line({"status": "pulling 0123"}),), {}, ("broke off", "Go on where it stopped")),
        ((), {"status": 500, "error": "disk on fire"}, ("disk on fire",)),
    ],
)
@in_loop
async def test_a_pull_that_fails_says_why_and_can_be_tried_again(
    fake_ollama: FakeOllama, parts: tuple[Part, ...], how: dict[str, Any], says: tuple[str, ...]
) -> None:
    script(fake_ollama, *parts, **how)
    async with opened() as driver:
        await driver.sees("fake:4b")
        await driver.pull("new:1b")
        await driver.until(lambda: not driver.pulling)
        await driver.sees(*says)
        assert "fake:4b" in driver.text, "the list stays"
        fake_ollama.install("new:1b", parameter_size="1B")
        await driver.press("p", "enter")
        await driver.sees("new:1b is ready")


@in_loop
async def test_figures_of_a_download_that_make_no_sense(fake_ollama: FakeOllama) -> None:
    vast, over = threading.Event(), threading.Event()
    script(
        fake_ollama,
        Line({"status": "odd", "total": -5, "completed": -7}),
        Line({"status": "vast", "total": 10**400, "completed": 10**401}),
        Until(vast),
        Line({"status": "over", "total": 10, "completed": 5_000}),
        Until(over),
        *MANY_STEPS,
    )
    async with opened() as driver:
        await driver.sees("fake:4b")
        await driver.pull("new:1b")
        await driver.sees("vast")
        vast.set()
        await driver.sees("over")
        over.set()
        assert driver.screen.query_one(ProgressBar).percentage == 1
        await driver.press("escape")


@pytest.mark.parametrize("size", SIZES)
@in_loop
async def test_a_hostile_status_and_error_are_shown_as_text(fake_ollama: FakeOllama, size: tuple[int, int]) -> None:
    go_on = threading.Event()
    script(fake_ollama, Line({"status": MARKUP}), Until(go_on), Line({"error": MARKUP * 200}))
    async with opened(size=size) as driver:
        await driver.sees("fake:4b")
        await driver.pull(MARKUP)
        await driver.sees("Pulling [/ [@click=app.quit]x[/]")
        assert_harmless(driver.text)
        go_on.set()
        await driver.until(lambda: not driver.pulling)
        await driver.sees("cannot pull [/ [@click=app.quit]x")
        assert_harmless(driver.text)
        assert "Pull a model" in driver.text
        assert driver.app.is_running
