"""Where the lines of a long text begin when it is shown in so many cells. No widget here."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

from qa_assistant.display import harmless

_JOINER = "\u200d"
_WIDENER = "\ufe0f"
"""Asks for the emoji form of the character before, which may be wider."""

_WIDE = 2
_MOST_CHARACTERS = 8
"""For each cell of a line: what takes no room at all is not let run on without end."""


class _Widths(dict[str, int]):
    """Cells that a character takes as it is shown; emoji of several characters take no more than their sum."""

    def __missing__(self, character: str) -> int:
        self[character] = 1 if character in ("\t", _WIDENER) else cell_len(harmless(character))
        return self[character]


def shown(text: str) -> str:
    """A line's text as `wrap` measured it: one visible character for each, without the blanks at its end."""
    return harmless(text.replace("\t", " ")).rstrip(" \n")


def wrap(text: str, width: int) -> Iterator[int]:
    """The offset at which each line begins, in order, found as they are asked for.

    Lines end at line feeds, else behind the last blank that fits, else between characters; before a wide character
    always there, for scripts that have them need no blanks. A line takes at most `width` cells, which must be 2 or more
    for wide characters. Finding it takes no longer the longer the text is.
    """
    widths = _Widths()
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start
        while (fitting := _fitting(text, start, end, width, widths)) < end:
            blank = text.rfind(" ", start, fitting + 1)
            at_blank = blank > start and widths[text[fitting]] < _WIDE
            start = blank + 1 if at_blank else _between_characters(text, start, fitting, widths)
            if start < end:
                yield start
        start = end + 1


def _fitting(text: str, start: int, end: int, width: int, widths: _Widths) -> int:
    """The end of what fits into a line from `start`, at most `end`."""
    plain = min(end, start + width)
    part = text[start:plain]
    # Nearly every line of most languages ends here: every character takes one cell, and no mark follows.
    if (part.isascii() or sum(map(widths.__getitem__, part)) == width) and (plain == end or widths[text[plain]]):
        return plain
    limit, used = min(end, start + width * _MOST_CHARACTERS), 0
    for at in range(start, limit):
        used += widths[text[at]]
        if used > width:
            return max(at, start + 1)
    return limit


def _between_characters(text: str, start: int, at: int, widths: _Widths) -> int:
    """The last place up to `at` where no mark and no part of an emoji is cut off the character before it."""
    for place in range(at, start, -1):
        character = text[place]
        if widths[character] and character != _WIDENER and text[place - 1] != _JOINER:
            return place
    return at
