"""All articles: found as one types, sorted by any column, with the months they are from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Label, Static

from qa_assistant.dates import day_range
from qa_assistant.errors import QAError, as_error
from qa_assistant.records import Article, Filters
from qa_assistant.tui.article_rows import COLUMNS, ArticleRow, matching, sorted_by
from qa_assistant.tui.article_table import ArticleTable
from qa_assistant.tui.reporting import in_words
from qa_assistant.tui.text_input import TextInput, after_typing
from qa_assistant.tui.timeline import Months, Timeline

_MONTH = len("2022-12")
_ASK = "Ask only articles of this month and agency"


class ArticlesScreen(Screen[Filters | None]):
    """Opens articles with `open_article`; closes with filters for an article's month and agency, or with None.

    `articles` is called in a thread. The months inside `filters`, which questions are asked with now, are marked.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", priority=True),
        Binding("f6", "filter", "Ask such only", tooltip=_ASK),
        Binding("f", "filter", "Ask such only", tooltip=_ASK, show=False),
        Binding("s", "sort", "Sort", tooltip="Sort by the next column"),
        Binding("r", "reverse", "Reverse", tooltip="Reverse the order"),
        Binding("slash", "search", "Search", priority=True),  # before the letters that follow it in haste
        Binding("down", "list", "List", priority=True),
        Binding("escape", "dismiss", "Back"),
    ]

    @dataclass
    class _Loaded(Message):
        rows: Sequence[ArticleRow]
        error: QAError | None = None

    def __init__(
        self,
        articles: Callable[[], list[Article]],
        open_article: Callable[[Article], None],
        filters: Filters | None = None,
    ) -> None:
        super().__init__()
        self.VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-high")]
        self._articles = articles
        self._open_article = open_article
        self._filters = filters or Filters()
        self._table = ArticleTable()
        self._rows: Sequence[ArticleRow] = ()
        """All, in the order they are shown in."""
        self._months = Months.of(())
        self._column, self._descending = 0, True

    def compose(self) -> ComposeResult:
        with Horizontal(classes="title"):
            yield Label("Articles", markup=False)
            yield Label(markup=False, id="articles-count")
        yield TextInput(placeholder="Type to find: title, first lines, place, agency, date, path", max_length=200)
        yield Static("Reading the articles …", markup=False, id="articles-note")
        yield self._table
        yield Timeline(self._filters)
        yield Footer()

    def on_mount(self) -> None:
        self._table.display = False
        self.query_one(TextInput).focus()
        self.run_worker(self._load, thread=True, exit_on_error=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would do nothing, or would be typed, are not in the footer."""
        table = self._table
        possible = {
            "open": table.chosen is not None,
            "filter": table.chosen is not None,
            "list": table.display and not table.has_focus,
            "sort": table.has_focus,
            "reverse": table.has_focus,
            "search": self.focused is table,
        }
        return possible.get(action, True)

    def action_open(self) -> None:
        after_typing(self, self._open)

    def _open(self) -> None:
        if self.is_current and (article := self._table.chosen):  # else it is shown already
            self._open_article(article)

    def action_filter(self) -> None:
        article = self._table.chosen
        if article is None or not self.is_current:
            return
        if filters := filters_like(article):
            self.dismiss(filters)
        else:
            self.notify("Neither date nor agency of this article is known.", severity="warning", markup=False)

    def action_sort(self) -> None:
        self._sort((self._column + 1) % len(COLUMNS), descending=False)

    def action_reverse(self) -> None:
        self._sort(self._column, descending=not self._descending)

    @on(ArticleTable.HeaderClicked)
    def _header_clicked(self, message: ArticleTable.HeaderClicked) -> None:
        same = message.column == self._column
        self._sort(message.column, descending=same and not self._descending)

    @on(ArticleTable.Opened)
    def _row_clicked(self) -> None:
        self._open()

    def action_search(self) -> None:
        self.set_focus(self.query_one(TextInput))  # at once; focus() takes its turn, and letters come meanwhile

    def action_list(self) -> None:
        """To the table; the first row is chosen already, so this goes to the second."""
        self._table.focus()
        self._table.action_move(1)

    @on(TextInput.Changed)
    def _typed(self) -> None:
        self._show()

    def _load(self) -> None:
        """In a thread."""
        try:
            self.post_message(self._Loaded([ArticleRow.of(article) for article in self._articles()]))
        except Exception as error:  # noqa: BLE001 - the screen stays, and says it
            self.post_message(self._Loaded((), as_error(error)))

    @on(_Loaded)
    def _loaded(self, message: _Loaded) -> None:
        if message.error or not message.rows:
            nothing = QAError("There are no articles in the index.", hint="Put some into the corpus, then F5.")
            self._note(in_words(message.error or nothing))
            return
        self._rows = message.rows
        self._months = _months(message.rows)
        self._table.measure(message.rows)
        self.add_class("loaded")
        self._sort(self._column, descending=self._descending)

    def _sort(self, column: int, *, descending: bool) -> None:
        self._column, self._descending = column, descending
        self._rows = sorted_by(self._rows, column, descending=descending)
        self._show()

    def _show(self) -> None:
        """Shows what is found of the articles there are."""
        if not self._rows:
            return
        found = matching(self._rows, self.query_one(TextInput).value)
        self._table.show(found, self._column, descending=self._descending)
        self.query_one(Timeline).show(_months(found), self._months)
        self.query_one("#articles-count", Label).update(Content(f"{len(found):,} of {len(self._rows):,}"))
        self._note("" if found else "No article has these words in its title, place, agency, path or first lines.")
        self.refresh_bindings()

    def _note(self, text: str) -> None:
        """Says `text` in the place of the table; the table is there if there is nothing to say."""
        note = self.query_one("#articles-note", Static)
        note.update(Content(text))
        note.display = bool(text)
        self._table.display = not text


def _months(rows: Sequence[ArticleRow]) -> Months:
    return Months.of(row.article.metadata.date for row in rows)


def filters_like(article: Article) -> Filters:
    """Filters for the month (or year, if no more is known) and the first agency of an article."""
    known = article.metadata
    since, until = day_range(known.date[:_MONTH]) if known.date else (None, None)
    agency = (known.agency or "").split("/")[0].strip() or None
    return Filters(since, until, agency)
