"""Typing in the chat: lines pasted, history, keys in a burst, Tab."""

from __future__ import annotations

import pytest
from fake_ollama import FakeOllama, Pause
from pilot import NOWHERE, QUESTION, Chat, chatting, in_loop
from textual.widget import Widget
from textual.widgets import Input
from textual.widgets._toast import Toast

from qa_assistant.settings import Settings
from qa_assistant.tui.chat_screen import ChatScreen
from qa_assistant.tui.question_input import QuestionInput
from qa_assistant.tui.sources_pane import SourceCard
from qa_assistant.tui.transcript import Transcript


@in_loop
async def test_pasting_many_lines_and_browsing_the_history(shipped_index: Settings) -> None:
    from textual import events

    async with chatting(shipped_index) as chat:
        box = chat.app.chat.query_one(QuestionInput)
        chat.app.post_message(events.Paste("What did\r\nBayramov and Takei\r\ndiscuss?\x1b[31m"))
        await chat.until(lambda: "discuss?" in box.text)
        assert box.text == "What did\nBayramov and Takei\ndiscuss?\ufffd[31m"
        assert box.size.height == 3
        await chat.press("enter")
        view = chat.app.chat.query_one(Transcript).views[-1]
        await chat.until(lambda: not view.running)
        await chat.ask(NOWHERE)
        await chat.press(*"new", "up")
        assert box.text == NOWHERE
        await chat.press("up")
        assert box.text.startswith("What did\n")
        await chat.press("down", "down", "down", "down")
        assert box.text == "new"


@in_loop
async def test_a_second_question_waits_for_the_first_and_is_not_lost(
    shipped_index: Settings, fake_ollama: FakeOllama
) -> None:
    fake_ollama.reply("Slow", Pause(60))
    async with chatting(shipped_index, toasts=True) as chat:
        await chat.begin(QUESTION)
        await chat.write("Another?")
        await chat.press("enter")
        assert chat.app.chat.query_one(QuestionInput).text == "Another?"
        assert "Escape stops it" in chat.said()
        await chat.until(lambda: any(toast.region for toast in chat.app.screen.query(Toast)))
        (toast,) = chat.app.screen.query(Toast)
        assert toast.region.bottom <= chat.app.chat.query_one(QuestionInput).region.y, "it covered the question"
        await chat.press("escape")
        assert "Escape stops it" not in chat.said()


@in_loop
async def test_a_question_that_is_too_long_stays_where_it_was_typed(shipped_index: Settings) -> None:
    async with chatting(shipped_index) as chat:
        long = QUESTION * 200
        await chat.write(long)
        await chat.press("enter")
        await chat.until(lambda: "at most 4000 are read" in chat.said())
        assert chat.app.chat.query_one(QuestionInput).text == long
        assert not chat.app.chat.query_one(Transcript).views


def focused(chat: Chat) -> Widget | None:
    return chat.app.focused


@in_loop
async def test_keys_that_come_in_one_burst_keep_their_order(shipped_index: Settings) -> None:
    from textual import events

    async with chatting(shipped_index) as chat:
        keys = {"\r": "enter", "\x08": "backspace"}
        for key in [*QUESTION, "x", "\x08", "\r", *"And when", *"\x08" * 4, *"then", "\r"]:
            chat.app.post_message(events.Key(keys.get(key, key), key))
        await chat.until(lambda: chat.app.chat.query_one(Transcript).views)
        (view,) = chat.app.chat.query_one(Transcript).views
        assert view.question == QUESTION
        await chat.until(lambda: chat.app.chat.query_one(QuestionInput).text == "And then")


@in_loop
async def test_tab_goes_from_the_question_to_the_newest_answer_and_its_sources(shipped_index: Settings) -> None:
    async with chatting(shipped_index) as chat:
        await chat.press("tab")
        assert isinstance(focused(chat), QuestionInput)
        first = await chat.ask(QUESTION)
        second = await chat.ask(NOWHERE)
        await chat.until(lambda: chat.app.chat.query(SourceCard) and not chat.cited())
        await chat.press("tab")
        assert focused(chat) is second
        await chat.press("p")
        assert focused(chat) is first
        await chat.until(chat.cited)
        await chat.press("p", "1", "tab")
        card = focused(chat)
        assert isinstance(card, SourceCard)
        assert any(citation.number == 1 for citation in card.citations)
        await chat.press(*["tab"] * len(chat.app.chat.query(SourceCard)))
        assert isinstance(focused(chat), QuestionInput)
        await chat.press("tab", "n")
        assert focused(chat) is second


@in_loop
async def test_what_is_typed_while_the_program_starts_is_the_question(
    shipped_index: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It went into a field of the filters, which nobody sees."""

    async def not_yet(*_: object) -> None:
        pass

    monkeypatch.setattr(ChatScreen, "show_session", not_yet)
    async with chatting(shipped_index) as chat:
        await chat.press(*"Who")
        assert chat.app.screen.query_one(QuestionInput).text == "Who"
        assert not any(field.value for field in chat.app.screen.query(Input))


@in_loop
async def test_long_questions_are_cleared_undone_and_redone(shipped_index: Settings) -> None:
    """It ended the program: the line of the cursor was gone before the cursor was moved."""
    from textual import events

    lines = "\n".join("abcdefgh")
    async with chatting(shipped_index) as chat:
        box = chat.app.chat.query_one(QuestionInput)
        chat.app.post_message(events.Paste(lines))
        await chat.until(lambda: box.text == lines)
        for key, text in (("ctrl+z", ""), ("ctrl+z", ""), ("ctrl+y", lines), ("ctrl+l", ""), ("ctrl+z", lines)):
            await chat.press(key)
            assert box.text == text
            assert box.cursor_location == box.document.end
        await chat.press("ctrl+y")
        assert box.text == ""
        await chat.press("ctrl+z", "ctrl+j", "ctrl+z", "ctrl+y", "i")
        assert box.text == f"{lines}\ni"


@in_loop
async def test_page_up_and_down_in_the_question_go_through_the_answers(shipped_index: Settings) -> None:
    async with chatting(shipped_index, size=(100, 16)) as chat:
        box, transcript = chat.app.chat.query_one(QuestionInput), chat.app.chat.query_one(Transcript)
        for _ in range(2):
            await chat.ask(QUESTION)
        await chat.until(lambda: transcript.scroll_y > transcript.size.height)
        at = transcript.scroll_y
        await chat.press("pageup")
        await chat.until(lambda: transcript.scroll_y < at)
        assert focused(chat) is box
        await chat.press("pagedown", "pagedown")
        await chat.until(lambda: transcript.scroll_y >= at)
        await chat.write("\n".join("abcdefghijkl"))
        await chat.until(lambda: box.max_scroll_y)
        at = transcript.scroll_y
        await chat.press("pageup")
        assert box.cursor_location[0] < 11
        assert transcript.scroll_y == at
