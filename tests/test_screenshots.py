"""The screens as pictures, compared with those in `tests/screenshots/`; `make screenshots` takes them anew.

The README shows some of them. What differs from run to run (times, when the corpus was indexed) is made fixed here.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fake_ollama import FakeOllama, Pause
from pilot import Chat, chatting, in_loop, plain

from qa_assistant.clock import Clock
from qa_assistant.ingestion.status import CorpusStatus
from qa_assistant.settings import Settings
from qa_assistant.tui.article_screen import ArticleScreen
from qa_assistant.tui.backend import Backend
from qa_assistant.tui.corpus_bar import CorpusBar
from qa_assistant.tui.question_input import QuestionInput
from qa_assistant.tui.status_line import StatusLine

FOLDER = Path(__file__).parent / "screenshots"
QUESTION = "What did Bayramov and Takei discuss?"
_LINE, _CELL = 24.4, 12.2
"""Height and width of a cell in the pictures."""

WRITTEN = (
    "They discussed three things:\n\n",
    "- **political consultations** and mutual visits [1]\n",
    "- wider cooperation in *political, economic and humanitarian* matters [1]\n",
    "- alternative energy and investment [1]\n",
)


@pytest.fixture(autouse=True)
def _always_the_same(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    status = CorpusStatus(
        articles=1,
        passages=2,
        first="2022-12-03",
        last="2022-12-03",
        indexed_at="2026-11-24T09:00:00+00:00",
        pending=0,
        agencies=("AZERTAC",),
    )
    monkeypatch.setattr(Backend, "status", lambda _: status)
    monkeypatch.setattr(Clock, "marks", lambda _: {"retrieval": 40, "first_token": 390, "total": 2210})
    for name in [name for name in os.environ if name.startswith("TEXTUAL_") or name == "NO_COLOR"]:
        monkeypatch.delenv(name)
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def check(chat: Chat, name: str) -> None:
    """Compares the screen with the picture of this name, or takes it anew. What differs is written beside it."""
    taken = chat.app.export_screenshot(title="qa-assistant chat")
    file, other = FOLDER / f"{name}.svg", FOLDER / f"{name}.actual.svg"
    if os.environ.get("UPDATE_SCREENSHOTS"):
        file.write_text(taken, encoding="utf-8")
        return
    before, now = drawn(file.read_text(encoding="utf-8")), drawn(taken)
    if before != now:
        other.write_text(taken, encoding="utf-8")
        differing = "\n".join(map(str, sorted(before ^ now)[:20]))
        pytest.fail(
            f"The screen is not that of {file.name}: see {other.name}. If it should be: make screenshots\n{differing}"
        )


def drawn(svg: str) -> set[tuple[int, int, str, str]]:
    """What is on the screen of a picture: line, place on it, text or `█` for its ground, and how it looks.

    Fonts, ids and the frame are left out, so that another version of what draws the picture does no harm.
    """
    styles = dict(re.findall(r"\.[\w-]+-(r\d+) \{ *([^}]*?) *\}", svg))
    found = set()
    for element in ElementTree.fromstring(svg).iter():
        kind, at, style = element.tag.rpartition("}")[2], element.attrib, element.get("class", "").rpartition("-")[2]
        if kind == "text" and style in styles:
            text = (element.text or "").replace("\xa0", " ").rstrip()
            found.add((round(float(at["y"]) / _LINE), round(float(at["x"]) / _CELL), text, styles[style]))
        elif kind == "rect" and "shape-rendering" in at:
            width = round(float(at["width"]) / _CELL)
            found.add((round(float(at["y"]) / _LINE), round(float(at["x"]) / _CELL), "█" * width, at["fill"]))
    return {one for one in found if one[2]}


async def settle(chat: Chat) -> None:
    """Everything is loaded and looked at, and the cursor does not blink."""
    chat.app.chat.query_one(QuestionInput).cursor_blink = False
    await chat.until(lambda: chat.shown(StatusLine).startswith(("Ready │", "Answering · Escape stops │")))
    await chat.until(lambda: "article" in chat.shown(CorpusBar))
    await chat.pilot.pause(0.2)


@in_loop
async def test_empty(shipped_index: Settings, fake_ollama: FakeOllama) -> None:
    async with chatting(shipped_index, size=(100, 30)) as chat:
        await settle(chat)
        check(chat, "empty")


@in_loop
async def test_streaming(shipped_index: Settings, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply(*WRITTEN[:3], Pause(60))
    async with chatting(shipped_index, size=(100, 30)) as chat:
        await settle(chat)
        view = await chat.begin(QUESTION)
        await chat.until(lambda: "humanitarian" in plain(view) and view.citations)
        await settle(chat)
        check(chat, "streaming")
        await chat.press("escape")


@pytest.mark.parametrize(("name", "size"), [("cited", (140, 36)), ("narrow", (80, 24))])
@in_loop
async def test_cited(shipped_index: Settings, fake_ollama: FakeOllama, name: str, size: tuple[int, int]) -> None:
    fake_ollama.reply(*WRITTEN, prompt_tokens=1260)
    async with chatting(shipped_index, size=size) as chat:
        await settle(chat)
        await chat.ask(QUESTION)
        await chat.press("tab", "2")
        await settle(chat)
        check(chat, name)


@in_loop
async def test_no_answer(shipped_index: Settings, fake_ollama: FakeOllama) -> None:
    async with chatting(shipped_index, size=(100, 30)) as chat:
        await settle(chat)
        await chat.ask("Who won the 2018 World Cup?")
        await settle(chat)
        check(chat, "no-answer")


@in_loop
async def test_no_ollama(shipped_index: Settings) -> None:
    async with chatting(shipped_index, size=(130, 32)) as chat:
        await settle(chat)
        await chat.ask(QUESTION)
        await chat.press("tab", "2")
        await settle(chat)
        check(chat, "no-ollama")


@in_loop
async def test_article(shipped_index: Settings) -> None:
    async with chatting(shipped_index, size=(100, 30)) as chat:
        await settle(chat)
        await chat.ask(QUESTION)
        await chat.press("tab", "3", "enter")
        await chat.until(lambda: isinstance(chat.app.screen, ArticleScreen))
        await chat.pilot.pause(0.2)
        check(chat, "article")
