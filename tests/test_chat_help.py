"""Help in the chat: the keys of every place, from every place."""

from __future__ import annotations

from functools import partial

from pilot import QUESTION, Chat, chatting, in_loop, plain
from textual.screen import ModalScreen
from textual.widgets import Static

from qa_assistant.settings import Settings
from qa_assistant.tui.article_screen import ArticleScreen
from qa_assistant.tui.articles_screen import ArticlesScreen
from qa_assistant.tui.help_screen import HelpScreen
from qa_assistant.tui.models_screen import ModelsScreen
from qa_assistant.tui.sessions_screen import SessionsScreen


def shows(chat: Chat, screen: type[object]) -> bool:
    return isinstance(chat.app.screen, screen)


@in_loop
async def test_help_lists_the_keys_of_every_place(shipped_index: Settings) -> None:
    async with chatting(shipped_index, size=(80, 24)) as chat:
        await chat.press("f1")
        await chat.until(lambda: isinstance(chat.app.screen, HelpScreen))
        assert "Past sessions: search, resume, rename, delete" in chat.screen_text()
        shown = plain(chat.app.screen.query_one("VerticalScroll Static", Static))
        sections = {lines[0]: lines[1:] for part in shown.split("\n\n") if (lines := part.strip().splitlines())}
        assert [line.split() for line in sections["Everywhere"]] == [
            ["f1", "?", "All", "keys"],
            ["^q", "Quit;", "everything", "is", "kept"],
        ]
        assert any("A new session" in line for line in sections["Chat"])
        assert any("Clear" in line for line in sections["Filter"])
        assert any("Choose the model" in line for line in sections["Models"])
        await chat.press("escape")
        assert chat.app.screen is chat.app.chat


@in_loop
async def test_help_lies_over_every_screen_but_what_asks_for_one_line(shipped_index: Settings) -> None:
    """Its key was dead in Sessions, Articles, Article and Models."""
    async with chatting(shipped_index) as chat:
        await chat.ask(QUESTION)
        places = {SessionsScreen: ["f2"], ArticlesScreen: ["f3"], ModelsScreen: ["f4"], ArticleScreen: ["tab", "enter"]}
        for there, keys in places.items():
            await chat.press(*keys)
            await chat.until(partial(shows, chat, there))
            for key in ("f1",) if there is ArticlesScreen else ("f1", "question_mark"):
                await chat.press(key, key)
                assert shows(chat, there), "the second key closes help"
                await chat.press(key)
                assert shows(chat, HelpScreen)
                await chat.press("escape")
            await chat.press("escape")
        for key in ("f7", "ctrl+p"):
            await chat.press(key, "f1")
            assert shows(chat, ModalScreen)
            await chat.press("escape")
