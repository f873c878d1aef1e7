"""Sessions in the chat, driven as a user does: resumed, exported, quit, deleted elsewhere, on a full disk."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from fake_ollama import FakeOllama, Pause
from pilot import ENERGY, NOWHERE, QUESTION, chatting, in_loop, plain
from textual.widgets import Input

from qa_assistant.errors import SessionError
from qa_assistant.sessions.store import SessionStore
from qa_assistant.settings import Settings
from qa_assistant.tui.article_screen import ArticleScreen
from qa_assistant.tui.prompt_screen import PromptScreen
from qa_assistant.tui.question_input import QuestionInput
from qa_assistant.tui.sessions_screen import SessionsScreen
from qa_assistant.tui.sources_pane import SourceCard
from qa_assistant.tui.transcript import Transcript
from qa_assistant.tui.turn_view import TurnView
from qa_assistant.tui.welcome import Welcome


@in_loop
async def test_sessions_are_kept_resumed_and_keep_unsent_text(shipped_index: Settings, tmp_path: Path) -> None:
    path = tmp_path / "chat.sqlite"
    async with chatting(shipped_index, SessionStore(path)) as chat:
        await chat.ask(QUESTION)
        await chat.write("half a quest")
        await chat.press("ctrl+n")
        assert chat.app.chat.query_one(QuestionInput).text == ""
        assert chat.app.chat.query(Welcome)
        await chat.ask(NOWHERE)
        await chat.write("another half")
        await chat.until(lambda: chat.app.chat.session.draft == "another half")
    async with chatting(shipped_index, SessionStore(path)) as chat:
        await chat.press("f2")
        await chat.until(lambda: isinstance(chat.app.screen, SessionsScreen))
        await chat.press("down", "enter")
        await chat.until(lambda: chat.app.screen is chat.app.chat and chat.app.chat.query(TurnView))
        (view,) = chat.app.chat.query_one(Transcript).views
        assert view.question == QUESTION
        assert ENERGY in plain(view)
        assert chat.app.chat.query_one(QuestionInput).text == "half a quest"
        await chat.until(chat.cited)
        follow_up = await chat.ask("And what about energy?")
        assert "asked as" in plain(follow_up)


@pytest.mark.parametrize("ending", [".md", ".json"])
@in_loop
async def test_export(shipped_index: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    monkeypatch.chdir(tmp_path)
    async with chatting(shipped_index) as chat:
        await chat.press("f7")
        assert "nothing to export" in chat.said()
        await chat.ask(QUESTION)
        await chat.press("f7")
        await chat.until(lambda: chat.app.screen is not chat.app.chat)
        await chat.press("end", *["backspace"] * 3, *ending, "enter")
        await chat.until(lambda: list(tmp_path.glob(f"*{ending}")))
        (written,) = tmp_path.glob(f"*{ending}")
        text = written.read_text(encoding="utf-8")
        assert ENERGY in text
        if ending == ".json":
            assert json.loads(text)["turns"][0]["question"] == QUESTION


@in_loop
async def test_quitting_loses_neither_text_nor_what_came_of_an_answer(
    shipped_index: Settings, fake_ollama: FakeOllama
) -> None:
    fake_ollama.reply("They discussed energy [1]. ", "Then", Pause(60))
    store = SessionStore(None)
    async with chatting(shipped_index, store) as chat:
        view = await chat.begin(QUESTION)
        await chat.until(lambda: "energy" in view.text)
        await chat.press(*"And", "ctrl+q")
    (session,) = store.list()
    (turn,) = store.open(session.id)
    assert turn.stopped
    assert turn.answer is not None
    assert "energy" in turn.answer.text
    assert store.draft(session.id) == "And"


@in_loop
async def test_a_disk_that_is_full_is_said_and_the_conversation_goes_on(
    shipped_index: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise SessionError("The disk is full.", hint="Make room.")

    store = SessionStore(None)
    with monkeypatch.context() as on_a_full_disk:
        for method in ("set_draft", "set_preference", "add_turn", "create"):
            on_a_full_disk.setattr(SessionStore, method, full)
        async with chatting(shipped_index, store) as chat:
            view = await chat.ask(QUESTION)
            assert ENERGY in view.text
            assert "The disk is full.\nMake room." in chat.said()
            await chat.write("half a question")
            chat.app.chat.keep_draft()
            await chat.ask(NOWHERE)
            assert chat.said().count("The disk is full.") == 1, "one warning, not one for every turn"
            chat.app.theme = "textual-light"
            await chat.write("half a question")
            await chat.press("f8")
            assert chat.app.chat.query_one(QuestionInput).text == "half a question"
            await chat.press("f8")
            on_a_full_disk.undo()
            again = await chat.ask("And what about energy?")
            assert "asked as" in plain(again)
    (session,) = store.list()
    assert [turn.question for turn in store.open(session.id)] == [QUESTION, NOWHERE, "And what about energy?"]


@in_loop
async def test_a_session_that_another_window_deleted_is_not_resumed(shipped_index: Settings) -> None:
    store = SessionStore(None)
    async with chatting(shipped_index, store) as chat:
        await chat.ask(QUESTION)
        await chat.press("ctrl+n", "f2")
        await chat.until(lambda: isinstance(chat.app.screen, SessionsScreen) and QUESTION in chat.screen_text())
        store.delete(store.list()[0].id)
        await chat.press("enter")
        await chat.until(lambda: chat.app.screen is chat.app.chat)
        assert "no longer" in chat.said()
        assert chat.app.chat.query(Welcome)


@in_loop
async def test_a_deleted_session_can_be_had_back_later_too(shipped_index: Settings) -> None:
    store = SessionStore(None)
    store.add_turn(store.create().id, QUESTION)
    async with chatting(shipped_index, store) as chat:
        await chat.press("f2")
        await chat.until(lambda: isinstance(chat.app.screen, SessionsScreen) and QUESTION in chat.screen_text())
        await chat.press("d", "escape")
        await chat.until(lambda: chat.app.screen is chat.app.chat)
        assert not store.list()
    async with chatting(shipped_index, store) as chat:
        await chat.press("f2")
        await chat.until(lambda: isinstance(chat.app.screen, SessionsScreen))
        assert "Undo deletion" in chat.screen_text()
        await chat.press("u")
        await chat.until(store.list)


@in_loop
async def test_a_question_that_failed_says_so_when_its_session_is_resumed(shipped_index: Settings) -> None:
    store = SessionStore(None)
    async with chatting(replace(shipped_index, answer_with="ollama"), store) as chat:
        await chat.ask(QUESTION)
        await chat.press("ctrl+n", "f2")
        await chat.until(lambda: isinstance(chat.app.screen, SessionsScreen) and QUESTION in chat.screen_text())
        await chat.press("enter")
        await chat.until(lambda: chat.app.screen is chat.app.chat and chat.app.chat.query(TurnView))
        (view,) = chat.app.chat.query_one(Transcript).views
        await chat.until(lambda: "This question failed. ↑ brings it back" in plain(view))
        await chat.press("up")
        assert chat.app.chat.query_one(QuestionInput).text == QUESTION


@in_loop
async def test_a_passage_that_was_not_cited_is_copied_with_its_line_in_a_resumed_session_too(
    shipped_index: Settings, shipped_text: str
) -> None:
    store = SessionStore(None)
    async with chatting(shipped_index, store) as chat:
        await chat.ask("Who won the 2018 World Cup?")
    async with chatting(shipped_index, store) as chat:
        await chat.until(lambda: chat.app.backend.opened)
        await chat.press("f2")
        await chat.until(lambda: isinstance(chat.app.screen, SessionsScreen) and "World Cup" in chat.screen_text())
        await chat.press("enter")
        await chat.until(lambda: chat.app.screen is chat.app.chat and chat.app.chat.query(SourceCard))
        card = max(chat.app.chat.query(SourceCard), key=lambda card: card.hit.passage.start)
        line = shipped_text.count("\n", 0, card.hit.passage.start) + 1
        assert line > 1
        card.focus()
        await chat.press("y")
        await chat.until(lambda: chat.app.clipboard)
        assert chat.app.clipboard.endswith(f":{line})")
        await chat.press("enter")
        await chat.until(lambda: isinstance(chat.app.screen, ArticleScreen))


@in_loop
async def test_an_export_of_a_session_deleted_elsewhere_is_said(shipped_index: Settings) -> None:
    store = SessionStore(None)
    async with chatting(shipped_index, store) as chat:
        await chat.ask(QUESTION)
        assert chat.app.chat.session.id is not None
        store.delete(chat.app.chat.session.id)
        await chat.press("f7")
        assert "There is no session" in chat.said()
        chat.app._export("~nobodyhere/x.md")
        await chat.until(lambda: "~nobodyhere/x.md is no file" in chat.said())
        await chat.until(lambda: isinstance(chat.app.screen, PromptScreen))
        assert chat.app.screen.query_one(Input).value == "~nobodyhere/x.md", "what was typed is not lost"
        await chat.press("escape")
        assert chat.app.screen is chat.app.chat


@in_loop
async def test_a_new_session_begins_where_nothing_kept_can_be_read(
    shipped_index: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object) -> list[str]:
        raise SessionError("The sessions cannot be read.")

    store = SessionStore(None)
    async with chatting(shipped_index, store) as chat:
        await chat.write("half a question")
        monkeypatch.setattr(store, "history", unreadable)
        await chat.press("ctrl+n")
        assert "cannot be read" in chat.said()
        assert chat.app.chat.query_one(QuestionInput).text == ""
