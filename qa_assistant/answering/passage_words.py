"""The words by which a model names a passage outside square brackets: `(Passage 1)`, `(siehe [1])`. Pure.

Exact words, and few: in round brackets an article writes of its own `(Artikel 5)`, `(Bronze 3)`, `(30 Passagiere)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_PASSAGE = frozenset({
    "passage", "passages", "passagen", "passaggio", "passaggi", "pasaje", "pasajes", "pasaj", "source", "sources",
    "quelle", "quellen", "fuente", "fuentes", "fonte", "fontes", "fonti", "trecho", "trechos", "extrait",
    "extraits", "bron", "bronnen", "kaynak", "kaynaklar", "źródło", "źródła", "źródle", "источник", "источники",
    "источнике", "источника", "отрывок", "отрывки", "отрывке", "отрывку", "пассаж", "пассаже", "пассажу",
    "джерело", "джерела", "джерелі", "уривок", "уривку", "المصدر", "مصدر", "المقطع", "مقطع", "منبع", "来源", "來源",
    "段落", "出典", "출처", "구절",
})  # fmt: skip
_SEE = frozenset({
    "see", "cf", "from", "siehe", "vgl", "aus", "laut", "voir", "selon", "ver", "véase", "vedi", "zie", "bkz",
    "см",
})  # fmt: skip
_SOURCES = {
    r"according to|as per|based on|as (?:stated|said|reported|mentioned|described|noted|shown|confirmed) (?:in|by)": (
        "the source"
    ),
    r"laut|gemäß|gemäss|wie in|basierend auf": "der Quelle",
    r"selon|d['’]après|conformément à": "la source",
    r"согласно": "источнику",
    r"según|de acuerdo con": "la fuente",
    r"secondo": "la fonte",
    r"segundo|de acordo com": "a fonte",
    r"volgens": "de bron",
    r"według": "źródła",
}
"""What cannot stand without the mark behind it, and what takes its place."""
_WORD = re.compile(r"[^\W\d_]+")
_BRACKETED = re.compile(r"[(（\[【［] ?(\d{1,2}) ?[)）\]】］]")
_LAST_WORD = re.compile(r"([^\W\d_]+)[ :]{0,2}\Z")
_WANTS_SOURCE = re.compile(rf"\b(?:{'|'.join(f'({words})' for words in _SOURCES)})\Z", re.IGNORECASE)
_NAMED_SOURCE = re.compile(
    rf",? ?\b(?:{'|'.join(f'(?:{words}) {noun}' for words, noun in _SOURCES.items())})\b,?", re.IGNORECASE
)
_REFERENCE = re.compile(rf"\b(?:{'|'.join(sorted(_PASSAGE))})\b[ :#]{{0,3}}(\d{{1,9}})\b", re.IGNORECASE)


def names_passage(label: str, *, number_follows: bool) -> bool:
    """Whether `label` says no more than that a passage is named. A number alone is named by the word passage only."""
    words = _words(label)
    if number_follows and (not words or words[-1] not in _PASSAGE):
        return False
    return all(word in _PASSAGE or word in _SEE for word in words)


def may_name_passage(label: str) -> bool:
    """Whether `label`, the last word of which may go on, may still come to name a passage."""
    words = _words(label)
    begun = words.pop() if words and label.casefold().endswith(words[-1]) else ""
    whole = all(word in _PASSAGE or word in _SEE for word in words)
    return whole and any(word.startswith(begun) for word in (*_PASSAGE, *_SEE))


def ends_with_passage(text: str) -> bool:
    """Whether the last word of `text` is one for a passage."""
    last = _LAST_WORD.search(text)
    return last is not None and last[1].casefold() in _PASSAGE


def source_wanted(text: str) -> str:
    """What a mark behind `text` stands for, as in “According to [1], …”; empty if the sentence does without it."""
    wants = _WANTS_SOURCE.search(text)
    return tuple(_SOURCES.values())[(wants.lastindex or 1) - 1] if wants else ""


def without_references(claim: str, passages: int) -> tuple[str, tuple[int, ...]]:
    """`claim` without `Passage 1` or `according to the source` in its running text, and the numbers of it. It stays
    where there is no such passage, or where nothing else is claimed.

    A passage does not bear its own number.
    """
    known = [found for found in _REFERENCE.finditer(claim) if 1 <= int(found[1]) <= passages]
    left = claim
    for found in reversed(known):
        left = left[: found.start()] + left[found.end() :]
    left = _NAMED_SOURCE.sub("", left)
    says = left != claim and any(char.isalnum() for char in left)
    return " ".join(left.split()) if says else claim, tuple(int(found[1]) for found in known)


def bracketed_numbers(texts: Iterable[str]) -> frozenset[int]:
    """The numbers up to 99 that stand alone in round brackets, or in square ones, which a prompt makes round."""
    return frozenset(int(number) for text in texts for number in _BRACKETED.findall(text))


def _words(label: str) -> list[str]:
    return _WORD.findall(label.casefold())
