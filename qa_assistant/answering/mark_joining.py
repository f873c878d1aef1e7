"""Marks that a model writes side by side, `[1], [2]` or `[1] and [2]`, without what joined them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qa_assistant.answering.markers import Declined, Marker, Token

_JOINING = frozenset({
    "", ",", ";", "/", "&", "+", "-", "–", "—", "·", "|", "、", "，", "；", "and", ", and", "or", "as well as", "und",
    "oder", "sowie", "et", "ou", "ainsi que", "и", "или", "а также", "та", "і", "ve", "veya", "ile", "və", "y", "e",
    "o", "en", "of", "i", "oraz", "og", "och", "și", "és", "και", "和", "及", "と", "및", "و",
})  # fmt: skip
"""What may stand between two marks and says nothing without them."""


class JoinedMarks:
    """Drops from streamed tokens what only joins marks; behind a mark, text waits until it is more than that.

    A word that joins two marks stays if the sentence goes on behind them: `It rained [1] and [2] the port closed.`
    """

    def __init__(self) -> None:
        self._held: str | None = None
        """What came since the last mark, while it may only join it to the next; else None."""
        self._between = ""
        """What stood between the last two marks."""

    def feed(self, tokens: Iterable[Token]) -> Iterator[Token]:
        for token in tokens:
            if isinstance(token, Marker):
                if self._held is not None and self._held.strip() in _JOINING:
                    self._between = self._held
                else:
                    yield from self.close()
                self._held = ""
                yield token
            elif self._held is None or isinstance(token, Declined):
                yield from self.close()
                yield token
            else:
                self._held += token
                if not _may_join(self._held):
                    yield from self.close()

    def close(self) -> Iterator[str]:
        """What was held back, if anything was."""
        held, between = self._held or "", self._between.rstrip()
        self._held, self._between = None, ""
        if between[-1:].isalpha() and held.lstrip()[:1].isalnum():
            held = between + held
        if held:
            yield held


def _may_join(text: str) -> bool:
    """Whether `text` may still become, with more to come, what joins two marks."""
    said = text.strip()
    return "\n" not in text and any(joining.startswith(said) for joining in _JOINING)
