"""Hostile articles, file names, replies, models and questions on every screen of the terminal UI."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from dataclasses import replace
from pathlib import Path

import pytest
from fake_ollama import FakeOllama, Line, Reply
from hostile import HOSTILE, QUESTION, assert_harmless
from pilot import Chat, chatting, in_loop, plain
from terminal import inherited

from qa_assistant.settings import Settings
from qa_assistant.tui.article_screen import ArticleScreen
from qa_assistant.tui.articles_screen import ArticlesScreen
from qa_assistant.tui.models_screen import ModelsScreen
from qa_assistant.tui.sessions_screen import SessionsScreen
from qa_assistant.tui.status_line import StatusLine
from qa_assistant.tui.transcript import Transcript

PROGRAM = str(Path(sys.executable).parent / "qa-assistant")
PAYLOADS = ("\x1b]52;", "\x1b]8;;https://evil", "\x1b]0;owned", "\x1bc", "\x1b[6n", "\x1b[31;5;7", "\x1b_G", "\x1bP+q")


@pytest.fixture(scope="module")
def hostile_index(hostile_ingest: tuple[Settings, bytes]) -> Settings:
    return replace(hostile_ingest[0], top_k=12)


def check(chat: Chat) -> None:
    """Nothing unsafe is on the screen, and the program runs."""
    assert_harmless(chat.screen_text())
    assert chat.app.is_running
    assert chat.app._exception is None
    evil = [
        segment.style.meta["@click"]
        for strip in chat.app.screen._compositor.render_strips()
        for segment in strip
        if segment.style and "@click" in segment.style.meta
    ]
    assert all("evil" not in str(action) and "quit" not in str(action) for action in evil), evil


@in_loop
async def test_articles_in_answers_and_sources(hostile_index: Settings) -> None:
    async with chatting(replace(hostile_index, top_k=50), size=(100, 30)) as chat:
        view = await chat.ask(QUESTION)
        assert view.hits
        check(chat)
        await chat.press("tab")
        for number in "12345":
            await chat.press(number)
            check(chat)
        for _ in range(40):
            await chat.press("tab")
            check(chat)


@pytest.mark.parametrize("name", HOSTILE)
@in_loop
async def test_one_article_everywhere(hostile_index: Settings, name: str) -> None:
    async with chatting(hostile_index, size=(80, 24)) as chat:
        await chat.until(lambda: "Ready" in chat.shown(StatusLine))
        article = next(one for one in chat.app.backend.articles() if one.path == f"text-{name}.txt")
        chat.app._open_article(article)
        await chat.until(lambda: isinstance(chat.app.screen, ArticleScreen))
        await chat.pilot.pause()
        check(chat)
        await chat.press("end", "slash", *"hafen", "enter", "n")
        check(chat)
        await chat.press("escape", "escape")
        await chat.write(f"Wie lange {HOSTILE[name][:3000]} bleibt der Hafen geschlossen?")
        check(chat)
        await chat.press("enter")
        await chat.until(lambda: chat.app.chat.query_one(Transcript).views)
        await chat.until(lambda: not chat.app.chat.query_one(Transcript).views[-1].running)
        check(chat)
        await chat.press("f2")
        await chat.until(lambda: isinstance(chat.app.screen, SessionsScreen))
        check(chat)


@in_loop
async def test_browsing_articles(hostile_index: Settings) -> None:
    async with chatting(hostile_index, size=(160, 50)) as chat:
        await chat.until(lambda: "Ready" in chat.shown(StatusLine))
        await chat.press("f3")
        await chat.until(lambda: isinstance(chat.app.screen, ArticlesScreen) and " of 2" in chat.screen_text())
        check(chat)
        await chat.press("tab")
        for _ in range(12):
            await chat.press("pagedown")
            check(chat)


@pytest.mark.parametrize("name", HOSTILE)
@in_loop
async def test_replies_of_a_model(shipped_index: Settings, fake_ollama: FakeOllama, name: str) -> None:
    nasty = HOSTILE[name].encode("utf-8", "replace").decode()
    borne = "They discussed alternative energy sources and investments [1].\n\n"  # else all of it would be withdrawn
    fake_ollama.reply(borne, "Energy ", nasty[:20], nasty[20:5000], " [1]. ", nasty[:5000], " Investment [1].")
    async with chatting(shipped_index, size=(80, 24)) as chat:
        view = await chat.ask("What did Bayramov and Takei discuss?")
        assert "Investment" in plain(view) or "Energy" in plain(view) or "NO_ANSWER" in nasty
        check(chat)
        await chat.press("tab", "1")
        check(chat)


@in_loop
async def test_names_errors_and_statuses_of_a_server(shipped_index: Settings, fake_ollama: FakeOllama) -> None:
    names = ("textual_action", "markup_never_opened", "csi", "osc_link", "bidi_override")
    nasty = "".join(map(HOSTILE.__getitem__, names))
    fake_ollama.install(f"{nasty}:70b", parameter_size="13B", family=nasty)
    fake_ollama.replies.append(Reply((), status=500, error=nasty))
    async with chatting(shipped_index, size=(100, 30)) as chat:
        view = await chat.ask("What did Bayramov and Takei discuss?")
        assert not view.running
        check(chat)
        await chat.press("f4")
        await chat.until(lambda: isinstance(chat.app.screen, ModelsScreen) and "13B" in chat.screen_text())
        check(chat)
        fake_ollama.pulls.append(Reply((Line({"status": nasty, "total": 10, "completed": 5}), Line({"error": nasty}))))
        await chat.press("escape")
        check(chat)


def test_a_real_terminal_gets_nothing_but_the_screen(hostile_index: Settings, tmp_path: Path) -> None:
    nasty = " ".join(nasty for nasty in HOSTILE.values() if len(nasty) < 100)[:1_500]  # a terminal takes 4,096 bytes
    store_home = tmp_path / "home"
    output = _drive(
        [PROGRAM, "--corpus", hostile_index.corpus, "--index", hostile_index.index, "chat"],
        {"HOME": str(store_home), "OLLAMA_HOST": "127.0.0.1:9", "QA_ASSISTANT_MIN_CONFIDENCE": "0"},
        [
            ("Ready", f"\x1b[200~{nasty} {QUESTION}\x1b[201~\r"),
            ("first word|nearest", "\t1"),
            ("Copy", "\x1bOR"),
            (" of 2", "\x1b"),
            ("Copy", "\x11"),
        ],
    )
    text = output.decode("utf-8")
    assert [payload for payload in PAYLOADS if payload in text] == []
    pointer = "\x1b]22;default\x07"  # Textual sets the mouse pointer
    assert_harmless(re.sub(r"\x1b\[[0-9;?<>=:$ ]*[a-zA-Z~]|\x1b[=>78]|\r", "", text.replace(pointer, "")))


def _drive(command: list[str], environment: dict[str, str], steps: list[tuple[str, str]]) -> bytes:
    """Runs a program in a terminal of 100 × 30: for each step waits for a text, then types. All that it wrote."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    Path(environment["HOME"]).mkdir()
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, env={**inherited(), "TERM": "xterm-256color", **environment},
        start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    output, seen = b"", b""
    try:
        for wanted, keys in steps:
            end = time.monotonic() + 60
            while not re.search(wanted.encode(), seen):
                assert time.monotonic() < end, f"{wanted} did not come: {seen[-2000:]!r}"
                if select.select([master], [], [], 0.2)[0]:
                    data = os.read(master, 65536)
                    output, seen = output + data, seen + data
            seen = b""
            os.write(master, keys.encode("utf-8", "replace"))
        with contextlib.suppress(OSError):  # what it writes until it ends, so that no sequence is cut in two
            while select.select([master], [], [], 30)[0] and (data := os.read(master, 65536)):
                output += data
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        os.close(master)
    return output
