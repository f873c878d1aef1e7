"""The terminal UI as a user drives it: real index, real embedding model, real screen; only the model is scripted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fake_ollama import FakeOllama, Pause
from pilot import Chat, chatting, in_loop, plain
from textual.widget import Widget

from qa_assistant.sessions.store import SessionStore
from qa_assistant.settings import Settings
from qa_assistant.tui.article_screen import ArticleScreen
from qa_assistant.tui.backend import Backend
from qa_assistant.tui.question_input import QuestionInput
from qa_assistant.tui.sources_pane import SourceCard, SourcesPane
from qa_assistant.tui.status_line import StatusLine
from qa_assistant.tui.transcript import Transcript
from qa_assistant.tui.welcome import Welcome

QUESTION = "What did Bayramov and Takei discuss?"
ENERGY = "alternativer Energiequellen"
NOWHERE = "Who won the 2018 World Cup?"


@in_loop
async def test_the_screen_takes_typing_before_anything_is_loaded(
    shipped_index: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    may_open = threading.Event()
    opening = Backend.open

    def later(self: Backend, progress: object) -> None:
        may_open.wait(60)
        opening(self, progress)  # type: ignore[arg-type]

    monkeypatch.setattr(Backend, "open", later)
    async with chatting(shipped_index) as chat:
        assert "Ask a question" in chat.shown(Welcome)
        await chat.press(*"Baku")
        assert chat.app.chat.query_one(QuestionInput).text == "Baku"
        assert "Opening" in chat.shown(StatusLine)
        view = await chat.begin(QUESTION)
        assert view.running
        assert "Waiting for the index" in plain(view)
        may_open.set()
        await chat.until(lambda: not view.running)
        assert ENERGY in view.text
        await chat.until(lambda: "Ready" in chat.shown(StatusLine))


@in_loop
async def test_an_answer_with_its_sources(shipped_index: Settings) -> None:
    async with chatting(shipped_index) as chat:
        view = await chat.ask(QUESTION)
        assert ENERGY in plain(view)
        assert "[1]" in plain(view)
        assert "own sentences" in plain(view)
        await chat.until(lambda: chat.app.chat.query(".cited"))
        card = chat.app.chat.query(SourceCard).first()
        assert all(part in plain(card) for part in ("2022-12-03", "Baku", "AZERTAC", "de", "[1]"))
        assert all(
            citation.quote in plain(card).replace("\n", " ")
            for citation in card.citations
            if "\n" not in citation.quote
        )
        assert "passages · first word" in chat.shown(StatusLine)


@in_loop
async def test_citations_by_key(shipped_index: Settings) -> None:
    async with chatting(shipped_index) as chat:
        view = await chat.ask(QUESTION)
        await chat.press("tab", "3")
        assert view.selected == 3
        pane = chat.app.chat.query_one(SourcesPane)
        selected = [card for card in pane.query(SourceCard) if any(one.number == 3 for one in card.citations)]
        await chat.until(lambda: _on_screen(chat, view.citations[2].quote))
        assert len(selected) == 1
        await chat.press("9")
        assert view.selected == 3
        chat.app.chat.query_one(QuestionInput).focus()
        await chat.press("alt+2")
        assert view.selected == 2


@in_loop
async def test_citations_by_mouse(shipped_index: Settings) -> None:
    async with chatting(shipped_index) as chat:
        view = await chat.ask(QUESTION)
        chat.app.chat.query_one(Transcript).scroll_home(animate=False)
        await chat.pilot.pause()
        lines = [line[: view.region.width] for line in chat.screen_text().split("\n")]
        row = next(number for number, line in enumerate(lines) if "[1]" in line)
        await chat.pilot.click(offset=(lines[row].index("[1]") + 1, row))
        await chat.until(lambda: view.selected == 1)


@in_loop
async def test_the_article_opens_at_the_quote(shipped_index: Settings) -> None:
    async with chatting(shipped_index) as chat:
        view = await chat.ask(QUESTION)
        await chat.press("tab", "2", "enter")
        await chat.until(lambda: isinstance(chat.app.screen, ArticleScreen))
        await chat.until(lambda: _on_screen(chat, view.citations[1].quote[:60]))
        await chat.press("escape")
        assert chat.app.screen is chat.app.chat


@in_loop
async def test_a_quote_is_copied_with_its_reference_and_its_file_opened(
    shipped_index: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = tmp_path / "bin" / "xdg-open"
    viewer.parent.mkdir()
    viewer.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/opened\n')
    viewer.chmod(0o755)
    monkeypatch.setenv("PATH", f"{viewer.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":0")
    async with chatting(shipped_index) as chat:
        view = await chat.ask(QUESTION)
        await chat.press("tab", "1", "y")
        assert view.citations[0].quote in chat.app.clipboard
        assert f"AZERTAC · {view.citations[0].article.path}:{view.citations[0].line}" in chat.app.clipboard
        await chat.press("o")
        await chat.until(lambda: (tmp_path / "opened").exists() and (tmp_path / "opened").read_text())
        assert (tmp_path / "opened").read_text() == str(shipped_index.corpus_path / view.citations[0].article.path)
        await chat.press("c")
        assert chat.app.clipboard == view.text


@in_loop
async def test_escape_stops_an_answer_and_keeps_what_came(shipped_index: Settings, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply(
        "They discussed energy [1]. ", "Then more", Pause(0.2), *["and more " for _ in range(50)], Pause(60)
    )
    store = SessionStore(None)
    async with chatting(shipped_index, store) as chat:
        view = await chat.begin(QUESTION)
        await chat.until(lambda: "energy" in plain(view))
        await chat.press("escape")
        assert view.stopped
        assert not view.running
        came = view.text
        await chat.until(lambda: "Stopped." in plain(view))
        assert "energy. [1]" in came
        (turn,) = store.open(store.list()[0].id)
        assert turn.stopped
        assert turn.answer is not None
        assert turn.answer.text == came
        assert turn.answer.citations
        fake_ollama.reply("What about energy?", Pause(60))
        again = await chat.begin("And what about energy?")
        assert again.running
        await chat.press("escape")


@in_loop
async def test_the_transcript_follows_the_answer_unless_the_reader_scrolled_up(
    shipped_index: Settings, fake_ollama: FakeOllama
) -> None:
    borne = "They discussed alternative energy sources and investments [1].\n\n"  # else all of it would be withdrawn
    lines = [f"line {n}\n\n" for n in range(90)]
    fake_ollama.reply(borne, *lines[:60], Pause(0.5), *lines[60:])
    async with chatting(shipped_index, size=(80, 24)) as chat:
        view = await chat.begin(QUESTION)
        transcript = chat.app.chat.query_one(Transcript)
        await chat.until(lambda: "line 59" in view.text)
        await chat.until(lambda: transcript.max_scroll_y > 20 and transcript.scroll_y == transcript.max_scroll_y)
        transcript.scroll_relative(y=-15, animate=False)
        await chat.pilot.pause()
        there = transcript.scroll_y
        await chat.until(lambda: not view.running)
        await chat.until(lambda: "line 89" in plain(view))
        assert transcript.scroll_y == there


@in_loop
async def test_a_follow_up_is_rewritten_and_that_can_be_turned_off(shipped_index: Settings) -> None:
    async with chatting(shipped_index) as chat:
        await chat.ask(QUESTION)
        view = await chat.ask("And what about energy?")
        assert "asked as: What did Bayramov and Takei discuss? And what about energy?" in plain(view)
        assert ENERGY in view.text
        await chat.press("f8")
        assert "taken as they are" in chat.said()
        view = await chat.ask("And what about energy?")
        assert "asked as" not in plain(view)
        await chat.press("f8")
        view = await chat.ask("And what about energy?")
        assert "asked as" in plain(view)


@in_loop
async def test_no_answer_offers_the_nearest_passages(shipped_index: Settings) -> None:
    async with chatting(shipped_index) as chat:
        view = await chat.ask(NOWHERE)
        assert "Not in the corpus" in plain(view)
        await chat.until(lambda: chat.app.chat.query(".uncited"))
        assert not chat.app.chat.query(".cited")


@in_loop
async def test_ollama_is_absent_comes_and_goes_in_the_middle(
    shipped_index: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chatting(shipped_index) as chat:
        await chat.until(lambda: "Ollama" in chat.shown(StatusLine))
        with FakeOllama() as fake:
            fake.install()
            monkeypatch.setenv("OLLAMA_HOST", fake.host)
            chat.app.upkeep.look()
            await chat.until(lambda: "fake:4b" in chat.shown(StatusLine))
            fake.reply("Energy was discussed [1].")
            view = await chat.ask(QUESTION)
            assert "Written by fake:4b" in plain(view)
            await chat.press("ctrl+n")  # a question with nothing before it is not rewritten
            fake.reply("Energy was", stop_after=1)
            view = await chat.ask(QUESTION)
            assert "Energy was" in plain(view)
            assert "stopped mid-answer" in plain(view)
        monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
        view = await chat.ask(QUESTION)
        assert "own sentences" in plain(view)


@in_loop
async def test_the_status_line_shows_context_and_first_word(shipped_index: Settings, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply("Energy [1].")
    async with chatting(shipped_index) as chat:
        view = await chat.ask(QUESTION)
        assert view.answer is not None
        used = view.answer.usage.prompt_tokens + view.answer.usage.completion_tokens
        assert f"{used}/8192 tokens · first word" in chat.shown(StatusLine)


@in_loop
async def test_resizing_loses_nothing(shipped_index: Settings) -> None:
    async with chatting(shipped_index, size=(160, 50)) as chat:
        view = await chat.ask(QUESTION)
        await chat.press("tab", "2")
        await chat.write("unsent")
        for width, height in ((80, 24), (40, 12), (200, 60)):
            await chat.pilot.resize_terminal(width, height)
            await chat.pilot.pause()
            assert chat.app.chat.query_one(QuestionInput).text == "unsent"
            assert view.selected == 2
            assert ENERGY in plain(view)
            assert chat.app.chat.has_class("-narrow") == (width < 100)
            pane, transcript = chat.app.chat.query_one(SourcesPane).region, chat.app.chat.query_one(Transcript).region
            assert (pane.y > transcript.y) if width < 100 else (pane.x > transcript.x)


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
    async with chatting(shipped_index) as chat:
        await chat.begin(QUESTION)
        await chat.write("Another?")
        await chat.press("enter")
        assert chat.app.chat.query_one(QuestionInput).text == "Another?"
        assert "Escape stops it" in chat.said()
        await chat.press("escape")


def focused(chat: Chat) -> Widget | None:
    return chat.app.focused


def _on_screen(chat: Chat, text: str) -> bool:
    """Whether `text` is on the screen, wherever lines were broken."""
    wanted = "".join(text.split())
    lines = chat.screen_text().split("\n")
    for cut in range(0, len(lines[0]), 1):
        if wanted[:30] in "".join("".join(line[cut:].split()) for line in lines):
            return True
    return False


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
        await chat.until(lambda: chat.app.chat.query(".uncited"))
        await chat.press("tab")
        assert focused(chat) is second
        await chat.press("p")
        assert focused(chat) is first
        await chat.until(lambda: chat.app.chat.query(".cited"))
        await chat.press("p", "1", "tab")
        card = focused(chat)
        assert isinstance(card, SourceCard)
        assert any(citation.number == 1 for citation in card.citations)
        await chat.press(*["tab"] * len(chat.app.chat.query(SourceCard)))
        assert isinstance(focused(chat), QuestionInput)
        await chat.press("tab", "n")
        assert focused(chat) is second


@in_loop
async def test_sources_are_marked_as_soon_as_a_sentence_cites_them(
    shipped_index: Settings, fake_ollama: FakeOllama
) -> None:
    fake_ollama.reply("They discussed alternative energy [1].\n\n", "Then ", Pause(60))
    async with chatting(shipped_index) as chat:
        view = await chat.begin(QUESTION)
        await chat.until(lambda: chat.app.chat.query(".cited"))
        assert view.running
        card = chat.app.chat.query(SourceCard).first()
        assert view.citations[0].quote in plain(card)
        await chat.until(lambda: "esc Stop" in chat.screen_text())
        await chat.press("escape")
        await chat.until(lambda: "esc Stop" not in chat.screen_text())


@in_loop
async def test_a_small_screen_shows_the_words_around_the_quotes_and_a_large_one_the_passage(
    shipped_index: Settings,
) -> None:
    async with chatting(shipped_index, size=(80, 24)) as chat:
        view = await chat.ask(QUESTION)
        await chat.until(lambda: chat.app.chat.query(".cited"))
        card = chat.app.chat.query(SourceCard).first()
        passage = " ".join(card.hit.passage.text.split())

        def shown() -> str:
            return " ".join(plain(card).split())

        await chat.until(lambda: "…" in shown())
        assert passage not in shown()
        assert all(" ".join(citation.quote.split()) in shown() for citation in view.citations)
        await chat.until(lambda: f"[1] {view.citations[0].quote[:10]}" in chat.screen_text())
        await chat.pilot.resize_terminal(140, 50)
        await chat.until(lambda: "…" not in shown())
        for citation in view.citations:
            assert f"[{citation.number}]" in shown()
        assert card.hit.passage.text.split()[0] in shown()
