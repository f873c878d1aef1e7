"""Runs the terminal UI until it ends, by key, by a signal, or because its terminal is gone."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from qa_assistant.tui.terminal_keys import know_alt

if TYPE_CHECKING:
    from types import FrameType

    from qa_assistant.tui.app import QAApp

_MOST_THREADS = 64
"""Far more than work at a time: those that hang at a server must not keep the others from starting."""

_LONGEST_END = 5.0
"""Seconds after a signal until the program ends even if its terminal cannot be restored."""


def run_until_quit(app: QAApp) -> int:
    """Runs `app`; its exit code. What came of an answer is kept however it ends, and a thread that hangs at a server
    keeps nobody waiting."""
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(_MOST_THREADS))
    _end_on_signals(app, loop)
    know_alt()
    try:
        app.run(loop=loop)
    finally:
        app.chat.keep_turn()
        app.store.close()
    code = app.return_code or 0
    if threading.active_count() > 1:
        os._exit(code)
    return code


def _end_on_signals(app: QAApp, loop: asyncio.AbstractEventLoop) -> None:
    """A terminal that is closed, `kill` and an interrupt from outside end `app` as its own key does."""

    def end(number: int, _: FrameType | None) -> None:
        code = 128 + number

        def give_up() -> None:
            app.chat.keep_turn()
            os._exit(code)

        loop.call_soon_threadsafe(app.call_later, app.end, code)
        # Whoever writes to a terminal that takes nothing any more waits, for ever if it is gone.
        timer = threading.Timer(_LONGEST_END, give_up)
        timer.daemon = True
        timer.start()

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # Windows has not all of them
            signal.signal(getattr(signal, name), end)
