"""Cuts a streamed answer into sentences, and gives every mark to the sentence it belongs to. Pure.

Text is handed on as it comes. Held back are white space and, after what may be a sentence's end, the next word, because
that word decides whether it is one („im Rahmen des 29. Treffens“).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa_assistant.answering.markers import Marker
from qa_assistant.answering.passage_words import ends_with_passage, source_wanted

LOOKAHEAD = 24
"""Most characters of the next word that a decision waits for."""

CONTEXT = 160
"""Most characters of a sentence that the rules look at, so that no text makes them slow."""

_CLOSING_CHARACTERS = "\"'”’»›“‘)]）」』】*_"
_CLOSERS = rf"[{re.escape(_CLOSING_CHARACTERS)}]{{0,8}}"
_MAY_END = re.compile(rf"[.!?…։။។።؟۔।॥。！？｡]{_CLOSERS}\Z")
_ENDS = re.compile(rf"[։။።؟۔।॥。！？｡]{_CLOSERS}\Z")
"""Marks that end a sentence in every script that has them; full stops need rules."""
_ENDS_WITHOUT_SPACE = re.compile(rf"[。！？｡]{_CLOSERS}\Z")
_STAY_WITH_END = frozenset(".!?…。！？｡" + _CLOSING_CHARACTERS) - frozenset("“‘")
_LIST_NUMBER = re.compile(r"\W*(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)][*_]*")
_NO_SPACE_BEFORE = frozenset(".,;:!?…)]}»”’。，、；：！？）」』%")


@dataclass(frozen=True, slots=True)
class SentenceEnd:
    """The sentence that the text since the last one makes up, and the passages its marks name, each once."""

    text: str
    numbers: tuple[int, ...]


class Sentences:
    """Turns text and marks into text and sentence ends; all text joined is the answer without any mark.

    A mark belongs to the sentence it stands in or behind; at the start of a line, to the sentence that follows, and
    then so do all others of that line.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._out: list[str | SentenceEnd] = []
        self._sentence = ""
        self._numbers: list[int] = []
        self._gap = ""
        """White space not handed on yet."""
        self._pending = ""
        """`soft` after what may be a sentence's end, `hard` after what is one, else nothing."""
        self._ahead = ""
        self._behind: list[int] = []
        """Numbers after a sentence's end that belong to it."""
        self._leading: list[int] = []
        """Numbers that belong to the sentence to come, if there is one."""
        self._marks_lead = False
        self._after_mark = False
        self._started = False

    def feed(self, token: str | Marker) -> list[str | SentenceEnd]:
        """`token` is a mark, or text in pieces of any length."""
        if isinstance(token, Marker):
            self._mark(token.numbers)
        else:
            for char in token:
                self._char(char)
        out, self._out = self._out, []
        return out

    def close(self) -> list[str | SentenceEnd]:
        """The rest, with the last sentence's end. White space at the end of the answer is dropped."""
        if self._ahead:
            self._decide()
        self._behind += self._leading
        self._leading = []
        self._finish()
        out, self._out = self._out, []
        return out

    @property
    def may_have_ended(self) -> bool:
        """Whether what was fed so far may end with a sentence."""
        return not self._ahead and bool(self._pending or _MAY_END.search(self._tail))

    @property
    def _tail(self) -> str:
        return self._sentence[-16:]

    def _mark(self, numbers: Sequence[int]) -> None:
        if self._ahead:
            self._decide()
        if not (self._pending or self._after_mark or "\n" in self._gap):
            if len(numbers) == 1 and ends_with_passage(self._tail):
                self._add(str(numbers[0]))  # “According to passage [1], …” does not lose its number
            elif source := source_wanted(self._sentence[-CONTEXT:]):
                self._add(source)
        self._after_mark = True
        if not self._sentence or "\n" in self._gap:
            self._marks_lead = True
        if not self._pending and self._sentence:
            self._numbers += numbers
        elif self._marks_lead:
            self._leading += numbers
        else:
            self._behind += numbers

    def _char(self, char: str) -> None:
        if char.isspace():
            self._space(char)
        elif self._pending == "soft":
            self._ahead += char
            if len(self._ahead) >= LOOKAHEAD:
                self._decide()
        elif self._pending == "hard":
            self._finish()
            self._add(char)
        else:
            self._inside(char)

    def _space(self, char: str) -> None:
        if self._ahead:
            self._decide()
        if char == "\n":
            # Marks alone on a line belong to what stands above them.
            self._behind += self._leading
            self._leading = []
            self._marks_lead = False
        if self._sentence and (char == "\n" or (not self._pending and _ENDS.search(self._tail))):
            self._pending = "hard"
        elif self._sentence and not self._pending and not self._gap and _MAY_END.search(self._tail):
            self._pending = "soft"
        self._gap += char

    def _inside(self, char: str) -> None:
        """A character of the sentence, or the first of the next where nothing stands between them."""
        if _ENDS_WITHOUT_SPACE.search(self._tail) and char not in _STAY_WITH_END:
            self._finish()
        elif self._after_mark and not self._gap and char.isalnum() and _MAY_END.search(self._tail):
            self._pending, self._gap, self._ahead = "soft", " ", char
            return
        self._add(char)

    def _decide(self) -> None:
        """Whether the sentence ended before the word held back; then that word is read on."""
        ahead, self._ahead = self._ahead, ""
        if sentence_ends(self._sentence, ahead, self._language):
            self._finish()
        else:
            self._numbers += self._behind + self._leading
            self._behind, self._leading, self._pending = [], [], ""
        self._after_mark = False
        self._add(ahead[0])
        for char in ahead[1:]:
            self._char(char)

    def _add(self, char: str) -> None:
        space = self._space_before(char)
        self._gap, self._after_mark, self._started = "", False, True
        self._out.append(space + char)
        if self._sentence:
            self._sentence += space + char
        else:
            self._numbers, self._leading = self._leading, []
            self._sentence = char

    def _space_before(self, char: str) -> str:
        """The white space to hand on before `char`: at most one blank line, one space, or a line's indent."""
        if not self._started:
            return ""
        if "\n" in self._gap:
            lines, indent = self._gap.count("\n"), self._gap.rpartition("\n")[2]
            # White space around a mark that was taken out is no indent.
            return "\n" * min(lines, 2) + ("" if self._after_mark else " " * min(len(indent), 8))
        if self._after_mark and char in _NO_SPACE_BEFORE:
            return ""
        if self._after_mark and not self._gap and self._sentence[-1:].isalnum() and char.isalnum() and char.isascii():
            return " "
        return " " if self._gap else ""

    def _finish(self) -> None:
        if self._sentence:
            numbers = tuple(dict.fromkeys(self._numbers + self._behind))
            self._out.append(SentenceEnd(self._sentence, numbers))
        self._sentence, self._numbers, self._behind, self._pending = "", [], [], ""


def sentence_ends(sentence: str, ahead: str, language: str) -> bool:
    """Whether `sentence`, which ends in a mark that may end one, ends there when `ahead` is the next word."""
    from qa_assistant.sentences import spans

    if _LIST_NUMBER.fullmatch(sentence[-CONTEXT:]):
        return False
    context = sentence[-CONTEXT:]
    core = len(context.rstrip(_CLOSING_CHARACTERS))
    # The rules may see the end before a closing quote or behind it.
    return any(core <= span.end <= len(context) for span in spans(f"{context} {ahead}", language))
