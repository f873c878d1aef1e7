"""Keeps a model's reasoning out of its answer where it comes inside the reply's text: `<think>…</think>`. Pure."""

from __future__ import annotations

import re

_TAG = re.compile(r"</?(think|thinking|thought|reasoning)>", re.IGNORECASE)
_CLOSING = re.compile(r"</(think|thinking|thought|reasoning)>", re.IGNORECASE)
_TAG_START = re.compile(r"<(?:/?(?:[a-z]{0,9})?)?\Z", re.IGNORECASE)
_LONGEST_TAG = len("</reasoning>")


class Reasoning:
    """Drops reasoning from text that comes in pieces; the result does not depend on the cuts.

    A block that is never closed is dropped to the end: a reply that is nothing but reasoning has no text. A closing
    tag without an opening one is removed; what was delivered before it cannot be taken back, `restarted` says so.
    """

    def __init__(self) -> None:
        self._held = ""
        self._inside = False
        self._spoke = False
        self.restarted = False
        """Whether a closing tag came that nothing had opened: all text before it, and there was some, was reasoning."""

    def feed(self, piece: str) -> str:
        """What of the text so far is known to be answer and was not returned yet."""
        self._held += piece
        out = ""
        while found := (_CLOSING if self._inside else _TAG).search(self._held):
            closing = found[0].startswith("</")
            if not self._inside:
                out += self._held[: found.start()]
                self.restarted = self.restarted or (closing and (self._spoke or bool(out.strip())))
            self._inside = not closing
            self._held = self._held[found.end() :]
        keep = self._unfinished()
        if not self._inside:
            out += self._held[: len(self._held) - keep]
        self._held = self._held[len(self._held) - keep :]
        self._spoke = self._spoke or bool(out.strip())
        return out

    def close(self) -> str:
        """What was still held back at the end of the reply."""
        rest, self._held = ("" if self._inside else self._held), ""
        return rest

    def _unfinished(self) -> int:
        """How many characters at the end may still become a tag."""
        tail = _TAG_START.search(self._held[-_LONGEST_TAG:])
        return len(tail[0]) if tail else 0


def opened_by(template: str) -> bool:
    """Whether a chat template ends by opening a block: its model reasons whatever it is told.

    Told not to, Ollama leaves such reasoning in the reply, with nothing before it; told to, it takes it out.
    """
    return template.rfind("<think>") > template.rfind("</think>")


def without_reasoning(text: str) -> str:
    """`text` without reasoning, for a whole reply."""
    reasoning = Reasoning()
    return reasoning.feed(text) + reasoning.close()


def first_word(reply: str) -> str:
    """The first word of a whole reply in capital letters, without reasoning and marks; empty if there is none."""
    words = without_reasoning(reply).split()
    return "".join(char for char in words[0] if char.isalpha()).upper() if words else ""
