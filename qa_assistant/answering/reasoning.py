"""Keeps a model's reasoning out of its answer where it comes inside the reply's text: `<think>…</think>`. Pure."""

from __future__ import annotations

import re

_OPENING = re.compile(r"<(think|thinking|thought|reasoning)>", re.IGNORECASE)
_CLOSING = re.compile(r"</(think|thinking|thought|reasoning)>", re.IGNORECASE)
_TAG_START = re.compile(r"<(?:/?(?:[a-z]{0,9})?)?\Z", re.IGNORECASE)
_LONGEST_TAG = len("</reasoning>")


class Reasoning:
    """Drops reasoning from text that comes in pieces; the result does not depend on the cuts.

    A block that is never closed is dropped to the end: a reply that is nothing but reasoning has no text. A closing
    tag without an opening one (some templates put the opening into the prompt) is removed; what was delivered before
    it cannot be taken back, `restarted` says so.
    """

    def __init__(self) -> None:
        self._held = ""
        self._inside = False
        self.restarted = False
        """Whether a closing tag came that nothing had opened: all text before it was reasoning."""

    def feed(self, piece: str) -> str:
        """What of the text so far is known to be answer and was not returned yet."""
        self._held += piece
        out = []
        while True:
            if self._inside:
                found = _CLOSING.search(self._held)
            else:
                found = min(
                    filter(None, (_OPENING.search(self._held), _CLOSING.search(self._held))),
                    key=lambda match: match.start(),
                    default=None,
                )
            if found is None:
                break
            closing = found[0].startswith("</")
            if not self._inside:
                out.append(self._held[: found.start()])
                self.restarted = self.restarted or closing
            self._inside = not closing
            self._held = self._held[found.end() :]
        keep = self._unfinished()
        if not self._inside:
            out.append(self._held[: len(self._held) - keep])
        self._held = self._held[len(self._held) - keep :]
        return "".join(out)

    def close(self) -> str:
        """What was still held back at the end of the reply."""
        rest, self._held = ("" if self._inside else self._held), ""
        return rest

    def _unfinished(self) -> int:
        """How many characters at the end may still become a tag."""
        tail = _TAG_START.search(self._held[-_LONGEST_TAG:])
        return len(tail[0]) if tail else 0


def without_reasoning(text: str) -> str:
    """`text` without reasoning, for a whole reply."""
    reasoning = Reasoning()
    return reasoning.feed(text) + reasoning.close()
