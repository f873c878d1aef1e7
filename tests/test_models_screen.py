"""The models screen as a user drives it, over the official client and a scripted server."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePath
from typing import Any, ClassVar

import pytest
from fake_ollama import FakeOllama, Line, Part, Pause, Reply
from hostile import HOSTILE, assert_harmless
from pilot import in_loop, until
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, ProgressBar

from qa_assistant.settings import Settings
from qa_assistant.tui import models_screen
from qa_assistant.tui.backend import Backend
from qa_assistant.tui.model_pull import ModelPull
from qa_assistant.tui.models_screen import ModelChoice, ModelsScreen

SIZES = ((80, 24), (160, 50))
MANY_STEPS: tuple[Part, ...] = (Line({"status": "pulling 0123"}), Pause(0.02)) * 100
MARKUP = "[/ [@click=app.quit]x[/] \x1b[31m\u202e"


class Harness(App[None]):
    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(models_screen.__file__).with_name("app.tcss")]

    def __init__(self, current: str, *, quotes_only: bool) -> None:
        super().__init__()
        backend = Backend(Settings(timeout=20))
        self.models = ModelsScreen(backend.models, backend.pull, current, quotes_only=quotes_only)
        self.chosen: list[ModelChoice | None] = []

    async def on_mount(self) -> None:
        await self.push_screen(self.models, self.chosen.append)


class Driver:
    """The open screen, and what one sees of it."""

    def __init__(self, app: Harness, pilot: Pilot[Any]) -> None:
        self.app, self.screen, self.pilot = app, app.models, pilot

    async def until(self, condition: Any) -> None:
        await until(self.pilot, condition)

    async def sees(self, *texts: str) -> None:
        await self.until(lambda: all(text in self.text for text in texts))

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def pull(self, name: str) -> None:
        """Types a name and Enter."""
        await self.press("p")
        self.screen.query_one(Input).value = name
        await self.press("enter")

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def lines(self) -> list[str]:
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    @property
    def highlighted(self) -> str:
        """The line of the list that Enter would choose."""
        option = self.screen.query_one(OptionList).highlighted_option
        return str(option.prompt) if option else ""

    @property
    def pulling(self) -> bool:
        return bool(self.app.screen.query(ModelPull))

    @property
    def focused(self) -> type | None:
        return next((kind for kind in (OptionList, Input) if isinstance(self.app.focused, kind)), None)


@asynccontextmanager
async def opened(
    current: str = "", *, quotes_only: bool = False, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Driver]:
    app = Harness(current, quotes_only=quotes_only)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Driver(app, pilot)


def install_many(fake: FakeOllama) -> None:
    fake.install("small:1b", parameter_size="1.0B", size=815_000_000, quantization="Q8_0")
    fake.install("nomic-embed-text:latest", parameter_size="137M", family="nomic-bert", size=274_000_000)
    fake.install("huge:120b-cloud", parameter_size="117B", size=384)


def script(fake: FakeOllama, *parts: Part, **how: Any) -> None:
    """What the next download sends."""
    fake.pulls.append(Reply(parts, finished=False, **how))


# The list


@pytest.mark.parametrize("size", SIZES)
@in_loop
async def test_what_is_listed(fake_ollama: FakeOllama, size: tuple[int, int]) -> None:
    install_many(fake_ollama)
    async with opened(size=size) as driver:
        await driver.sees("fake:4b")
        at = {word: row for row, line in enumerate(driver.lines) for word in line.split()}
        order = ["Params", "fake:4b", "small:1b", "Quotes", "Not", "huge:120b-cloud", "nomic-embed-text:latest"]
        assert sorted(order, key=lambda word: at[word]) == order
        best, small = driver.lines[at["fake:4b"]], driver.lines[at["small:1b"]]
        assert all(cell in best for cell in ("● fake:4b", "4.0B", "2.5 GB", "Q4_K_M", "current, best"))
        assert all(cell in small for cell in ("1.0B", "815 MB", "Q8_0"))
        assert "best" not in small
        assert "cloud, not on this machine" in driver.lines[at["huge:120b-cloud"]]
        assert "only embeds" in driver.lines[at["nomic-embed-text:latest"]]
        head = driver.lines[at["Params"]]
        for name, cell in (("Params", "4.0B"), ("On disk", "2.5 GB"), ("Quant.", "Q4_K_M")):
            assert head.index(name) + len(name) == best.index(cell) + len(cell), "columns are aligned"
        assert "Pull a model" in driver.text
        assert driver.highlighted.startswith("● fake:4b")


@pytest.mark.parametrize(
    ("current", "quotes_only", "line"),
    [("small:1b", False, "● small:1b"), ("mine", False, "● mine:latest"), ("", True, "● Quotes only"),
     ("small:1b", True, "● Quotes only")],
)  # fmt: skip
@in_loop
async def test_the_current_one_is_marked_and_highlighted(
    fake_ollama: FakeOllama, current: str, quotes_only: bool, line: str
) -> None:
    fake_ollama.install("small:1b", parameter_size="1.0B")
    fake_ollama.install("mine:latest", parameter_size="2.0B")
    async with opened(current, quotes_only=quotes_only) as driver:
        await driver.sees("fake:4b")
        assert driver.highlighted.startswith(line)
        assert driver.text.count("●") == 1
        assert "current" in driver.highlighted


@in_loop
async def test_long_names_are_cut_and_all_of_them_is_there_on_a_wider_terminal(fake_ollama: FakeOllama) -> None:
    name = "hf.co/somebody/some-model-with-a-long-name-GGUF:Q4_K_M"
    fake_ollama.install(name)
    async with opened() as driver:
        await driver.sees("hf.co/somebody")
        assert name not in driver.text
        assert "…" in driver.text
        assert "current, best" in driver.text
        await driver.press("down")
        await driver.pilot.resize_terminal(160, 50)
        await driver.sees(name)
        assert name in driver.highlighted, "the highlight stays"


# Choosing


@in_loop
async def test_choose_by_keyboard(fake_ollama: FakeOllama) -> None:
    install_many(fake_ollama)
    async with opened() as driver:
        await driver.sees("small:1b")
        await driver.press("down", "enter")
        await driver.until(lambda: driver.app.chosen)
        assert driver.app.chosen == [ModelChoice("small:1b")]
        assert driver.app.screen is not driver.screen


@in_loop
async def test_choose_quotes_with_the_keyboard(fake_ollama: FakeOllama) -> None:
    install_many(fake_ollama)
    async with opened() as driver:
        await driver.sees("small:1b")
        await driver.press("end", "enter")
        await driver.until(lambda: driver.app.chosen)
        assert driver.app.chosen == [ModelChoice(None, quotes_only=True)], "what is not usable cannot be highlighted"


@in_loop
async def test_choose_by_mouse_and_not_what_is_unusable(fake_ollama: FakeOllama) -> None:
    install_many(fake_ollama)
    async with opened() as driver:
        await driver.sees("small:1b")
        at = {word: row for row, line in enumerate(driver.lines) for word in line.split()}
        for unusable in ("huge:120b-cloud", "nomic-embed-text:latest", "Not"):
            await driver.pilot.click(offset=(5, at[unusable]))
        await driver.pilot.pause()
        assert driver.app.screen is driver.screen
        await driver.pilot.click(offset=(5, at["small:1b"]))
        await driver.until(lambda: driver.app.chosen)
        assert driver.app.chosen == [ModelChoice("small:1b")]


@in_loop
async def test_a_double_click_closes_one_screen_only(fake_ollama: FakeOllama) -> None:
    async with opened() as driver:
        await driver.sees("fake:4b")
        await driver.pilot.double_click(offset=(5, 2))
        await driver.until(lambda: driver.app.chosen)
        assert driver.app.chosen == [ModelChoice("fake:4b")]
        assert driver.app.is_running


@in_loop
async def test_escape_chooses_nothing(fake_ollama: FakeOllama) -> None:
    async with opened() as driver:
        await driver.sees("fake:4b")
        await driver.press("escape")
        await driver.until(lambda: driver.app.chosen)
        assert driver.app.chosen == [None]


# What is missing or fails


@pytest.mark.parametrize("size", SIZES)
@in_loop
async def test_ollama_is_absent_and_comes_later(monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("OLLAMA_HOST", f"http://127.0.0.1:{port}")
    monkeypatch.setattr(models_screen, "POLL_SECONDS", 0.1)
    async with opened(size=size) as driver:
        await driver.sees(f"does not answer at http://127.0.0.1:{port}", "ollama serve", "Quotes only")
        with FakeOllama(port) as fake:
            fake.install()
            await driver.sees("fake:4b")
            assert "does not answer" not in driver.text
            assert driver.highlighted.startswith("● fake:4b")
            assert driver.focused is OptionList


@in_loop
async def test_quotes_can_be_chosen_without_ollama() -> None:
    async with opened() as driver:
        await driver.sees("does not answer")
        await driver.press("enter")
        await driver.until(lambda: driver.app.chosen)
        assert driver.app.chosen == [ModelChoice(None, quotes_only=True)]


@in_loop
async def test_without_a_model_one_key_pulls_the_recommended_one(fake_ollama: FakeOllama) -> None:
    fake_ollama.models.clear()
    fake_ollama.install("nomic-embed-text:latest", family="nomic-bert")
    async with opened() as driver:
        await driver.sees("no model that can answer", "Enter pulls qwen3:4b-instruct")
        fake_ollama.install("qwen3:4b-instruct")
        await driver.press("enter")
        await driver.sees("qwen3:4b-instruct is ready")
        assert fake_ollama.asked("/api/pull")[0]["model"] == "qwen3:4b-instruct"
        assert "qwen3:4b-instruct" in driver.highlighted
        await driver.press("enter")
        await driver.until(lambda: driver.app.chosen)
        assert driver.app.chosen == [ModelChoice("qwen3:4b-instruct")]


@in_loop
async def test_the_model_of_the_settings_is_not_installed(fake_ollama: FakeOllama) -> None:
    async with opened("other:7b") as driver:
        await driver.sees("The model other:7b is not installed.")
        await driver.press("p", "enter")
        await driver.until(lambda: fake_ollama.asked("/api/pull"))
        assert fake_ollama.asked("/api/pull")[0]["model"] == "other:7b"


@in_loop
async def test_nothing_is_pulled_without_a_name_or_a_need(fake_ollama: FakeOllama) -> None:
    async with opened() as driver:
        await driver.sees("fake:4b")
        await driver.press("p", "enter")
        await driver.sees("Which model?")
        assert not driver.pulling
        assert not fake_ollama.asked("/api/pull")


@in_loop
async def test_listing_fails_and_r_lists_again(fake_ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as driver:
        await driver.sees("fake:4b")
        fake_ollama.overrides["/api/tags"] = Reply((), status=500, error="disk on fire")
        await driver.press("r")
        await driver.sees("Ollama failed: disk on fire", "log")
        assert "fake:4b" not in driver.text
        fake_ollama.overrides.clear()
        fake_ollama.install("new:1b", parameter_size="1B")
        await driver.press("r")
        await driver.sees("fake:4b", "new:1b")
        assert "disk on fire" not in driver.text


# Pulling


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
    script(fake_ollama, Line({"status": "pulling 0123"}), Pause(2), *MANY_STEPS)
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
        await driver.sees("The download of new:1b was cancelled.")
        assert driver.app.screen is driver.screen
        await driver.until(fake_ollama.aborted.is_set)
        assert "was cancelled" in driver.text, "what comes late changes nothing"


@in_loop
async def test_after_a_cancelled_pull_another_one_begins_at_once(fake_ollama: FakeOllama) -> None:
    script(fake_ollama, Line({"status": "pulling 0123"}), Pause(1), Line({"status": "success"}))
    script(fake_ollama, Line({"status": "pulling 4567"}), Pause(2), Line({"status": "success"}))
    async with opened() as driver:
        await driver.sees("fake:4b")
        await driver.pull("first:1b")
        await driver.sees("pulling 0123")
        await driver.press("escape")
        await driver.pull("second:1b")
        await driver.sees("Pulling second:1b: pulling 4567")
        fake_ollama.install("second:1b", parameter_size="1B")
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
        await driver.until(lambda: driver.app.chosen == [ModelChoice("fake:4b")])
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
    script(
        fake_ollama,
        Line({"status": "odd", "total": -5, "completed": -7}),
        Line({"status": "vast", "total": 10**400, "completed": 10**401}),
        Pause(0.5),
        Line({"status": "over", "total": 10, "completed": 5_000}),
        Pause(0.5),
        *MANY_STEPS,
    )
    async with opened() as driver:
        await driver.sees("fake:4b")
        await driver.pull("new:1b")
        await driver.sees("vast")
        await driver.sees("over")
        assert driver.screen.query_one(ProgressBar).percentage == 1
        await driver.press("escape")


# Hostile text


@in_loop
async def test_hostile_models_are_shown_as_text(fake_ollama: FakeOllama) -> None:
    fake_ollama.models.clear()
    for number, nasty in enumerate(HOSTILE.values()):
        if nasty != HOSTILE["lone_surrogates"]:
            fake_ollama.install(f"{nasty}{number}", parameter_size=nasty, quantization=nasty, size=10**400)
    async with opened(size=(160, 50)) as driver:
        await driver.sees("[bold red]loud", "[@click=app.quit]x[/]")
        assert_harmless(driver.text)
        assert_harmless(driver.app.export_screenshot())
        for row in range(2, 30):
            await driver.pilot.hover(offset=(4, row))
        assert_harmless(driver.text)
        wanted = next(name for name in fake_ollama.models if name.startswith("[@click"))
        row = next(row for row, line in enumerate(driver.lines) if "[@click=app.quit]" in line)
        await driver.pilot.click(offset=(6, row))
        await driver.until(lambda: driver.app.chosen)
        assert driver.app.chosen == [ModelChoice(wanted)], "the name exactly as Ollama has it"
        assert driver.app.is_running


@pytest.mark.parametrize("size", SIZES)
@in_loop
async def test_a_hostile_status_and_error_are_shown_as_text(fake_ollama: FakeOllama, size: tuple[int, int]) -> None:
    script(fake_ollama, Line({"status": MARKUP}), Pause(0.5), Line({"error": MARKUP * 200}))
    async with opened(size=size) as driver:
        await driver.sees("fake:4b")
        await driver.pull(MARKUP)
        await driver.sees("Pulling [/ [@click=app.quit]x[/]")
        assert_harmless(driver.text)
        await driver.until(lambda: not driver.pulling)
        await driver.sees("cannot pull [/ [@click=app.quit]x")
        assert_harmless(driver.text)
        assert "Pull a model" in driver.text
        assert driver.app.is_running


@pytest.mark.parametrize("name", ["csi", "textual_action", "rich_markup", "bidi_override", "long_line"])
@in_loop
async def test_a_hostile_error_in_listing_is_shown_as_text(fake_ollama: FakeOllama, name: str) -> None:
    fake_ollama.overrides["/api/tags"] = Reply((), status=500, error=HOSTILE[name])
    async with opened() as driver:
        await driver.sees("Ollama failed:", "Quotes only", "Pull a model")
        assert_harmless(driver.text)


@in_loop
async def test_names_that_come_twice_are_no_trouble(fake_ollama: FakeOllama) -> None:
    entry = {"model": "twin:1b", "size": 1}
    fake_ollama.overrides["/api/tags"] = Reply((Line({"models": [entry, entry]}),), finished=False)
    async with opened() as driver:
        await driver.sees("twin:1b")
        assert driver.screen.query_one(OptionList).option_count == 3
