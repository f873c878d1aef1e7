"""An answer's Markdown as one styled text, with its citations as links; how it came about. No widget here.

Only emphasis, code, lists, headings and quotations are Markdown; links, images, HTML and tables stay the characters
they are. A number in brackets is a link if it is a citation of the answer, and nothing else ever is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from rich.cells import cell_len
from textual.content import Content
from textual.style import Style

from qa_assistant.display import counted, harmless, one_line
from qa_assistant.references import MACHINE_TRANSLATION

if TYPE_CHECKING:
    from collections.abc import Set

    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

    from qa_assistant.records import Answer

_CITATION = re.compile(r"\[(\d{1,3})\]")
_RULES = ["paragraph", "heading", "list", "blockquote", "fence", "newline", "escape", "backticks", "emphasis"]
_INLINE = {"em": Style(italic=True), "strong": Style(bold=True)}
_CODE = Style(dim=True)
_GLOSS = Style(italic=True)
_LAST_CITATION = re.compile(r"\[(\d{1,3})\]$")

Parts = Iterator[tuple[str, Style] | Content]


def literal(
    text: str,
    numbers: Set[int],
    selected: int | None = None,
    *,
    glosses: Mapping[int, str] = MappingProxyType({}),
) -> Content:
    """Sentences of articles, one a paragraph, each with its translation below, if it has one in `glosses`.

    Nothing in them is Markdown, only their citations are links.
    """
    return _joined(part for line in harmless(text).split("\n") for part in _quote(line, numbers, selected, glosses))


def markdown(text: str, numbers: Set[int], selected: int | None = None, *, width: int = 0) -> Content:
    """What a model wrote. `numbers` are the citations it has, `selected` is the one shown as chosen.

    Items of lists are wrapped to `width` cells, so that their lines stand below each other; not if it is 0.
    """
    tokens = _parser().parse(harmless(text), {"numbers": numbers})
    return _joined(_blocks(tokens, selected, width))


def link(number: int, selected: int | None) -> tuple[str, Style]:
    """A citation as the reader sees it. Clicking it calls `action_cite` of the widget that shows it."""
    style = Style(bold=True, reverse=number == selected)
    return f"[{number}]", style + Style.from_meta({"@click": f"cite({number})"})


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero").enable(_RULES)
    parser.inline.ruler.push("citation", _citation)
    return parser


def _citation(state: StateInline, silent: bool) -> bool:
    """A rule of the parser: `[1]` is a citation if the answer has one of that number."""
    match = _CITATION.match(state.src, state.pos)
    if not match or int(match[1]) not in state.env["numbers"]:
        return False
    if not silent:
        state.push("citation", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _joined(parts: Parts) -> Content:
    return Content.assemble(*parts).rstrip()


def _quote(line: str, numbers: Set[int], selected: int | None, glosses: Mapping[int, str]) -> Parts:
    yield from _with_links(line, numbers, selected)
    if (last := _LAST_CITATION.search(line)) and (gloss := glosses.get(int(last[1]))):
        yield f"\n{MACHINE_TRANSLATION}: {one_line(gloss)}", _GLOSS
    yield "\n\n", Style()


def _with_links(text: str, numbers: Set[int], selected: int | None) -> Parts:
    at = 0
    for match in _CITATION.finditer(text):
        if int(match[1]) in numbers:
            yield text[at : match.start()], Style()
            yield link(int(match[1]), selected)
            at = match.end()
    yield text[at:], Style()


def _blocks(tokens: Sequence[Token], selected: int | None, width: int) -> Parts:
    """Blocks one below the other, a blank line between them, list items without one."""
    lists: list[int | None] = []  # for each open list its next number, None for bullets
    bullet, heading = "", False
    for token in tokens:
        kind = token.type
        heading = kind == "heading_open" or (heading and kind == "inline")
        if kind == "bullet_list_open":
            lists.append(None)
        elif kind == "ordered_list_open":
            lists.append(int(token.attrs.get("start", 1)))
        elif kind in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
            if not lists:
                bullet = ""
                yield "\n", Style()
        elif kind == "list_item_open":
            number = lists[-1]
            bullet = "• " if number is None else f"{number}. "
            lists[-1] = None if number is None else number + 1
        elif kind == "inline":
            before = "  " * (len(lists) - 1) + bullet
            yield before, Style()
            text = Content.assemble(*_inline(token.children or [], selected, heading=heading))
            yield _hanging(text, cell_len(before), width) if lists else text
            bullet = " " * cell_len(bullet)
            yield "\n" if lists else "\n\n", Style()
        elif kind == "fence":
            yield f"{token.content.rstrip()}\n\n", _CODE


def _hanging(text: Content, indent: int, width: int) -> Content:
    """`text` wrapped to what is left of `width`, each line but the first behind so many blanks."""
    if width <= 2 * indent:
        return text
    return Content("\n" + " " * indent).join(text.wrap(width - indent))


def _inline(tokens: Sequence[Token], selected: int | None, *, heading: bool) -> Parts:
    styles = [Style(bold=heading)]
    for token in tokens:
        if token.type == "citation":
            yield link(int(token.content), selected)
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n", Style()
        elif token.type == "code_inline":
            yield token.content, styles[-1] + _CODE
        elif token.nesting == 1:
            styles.append(styles[-1] + _INLINE[token.tag])
        elif token.nesting == -1:
            styles.pop()
        else:
            yield token.content, styles[-1]


def summed_up(answer: Answer, filters: str) -> str:
    """Who answered, from what and how fast, on one line; `filters` says in words which articles were asked."""
    if answer.status == "no_answer":
        if not answer.hits:
            return ""
        if filters:
            return f"Not among the articles asked ({filters}); F6 changes that."
        return "Not in the corpus; the nearest passages are among the sources."
    if not answer.finished:
        return "Not finished."
    who = f"Written by {one_line(answer.model)}" if answer.model else "The articles' own sentences"
    times = answer.timings_ms
    seconds = times.get("answered", times.get("total", 0)) / 1000
    return f"{who} · {counted(len(answer.citations), 'citation')} · {seconds:.1f} s"
