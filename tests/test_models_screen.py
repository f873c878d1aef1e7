"""The models screen as a user drives it, over the official client and a scripted server."""

from __future__ import annotations

import socket

import pytest
from fake_ollama import FakeOllama, Line, Reply
from hostile import HOSTILE, assert_harmless
from models_pilot import SIZES, install_many, opened
from pilot import in_loop
from textual.widgets import Input, OptionList

from qa_assistant.tui import models_screen
from qa_assistant.tui.model_rows import ModelChoice

# The list


@pytest.mark.parametrize("size", SIZES)
@in_loop
async def test_what_is_listed(fake_ollama: FakeOllama, size: tuple[int, int]) -> None:
    install_many(fake_ollama)
    async with opened(size=size) as driver:
        await driver.sees("fake:4b")
        at = {word: row for row, line in enumerate(driver.lines) for word in line.split()}
        usable = ["Params", "installed", "fake:4b", "small:1b", "Quotes"]
        order = [*usable, "Not", "huge:120b-cloud", "nomic-embed-text:latest"]
        assert sorted(order, key=lambda word: at[word]) == order
        best, small = driver.lines[at["fake:4b"]], driver.lines[at["small:1b"]]
        assert all(cell in best for cell in ("fake:4b", "4.0B", "2.5 GB", "Q4_K_M", "best"))
        assert all(cell in small for cell in ("1.0B", "815 MB", "Q8_0"))
        assert "best" not in small
        assert "cloud, not on this machine" in driver.lines[at["huge:120b-cloud"]]
        assert "only embeds" in driver.lines[at["nomic-embed-text:latest"]]
        head = driver.lines[at["Params"]]
        for name, cell in (("Params", "4.0B"), ("On disk", "2.5 GB"), ("Quant.", "Q4_K_M")):
            assert head.index(name) + len(name) == best.index(cell) + len(cell), "columns are aligned"
        assert "Pull a model" in driver.text
        assert driver.highlighted == "● The best one installed  current"


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
async def test_with_a_model_quotes_are_those_that_nothing_translates(
    fake_ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa_assistant.answering.local_model.embedded.available", lambda _: True)
    async with opened("small:1b") as driver:
        await driver.sees("fake:4b", "Quotes only, no model")
        assert "translated" not in driver.text


@pytest.mark.parametrize("quotes_only", [True, False])
@in_loop
async def test_without_ollama_translated_quotes_can_be_chosen_again(
    monkeypatch: pytest.MonkeyPatch, quotes_only: bool
) -> None:
    monkeypatch.setattr("qa_assistant.answering.local_model.embedded.available", lambda _: True)
    async with opened(quotes_only=quotes_only) as driver:
        await driver.sees("does not answer", "Quotes, translated by the model inside the program")
        assert driver.highlighted.startswith("● Quotes only" if quotes_only else "● Quotes, translated")
        await driver.press("up" if quotes_only else "home", "enter")
        await driver.until(lambda: driver.app.chosen)
        assert driver.app.chosen == [ModelChoice()]


@in_loop
async def test_long_names_are_cut_and_all_of_them_is_there_on_a_wider_terminal(fake_ollama: FakeOllama) -> None:
    name = "hf.co/somebody/some-model-with-a-long-name-GGUF:Q4_K_M"
    fake_ollama.install(name)
    async with opened() as driver:
        await driver.sees("hf.co/somebody")
        assert name not in driver.text
        assert "…" in driver.text
        await driver.press("down", "down")
        await driver.pilot.resize_terminal(160, 50)
        await driver.sees(name)
        assert name in driver.highlighted, "the highlight stays"


# Choosing


@pytest.mark.parametrize(
    ("key", "chosen"),
    [
        ("home", ModelChoice()),
        ("down", ModelChoice("fake:4b")),
        ("end", ModelChoice(None, quotes_only=True)),  # what is not usable cannot be highlighted
    ],
)
@in_loop
async def test_choose_by_keyboard(fake_ollama: FakeOllama, key: str, chosen: ModelChoice) -> None:
    install_many(fake_ollama)
    async with opened() as driver:
        await driver.sees("small:1b")
        await driver.press(key, "enter")
        await driver.until(lambda: driver.app.chosen)
        assert driver.app.chosen == [chosen]
        assert driver.app.screen is not driver.screen


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
        await driver.pilot.double_click(offset=(5, 3))
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


@in_loop
async def test_a_choice_is_taken_back(fake_ollama: FakeOllama) -> None:
    """There was no line for it: the best model of today could be chosen, the best of each day not again."""
    install_many(fake_ollama)
    async with opened("small:1b") as driver:
        await driver.sees("small:1b")
        assert driver.highlighted.startswith("● small:1b")
        await driver.press("home")
        await driver.pilot.resize_terminal(160, 50)
        await driver.until(lambda: driver.screen.size.width == 160)
        assert driver.highlighted == "  The best one installed", "the highlight stays"
        await driver.press("enter")
        await driver.until(lambda: driver.app.chosen)
        assert driver.app.chosen == [ModelChoice()]


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
        assert "choose quotes" in driver.text
        assert "(F4)" not in driver.text
        with FakeOllama(port) as fake:
            fake.install()
            await driver.sees("fake:4b")
            assert "does not answer" not in driver.text
            assert driver.highlighted.startswith("● The best one installed")
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
        assert driver.screen.query_one(Input).placeholder == "other:7b", "what Enter pulls"
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
async def test_listing_fails_and_r_lists_again(fake_ollama: FakeOllama) -> None:
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
        assert driver.screen.query_one(OptionList).option_count == 4
