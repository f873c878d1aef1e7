"""The sources beside the answers: reached by key and mouse, opened, copied."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fake_ollama import FakeOllama, Pause
from pilot import QUESTION, Chat, chatting, in_loop, plain

from qa_assistant import Assistant
from qa_assistant.settings import Settings
from qa_assistant.tui.article_screen import ArticleScreen
from qa_assistant.tui.question_input import QuestionInput
from qa_assistant.tui.sources_pane import SourceCard, SourcesPane
from qa_assistant.tui.transcript import Transcript


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
        await chat.press("right", "right")
        assert view.selected == 5
        await chat.press("right", "left")  # round the end
        assert view.selected == 5
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
async def test_an_article_that_changed_since_the_answer_is_named_by_its_file(
    shipped_index: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chatting(shipped_index) as chat:
        view = await chat.ask(QUESTION)
        article = Assistant.article
        monkeypatch.setattr(Assistant, "article", lambda self, article_id: article(self, article_id[::-1]))
        await chat.press("tab", "2", "enter")
        said = f"{view.citations[1].article.path} has changed since this answer, or is gone.\no opens the file."
        await chat.until(lambda: any(note.message == said for note in chat.app._notifications))
        assert chat.app.screen is chat.app.chat
        chat.app.clear_notifications()
        chat.app.backend.change(corpus="nowhere")
        await chat.press("enter")
        said = said.partition("\n")[0]
        await chat.until(lambda: any(note.message == said for note in chat.app._notifications))


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
        answer, _, references = chat.app.clipboard.rpartition("\n\n")
        assert answer == view.text
        assert [line.partition(" ")[0] for line in references.split("\n")] == [
            f"[{citation.number}]" for citation in view.citations
        ]
        assert references.startswith("[1] 2022-12-03 · Baku · AZERTAC · ")


def _on_screen(chat: Chat, text: str) -> bool:
    """Whether `text` is on the screen, wherever lines were broken."""
    wanted = "".join(text.split())
    lines = chat.screen_text().split("\n")
    for cut in range(0, len(lines[0]), 1):
        if wanted[:30] in "".join("".join(line[cut:].split()) for line in lines):
            return True
    return False


@in_loop
async def test_sources_are_marked_as_soon_as_a_sentence_cites_them(
    shipped_index: Settings, fake_ollama: FakeOllama
) -> None:
    fake_ollama.reply("They discussed alternative energy [1].\n\n", "Then ", Pause(60))
    async with chatting(shipped_index) as chat:
        view = await chat.begin(QUESTION)
        await chat.until(chat.cited)
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
        await chat.until(chat.cited)
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


@in_loop
async def test_why_a_sentence_is_marked_is_one_key_away(shipped_index: Settings, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply(
        "- They discussed alternative energy and investment [1]\n- Angela Merkel was there in 1999 [1]\n",
        prompt_tokens=900,
    )
    async with chatting(shipped_index) as chat:
        view = await chat.ask(QUESTION)
        text = plain(view)
        marked = [line for line in text.split("\n") if line.endswith("[?]")]
        assert len(marked) == 1 and "1999" in marked[0], text
        assert "[?] marks what no passage bears: 1. Tab, w tells why." in text
        assert "1999 is not in" not in text
        await chat.press("tab", "w")
        await chat.until(lambda: "number 1999 is not in [" in plain(view))
        assert "[?] “Angela Merkel was there in 1999" in plain(view)
        assert "tells why" not in plain(view)
        await chat.press("w")
        await chat.until(lambda: "1. w tells why" in plain(view) and "is not in" not in plain(view))


@in_loop
async def test_what_was_found_but_not_cited_stands_apart(shipped_index: Settings, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply("They discussed alternative energy and investment [1].", prompt_tokens=900)
    async with chatting(shipped_index, size=(160, 60)) as chat:
        view = await chat.ask(QUESTION)
        await chat.until(chat.cited)
        cards = list(chat.app.chat.query(SourceCard))
        assert [bool(card.citations) for card in cards] == [True, False]
        assert len(view.hits) == 2
        assert "[1]" in plain(cards[0]) and "[" not in plain(cards[1])
        lines = chat.screen_text().split("\n")
        apart = next(row for row, line in enumerate(lines) if "Found, not cited" in line)
        assert cards[0].region.bottom <= apart < cards[1].region.y
