"""Finds the citation marks a model writes, in whatever form, and takes them out of its text as it streams. Pure.

Marks are `[1, 2]`, `[1][2]`, `[1-3]`, `【1】`, `［１］`, `[^1]`, `[#1]`, `[1†source]`, `[Passage 1]`, `([1])`, and what
nests or emphasises them; `(Passage 1)` and `(Source: [1])`; and `(1)` at a sentence's end, if no passage writes that
itself. `[sic]`, `[...]` and `(2022)` are text. A bracket leaves the scanner only once nothing that may follow can make
a mark of it, so no number of the model's own reaches the reader as one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qa_assistant.answering.passage_words import may_name_passage, names_passage

NO_ANSWER = "NO_ANSWER"
"""What a model is told to write when the passages do not answer."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A mark; `numbers` are those of it that name a passage, each once. May be empty."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Declined:
    """The sentinel, NO_ANSWER."""


Token = str | Marker | Declined

LONGEST = 120
"""Most characters held back; a mark is shorter, and only nested brackets reach it."""

_HOLE = "\x00"
"""Stands in held text for a mark already taken out of it. Text that comes in is plain and has none."""

_EMPHASIS = "*_`"

_SHAPES = (
    dict.fromkeys("[【［〔", "[")
    | dict.fromkeys("]】］〕", "]")
    | dict.fromkeys("(（", "(")
    | dict.fromkeys(")）", ")")
    | dict.fromkeys(",，、;；/&+|·", ",")
    | dict.fromkeys("-‐‑‒–—−~〜～", "-")
    | dict.fromkeys("#^№＃", "#")
    | dict.fromkeys("†‡", "T")
    | dict.fromkeys(" \n\u00a0\u202f\u3000*_`\\" + _HOLE, " ")
    | {":": ":", "：": ":", ".": "."}
)
_LABEL = r"(?:a{1,24}+[.:]?(?: {1,2}a{1,24}+[.:]?)?)?"
_ITEM = rf"{_LABEL} {{0,2}}[#\-]? ?D{{1,9}}+"
_GAP = r"(?: {0,3}[,\-] {0,3}| {1,3})"
_NOTE = r"T[^\[\]]{0,60}"
_MARK = re.compile(rf"\[ {{0,3}}{_ITEM}(?:{_GAP}{_ITEM})* {{0,3}}(?:(?::D{{1,4}})? ?{_NOTE})?\]")
_ITEM_SO_FAR = rf"{_LABEL} {{0,2}}[#\-]? ?(?:D{{1,9}}+ {{0,3}}(?::(?:D{{1,4}})?)? ?(?:{_NOTE})?)?"
_MARK_SO_FAR = re.compile(rf"\[ {{0,3}}(?:{_ITEM}{_GAP})*{_ITEM_SO_FAR}")
_PAGE = r"[ ,]{1,3}a{1,9}\.? {0,2}D{1,4}"
_HOLES = r"[ ,]*H(?:[ ,]*(?: a{1,3} )?H)*"
_EMPTIED = re.compile(rf"[\[(] {{0,3}}(?P<label>{_LABEL}){_HOLES}(?:{_PAGE})?[ ,]*[\])]")
_EMPTIED_SO_FAR = re.compile(
    rf"[\[(] {{0,3}}(?P<label>{_LABEL})(?:[ ,]{{0,3}}|{_HOLES}(?:[ ,]{{0,3}}|[ ,]{{1,3}}a{{1,9}}\.? {{0,2}}D{{0,4}}))"
)
_ROUND_LABEL = re.compile(rf"\( {{0,3}}(?P<label>{_LABEL})")
_BARE = re.compile(r"(\( ?D{1,2}(?: ?, ?D{1,2})* ?\)) {0,3}")
_BARE_SO_FAR = re.compile(r"\( ?(?:D{1,2} ?, ?)*(?:D{1,2} ?(?:\) {0,3})?)?")
_EMPHASISED = re.compile(rf"(\*{{1,3}}|_{{1,3}}|`{{1,3}})({_HOLE}+)\1")
_EMPHASISED_SO_FAR = re.compile(
    rf"\*{{1,3}}(?:{_HOLE}+\*{{0,2}})?|_{{1,3}}(?:{_HOLE}+_{{0,2}})?|`{{1,3}}(?:{_HOLE}+`{{0,2}})?"
)
_BEHIND_SENTENCE = frozenset(".!?…\n։।॥؟۔。！？｡")
_SENTINEL = re.compile(r"NO\\?_ANSWER")
_SENTINEL_FORMS = (NO_ANSWER, NO_ANSWER.replace("_", "\\_"))

_KNOWN_LABELS = re.compile(
    r"(?:passag|pasaj|source|src|docs|document|dokument|ref|text|quelle|absatz|absätz|abschnitt|artikel|article|artículo|"
    r"fuente|fragment|extrait|extract|snippet|context|trecho|fonte|brano|bron|kaynak|belge|metin|källa|kilde|lähde|"
    r"źródł|akapit|zdroj|forrás|izvor|sursă|nguồn|sumber|источник|отрывок|отрывк|абзац|фрагмент|документ|пассаж|стат|"
    r"джерел|уривок|πηγή|απόσπασμα|مصدر|المصدر|مقطع|منبع|מקור|स्रोत|来源|來源|段落|文章|资料|資料|出典|출처|구절|문서).{0,4}|pp?|n[or]|doc",
    re.IGNORECASE,
)


class MarkerScanner:
    """Splits streamed plain text into text, marks and sentinels; the result does not depend on the cuts.

    `passages` is how many there are; numbers outside 1…passages are dropped. `bracketed` are those that passages
    themselves write in round brackets (ages, ranks).
    """

    def __init__(self, passages: int, bracketed: Iterable[int] = ()) -> None:
        self._passages = passages
        self._bracketed = frozenset(bracketed)
        self._held = ""
        self._taken: list[Marker | Declined] = []
        """What the holes in the held text stand for, in order."""
        self._before = ""

    def feed(self, piece: str) -> list[Token]:
        out: list[Token] = []
        for char in piece:
            if not self._held and not self._trigger(char, self._before):
                self._before = char
                out.append(char)
                continue
            self._held += char
            self._take_out(final=False)
            while self._held and not self._undecided():
                out.append(self._release())
            if len(self._held) > LONGEST:
                # Nothing but deep nesting comes here. The outermost bracket is dropped, not shown, because what
                # follows could still close it.
                self._held = self._held[1:]
        return out

    def close(self) -> list[Token]:
        """What was held back at the end. A mark that the end of the reply cut off is dropped."""
        self._take_out(final=True)
        out: list[Token] = []
        while self._held:
            cut = self._held[0] != _HOLE and self._undecided() and "D" in _shape(self._held)
            released = self._release()
            if not cut:
                out.append(released)
            elif self._held:
                self._held = _HOLE * self._held.count(_HOLE)
        return out

    def _release(self) -> Token:
        first, self._held = self._held[0], self._held[1:]
        if first == _HOLE:
            return self._taken.pop(0)
        self._before = first
        return first

    def _take_out(self, final: bool) -> None:
        """Makes holes of the sentinel and of marks that the last held character completes."""
        last = len(self._held) if final else len(self._held) - 1
        if final or not _is_word(self._held[-1]):
            for start in self._triggers("N"):
                if _SENTINEL.fullmatch(self._held, start, last):
                    self._hole(start, last, Declined())
                    break
        if final or self._held[-1] in _BEHIND_SENTENCE:
            self._take_out_bare(len(self._held) if final else len(self._held) - 1)
        if self._held and _SHAPES.get(self._held[-1]) in ("]", ")"):
            self._take_out_mark()
        self._held = _EMPHASISED.sub(r"\2", self._held)

    def _take_out_mark(self) -> None:
        shape = _shape(self._held)
        for start in range(len(shape) - 1, -1, -1):
            if shape[start] not in "[(":
                continue
            if _MARK.fullmatch(shape, start):
                if (numbers := self._numbers(start, shape)) is not None:
                    self._hole(start, len(shape), Marker(numbers))
                return
            if self._is_round(start, shape):
                self._hole(start, len(shape), Marker(self._numbers(start, shape) or ()))
                return
            emptied = _EMPTIED.fullmatch(_holes_shape(self._held), start)
            if emptied and names_passage(self._held[slice(*emptied.span("label"))], number_follows=False):
                self._hole(start, len(shape), Marker(()))
                return

    def _is_round(self, start: int, shape: str) -> bool:
        """Whether `(Passage 1)` or the like stands from `start` on."""
        label = _ROUND_LABEL.match(shape, start)
        if not label or not names_passage(self._held[slice(*label.span("label"))], number_follows=True):
            return False
        return _MARK.fullmatch(f"[{shape[start + 1 : -1]}]") is not None

    def _take_out_bare(self, last: int) -> None:
        """Makes holes of `(1)` and `(1)(2)` in front of `last`, where a sentence ends."""
        shape = _shape(self._held)
        for start in reversed(range(last)):
            bare = _BARE.fullmatch(shape, start, last)
            if bare and self._may_be_passages(start, bare.end(1)):
                self._hole(start, bare.end(1), Marker(self._numbers(start, shape[: bare.end(1)]) or ()))
                last = start

    def _may_be_passages(self, start: int, end: int) -> bool:
        """Whether `held[start:end]` has numbers of passages only, none of which they write in round brackets."""
        numbers = map(int, re.findall(r"\d+", self._held[start:end]))
        return all(1 <= number <= self._passages and number not in self._bracketed for number in numbers)

    def _hole(self, start: int, end: int, token: Marker | Declined) -> None:
        """Replaces `held[start:end]` by a hole, keeping the holes that are inside it."""
        inside = self._held[:end].count(_HOLE)
        self._taken.insert(inside, token)
        self._held = self._held[:start] + _HOLE * (self._held.count(_HOLE, start, end) + 1) + self._held[end:]

    def _numbers(self, start: int, shape: str) -> tuple[int, ...] | None:
        """The passages that the mark from `start` on names; None if it is rather text with a number in it."""
        text = self._held[start:]
        shape = shape[start:].partition("T")[0]
        found: list[int] = []
        for match in re.finditer(r"(D+)(?: *- *(D+))?", shape):
            low = int(text[match.start(1) : match.end(1)])
            high = int(text[match.start(2) : match.end(2)]) if match[2] else low
            # No more of a range is written out than there are passages.
            found += [low, *range(max(low + 1, 1), min(high, self._passages + 1)), high]
        known = tuple(dict.fromkeys(number for number in found if 1 <= number <= self._passages))
        label = re.match(r"\[ *(a+)", shape)
        if label and len(known) < len(set(found)) and not _KNOWN_LABELS.fullmatch(text, *label.span(1)):
            return None
        return known

    def _undecided(self) -> bool:
        """Whether what is held, from its first character on, may still become a mark or the sentinel."""
        alive = len(self._held)
        for position in reversed(list(self._triggers("[(N*"))):
            if self._open(position, alive):
                alive = position
        return alive == 0

    def _open(self, start: int, end: int) -> bool:
        text = self._held[start:end]
        if text[0] == "N":
            whole = self._held[start:]
            return any(form.startswith(whole) for form in _SENTINEL_FORMS)
        if text[0] in _EMPHASIS:
            return _EMPHASISED_SO_FAR.fullmatch(text) is not None
        shape = _shape(text)
        if shape[0] == "[" and _MARK_SO_FAR.fullmatch(shape):
            return True
        if shape[0] == "(" and _BARE_SO_FAR.fullmatch(shape):
            return self._may_be_passages(start, end)
        if emptied := _EMPTIED_SO_FAR.fullmatch(_holes_shape(text)):
            return may_name_passage(text[slice(*emptied.span("label"))])
        label = _ROUND_LABEL.match(shape)
        if not label or not label["label"] or not _MARK_SO_FAR.fullmatch(f"[{shape[1:]}"):
            return False
        return may_name_passage(text[slice(*label.span("label"))])

    def _triggers(self, kinds: str) -> Iterator[int]:
        before = self._before
        for position, char in enumerate(self._held):
            if (kind := self._trigger(char, before)) and kind in kinds:
                yield position
            before = char

    @staticmethod
    def _trigger(char: str, before: str) -> str:
        """What `char` may begin: `[`, `(`, `*` for any emphasis, `N` for the sentinel, or nothing."""
        if char in _EMPHASIS:
            return "" if char == before else "*"
        if char == "N":
            return "" if _is_word(before) else "N"
        kind = _SHAPES.get(char, "")
        return kind if kind in ("[", "(") else ""


def _shape(text: str) -> str:
    """`text` with every character replaced by its kind, so that one expression fits all scripts."""
    return "".join(_SHAPES.get(char) or _kind(char) for char in text)


def _holes_shape(text: str) -> str:
    return "".join("H" if char == _HOLE else _SHAPES.get(char) or _kind(char) for char in text)


def _kind(char: str) -> str:
    if char.isdecimal():
        return "D"
    return "a" if unicodedata.category(char)[0] in "LM" else "x"


def _is_word(char: str) -> bool:
    return char == "_" or (char.isascii() and char.isalnum())
