"""The models screen in an app of its own, driven by keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePath
from typing import Any, ClassVar

from fake_ollama import FakeOllama, Part, Reply
from pilot import until
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from qa_assistant.settings import Settings
from qa_assistant.tui import models_screen
from qa_assistant.tui.backend import Backend
from qa_assistant.tui.model_pull import ModelPull
from qa_assistant.tui.model_rows import ModelChoice
from qa_assistant.tui.models_screen import ModelsScreen

SIZES = ((80, 24), (160, 50))
MARKUP = "[/ [@click=app.quit]x[/] \x1b[31m\u202e"


class Harness(App[None]):
    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(models_screen.__file__).with_name("app.tcss")]

    def __init__(self, current: str, *, quotes_only: bool) -> None:
        super().__init__()
        backend = Backend(Settings(timeout=20))
        self.models = ModelsScreen(
            backend.models, backend.pull, current, quotes_only=quotes_only, translated=backend.translates()
        )
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
