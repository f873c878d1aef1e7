"""What surrounds the conversation, driven as a user does: models, corpus, filters, articles, help, themes."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Corpus
from fake_ollama import FakeOllama
from pilot import ENERGY, QUESTION, Chat, chatting, in_loop, plain
from textual.pilot import Pilot

from qa_assistant.ingestion.changes import Changes, Progress
from qa_assistant.ingestion.ingest import Report, ingest
from qa_assistant.records import Filters
from qa_assistant.sessions.store import SessionStore
from qa_assistant.settings import Settings
from qa_assistant.tui.app import QAApp
from qa_assistant.tui.article_screen import ArticleScreen
from qa_assistant.tui.articles_screen import ArticlesScreen
from qa_assistant.tui.backend import Backend
from qa_assistant.tui.corpus_bar import CorpusBar
from qa_assistant.tui.messages import CorpusSeen, ModelSeen, Opened
from qa_assistant.tui.models_screen import ModelsScreen
from qa_assistant.tui.status_line import StatusLine


def chosen(chat: Chat) -> tuple[str, str]:
    settings = chat.app.backend.settings
    return settings.answer_with, settings.model


@in_loop
async def test_another_model_is_chosen_and_remembered(
    shipped_index: Settings, fake_ollama: FakeOllama, tmp_path: Path
) -> None:
    fake_ollama.install("small:1b", parameter_size="1.0B")
    store = SessionStore(tmp_path / "chat.sqlite")
    async with chatting(shipped_index, store) as chat:
        await chat.press("f4")
        await chat.until(lambda: isinstance(chat.app.screen, ModelsScreen) and "small:1b" in chat.screen_text())
        await chat.until(lambda: chat.app.focused is not None)
        await chat.press("down", "down", "enter")
        await chat.until(lambda: chat.app.screen is chat.app.chat)
        fake_ollama.reply("They discussed alternative energy sources and investments [1].")
        view = await chat.ask(QUESTION)
        assert "Written by small:1b" in plain(view)
    async with chatting(shipped_index, store) as chat:
        assert chat.app.backend.settings.model == "small:1b"
    async with chatting(replace(shipped_index, model="fake:4b"), store) as chat:
        assert chat.app.backend.settings.model == "fake:4b", "what the settings name goes first"


@in_loop
async def test_where_the_settings_ask_for_ollama_a_chosen_model_is_remembered_and_no_quotes_stand_in(
    shipped_index: Settings, fake_ollama: FakeOllama, tmp_path: Path
) -> None:
    fake_ollama.install("small:1b", parameter_size="1.0B")
    store = SessionStore(tmp_path / "chat.sqlite")
    asked_for = replace(shipped_index, answer_with="ollama")
    async with chatting(asked_for, store) as chat:
        for keys in (["end"], ["home", "down", "down"]):  # quotes, then another model after all
            await chat.press("f4")
            await chat.until(lambda: isinstance(chat.app.screen, ModelsScreen) and "small:1b" in chat.screen_text())
            await chat.until(lambda: chat.app.focused is not None)
            await chat.press(*keys, "enter")
            await chat.until(lambda: chat.app.screen is chat.app.chat)
        assert chosen(chat) == ("ollama", "small:1b")
    async with chatting(asked_for, store) as chat:
        assert chosen(chat) == ("ollama", "small:1b")
    async with chatting(shipped_index, store) as chat:
        assert chosen(chat) == ("auto", "small:1b"), "that Ollama was asked for is the settings' word, not a choice"


@in_loop
async def test_changed_files_are_noticed_and_one_key_updates(corpus: Corpus) -> None:
    corpus.write("a.txt", "Wien, 3. Dezember, APA. Die Donau führt Hochwasser in Wien.")
    ingest(corpus.settings)
    async with chatting(corpus.settings) as chat:
        await chat.until(lambda: "1 article" in chat.shown(CorpusBar))
        assert "changed" not in chat.shown(CorpusBar)
        corpus.write("b.txt", "Der Bürgermeister von Graz eröffnete am Montag eine neue Brücke über die Mur.")
        chat.app.upkeep.look()
        await chat.until(lambda: "1 file changed: F5 updates" in chat.shown(CorpusBar))
        await chat.press("f5")
        await chat.until(lambda: "2 articles" in chat.shown(CorpusBar))
        assert "changed" not in chat.shown(CorpusBar)
        assert "1 added" in chat.said()
        view = await chat.ask("Welche Brücke eröffnete der Bürgermeister von Graz?")
        assert "Mur" in view.text


@in_loop
async def test_an_update_shows_how_far_it_is_while_questions_are_answered(
    shipped_index: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, go_on = threading.Event(), threading.Event()

    def update(_: Backend, progress: Callable[[Progress], None]) -> Report:
        report.wait(60)
        progress(Progress(50, 100, "a.txt"))
        go_on.wait(60)
        return Report(Changes([], [], [], []), [], [], 1, 2)

    monkeypatch.setattr(Backend, "update", update)
    async with chatting(shipped_index) as chat:
        await chat.until(lambda: "Ready" in chat.shown(StatusLine))
        await chat.press("f5")
        assert "Updating the index …" in chat.shown(StatusLine), "nothing showed that it had begun"
        report.set()
        await chat.until(lambda: "Updating the index: 50 %" in chat.shown(StatusLine))
        assert ENERGY in (await chat.ask(QUESTION)).text
        assert "Updating the index: 50 %" in chat.shown(StatusLine)
        await chat.press("f5")
        await chat.until(lambda: "being updated already" in chat.said())
        go_on.set()
        await chat.until(lambda: "Ready" in chat.shown(StatusLine))


@in_loop
async def test_an_index_is_built_where_there_is_none(corpus: Corpus) -> None:
    corpus.write("a.txt", "Die Donau führt Hochwasser in Wien.")
    async with chatting(corpus.settings) as chat:
        view = await chat.ask("Welcher Fluss führt Hochwasser in Wien?")
        assert "Donau" in view.text


@in_loop
async def test_an_update_asked_for_while_the_index_is_being_built_is_under_way(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    build, go_on = Backend.open, threading.Event()
    monkeypatch.setattr(Backend, "open", lambda *it: go_on.wait(20) and build(*it))
    corpus.write("a.txt", "Die Donau führt Hochwasser in Wien.")
    async with chatting(corpus.settings) as chat:
        await chat.until(lambda: "Opening the index" in chat.shown(StatusLine))
        await chat.press("f5")
        await chat.until(lambda: "being updated already" in chat.said())
        assert "Ready" not in chat.shown(StatusLine)
        go_on.set()
        await chat.until(lambda: "Ready" in chat.shown(StatusLine))
        assert "did not work" not in chat.screen_text()


@in_loop
async def test_reports_that_come_while_the_program_ends_are_no_trouble(shipped_index: Settings) -> None:
    async with chatting(shipped_index) as chat:
        await chat.until(lambda: "Ready" in chat.shown(StatusLine))
        await chat.app.chat.query("*").remove()
        chat.app.chat.keep_draft()  # the timer of what was typed may be due
        chat.app.post_message(ModelSeen(chat.app.backend.model_state()))
        chat.app.post_message(CorpusSeen(chat.app.backend.status()))
        chat.app.post_message(Opened(None))
        await chat.pilot.pause()
        assert chat.app.is_running


@in_loop
async def test_a_corpus_that_is_not_there_is_said_and_the_screen_stays(tmp_path: Path) -> None:
    settings = Settings(corpus=str(tmp_path / "nowhere"), index=str(tmp_path / "index"))
    async with chatting(settings) as chat:
        await chat.until(lambda: "nowhere" in chat.said())
        view = await chat.ask(QUESTION)
        assert "nowhere" in plain(view)
        assert not (tmp_path / "index" / "current").exists()
        await chat.press("f5")
        await chat.until(lambda: not chat.app.upkeep._runs("update"))
        assert "no corpus folder" in chat.shown(StatusLine)


@in_loop
async def test_a_corpus_that_goes_is_said_and_its_index_is_asked_nevertheless(corpus: Corpus) -> None:
    corpus.write("a.txt", "Wien, 3. Dezember, APA. Die Donau führt Hochwasser in Wien.")
    ingest(corpus.settings)
    away = corpus.folder.rename(corpus.folder.with_name("away"))
    async with chatting(corpus.settings) as chat:
        await chat.until(lambda: "There is no corpus folder" in chat.shown(CorpusBar))
        view = await chat.ask("Welcher Fluss führt Hochwasser?")
        assert "Donau" in view.text
        away.rename(corpus.folder)
        chat.app.upkeep.look()
        await chat.until(lambda: "no corpus folder" not in chat.shown(CorpusBar))


@in_loop
async def test_filters_narrow_what_is_searched(corpus: Corpus) -> None:
    corpus.write("a.md", "---\ndate: 2022-12-03\nagency: APA\n---\nDie Donau führt Hochwasser in Wien.")
    corpus.write("b.md", "---\ndate: 2023-05-01\nagency: dpa\n---\nDie Elbe führt Hochwasser in Dresden.")
    ingest(corpus.settings)
    async with chatting(corpus.settings) as chat:
        await chat.press("f6", *"2023", "enter")
        await chat.until(lambda: chat.app.chat.filters.since == "2023-01-01")
        assert "2023" in chat.shown(CorpusBar)
        view = await chat.ask("Welcher Fluss führt Hochwasser?")
        assert [hit.article.path for hit in view.hits] == ["b.md"]
        await chat.press("f6", "ctrl+l", *"2031", "enter")
        await chat.until(lambda: chat.app.chat.filters.since == "2031-01-01")
        view = await chat.ask("Welcher Fluss führt Hochwasser?")
        await chat.until(lambda: "No article is of the dates or agency asked for. F6, Ctrl+L, Enter" in plain(view))
        await chat.press("f6", "ctrl+l", "enter")
        await chat.until(lambda: chat.app.chat.filters == Filters())


@in_loop
async def test_an_empty_corpus_is_said_to_be_why_nothing_is_answered(corpus: Corpus) -> None:
    async with chatting(corpus.settings) as chat:
        view = await chat.ask(QUESTION)
        await chat.until(lambda: "No article is indexed. F5" in plain(view))
        await chat.until(lambda: "no article: put some into the corpus, then F5" in chat.shown(CorpusBar))


@in_loop
async def test_articles_are_browsed_and_opened(shipped_index: Settings) -> None:
    async with chatting(shipped_index) as chat:
        await chat.until(lambda: "Ready" in chat.shown(StatusLine))
        await chat.press("f3")
        await chat.until(lambda: isinstance(chat.app.screen, ArticlesScreen) and "AZERTAC" in chat.screen_text())
        await chat.press(*"azertac", "enter")
        await chat.until(lambda: isinstance(chat.app.screen, ArticleScreen))
        await chat.press("escape", "escape")
        await chat.until(lambda: chat.app.screen is chat.app.chat)


@in_loop
async def test_the_palette_does_what_the_keys_do(shipped_index: Settings) -> None:
    async with chatting(shipped_index) as chat:
        await chat.press("ctrl+p")
        await chat.until(lambda: chat.app.screen is not chat.app.chat)
        await chat.press(*"Articles")
        await chat.until(lambda: "(f3)" in chat.screen_text())
        await chat.press("enter")
        await chat.until(lambda: isinstance(chat.app.screen, ArticlesScreen))


@in_loop
async def test_the_theme_is_kept(shipped_index: Settings, tmp_path: Path) -> None:
    store = SessionStore(tmp_path / "chat.sqlite")
    async with chatting(shipped_index, store) as chat:
        assert chat.app.current_theme.dark
        chat.app.theme = "textual-light"
        await chat.until(lambda: store.preference("theme") == "textual-light")
    async with chatting(shipped_index, SessionStore(tmp_path / "chat.sqlite")) as chat:
        assert not chat.app.current_theme.dark


@in_loop
async def test_no_color_is_honoured(shipped_index: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with chatting(shipped_index) as chat:
        await chat.ask(QUESTION)
        svg = chat.app.export_screenshot()
        colours = set(re.findall(r"(?:fill: ?|fill=\")#([0-9a-f]{6})", svg)) - {
            "ff5f57",
            "febc2e",
            "28c840",
            "c5c8c6",
        }  # the picture's own frame
        assert colours
        assert all(colour[:2] == colour[2:4] == colour[4:] for colour in colours), colours


@in_loop
async def test_a_theme_that_does_not_exist_any_more_is_no_trouble(shipped_index: Settings) -> None:
    store = SessionStore(None)
    store.set_preference("theme", "gone")
    async with chatting(shipped_index, store) as chat:
        assert chat.app.current_theme.name == "textual-dark"


@pytest.mark.parametrize("verbose", [False, True])
def test_a_bug_ends_the_program_with_two_lines_and_a_traceback_only_if_asked(
    shipped_index: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], verbose: bool
) -> None:
    def broken(self: QAApp) -> None:
        raise RuntimeError("boom \x1b[31m")

    async def press(pilot: Pilot[object]) -> None:
        await pilot.press("f1")
        await pilot.pause()

    monkeypatch.setattr(QAApp, "action_help", broken)
    app = QAApp(shipped_index, SessionStore(None), verbose=verbose)
    app.run(headless=True, size=(80, 24), auto_pilot=press)
    assert app.return_code == 1
    said = capfd.readouterr().err
    assert "boom" in said
    assert ("Traceback" in said) == verbose
    if not verbose:
        assert "This is a bug" in said
        assert len(said.strip().splitlines()) <= 3
        assert "\x1b[31m" not in said
