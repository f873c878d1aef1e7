"""Where sentences begin and end, in any language, with exact offsets."""

from __future__ import annotations

import functools
import itertools
import re
from typing import Any

from qa_assistant import dateline
from qa_assistant.records import Span

VERSION = "4"
"""Of what `spans()` makes of a text, datelines included, and `index.words` of its words: the next ingest builds an
index anew that another one made."""

_LANGUAGES = frozenset(
    {"am", "ar", "bg", "da", "de", "el", "en", "es", "fa", "fr", "hi", "hy"}
    | {"it", "ja", "kk", "mr", "my", "nl", "pl", "ru", "sk", "ur", "zh"}
)
"""What pysbd has rules for."""

_KIN = {"uk": "ru", "be": "ru", "sr": "ru", "mk": "bg"}
_OTHERWISE = "de"
"""The German rules keep “29. Treffen” together, and so do they for languages that write ordinals with a full stop."""

_MEASURED = frozenset({"az", "de", "en", "fr", "ru", "tr"})
"""Languages of whose sentences figures were taken; pysbd knows their abbreviations well, those of others hardly."""
_ABBREVIATIONS = """
sr sra srta dr dra prof gral lic ing dott sig avv art eng dhr mevr drs mr hab inż mgr ks płk św ul nr κ κα δρ ім вул
просп акад проф ген
"""
_BEFORE_NAMES = frozenset(_ABBREVIATIONS.split())
"""Abbreviations in others that end no sentence, though a capital follows."""
_SHORTENED = re.compile(r"(\w+)\.\s+$")
_LONGEST_SHORT = 12
"""Characters looked back at for one."""

_LONGEST_BLOCK = 5_000
"""pysbd's time grows with the square of its input; a longer block is cut at white space before it gets there."""

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_PIECE = re.compile(rf".{{1,{_LONGEST_BLOCK}}}(?:\s|$)|.{{1,{_LONGEST_BLOCK}}}", re.DOTALL)
_ASIDE = re.compile(r"\([^()]*[^().!?…]\s*\)")
"""A few words in parentheses that are no sentence."""
_ITEM = re.compile(r"\s*(?:[-–—*•·]|\d{1,2}[.)])\s")
_NO_BEGINNING = re.compile(r"[,;)\]]|/[^/\n]{2,40}/\.?(?:\s|$)|[\"“”»’'](?:\s*$|\s*\n|\s+(?P<next>\w))")
"""Punctuation, an agency between slashes, a closing quotation mark at the end or before a small letter."""
_CLOSES_QUOTE = re.compile(r"(?<=[.!?。！？])[”』」\"](?=\w|\s[\u0590-\u08ff])")
"""What goes on behind it says who said that: “……。”毛宁说, \"….\"고 말했다."""
_ENDS_SENTENCE = re.compile(r"[.!?:…»“”\"'’)\]]\s*$")


def spans(text: str, language: str | None) -> list[Span]:
    """The sentences of `text`, in order, without the white space around them.

    Every character that is not white space lies in exactly one sentence. A blank line always ends a sentence; a single
    line break does unless the lines look wrapped at a fixed width.
    """
    found: list[Span] = []
    for block in _blocks(text):
        found.extend(_block_spans(text, block, language))
    return found


def _blocks(text: str) -> list[Span]:
    """Paragraphs, cut further where they are too long for pysbd."""
    edges = [0, *(match.end() for match in _BLANK_LINE.finditer(text)), len(text)]
    return [
        Span(start + piece.start(), start + piece.end())
        for start, end in itertools.pairwise(edges)
        for piece in _PIECE.finditer(text[start:end])
    ]


def _block_spans(text: str, block: Span, language: str | None) -> list[Span]:
    """The sentences of one block: pysbd says where each begins, the text itself says where each ends."""
    original = block.of(text)
    flat = original.replace("\n", " ") if _is_wrapped(original) else original
    starts: list[int] = []
    position = 0
    for sentence in _segmenter(language).segment(flat) if flat.strip() else []:
        words = sentence.strip()
        # pysbd now and then alters what it returns; such a piece stays part of the sentence before it.
        at = flat.find(words, position, position + len(words) + 40) if words else -1
        if at >= 0:
            starts.append(at)
            position = at + len(words)
    inside = dateline.length(flat)
    starts = [
        0,
        *(start for start in starts if start >= inside and flat[:start].strip() and _may_begin(flat, start, language)),
    ]
    return [
        trimmed
        for start, end in zip(starts, [*starts[1:], len(flat)], strict=True)
        if (trimmed := trim(text, Span(block.start + start, block.start + end))) is not None
    ]


def _may_begin(text: str, start: int, language: str | None) -> bool:
    """Whether a sentence may begin there, where pysbd says so. Not inside a name (Interfax.ru), nor behind a quotation
    that another word goes on from (“…” dedi), nor behind an abbreviation that pysbd does not know (1,9 δισ. ευρώ)."""
    if (text[start - 1] == "." and text[start].isalnum()) or _CLOSES_QUOTE.match(text, start):
        return False
    shortened = _SHORTENED.search(text[max(0, start - _LONGEST_SHORT) : start]) if language not in _MEASURED else None
    if shortened and (text[start].islower() or shortened[1].casefold() in _BEFORE_NAMES):
        return False
    found = _NO_BEGINNING.match(text, start)
    return not found or (found["next"] is not None and not found["next"].islower())


def tells(sentence: str) -> bool:
    """Whether there is a letter in it, and not only in parentheses: “17.” and “---” say nothing by themselves, nor does
    what an article is signed with, “(red)”, and they are near to any question."""
    return any(map(str.isalpha, sentence)) and not _ASIDE.fullmatch(sentence)


def trim(text: str, span: Span) -> Span | None:
    """`span` without white space at its ends; None if nothing is left."""
    words = span.of(text)
    start = span.start + len(words) - len(words.lstrip())
    end = span.end - (len(words) - len(words.rstrip()))
    return Span(start, end) if start < end else None


def _is_wrapped(block: str) -> bool:
    """Whether line breaks are only there to keep lines short: most lines are about as long as the longest. Not in a
    list."""
    lines = block.strip("\n").split("\n")
    longest = max(map(len, lines))
    if len(lines) < 2 or not 40 <= longest <= 130 or sum(map(bool, map(_ITEM.match, lines))) > 1:
        return False
    inner = lines[:-1]
    broken = [line for line in inner if len(line) >= 0.7 * longest and not _ENDS_SENTENCE.search(line)]
    return len(broken) >= 0.5 * len(inner)


@functools.cache
def _segmenter(language: str | None) -> Any:
    import pysbd

    code = _KIN.get(language or "", language)
    return pysbd.Segmenter(language=code if code in _LANGUAGES else _OTHERWISE, clean=False)
