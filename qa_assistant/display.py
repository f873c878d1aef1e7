"""Hostile text made harmless: no terminal control, no direction override, nothing invisible that could mislead.

Invisible characters that scripts need stay: joiners, variation selectors, the marks of direction (U+200E, U+200F,
U+061C), which turn nothing but themselves.

Used where text enters the index (so that offsets are exact and what is stored is harmless) and where text that never
passed there is shown: file names, questions, replies of servers.
"""

from __future__ import annotations

import json
import re
from typing import Any

REPLACEMENT = "\ufffd"

BLANK_LETTERS = "\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0"
"""Fillers of Hangul, Khmer and Mongolian: letters that nobody sees, of which today's spelling needs none."""

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and line feed, DEL, C1: terminals obey them
    "\u2028\u2029"  # line separators, which some terminals and parsers obey
    "\u202a-\u202e\u2066-\u2069"  # direction embeddings, overrides and isolates: text can pose as other text
    "\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"  # zero-width space, invisible operators, annotation marks
    f"{BLANK_LETTERS}"  # what looks like no name, or like a shorter one
    "\ud800-\udfff"  # lone surrogates, which no encoding can write
    "\U000e0000-\U000e007f]"  # tags: letters that nobody sees and a model may read
)
_WHITE = re.compile(r"\s+")


def harmless(text: str) -> str:
    """`text` with every unsafe character replaced by U+FFFD, one for one, so that offsets stay."""
    return _UNSAFE.sub(REPLACEMENT, text)


def counted(number: int, noun: str) -> str:
    """`1 file`, `2,000 files`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def one_line(text: str) -> str:
    """`text` harmless and on one line."""
    return harmless(_WHITE.sub(" ", text)).strip()


def shortened(text: str, most: int) -> str:
    """`text` in at most so many characters, the last one an ellipsis if it is cut."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def to_json(value: Any) -> str:
    """Indented JSON that is safe to print: characters a terminal might obey are written as escapes."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _UNSAFE.sub(lambda match: _escaped(match[0]), text)


def _escaped(character: str) -> str:
    return json.dumps(character)[1:-1]
