"""The program in a real terminal, from its start to an answer, to its article, to an export, and out."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import sys
import threading
from pathlib import Path

import pytest
from fake_ollama import FakeOllama, Pause, Until
from terminal import Terminal, terminal, wait_for

from qa_assistant.sessions.store import SessionStore
from qa_assistant.settings import Settings

PROGRAM = str(Path(sys.executable).parent / "qa-assistant")
QUESTION = "What did Bayramov and Takei discuss?"


def test_from_the_start_to_an_answer_to_its_article_to_an_export_and_out(
    shipped_index: Settings, tmp_path: Path
) -> None:
    command = _chat(shipped_index)
    environment = {"HOME": str(tmp_path), "QA_ASSISTANT_GLOSS": "false"}
    with terminal(tmp_path, command, environment) as it:
        it.until("Ask a question in your language", "Ready", "No Ollama: answers are quotes", "1 article")
        it.write(QUESTION)
        it.press("Enter")
        it.until("❯ " + QUESTION, "[3]", "2022-12-03 · Baku · AZERTAC", "passages · first word")

        it.press("Tab")
        it.until("Copy quote")
        it.press("1", "Enter")
        article = it.until("quote 3 of", "▶  1", ".txt:")
        assert "alternativer" in article
        chosen = [line for line in it.screen(styled=True).split("\n") if "▶" in line]
        assert all(re.search(r"\x1b\[(\d;)*7m", line) for line in chosen)  # reversed: without colour too
        it.press("y")
        it.until("The quote was sent to the", "set-clipboard on")
        assert "alternativer Energiequellen" in it.clipboard()
        assert "2022-12-03 · Baku · AZERTAC" in it.clipboard()

        it.press("Escape")
        it.until("❯ " + QUESTION)
        for ending in ("md", "json"):
            it.press("F7")
            it.until("Export to")
            it.press("C-u")
            it.write(str(tmp_path / f"export.{ending}"))
            it.press("Enter")
            written = tmp_path / f"export.{ending}"
            it.until_gone("Export to")
            wait_for(written.exists, it.screen)
        assert "## References" in (tmp_path / "export.md").read_text(encoding="utf-8")
        assert json.loads((tmp_path / "export.json").read_text(encoding="utf-8"))["turns"][0]["question"] == QUESTION

        it.press("Escape")
        it.until("⏎ Ask")
        it.paste("Not sent:\nwhat next?")
        it.until("Not sent:", "what next?")
        it.press("C-q")
        assert it.exit_code() == 0

    with terminal(tmp_path, command, environment, size=(80, 24)) as it:
        it.until("Ready")
        it.press("F2")
        it.until(f"1 question   {QUESTION}")
        it.press("Enter")
        it.until("The articles' own sentences", "Not sent:", "what next?")
        it.press("C-q")
        assert it.exit_code() == 0


def test_resizing_while_an_answer_streams(shipped_index: Settings, tmp_path: Path, fake_ollama: FakeOllama) -> None:
    checked = threading.Event()
    first, *more = [part for number in range(6000) for part in (f"word{number} ", Pause(0.05))]
    fake_ollama.reply("They discussed alternative energy and investment [1].\n\n", first, Until(checked), *more)
    command = _chat(shipped_index)
    with terminal(tmp_path, command, {"HOME": str(tmp_path), "OLLAMA_HOST": fake_ollama.host}) as it:
        it.until("Ready", "fake:4b")
        it.write(QUESTION)
        it.press("Enter")
        it.until("alternative energy and investment. [1]", "esc Stop")
        checked.set()  # what follows soon takes the sentence off the screen
        for width, height in ((60, 18), (200, 60), (80, 24)):
            it.resize(width, height)
            it.until("word", "fake:4b is writing", "esc Stop")
            assert not fake_ollama.aborted.is_set()
        it.press("Escape")
        it.until("Stopped.")
        assert fake_ollama.aborted.wait(30)
        it.until_gone("esc Stop")
        it.press("C-q")
        assert it.exit_code() == 0


def test_keys_with_alt_as_terminals_send_them(shipped_index: Settings, tmp_path: Path) -> None:
    """Escape and the key: Textual took Alt+2 for “™”, and Alt+Enter asked."""
    with terminal(tmp_path, _chat(shipped_index), {"HOME": str(tmp_path)}) as it:
        it.until("Ready")
        it.write(QUESTION)
        it.press("Enter")
        it.until("[3]", "passages · first word")
        it.write("§ 5")
        it.press("M-Enter")
        it.write("second line")
        it.until("§ 5\n second line")
        it.press("M-2", "Tab")
        it.until("Copy quote")
        it.press("Enter")
        it.until("quote 2 of", "▶  2")


def _chat(settings: Settings) -> list[str]:
    return [PROGRAM, "--corpus", str(settings.corpus_path), "--index", str(settings.index_path), "chat"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_chat_restores_the_terminal_and_loses_nothing(
    shipped_index: Settings, tmp_path: Path, fake_ollama: FakeOllama, number: int
) -> None:
    """It froze, or left the terminal as it was, and what came of the answer was gone."""
    pid = tmp_path / "pid"
    command = ["sh", "-c", f"echo $$ >{pid} && exec {shlex.join(_chat(shipped_index))}"]
    with terminal(tmp_path, command, {"HOME": str(tmp_path), "OLLAMA_HOST": fake_ollama.host}) as it:
        _half_an_answer(it, fake_ollama)
        os.kill(int(pid.read_text()), number)
        assert it.exit_code() == 128 + number
        assert "esc Stop" not in it.screen()  # what was there before the program
        it.write("seen")
        it.until("seen")  # the terminal echoes again
    _assert_kept(tmp_path)


def test_an_idle_chat_ends_by_an_interrupt_from_outside(shipped_index: Settings, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    command = ["sh", "-c", f"echo $$ >{pid} && exec {shlex.join(_chat(shipped_index))}"]
    with terminal(tmp_path, command, {"HOME": str(tmp_path)}) as it:
        it.until("Ready")
        os.kill(int(pid.read_text()), signal.SIGINT)
        assert it.exit_code() == 130


def test_a_terminal_that_is_closed_takes_nothing_along(
    shipped_index: Settings, tmp_path: Path, fake_ollama: FakeOllama
) -> None:
    environment = {"HOME": str(tmp_path), "OLLAMA_HOST": fake_ollama.host}
    with terminal(tmp_path, _chat(shipped_index), environment) as it:
        _half_an_answer(it, fake_ollama)
    store = _store(tmp_path)
    wait_for(store.list, lambda: "nothing is kept")
    _assert_kept(tmp_path)


def _half_an_answer(it: Terminal, model: FakeOllama) -> None:
    """On the screen, and below it the beginning of the next question."""
    model.reply("They discussed alternative energy and investment [1].\n\n", "Then", Pause(600))
    it.until("Ready", "fake:4b")
    it.write(QUESTION)
    it.press("Enter")
    it.until("alternative energy and investment. [1]", "esc Stop")
    it.write("And what")
    it.until("And what")


def _store(home: Path) -> SessionStore:
    return SessionStore(home / ".local/share/qa-assistant/chat.sqlite")


def _assert_kept(home: Path) -> None:
    store = _store(home)
    (session,) = store.list()
    (turn,) = store.open(session.id)
    assert turn.stopped
    assert turn.answer and "alternative energy" in turn.answer.text
    assert store.draft(session.id) == "And what"
