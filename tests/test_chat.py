"""The terminal UI as a user drives it: real index, real embedding model, real screen; only the model is scripted."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from fake_ollama import FakeOllama, Pause
from pilot import ENERGY, NOWHERE, QUESTION, chatting, in_loop, plain
from textual._compositor import LayoutUpdate
from textual.events import Resize
from textual.geometry import Region, Size
from textual.screen import Screen

from qa_assistant.records import UNSURE
from qa_assistant.references import UNFINISHED, with_doubts
from qa_assistant.sessions.store import SessionStore
from qa_assistant.settings import Settings
from qa_assistant.tui.backend import Backend
from qa_assistant.tui.corpus_bar import CorpusBar
from qa_assistant.tui.question_input import QuestionInput
from qa_assistant.tui.sources_pane import SourceCard, SourcesPane
from qa_assistant.tui.status_line import StatusLine
from qa_assistant.tui.transcript import Transcript
from qa_assistant.tui.turn_view import TurnView
from qa_assistant.tui.welcome import Welcome


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
        assert UNSURE not in plain(view)
        await chat.until(chat.cited)
        card = chat.app.chat.query(SourceCard).first()
        assert all(part in plain(card) for part in ("2022-12-03", "Baku", "AZERTAC", "de", "[1]"))
        assert all(
            citation.quote in plain(card).replace("\n", " ")
            for citation in card.citations
            if "\n" not in citation.quote
        )
        assert "passages · first word" in chat.shown(StatusLine)


@in_loop
async def test_an_answer_that_may_be_none_says_so(shipped_index: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_assistant.records.SURE", 1.1)
    async with chatting(shipped_index) as chat:
        view = await chat.ask(QUESTION)
        await chat.until(lambda: f"! {UNSURE}" in plain(view))


@in_loop
async def test_escape_stops_an_answer_and_keeps_what_came(shipped_index: Settings, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply(
        "They discussed energy [1]. ", "Then more", Pause(0.2), *["and more " for _ in range(50)], Pause(60)
    )
    store = SessionStore(None)
    async with chatting(shipped_index, store) as chat:
        view = await chat.begin(QUESTION)
        await chat.until(lambda: view.citations and "Then more" in view.text)
        assert "Answering · Escape stops" in chat.shown(StatusLine)
        await chat.press("escape")
        assert "Ready" in chat.shown(StatusLine)
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
        assert turn.answer.sentences[-1].reasons == (UNFINISHED,)  # nobody looked whether a passage bears “Then more”
        assert with_doubts(came, turn.answer.sentences).rstrip().endswith("[?]")
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


def starts_at_the_top(view: TurnView, transcript: Transcript) -> bool:
    return view.region.y == transcript.content_region.y


@in_loop
async def test_quotes_are_shown_from_their_question_on(shipped_index: Settings) -> None:
    async with chatting(shipped_index, size=(80, 24)) as chat:
        transcript = chat.app.chat.query_one(Transcript)
        for _ in range(2):
            view = await chat.ask(QUESTION)
            await chat.until(partial(starts_at_the_top, view, transcript))
            assert transcript.max_scroll_y > transcript.scroll_y  # there is more below
        transcript.scroll_home(animate=False)
        await chat.pilot.pause()
        await chat.pilot.resize_terminal(70, 24)
        await chat.pilot.pause()
        assert transcript.scroll_y == 0  # the reader is somewhere else


@in_loop
async def test_a_follow_up_is_rewritten_and_that_can_be_turned_off(shipped_index: Settings) -> None:
    store = SessionStore(None)
    async with chatting(shipped_index, store) as chat:
        await chat.ask(QUESTION)
        view = await chat.ask("And what about energy?")
        assert "asked as: What did Bayramov and Takei discuss? And what about energy?" in plain(view)
        assert ENERGY in view.text
        assert "follow-ups" not in chat.shown(CorpusBar)
        await chat.press("f8")
        assert "taken as they are" in chat.said()
        view = await chat.ask("And what about energy?")
        assert "asked as" not in plain(view)
    async with chatting(shipped_index, store) as chat:
        assert "follow-ups as they are (F8)" in chat.shown(CorpusBar), "it is remembered"
        await chat.ask(QUESTION)
        await chat.press("f8")
        assert "follow-ups" not in chat.shown(CorpusBar)
        view = await chat.ask("And what about energy?")
        assert "asked as" in plain(view)


@in_loop
async def test_no_answer_offers_the_nearest_passages(shipped_index: Settings) -> None:
    async with chatting(shipped_index) as chat:
        view = await chat.ask(NOWHERE)
        assert "Not in the corpus" in plain(view)
        await chat.until(lambda: chat.app.chat.query(SourceCard))
        assert not chat.cited()
        await chat.press("f6", *"2022", "enter")
        await chat.until(lambda: chat.app.chat.filters.since)
        view = await chat.ask(NOWHERE)
        await chat.until(lambda: "Not among the articles asked (since 2022-01-01); F6 changes that." in plain(view))
        assert "Not in the corpus" not in plain(view)


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
            assert "Energy was" not in plain(view)  # no passage bore a sentence yet: quotes take its place
            assert "own sentences" in plain(view)
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
        for width, height in ((80, 24), (40, 20), (200, 60)):
            await chat.pilot.resize_terminal(width, height)
            await chat.pilot.pause()
            assert chat.app.chat.query_one(QuestionInput).text == "unsent"
            assert view.selected == 2
            assert ENERGY in plain(view)
            assert chat.app.chat.has_class("-narrow") == (width < 100)
            pane, transcript = chat.app.chat.query_one(SourcesPane).region, chat.app.chat.query_one(Transcript).region
            assert (pane.y > transcript.y) if width < 100 else (pane.x > transcript.x)


@in_loop
async def test_on_a_low_narrow_terminal_the_answer_has_the_room(shipped_index: Settings) -> None:
    """The sources took all of it but one row."""
    async with chatting(shipped_index, size=(80, 12)) as chat:
        view = await chat.ask(QUESTION)
        pane, transcript = chat.app.chat.query_one(SourcesPane), chat.app.chat.query_one(Transcript)
        await chat.until(lambda: chat.app.chat.query(SourceCard))
        assert transcript.size.height >= 7
        assert view.text[:40] in chat.screen_text()
        await chat.press("tab", "tab")
        assert isinstance(chat.app.focused, QuestionInput), "there is no source to go to"
        await chat.pilot.resize_terminal(80, 20)
        await chat.until(lambda: pane.size.height and transcript.size.height > 4)
        await chat.press("tab", "tab")
        assert isinstance(chat.app.focused, SourceCard)
        await chat.pilot.resize_terminal(80, 12)
        await chat.press("escape")
        assert isinstance(chat.app.focused, QuestionInput)


@in_loop
async def test_an_answer_that_is_stopped_before_any_of_it_was_shown_is_none(
    shipped_index: Settings, fake_ollama: FakeOllama
) -> None:
    fake_ollama.reply("Energy was discussed [1].", *[part for _ in range(600) for part in (" More", Pause(0.05))])
    async with chatting(replace(shipped_index, entailment_model="llm")) as chat:
        view = await chat.begin(QUESTION)
        await chat.until(lambda: "fake:4b is writing" in plain(view))
        await chat.press("escape")
        assert view.stopped and view.kept() is None
        assert "Energy was" not in plain(view)


@in_loop
async def test_a_question_that_is_stopped_while_it_is_put_on_the_screen_is_not_asked(
    shipped_index: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, asked = Transcript.add, list[str]()

    async def add_and_stop(transcript: Transcript, view: TurnView) -> None:
        await add(transcript, view)
        transcript.screen.action_stop()  # type: ignore[attr-defined]

    async with chatting(shipped_index) as chat:
        monkeypatch.setattr(Transcript, "add", add_and_stop)
        monkeypatch.setattr(chat.app.backend, "ask", lambda question, *_: asked.append(question))
        view = await chat.begin(QUESTION)
        await chat.until(lambda: view.stopped)
        await chat.app.workers.wait_for_complete()
        assert asked == []


@in_loop
async def test_a_terminal_that_soon_has_its_size_again_is_painted_whole(
    shipped_index: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chatting(shipped_index, size=(80, 24)) as chat:
        painted = list[Region]()

        def display(screen: Screen[None], update: object) -> None:
            if isinstance(update, LayoutUpdate):
                painted.append(update.region)

        monkeypatch.setattr(chat.app, "_display", display)
        with chat.app.batch_update():  # as while sources are exchanged: nothing is painted
            for size in (Size(60, 18), Size(80, 24)):
                chat.app.post_message(Resize(size, size))
            await chat.pilot.pause(0.2)
        painted.clear()
        await chat.until(lambda: Region(0, 0, 80, 24) in painted)
