"""Standard streams that are closed or full: an answer that cannot be written is an error, a message is merely lost."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import NoReturn

from qa_assistant.errors import QAError


def open_streams() -> None:
    """Puts streams of this module in the place of stdout and stderr, and an empty one in that of a closed stdin.

    It is for the rest of the process: what was there before must not be used any more.
    """
    # The lowest free descriptor is the closed stream's own. Taken now, it is no file's that is opened later, into
    # which libraries would print. stdout is opened for reading, so that writing to it fails as it should.
    if sys.stdin is None:
        sys.stdin = os.fdopen(os.open(os.devnull, os.O_RDONLY), encoding="utf-8")
    out = os.fdopen(os.open(os.devnull, os.O_RDONLY), "wb") if sys.stdout is None else sys.stdout.buffer
    messages = os.fdopen(os.open(os.devnull, os.O_WRONLY), "wb") if sys.stderr is None else sys.stderr.buffer
    sys.stdout = _Output(out, encoding="utf-8", errors="replace", line_buffering=out.isatty())
    sys.stderr = _Messages(messages, encoding="utf-8", errors="replace", line_buffering=True)


class _Output(io.TextIOWrapper):
    """stdout. Raises QAError where it cannot be written, and BrokenPipeError where whoever read it is gone."""

    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except OSError as error:
            self._fail(error)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> NoReturn:
        if isinstance(error, BrokenPipeError):
            raise error
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())  # what is left must not fail once more at the exit
        raise QAError(
            f"Cannot write the output: {error.strerror}.", hint="Make room, or send it elsewhere: > FILE"
        ) from error


class _Messages(io.TextIOWrapper):
    """stderr. What it does not take is lost."""

    def write(self, text: str, /) -> int:
        with suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()
