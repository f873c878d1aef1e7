"""What an answer rests on: the cited passages with their quotes, then what was found but not cited."""

from __future__ import annotations

from collections.abc import Sequence
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
from qa_assistant.references import describe
from qa_assistant.tui.answer_text import link

_UNCITED_CHARACTERS = 160
"""Shown of a passage that was found but not cited."""


Cards = Sequence[tuple[Hit, Sequence[Citation]]]


class SourceCard(Static, can_focus=True):
    """One passage: its article, and its text with every quote marked by number and underlined."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "act('article')", "Article"),
        Binding("o", "act('open')", "Open file"),
        Binding("y", "act('copy')", "Copy quote"),
        *(Binding(str(n), f"cite({n})", "Source", show=n == 1, key_display="1–9") for n in range(1, 10)),
    ]

    class Chosen(Message):
        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class Act(Message):
        """`article`, `open` or `copy` is asked for: for `citation`, or for the passage if there is none."""

        def __init__(self, what: str, hit: Hit, citation: Citation | None) -> None:
            super().__init__()
            self.what = what
            self.hit = hit
            self.citation = citation

    def __init__(self, hit: Hit, citations: Sequence[Citation], selected: int | None) -> None:
        super().__init__(markup=False, classes="cited" if citations else "uncited")
        self.hit = hit
        self.citations = sorted(citations, key=lambda citation: citation.start)
        self._selected = selected

    def on_mount(self) -> None:
        self.update(self._content())

    def select(self, number: int | None) -> None:
        if number != self._selected:
            self._selected = number
            self.update(self._content())

    def place_of(self, number: int) -> Region:
        """Where in the card the quote `number` stands."""
        quote = next(citation for citation in self.citations if citation.number == number)
        width = max(1, self.content_size.width)
        texts = (Content.assemble(*self._head(), *self._passage(until)) for until in (quote.start, quote.end))
        first, last = (len(text.wrap(width)) - 1 for text in texts)
        return Region(0, first, 1, last - first + 1)

    def action_cite(self, number: int) -> None:
        self.post_message(self.Chosen(number))

    def action_act(self, what: str) -> None:
        self.post_message(self.Act(what, self.hit, chosen_of(self.citations, self._selected)))

    def _content(self) -> Content:
        return Content.assemble(*self._head(), *self._passage())

    def _head(self) -> list[tuple[str, Style]]:
        style = Style(bold=True) if self.citations else Style(dim=True)
        return [(f"{describe(self.hit.article, language=True)}\n", style)]

    def _passage(self, until: int | None = None) -> list[tuple[str, Style]]:
        """The passage's text up to offset `until`, with its quotes marked."""
        passage = self.hit.passage
        if not self.citations:
            return [(f"{one_line(passage.text[:_UNCITED_CHARACTERS])} …", Style(dim=True))]
        parts: list[tuple[str, Style]] = []
        at, end = passage.start, passage.end if until is None else until
        for quote in self.citations:
            if quote.start >= end:
                break
            parts.append((harmless(passage.text[at - passage.start : quote.start - passage.start]), Style()))
            parts += [link(quote.number, self._selected), (" ", Style())]
            marked = Style(underline=True, reverse=quote.number == self._selected)
            parts.append((harmless(quote.quote), marked))
            at = quote.end
        parts.append((harmless(passage.text[at - passage.start : end - passage.start]), Style()))
        return parts


class SourcesPane(VerticalScroll, can_focus=False):
    """The sources of one answer."""

    def __init__(self) -> None:
        super().__init__(classes="empty")
        self._shown: tuple[object, ...] = ()

    async def show(self, hits: Sequence[Hit], citations: Sequence[Citation], selected: int | None) -> None:
        """Shows these passages, cited ones first, and brings the selected quote into view."""
        cards = [(hit, [one for one in citations if _bears(hit, one)]) for hit in hits]
        shown = tuple((hit.article.id, hit.passage.start, len(cited)) for hit, cited in cards)
        if shown != self._shown:
            self._shown = shown
            await self._rebuild([card for card in cards if card[1]], [card for card in cards if not card[1]], selected)
        for card in self.query(SourceCard):
            card.select(selected)
        if selected is not None:
            self.call_after_refresh(self._show_quote, selected)

    async def _rebuild(self, used: Cards, rest: Cards, selected: int | None) -> None:
        widgets: list[Static] = [SourceCard(*card, selected) for card in used]
        if rest:
            widgets.append(Static("Found, not cited" if used else "Found", classes="heading", markup=False))
        widgets += [SourceCard(*card, selected) for card in rest]
        with self.app.batch_update():
            await self.remove_children()
            await self.mount_all(widgets)
        self.scroll_home(animate=False)

    def _show_quote(self, number: int) -> None:
        for card in self.query(SourceCard):
            if any(citation.number == number for citation in card.citations):
                self.scroll_to_region(card.place_of(number).translate((0, card.virtual_region.y)), animate=False)


def chosen_of(citations: Sequence[Citation], number: int | None) -> Citation | None:
    """The one of this number, else the first; None if there is none."""
    return next((one for one in citations if one.number == number), next(iter(citations), None))


def _bears(hit: Hit, citation: Citation) -> bool:
    same = hit.article.id == citation.article.id
    return same and hit.passage.start <= citation.start and citation.end <= hit.passage.end
