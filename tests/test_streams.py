"""Standard streams that are closed or full: an error, an empty question or lost messages, and never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from qa_assistant.settings import Settings

PROGRAM = (sys.executable, "-c", "from qa_assistant.cli.main import main; main()")
QUESTION = ("ask", "Worüber sprachen die Minister?", "--answer-with", "quotes")


def redirected(how: str, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the program, called with the shell's redirection `how`."""
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {how}', "sh", *PROGRAM, *arguments], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("arguments", [QUESTION, ("articles", "list"), ("--help",)], ids=lambda words: words[0])
@pytest.mark.parametrize(
    ("how", "why"), [("> /dev/full", "No space left on device"), (">&-", "Bad file descriptor")], ids=["full", "closed"]
)
def test_an_output_that_cannot_be_written_is_an_error(
    shipped_index: Settings, how: str, why: str, arguments: tuple[str, ...]
) -> None:
    code, out, err = redirected(how, "--index", shipped_index.index, *arguments)
    assert (code, out) == (1, "")
    failed, hint = err.splitlines()[-2:]
    assert failed == f"qa-assistant: Cannot write the output: {why}."
    assert "> FILE" in hint
    assert "Traceback" not in err
    assert "Exception ignored" not in err


def test_a_closed_stdin_is_an_empty_one(shipped_index: Settings) -> None:
    code, out, err = redirected("<&-", "--index", shipped_index.index, "ask", "-")
    assert (code, out) == (2, "")
    assert "The question is empty." in err
    assert redirected("<&-", "--index", shipped_index.index, *QUESTION)[0] == 0


@pytest.mark.parametrize("how", ["2>&-", "2> /dev/full"])
def test_messages_that_cannot_be_written_are_lost_and_nothing_else(shipped_index: Settings, how: str) -> None:
    code, out, err = redirected("", "--index", shipped_index.index, *QUESTION)
    assert code == 0
    assert err
    assert redirected(how, "--index", shipped_index.index, *QUESTION) == (0, out, "")
    assert redirected(how, "--index", shipped_index.index, "articles", "show", "ffffffff") == (1, "", "")


def test_no_file_takes_the_place_of_a_closed_stream(tmp_path: Path) -> None:
    """An index would, and libraries print to descriptors by their number."""
    show = "import os; from qa_assistant.cli.streams import open_streams; open_streams(); file = open('kept', 'w'); "
    write = "os.write(2, b'of a library'); assert file.fileno() > 2"
    program = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, "-c", show + write]
    assert subprocess.run(program, cwd=tmp_path, check=False).returncode == 0
    assert (tmp_path / "kept").read_bytes() == b""
