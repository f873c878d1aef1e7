"""The terminal UI: one main screen, and the screens that lie over it for a while."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, Screen

from qa_assistant.display import counted, one_line
from qa_assistant.errors import QAError
from qa_assistant.records import Article, Filters
from qa_assistant.sessions.export import export_folder, export_path
from qa_assistant.sessions.store import SessionStore
from qa_assistant.settings import Settings
from qa_assistant.tui.article_screen import ArticleScreen
from qa_assistant.tui.articles_screen import ArticlesScreen
from qa_assistant.tui.backend import Backend
from qa_assistant.tui.chat_screen import ChatScreen
from qa_assistant.tui.chat_session import ChatSession
from qa_assistant.tui.corpus_bar import CorpusBar, describe_status
from qa_assistant.tui.filter_bar import FilterBar
from qa_assistant.tui.help_screen import HelpScreen
from qa_assistant.tui.messages import CorpusGone, CorpusSeen, ModelSeen, Opened, Opening, Updated, Updating
from qa_assistant.tui.model_rows import ModelChoice
from qa_assistant.tui.models_screen import ALL_KEYS, ModelsScreen
from qa_assistant.tui.prompt_screen import PromptScreen
from qa_assistant.tui.question_input import QuestionInput
from qa_assistant.tui.reporting import report, reporting, summary
from qa_assistant.tui.sessions_screen import SessionsScreen
from qa_assistant.tui.sources_pane import SourceCard
from qa_assistant.tui.status_line import READY, StatusLine
from qa_assistant.tui.turn_view import TurnView
from qa_assistant.tui.upkeep import Upkeep

_DEFAULT_THEME = "textual-dark"

_IN_THE_CHAT = {"sessions", "articles", "models", "filters", "export", "followups", "new", "update"}
"""Actions of the main screen alone."""


class QAApp(App[None]):
    """Everything the user keeps is in `store`; everything that takes time goes through a Backend."""

    TITLE = "qa-assistant"
    CSS_PATH = "app.tcss"
    # Before the text area of the question, which has uses of its own for some of these keys.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help", tooltip="All keys", priority=True),
        Binding("question_mark", "help", "Help", tooltip="All keys", show=False),
        Binding("f2", "sessions", "Sessions", tooltip="Past sessions: search, resume, rename, delete", priority=True),
        Binding("f3", "articles", "Articles", tooltip="The articles: sort, find, months", priority=True),
        Binding("f4", "models", "Model", tooltip="The language model: choose, pull", priority=True),
        Binding("f5", "update", "Update", tooltip="Bring the index up to date", show=False, priority=True),
        Binding("f6", "filters", "Filter", tooltip="Ask only articles of some dates or agency", priority=True),
        Binding("f7", "export", "Export", tooltip="This session as Markdown or JSON", show=False, priority=True),
        Binding("f8", "followups", "Follow-ups", tooltip="Rewrite follow-ups, or not", show=False, priority=True),
        Binding("ctrl+n", "new", "New", tooltip="A new session"),
        Binding("ctrl+q", "quit", "Quit", tooltip="Quit; everything is kept"),
    ]

    def __init__(self, settings: Settings, store: SessionStore, *, verbose: bool = False) -> None:
        super().__init__()
        self._verbose = verbose
        self.backend = Backend(settings)
        self._with_model = "ollama" if settings.answer_with == "ollama" else "auto"
        self.store = store
        self._restore_choices()
        self.chat = ChatScreen(self.backend, store, settings.corpus_path.resolve().name)
        self.upkeep = Upkeep(self.backend)

    async def on_mount(self) -> None:
        await self.push_screen(self.chat)
        await self.chat.mount(self.upkeep)
        self._show_followups()
        self.theme_changed_signal.subscribe(self, lambda theme: self._remember(theme=theme.name))
        if self.store.notice:
            self.notify(self.store.notice, severity="warning", markup=False)

    def on_resize(self) -> None:
        """Paints all: a size that soon is what it was is none to Textual, but the terminal has lost text meanwhile."""
        self.refresh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Screens lie over the main one, never over each other; help lies over all that do not ask for one thing."""
        if action == "help":
            return not isinstance(self.screen, HelpScreen | ModalScreen)
        return self.screen is self.chat if action in _IN_THE_CHAT else super().check_action(action, parameters)

    def _restore_choices(self) -> None:
        """What was chosen here before; a model that the settings name goes first."""
        theme = self.store.preference("theme")
        self.theme = theme if theme in self.available_themes else _DEFAULT_THEME
        if self.store.preference("rewrite_followups") == "off":
            self.backend.change(rewrite_followups=False)
        settings = self.backend.settings
        if not settings.model and settings.answer_with in ("auto", "ollama"):
            self.backend.change(model=self.store.preference("model"))
        if not settings.model and settings.answer_with == "auto":
            self.backend.change(answer_with=self.store.preference("answer_with", "auto"))

    def _remember(self, **choices: str) -> None:
        for key, value in choices.items():
            reporting(self, partial(self.store.set_preference, key, value))

    async def action_quit(self) -> None:
        """Keeps what was typed and what came of an answer."""
        self.chat.leave()
        await super().action_quit()

    def end(self, code: int) -> None:
        """Quits from outside, with an exit code."""
        self.chat.leave()
        self.exit(return_code=code)

    def _fatal_error(self) -> None:
        """Textual prints a traceback with the values of all variables; here that is for --verbose only."""
        if self._verbose:
            super()._fatal_error()
            return
        error = self._exception
        what = one_line(f"{type(error).__name__}: {error}")[:300]
        self.panic(Text(f"qa-assistant: {what}\nThis is a bug. --verbose shows where. What was asked is kept."))

    # What goes on beside the conversation

    @on(Opening)
    def _opening(self, message: Opening) -> None:
        percent = message.progress.percent if message.progress else 100
        self._doing(f"Building the index: {percent} %" if percent < 100 else "Opening the index …")

    @on(Opened)
    def _opened(self, message: Opened) -> None:
        self._doing(READY if message.error is None else message.error.message)
        if message.error:
            report(self, message.error)
        elif message.report and (message.report.problems or message.report.skipped):
            self.notify(summary(message.report), title="The index is built", markup=False)

    @on(CorpusSeen)
    def _corpus_seen(self, message: CorpusSeen) -> None:
        status = message.status
        notice = "" if status.articles else "no article: put some into the corpus, then F5"
        if status.pending:
            notice = f"{counted(status.pending, 'file')} changed: F5 updates"
        if status.writer:
            notice = f"{status.writer} is updating the index"
        for bar in self.chat.query(CorpusBar):  # none while the program ends, and threads still report
            bar.show(status=describe_status(status), notice=notice)
        for filters in self.chat.query(FilterBar):
            filters.suggest(status.agencies)

    @on(CorpusGone)
    def _corpus_gone(self, message: CorpusGone) -> None:
        for bar in self.chat.query(CorpusBar):
            bar.show(notice=message.error.message)

    @on(ModelSeen)
    def _model_seen(self, message: ModelSeen) -> None:
        for line in self.chat.query(StatusLine):
            line.model(message.state)

    @on(Updating)
    def _updating(self, message: Updating) -> None:
        self._doing(f"Updating the index: {message.progress.percent} %")

    @on(Updated)
    def _updated(self, message: Updated) -> None:
        self._doing(message.error.message if message.error and self.backend.failed else READY)
        if message.error:
            report(self, message.error)
        elif message.report:
            self.notify(summary(message.report), title="The index is up to date", markup=False)

    def _doing(self, text: str) -> None:
        for line in self.chat.query(StatusLine):
            line.doing(text)

    # Keys

    def action_help(self) -> None:
        keys = list(Binding.make_bindings(self.BINDINGS))
        everywhere = [key for key in keys if key.action not in _IN_THE_CHAT]
        sections = (
            ("Everywhere", everywhere),
            ("Chat", [*(key for key in keys if key not in everywhere), *ChatScreen.BINDINGS]),
            ("Question", QuestionInput.BINDINGS),
            ("Answers", TurnView.BINDINGS),
            ("Sources", SourceCard.BINDINGS),
            ("Filter", FilterBar.BINDINGS),
            ("Article", ArticleScreen.BINDINGS),
            ("Articles", ArticlesScreen.BINDINGS),
            ("Sessions", SessionsScreen.BINDINGS),
            ("Models", ALL_KEYS),
        )
        self.push_screen(HelpScreen(sections))

    async def action_new(self) -> None:
        await self.chat.show_session(ChatSession(self.store), [])

    def action_sessions(self) -> None:
        self.chat.keep_draft()
        self.push_screen(SessionsScreen(self.store, self.chat.session.id), self._resume)

    async def _resume(self, session_id: int | None) -> None:
        if session_id is None:
            return
        try:
            session, stored = ChatSession.resumed(self.store, session_id)
        except QAError as error:  # deleted in another window, say
            report(self, error)
            return
        await self.chat.show_session(session, [TurnView.stored(turn) for turn in stored])

    def action_articles(self) -> None:
        self.push_screen(ArticlesScreen(self.backend.articles, self._open_article, self.chat.filters), self._filter)

    def action_models(self) -> None:
        settings = self.backend.settings
        quotes_only = settings.answer_with == "quotes"
        screen = ModelsScreen(
            self.backend.models,
            self.backend.pull,
            settings.model,
            quotes_only=quotes_only,
            translated=self._with_model == "auto" and self.backend.translates(),
        )
        self.push_screen(screen, self._choose_model)

    def action_update(self) -> None:
        if self.upkeep.update_index():
            self._doing("Updating the index …")
        else:
            self.notify("The index is being updated already.", markup=False)

    def action_filters(self) -> None:
        self.chat.query_one(FilterBar).open()

    def action_followups(self) -> None:
        on = not self.backend.settings.rewrite_followups
        self.backend.change(rewrite_followups=on)
        self._remember(rewrite_followups="on" if on else "off")
        self._show_followups()
        how = "rewritten to stand alone" if on else "taken as they are"
        self.notify(f"Follow-up questions are {how}.", markup=False)

    def _show_followups(self) -> None:
        """What is remembered from one start to the next is seen, too."""
        as_they_are = not self.backend.settings.rewrite_followups
        self.chat.query_one(CorpusBar).show(followups="follow-ups as they are (F8)" if as_they_are else "")

    def action_export(self) -> None:
        session = self.chat.session
        if session.id is None:
            self.notify("There is nothing to export yet.", markup=False)
            return
        reporting(self, lambda: self._ask_where(str(export_folder(self._corpus) / session.file_name())))

    def _ask_where(self, path: str) -> None:
        self.push_screen(PromptScreen("Export to (.md or .json)", path), self._export)

    @property
    def _corpus(self) -> Path:
        return self.backend.settings.corpus_path

    def _export(self, path: str | None) -> None:
        def work() -> None:
            written = self.chat.session.export(export_path(path or "", self._corpus))
            self.notify(str(written), title="Exported", markup=False)

        if path and not reporting(self, work):
            self._ask_where(path)  # to be mended, not typed again

    def _open_article(self, article: Article) -> None:
        self.push_screen(ArticleScreen(article, self.backend.settings.corpus_path))

    def _filter(self, filters: Filters | None) -> None:
        if filters is not None:
            self.chat.query_one(FilterBar).set(filters)

    def _choose_model(self, choice: ModelChoice | None) -> None:
        if choice is None:
            return
        model = choice.name or ""
        self.backend.change(model=model, answer_with="quotes" if choice.quotes_only else self._with_model)
        self._remember(model=model, answer_with="quotes" if choice.quotes_only else "auto")
        self.upkeep.look()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command palette: every key's action by name, and of Textual's own those that have no key here."""
        own = {"Theme", "Screenshot"}
        yield from (command for command in super().get_system_commands(screen) if command.title in own)
        if screen is self.chat:
            for binding in Binding.make_bindings(self.BINDINGS):
                if binding.key != "question_mark":
                    what = f"{binding.tooltip} ({self.get_key_display(binding)})"
                    yield SystemCommand(binding.description, what, partial(self.run_action, binding.action))
