"""What an answer rests on: the cited passages with their quotes, then what was found but not cited."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

from qa_assistant.display import harmless, one_line
from qa_assistant.records import Citation, Hit
from qa_assistant.references import heading
from qa_assistant.tui.answer_text import link

_BLANKS = re.compile(r"\s+")

_UNCITED_CHARACTERS = 160
"""Shown of a passage that was found but not cited."""

_SHORT_ROWS = 16
"""A pane of fewer rows shows only the words around the quotes."""

_AROUND = 60
"""Characters of those words on each side of a quote."""


class SourceCard(Static, can_focus=True):
    """One passage: its article, and its text with every quote marked by number and underlined."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "act('article')", "Article"),
        Binding("o", "act('open')", "Open file"),
        Binding("y", "act('copy')", "Copy quote"),
        *(Binding(str(n), f"cite({n})", "Source", show=n == 1, key_display="1–9") for n in range(1, 10)),
    ]

    @dataclass
    class Chosen(Message):
        number: int

    @dataclass
    class Act(Message):
        """`article`, `open` or `copy` is asked for: for `citation`, or for the passage if there is none."""

        what: str
        hit: Hit
        citation: Citation | None

    def __init__(self, hit: Hit) -> None:
        super().__init__(markup=False)
        self.hit = hit
        self.citations: list[Citation] = []
        self._shown: tuple[object, ...] = ()
        self._selected: int | None = None
        self._short = False

    def show(self, citations: Sequence[Citation], selected: int | None, *, short: bool) -> None:
        """Marks these quotes, `selected` as the chosen one; if `short`, with few words around them."""
        shown = (tuple(citations), selected, short)
        if shown != self._shown:
            self._shown, self._selected, self._short = shown, selected, short
            self.citations = sorted(citations, key=lambda citation: citation.start)
            self.update(Content.assemble(*self._head(), *self._passage()))

    def place_of(self, number: int) -> Region:
        """Where in the card the quote `number` stands."""
        quote = next(citation for citation in self.citations if citation.number == number)
        width = max(1, self.content_size.width)
        parts = [*self._head(), *self._passage(quote)]
        before, whole = Content.assemble(*parts[: -len(("number", "blank", "quote"))]), Content.assemble(*parts)
        first, last = (len(text.wrap(width)) - 1 for text in (before, whole))
        return Region(0, first, 1, last - first + 1)

    def action_cite(self, number: int) -> None:
        self.post_message(self.Chosen(number))

    def action_act(self, what: str) -> None:
        self.post_message(self.Act(what, self.hit, chosen_of(self.citations, self._selected)))

    def _head(self) -> list[tuple[str, Style]]:
        name, about = heading(self.hit.article)
        style = Style(bold=True) if self.citations else Style(dim=True)
        return [(f"{name}\n", style), (f"{about}\n" if about else "", Style(dim=True))]

    def _passage(self, until: Citation | None = None) -> list[tuple[str, Style]]:
        """The passage's text with its quotes marked, all of it or to the end of the quote `until`."""
        passage = self.hit.passage
        if not self.citations:
            return [(_beginning(passage.text, _UNCITED_CHARACTERS), Style(dim=True))]
        parts: list[tuple[str, Style]] = []
        at = passage.start
        for quote in self.citations:
            parts.append((self._beside(at, quote.start, before=at > passage.start, after=True), Style()))
            parts += [link(quote.number, self._selected), (" ", Style())]
            marked = Style(underline=True, reverse=quote.number == self._selected)
            parts.append((harmless(quote.quote), marked))
            at = quote.end
            if quote is until:
                return parts
        return [*parts, (self._beside(at, passage.end, before=True, after=False), Style())]

    def _beside(self, start: int, end: int, *, before: bool, after: bool) -> str:
        """The passage's text between two offsets; a quote stands `before` it, `after` it, or both."""
        passage = self.hit.passage
        text = harmless(passage.text[start - passage.start : end - passage.start])
        return _nearest(text, before=before, after=after) if self._short else text


class SourcesPane(VerticalScroll, can_focus=False):
    """The sources of one answer."""

    def __init__(self) -> None:
        super().__init__(classes="empty")
        self._hits: tuple[tuple[Hit, bool], ...] = ()
        self._marks: tuple[Sequence[Citation], int | None] = ((), None)

    async def show(self, hits: Sequence[Hit], citations: Sequence[Citation], selected: int | None) -> None:
        """Shows these passages, cited ones first, and brings the selected quote into view."""
        self._marks = (tuple(citations), selected)
        shown = tuple((hit, any(map(hit.bears, citations))) for hit in hits)
        if shown != self._hits:
            same = [hit for hit, _ in shown] == [hit for hit, _ in self._hits]
            self._hits = shown
            await self._rebuild([hit for hit, cited in shown if cited], [hit for hit, cited in shown if not cited])
            if not same:
                self.scroll_home(animate=False)
        self._mark()
        if selected is not None:
            self.call_after_refresh(self._show_quote, selected)

    def on_resize(self) -> None:
        self._mark()

    async def _rebuild(self, used: Sequence[Hit], rest: Sequence[Hit]) -> None:
        widgets: list[Static] = [SourceCard(hit) for hit in used]
        if rest:
            widgets.append(Static("Found, not cited" if used else "Found", classes="heading", markup=False))
        widgets += [SourceCard(hit) for hit in rest]
        with self.app.batch_update():
            await self.remove_children()
            await self.mount_all(widgets)

    def _mark(self) -> None:
        citations, selected = self._marks
        short = self.size.height < _SHORT_ROWS
        for card in self.query(SourceCard):
            card.show([one for one in citations if card.hit.bears(one)], selected, short=short)

    def _show_quote(self, number: int) -> None:
        for card in self.query(SourceCard):
            if any(citation.number == number for citation in card.citations):
                self.scroll_to_region(card.place_of(number).translate((0, card.virtual_region.y)), animate=False)


def _nearest(text: str, *, before: bool, after: bool) -> str:
    """Of the text beside a quote the words next to it, on one line."""
    text = _BLANKS.sub(" ", text)
    if len(text) <= 2 * _AROUND:
        return text
    first = f"{text[:_AROUND].rpartition(' ')[0]} …" if before else "…"
    last = text[-_AROUND:].partition(" ")[2] if after else ""
    return f"{first} {last}"


def _beginning(text: str, characters: int) -> str:
    """The first words, on one line, and an ellipsis if there are more."""
    if len(text) <= characters:
        return one_line(text)
    cut = one_line(text[:characters])
    return f"{cut.rpartition(' ')[0] or cut} …"


def chosen_of(citations: Sequence[Citation], number: int | None) -> Citation | None:
    """The one of this number, else the first; None if there is none."""
    return next((one for one in citations if one.number == number), next(iter(citations), None))
