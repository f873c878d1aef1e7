"""What UI tests share: the app over a given index, and waiting for a state, never for a time."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from textual.pilot import Pilot
from textual.widget import Widget

if TYPE_CHECKING:
    from qa_assistant.sessions.store import SessionStore
    from qa_assistant.settings import Settings
    from qa_assistant.tui.app import QAApp
    from qa_assistant.tui.sources_pane import SourceCard
    from qa_assistant.tui.turn_view import TurnView


QUESTION = "What did Bayramov and Takei discuss?"
ENERGY = "alternativer Energiequellen"
"""What the shipped article says about it, among others."""
NOWHERE = "Who won the 2018 World Cup?"


def in_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Lets pytest run a coroutine, with its fixtures."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        loop = asyncio.new_event_loop()  # unlike asyncio.run(), does not wait for threads that hang at a server
        try:
            loop.run_until_complete(test(*args, **kwargs))
        finally:
            loop.close()

    return run


async def until(pilot: Pilot[Any], condition: Callable[[], object], seconds: float = 20) -> None:
    """Lets the app run until `condition()` is true. Raises AssertionError if it does not become so."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"did not happen within {seconds} s")
        await pilot.pause(0.02)
    await pilot.pause()


@asynccontextmanager
async def chatting(
    settings: Settings, store: SessionStore | None = None, size: tuple[int, int] = (120, 40), *, toasts: bool = False
) -> AsyncIterator[Chat]:
    """The whole program, as `qa-assistant chat` runs it, on a terminal of `size`; notifications are on the screen if
    `toasts`."""
    from qa_assistant.sessions.store import SessionStore
    from qa_assistant.tui.app import QAApp

    app = QAApp(settings, store or SessionStore(None))
    async with app.run_test(size=size, notifications=toasts) as pilot:
        await pilot.pause()
        yield Chat(app, pilot)


class Chat:
    """A running app, driven by keys, and what its screen shows."""

    def __init__(self, app: QAApp, pilot: Pilot[Any]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, condition: Callable[[], object], seconds: float = 20) -> None:
        await until(self.pilot, condition, seconds)

    async def write(self, text: str) -> None:
        """Puts text where questions are typed, as if it had been typed."""
        from qa_assistant.tui.question_input import QuestionInput

        self.app.chat.query_one(QuestionInput).put(text)
        await self.pilot.pause()

    async def ask(self, question: str) -> TurnView:
        """Asks, and waits for the end of the answer."""
        view = await self.begin(question)
        await self.until(lambda: not view.running, 60)
        return view

    async def begin(self, question: str) -> TurnView:
        """Asks, and does not wait for the answer."""
        from qa_assistant.tui.transcript import Transcript

        before = len(self.app.chat.query_one(Transcript).views)
        await self.write(question)
        await self.press("enter")
        await self.until(lambda: len(self.app.chat.query_one(Transcript).views) > before)
        return self.app.chat.query_one(Transcript).views[-1]

    def cited(self) -> list[SourceCard]:
        """The sources that are shown as cited."""
        from qa_assistant.tui.sources_pane import SourceCard

        return [card for card in self.app.chat.query(SourceCard) if card.citations]

    def shown(self, kind: type[Widget]) -> str:
        """The text of the widget of this kind on the open screen."""
        return plain(self.app.screen.query_one(kind))

    def said(self) -> str:
        """What notifications say."""
        return "\n".join(notification.message for notification in self.app._notifications)

    def screen_text(self) -> str:
        """Everything on the screen, line by line."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in lines)


def plain(widget: Widget) -> str:
    return str(widget.render())
