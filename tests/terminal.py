"""A program in a real terminal: tmux draws what it writes, and types what is sent. `.ci/run` installs tmux."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

_ENDED = "Ended with exit code"


def inherited() -> dict[str, str]:
    """The environment for a program in a terminal of its own, without settings of whoever runs the tests.

    Where COLUMNS and LINES are set, as in CI, Textual believes them and not the terminal, whatever its size becomes.
    """
    left_out = ("XDG_", "QA_", "TMUX", "COLUMNS", "LINES")
    return {name: value for name, value in os.environ.items() if not name.startswith(left_out)}


@contextmanager
def terminal(
    folder: Path, command: Sequence[str], environment: Mapping[str, str], size: tuple[int, int] = (120, 40)
) -> Iterator[Terminal]:
    """Runs `command` in a terminal of `size`; `folder` takes the socket. Ends whatever is left in the end."""
    if not shutil.which("tmux"):
        assert not os.environ.get("CI"), "tmux is not installed: see .ci/run"
        pytest.skip("tmux is not installed")
    it = Terminal(folder / "tmux")
    width, height = map(str, size)
    # What is copied goes to tmux' own clipboard.
    options = shlex.split("set -s set-clipboard on ';' set -g default-terminal screen-256color")
    script = f"{shlex.join(command)}; echo {_ENDED} $?; exec cat"  # tmux at times forgets the exit codes it is told
    run = ["new-session", "-d", "-x", width, "-y", height, script]
    start = ["tmux", "-S", it.socket, "-f", "/dev/null", "start-server", ";", *options, ";", *run]
    _start_tmux(start, inherited() | {"LC_ALL": "C.UTF-8"} | dict(environment))
    try:
        yield it
    finally:
        subprocess.run(["tmux", "-S", it.socket, "kill-server"], check=False, timeout=60)


def _start_tmux(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """tmux' own server was gone before its client had reached it, once, on a CI machine: then it is started anew."""
    for tries_left in (2, 1, 0):
        started = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        if started.returncode == 0:
            return
        assert tries_left and "server exited unexpectedly" in started.stderr, started.stderr
        time.sleep(1)


def wait_for(condition: Callable[[], object], described: Callable[[], str], seconds: float = 60) -> None:
    """Raises AssertionError with what is `described` if `condition()` does not become true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not so within {seconds} s: {described()}"
        time.sleep(0.05)


class Terminal:
    """What is on the screen, and what is typed."""

    def __init__(self, socket: Path) -> None:
        self.socket = str(socket)

    def screen(self, *, styled: bool = False) -> str:
        """The lines on the screen; `styled` with the sequences that make them bold, reversed and so on."""
        return self._tmux("capture-pane", "-p", *["-e"] * styled)

    def until(self, *texts: str) -> str:
        """Waits until all `texts` are on the screen, which is returned. Raises AssertionError if they do not come."""
        wait_for(lambda: all(text in self.screen() for text in texts), lambda: f"{texts}\n{self._described()}")
        return self.screen()

    def until_gone(self, text: str) -> None:
        wait_for(lambda: text not in self.screen(), lambda: f"still there: {text}\n{self._described()}")

    def press(self, *keys: str) -> None:
        """Keys by tmux' names, such as `Enter`, `F7`, `C-q`."""
        self._tmux("send-keys", *keys)

    def write(self, text: str) -> None:
        self._tmux("send-keys", "-l", text)

    def paste(self, text: str) -> None:
        """As terminals paste: in brackets, if the program asked for them."""
        self._tmux("set-buffer", "-b", "pasted", text)
        self._tmux("paste-buffer", "-p", "-b", "pasted")

    def resize(self, width: int, height: int) -> None:
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def clipboard(self) -> str:
        return self._tmux("show-buffer")

    def exit_code(self) -> int:
        """Waits for the end of the program."""
        return int(self.until(_ENDED).rpartition(_ENDED)[2].split()[0])

    def _described(self) -> str:
        """The screen, and its size: what tmux says, and what the program is told, which may not be the same."""
        tty, by_tmux = self._tmux("display-message", "-p", "#{pane_tty} #{pane_height} #{pane_width}").split(maxsplit=1)
        told = subprocess.run(["stty", "-F", tty, "size"], check=False, capture_output=True, text=True, timeout=60)
        return f"{self.screen()}\n{by_tmux.strip()} by tmux, {told.stdout.strip()} by the terminal"

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", self.socket, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
