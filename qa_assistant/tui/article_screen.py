"""A whole article, at the quote that one came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Input, Label

from qa_assistant.display import one_line
from qa_assistant.errors import QAError
from qa_assistant.records import Article, Citation
from qa_assistant.references import heading, quoted
from qa_assistant.tui.article_text import ArticleText, Mark
from qa_assistant.tui.clipboard import copy
from qa_assistant.tui.file_viewer import file_of, open_file
from qa_assistant.tui.reporting import report, reporting
from qa_assistant.tui.text_input import TextInput
from qa_assistant.tui.text_search import occurrences

_MOST_FOUND = 10_000
_LONGEST_SEARCH = 200


class ArticleScreen(Screen[None]):
    """Goes through the quotes of the article, or through the places where something was found in it.

    `quotes` are of this article; `chosen`, one of them, is in view at once, else the first. The article's file is
    looked for in `corpus`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "step(1)", "Next"),
        Binding("p", "step(-1)", "Previous"),
        *(Binding(str(n), f"quote({n})", "Quote", show=False, key_display="1–9") for n in range(1, 10)),
        Binding("slash", "find", "Find"),
        Binding("y", "copy", "Copy quote"),
        Binding("o", "open", "Open file"),
        Binding("escape", "back", "Back"),
        Binding("q", "dismiss", "Back", show=False),
    ]

    def __init__(
        self,
        article: Article,
        corpus: Path,
        quotes: Sequence[Citation] = (),
        chosen: Citation | None = None,
    ) -> None:
        super().__init__()
        self._article = article
        self._corpus = corpus
        self._quotes = sorted(quotes, key=lambda quote: (quote.start, quote.end))
        self._quote = self._quotes.index(chosen) if chosen else 0
        self._found: list[Mark] = []
        self._place = 0
        """Which of the places found is chosen."""

    def compose(self) -> ComposeResult:
        with Horizontal(classes="title"):
            yield Label(id="article-title", markup=False)
            yield Label(id="article-count", markup=False)
        yield Label(id="article-about", markup=False)
        yield ArticleText(self._article.text)
        yield TextInput(placeholder="Find in this article", max_length=_LONGEST_SEARCH, classes="hidden")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one("#article-title", Label).update(Content(heading(self._article)[0]))
        self.query_one(ArticleText).focus()
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would do nothing, or would be typed, are not in the footer."""
        possible = {
            "find": not isinstance(self.focused, Input),
            "step": bool(self._found or self._quotes),
            "quote": any(quote.number for quote in self._quotes),
            "copy": bool(self._quotes) and not self._found,
        }
        return possible.get(action, True)

    def action_step(self, by: int) -> None:
        """To the next or previous place found, else quote; behind the last comes the first."""
        if self._found:
            self._place = (self._place + by) % len(self._found)
        else:
            self._quote = (self._quote + by) % len(self._quotes)
        self._show()

    def action_quote(self, number: int) -> None:
        numbers = [quote.number for quote in self._quotes]
        if number in numbers:
            self._quote = numbers.index(number)
            self._stop_finding()
            self._show()

    def action_find(self) -> None:
        field = self.query_one(Input)
        field.remove_class("hidden")
        field.focus()

    @on(Input.Submitted)
    def _find(self, event: Input.Submitted) -> None:
        """Goes to the first place from here on, or to the first of all."""
        if not event.value:
            return
        text = self.query_one(ArticleText)
        spans = occurrences(self._article.text, event.value, _MOST_FOUND)
        if not spans:
            self.notify(f"“{one_line(event.value)}” is not in this article.", markup=False)
            return
        self._found = [Mark(span.start, span.end) for span in spans]
        self._place = next((index for index, mark in enumerate(self._found) if mark.start >= text.top), 0)
        text.focus()
        self._show()

    def action_copy(self) -> None:
        copy(self, quoted(self._quotes[self._quote]), "The quote")

    def action_open(self) -> None:
        reporting(self, lambda: open_file(file_of(self._corpus, self._article)))

    def action_back(self) -> None:
        """Ends a search and stays where it led; if there is none, closes the screen."""
        if self._found or not self.query_one(Input).has_class("hidden"):
            self._stop_finding()
            self._show(reveal=False)
        else:
            self.dismiss()

    def _stop_finding(self) -> None:
        self._found = []
        self.query_one(Input).add_class("hidden")
        self.query_one(ArticleText).focus()

    def _show(self, *, reveal: bool = True) -> None:
        """The marks and what the top lines say of them."""
        marks, at, what = self._found, self._place, "match"
        if not marks:
            marks = [Mark(quote.start, quote.end, str(quote.number or "")) for quote in self._quotes]
            at, what = self._quote, "quote"
        self.query_one(ArticleText).mark(marks, marks[at] if marks else None, reveal=reveal)
        count = f"{len(marks)}{'+' * (len(marks) == _MOST_FOUND)}"
        self.query_one("#article-count", Label).update(Content(f"{what} {at + 1} of {count}" if marks else ""))
        self.query_one("#article-about", Label).update(Content(self._about()))
        self.refresh_bindings()

    def _about(self) -> str:
        """What the title does not say, the path last, and in which line the quote stands if it is what is shown."""
        about = heading(self._article)[1]
        line = f"{self._quotes[self._quote].line}" if self._quotes and not self._found else ""
        return f"{about}:{line}" if about and line else about or (f"line {line}" if line else "")


def with_article(screen: Screen[None], read: Callable[[], Article], done: Callable[[Article], None]) -> None:
    """Calls `read` in a thread, then `done` with what it gives; says so if the article is gone (QAError)."""

    def work() -> None:
        try:
            article = read()
        except QAError as error:
            screen.app.call_from_thread(report, screen, error)
            return
        screen.app.call_from_thread(done, article)

    screen.run_worker(work, group="article", exclusive=True, thread=True, exit_on_error=False)
