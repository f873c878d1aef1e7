"""Text of models and articles made harmless: nothing a terminal obeys, nothing invisible. Pure.

Removed are control characters (C0, C1; whole sequences that begin with ESC), bidi controls, zero-width and other
format characters, lone surrogates and non-characters. Line ends become LF, tabs spaces. U+200C and U+200D stay where
spelling needs them (Persian, the scripts of India) or emoji do: directly after a character of those scripts.
"""

from __future__ import annotations

import unicodedata

from qa_assistant.display import BLANK_LETTERS

_CSI_PARAMETERS = frozenset(map(chr, range(0x20, 0x40)))
_CSI_FINALS = frozenset(map(chr, range(0x40, 0x7F)))
_STRING_STARTERS = frozenset("]PX^_")
_LINE_SEPARATORS = frozenset("\n\x85\u2028\u2029")
_BLANK = frozenset(f"{BLANK_LETTERS}\u034f")
_JOINERS = frozenset("\u200c\u200d")
_JOINED_SCRIPTS = ((0x0590, 0x08FF), (0x0900, 0x0DFF), (0x1000, 0x109F), (0x1780, 0x18AF), (0x2600, 0x27BF))
_EMOJI = (0x1F000, 0x1FAFF)
_VARIATION_SELECTOR = "\ufe0f"


class Plain:
    """Removes what must not be shown from text that comes in pieces; the result does not depend on the cuts."""

    def __init__(self) -> None:
        self._escape = ""
        """Where in an ANSI sequence we are: nothing, `esc`, `csi` or `string`."""
        self._last = ""
        self._after_cr = False

    def feed(self, piece: str) -> str:
        out = []
        for char in piece:
            if kept := self._kept(char):
                self._last = kept
                out.append(kept)
        return "".join(out)

    def _kept(self, char: str) -> str:
        if self._escape and self._inside_escape(char):
            return ""
        after_cr, self._after_cr = self._after_cr, char == "\r"
        if char == "\x1b":
            self._escape = "esc"
            return ""
        if char == "\r" or char in _LINE_SEPARATORS:
            return "" if after_cr and char == "\n" else "\n"
        if char == "\t":
            return " "
        return char if self._visible(char) else ""

    def _inside_escape(self, char: str) -> bool:
        """Whether `char` belongs to the open ANSI sequence. What cannot belong to it ends it and is read anew."""
        if self._escape == "esc":
            if char == "\\":  # ST, which ends a string and means nothing elsewhere
                self._escape = ""
                return True
            self._escape = {"[": "csi"}.get(char, "string" if char in _STRING_STARTERS else "")
            return bool(self._escape)
        if self._escape == "csi":
            if char in _CSI_FINALS:
                self._escape = ""
                return True
            if char not in _CSI_PARAMETERS:
                self._escape = ""
            return bool(self._escape)
        # A string ends with BEL or ST; the end of the line ends it too, so that it cannot swallow the answer.
        if char in "\x07\x9c":
            self._escape = ""
            return True
        if char == "\x1b":
            self._escape = "esc"
            return True
        if char in "\r\n":
            self._escape = ""
        return bool(self._escape)

    def _visible(self, char: str) -> bool:
        if " " <= char <= "~":
            return True
        if char in _JOINERS:
            return _takes_joiner(self._last)
        if char in _BLANK:
            return False
        point = ord(char)
        if 0xFDD0 <= point <= 0xFDEF or 0xE0100 <= point <= 0xE01EF or point & 0xFFFE == 0xFFFE:
            return False
        return unicodedata.category(char) not in ("Cc", "Cf", "Cs")


def without_controls(text: str) -> str:
    """`text` as `Plain` leaves it."""
    return Plain().feed(text)


def _takes_joiner(before: str) -> bool:
    if not before:
        return False
    point = ord(before)
    if before == _VARIATION_SELECTOR or _EMOJI[0] <= point <= _EMOJI[1]:
        return True
    return any(low <= point <= high for low, high in _JOINED_SCRIPTS)
