"""The main screen: transcript, sources beside it, the question below. Asks in a thread, shows what comes back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Footer
from textual.worker import get_current_worker

from qa_assistant.answering.citations import cite
from qa_assistant.answering.question import checked
from qa_assistant.errors import QAError, as_error
from qa_assistant.records import Article, Citation, Cited, Filters, Finished, Glossing, Retrieved, Span, Started
from qa_assistant.references import quoted, with_references
from qa_assistant.sessions.store import SessionStore
from qa_assistant.tui.article_screen import ArticleScreen, with_article
from qa_assistant.tui.backend import Backend
from qa_assistant.tui.chat_session import ChatSession
from qa_assistant.tui.clipboard import copy
from qa_assistant.tui.corpus_bar import CorpusBar
from qa_assistant.tui.file_viewer import file_of, open_file
from qa_assistant.tui.filter_bar import FilterBar, describe_filters
from qa_assistant.tui.messages import AnswerEvent, AnswerFailed
from qa_assistant.tui.question_input import QuestionInput
from qa_assistant.tui.reporting import report, reporting
from qa_assistant.tui.sources_pane import SourceCard, SourcesPane
from qa_assistant.tui.status_line import StatusLine
from qa_assistant.tui.transcript import Transcript
from qa_assistant.tui.turn_view import TurnView

_DRAFT_SECONDS = 0.5
"""After the last key press until unsent text is kept."""


class ChatScreen(Screen[None]):
    """One session: asking, stopping, looking at sources."""

    AUTO_FOCUS = "QuestionInput"
    """What is typed while the program starts: the first field that could have it is one of the filters', unseen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", "Stop"),
        Binding("escape", "question", "Question", tooltip="Back to the question"),
        # Before the text area of the question, which would take the digit.
        *(Binding(f"alt+{n}", f"cite({n})", "Source", show=False, priority=True) for n in range(1, 10)),
    ]

    def __init__(self, backend: Backend, store: SessionStore, name: str) -> None:
        super().__init__()
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
        self.VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-high")]
        self.backend = backend
        self.session = ChatSession(store)
        self.filters = Filters()
        self._corpus_name = name
        self._asking: TurnView | None = None
        self._current: TurnView | None = None
        self._draft_timer: Timer | None = None
        self._unkept = False
        """Whether the user was told that something could not be kept, and it still is not."""

    def compose(self) -> ComposeResult:
        yield CorpusBar(self._corpus_name)
        yield FilterBar()
        with Horizontal(id="middle"):
            yield Transcript()
            yield SourcesPane()
        yield QuestionInput()
        yield StatusLine()
        yield Footer()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would do nothing are not in the footer."""
        possible = {
            "stop": self._asking is not None,
            "question": self._asking is None and not isinstance(self.focused, QuestionInput),
            "focus_answer": self._current is not None,
        }
        return possible.get(action, super().check_action(action, parameters))

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """As the footer shows them: what can be done here, then what can be done everywhere."""
        rank = {one.key: place for place, one in enumerate(Binding.make_bindings(self.app.BINDINGS), start=1)}
        found = super().active_bindings.items()
        return dict(sorted(found, key=lambda item: rank.get(item[0], 0) if item[1].node is self.app else 0))

    async def on_mount(self) -> None:
        await self.show_session(self.session, [])

    async def show_session(self, session: ChatSession, views: list[TurnView]) -> None:
        """Shows another session; the text not sent in this one stays with it."""
        self.leave()
        self.session = session
        question = self.query_one(QuestionInput)  # filled before anything is waited for: keys come meanwhile
        if not reporting(self, lambda: question.put(session.draft, session.store.history())):
            question.put("", [])
        question.focus()
        await self.query_one(Transcript).show(views)
        await self._look_at(views[-1] if views else None)

    def leave(self) -> None:
        """Nothing of this session is lost: neither what was typed nor what came of an answer."""
        self.keep_draft()
        self.action_stop()

    # Asking

    @on(QuestionInput.Asked)
    async def _asked(self, event: QuestionInput.Asked) -> None:
        if self._asking and self._asking.answer:
            self.action_stop()  # it is complete; what is left is to translate its quotes
        if self._asking:
            self.notify("An answer is being written. Escape stops it.", markup=False)
            return
        if not reporting(self, lambda: checked(event.question)):
            return  # it stays where it was typed
        self.query_one(QuestionInput).accept(event.question)
        self.keep_draft()
        state = "Looking for passages …" if self.backend.opened else "Waiting for the index …"
        filters, history = self.filters, tuple(self.session.turns)
        view = self._asking = TurnView(event.question, state, describe_filters(filters))
        self.query_one(StatusLine).answering()
        await self.query_one(Transcript).add(view)
        await self._look_at(view)
        if view is not self._asking:
            return  # stopped while it was put on the screen: there is no worker yet that could be cancelled

        def work() -> None:
            worker = get_current_worker()
            try:
                with closing(self.backend.ask(view.question, filters, history)) as events:
                    for answer_event in events:
                        if worker.is_cancelled:
                            return
                        self.post_message(AnswerEvent(view, answer_event))
            except Exception as error:  # noqa: BLE001 - whatever goes wrong must not take the screen with it
                self.post_message(AnswerFailed(view, as_error(error)))

        self.run_worker(work, group="ask", thread=True, exit_on_error=False)

    @on(AnswerEvent)
    async def _answer_event(self, message: AnswerEvent) -> None:
        view, event = message.view, message.event
        if view is not self._asking:
            return  # stopped, or of a session that is closed
        view.take(event)
        if isinstance(event, Started) and event.kind == "quotes":
            self.query_one(Transcript).read_from(view)
        if isinstance(event, Finished):
            self._done(view)
        if isinstance(event, Finished | Glossing | Retrieved | Cited) and view is self._current:
            await self._look_at(view)

    @on(AnswerFailed)
    def _answer_failed(self, message: AnswerFailed) -> None:
        if message.view is self._asking:
            message.view.fail(message.error)
            self._done(message.view)

    def action_stop(self) -> None:
        """Stops the answer that is being written, and keeps what came of it."""
        if view := self._asking:
            self.app.clear_notifications()  # that an answer is being written
            self.workers.cancel_group(self, "ask")
            view.stop()
            self._done(view)

    def keep_turn(self) -> None:
        """Keeps what came of an answer when the screen is gone: a terminal that vanished takes it along."""
        if view := self._asking:
            self._asking = None
            with suppress(QAError):  # nobody is left to be told
                self.session.add(view.question, view.kept(), stopped=view.answer is None)

    def action_question(self) -> None:
        self.query_one(QuestionInput).focus()

    def _done(self, view: TurnView) -> None:
        """Nothing more comes for `view`: what came is kept."""
        self._asking = None
        self._store(lambda: self.session.add(view.question, view.kept(), stopped=view.stopped))
        self.query_one(StatusLine).answered(view.answer)
        self.refresh_bindings()

    # Sources

    @on(TurnView.Chosen)
    async def _turn_chosen(self, message: TurnView.Chosen) -> None:
        message.view.select(message.number)
        await self._look_at(message.view)

    @on(SourceCard.Chosen)
    async def _source_chosen(self, message: SourceCard.Chosen) -> None:
        await self.action_cite(message.number)

    async def action_cite(self, number: int) -> None:
        """Shows source `number` of the answer whose sources are shown."""
        view = self._current
        if view and any(citation.number == number for citation in view.citations):
            view.select(number)
            await self._look_at(view)

    def action_focus_answer(self) -> None:
        """To the answer whose sources are shown: the newest, if no other was chosen."""
        if self._current:
            self._current.focus()

    def action_focus_sources(self) -> None:
        """To the passage of the chosen source, else the first; back to the question if none is shown."""
        cards = list(self.query(SourceCard)) if self.query_one(SourcesPane).display else []
        number = self._current.selected if self._current else None
        chosen = [card for card in cards if any(one.number == number for one in card.citations)]
        next(iter([*chosen, *cards]), self.query_one(QuestionInput)).focus()

    def action_step(self, by: int) -> None:
        """To the answer before or after the one whose sources are shown."""
        views = self.query_one(Transcript).views
        if self._current in views:
            views[min(max(views.index(self._current) + by, 0), len(views) - 1)].focus()

    @on(TurnView.Act)
    def _turn_act(self, message: TurnView.Act) -> None:
        view = message.view
        if message.what == "answer":
            copy(self, with_references(view.text, view.citations), "The answer")
        elif citation := view.chosen():
            self._act(message.what, citation.article, citation)

    @on(SourceCard.Act)
    def _source_act(self, message: SourceCard.Act) -> None:
        hit, what = message.hit, message.what
        if message.citation or what == "open":
            self._act(what, hit.article, message.citation)
            return

        def act(article: Article) -> None:
            whole = replace(hit, article=article)
            self._act(what, article, cite(0, whole, Span(hit.passage.start, hit.passage.end)))

        # Of an earlier session's articles only what was shown is kept: the line is counted in the whole text.
        with_article(self, lambda: self.backend.article(hit.article), act)

    def _act(self, what: str, article: Article, citation: Citation | None) -> None:
        if what == "open":
            reporting(self, lambda: open_file(file_of(self.backend.settings.corpus_path, article)))
        elif citation and what == "copy":
            copy(self, quoted(citation), "The quote")
        elif citation:
            quotes = [one for one in self._current.citations if one.article.id == article.id] if self._current else []
            self._show_article(article, quotes if citation in quotes else [citation], citation)

    def _show_article(self, cited: Article, quotes: list[Citation], chosen: Citation) -> None:
        """Shows the whole article, at the chosen quote."""

        def show(article: Article) -> None:
            if self.is_current:  # else it was asked for twice, and is shown already
                self.app.push_screen(ArticleScreen(article, self.backend.settings.corpus_path, quotes, chosen))

        with_article(self, lambda: self.backend.article(cited), show)

    async def _look_at(self, view: TurnView | None) -> None:
        """Shows the sources of `view`."""
        if self._current and self._current is not view:
            self._current.select(None)
        self._current = view
        pane = self.query_one(SourcesPane)
        pane.set_class(not (view and view.hits), "empty")
        await pane.show(view.hits if view else (), view.citations if view else (), view.selected if view else None)
        self.query_one(StatusLine).answer(view.answer if view else None)
        self.refresh_bindings()

    # What stays

    @on(FilterBar.Changed)
    def _filters_changed(self, message: FilterBar.Changed) -> None:
        self.filters = message.filters
        self.query_one(CorpusBar).show(filters=describe_filters(self.filters))

    @on(QuestionInput.Changed)
    def _typed(self) -> None:
        if self._draft_timer:
            self._draft_timer.stop()
        self._draft_timer = self.set_timer(_DRAFT_SECONDS, self.keep_draft)

    def keep_draft(self) -> None:
        """Text that was typed and not sent is there again next time."""
        if self.is_mounted and (typed := self.query(QuestionInput)):  # none is left while the program ends
            text = typed.first().text
            self._store(lambda: self.session.keep_draft(text))

    def _store(self, work: Callable[[], None]) -> None:
        """Says once that nothing can be kept, not at every key press; again if it could be meanwhile."""
        try:
            work()
        except QAError as error:
            if not self._unkept:
                report(self, error)
            self._unkept = True
        else:
            self._unkept = self.session.waits
