"""Words in one spelling: what a keyword index holds, and how two spellings of one name are brought together. Pure."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

SHORTEST = 4
"""Letters of a word that may be matched by sound or meaning; shorter ones collide across languages (was, die, an)."""

_MARKS = (
    r"\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dfe\u0e31-\u0e3a\u0e47-\u0e4e"
)
"""Vowels and accents that are characters of their own, in Hindi and Thai as in decomposed Latin: they part no word."""
_KANA = r"\u30a1-\u30fa\u30fc-\u30ff"
"""What a foreign name is written in among Japanese words, which nothing else parts it from."""
WORD = re.compile(rf"[{_KANA}]+|[^\W{_KANA}]+(?:[{_MARKS}]+[^\W{_KANA}]*)*")
_NOT_PLAIN = re.compile(r"[^a-z0-9]")
_UNHEARD = re.compile(r"[^\W\d_\x00-\u058f\u1e00-\u1fff\u2c00-\u2dff\ua640-\ua7ff]")
"""A letter of a script that leaves vowels out, or writes what a name means, or whose endings hide it (ბაქოში, in Baku):
all but those of Latin, Greek, Cyrillic and Armenian."""
_VOWELS = re.compile(r"[aeiou]")

_SOUNDS = (
    (r"shch|tsch|sch|tch|sh", "s"), (r"kh|ck|ch|q", "k"), (r"ph", "f"), (r"th", "t"), (r"gh", "g"),
    (r"dzh|dsch", "j"), (r"zh|ts|tz|z", "s"), (r"c(?=[eiy])", "s"), (r"c", "k"), (r"x", "ks"), (r"w", "v"),
    (r"[jy]", "i"), (r"(?<=[aeiou])h(?![aeiou])", ""), (r"(.)\1+", r"\1"),
)  # fmt: skip
"""One Latin spelling for one sound, however a language writes it; in this order."""

_SPELLED = {"ου": "u", "ού": "u", "μπ": "b", "ντ": "d", "γκ": "g", "ու": "u", **dict.fromkeys("اأإא", "a")}
"""What Greek and Armenian write with two letters, and the vowel that Arabic and Hebrew have a letter for: letter by
letter, a transliteration gives other sounds, or none."""
_AS_SPELLED = re.compile("|".join(_SPELLED))


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it was written, and folded."""

    written: str
    folded: str

    @property
    def is_number(self) -> bool:
        return self.folded[0].isdigit()


def words_of(text: str) -> list[Word]:
    """Every word of a text, in order."""
    return [Word(written, folded) for written in WORD.findall(text) if (folded := fold(written))]


def question_words(question: str) -> list[Word]:
    """The words of a question that are worth looking for: those of four letters or more, and numbers; each once."""
    found: dict[str, Word] = {}
    for word in words_of(question):
        if word.is_number or len(word.folded) >= SHORTEST:
            found.setdefault(word.folded, word)
    return list(found.values())


def has_sound(folded: str) -> bool:
    """Whether a word may be matched by its sound or meaning, and not only to the letter."""
    return len(folded) >= SHORTEST and not folded[0].isdigit()


def is_heard(text: str) -> bool:
    """Whether the scripts of a text spell names as they sound, so that a name that is not found is not in it. Of a
    city's names in CLDR 0.15 are told by their sound in Chinese, 0.35 in Japanese, 0.18 in Arabic; 0.71 in Russian."""
    return 2 * len(_UNHEARD.findall(text)) < sum(map(str.isalpha, text))


@functools.lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """The word in lower-case Latin letters and digits: Байрамов is bayramov, Müller is muller."""
    from anyascii import anyascii

    if not word.isascii():
        word = unicodedata.normalize("NFC", word).lower()
        word = _AS_SPELLED.sub(lambda found: _SPELLED[found[0]], word)
    return _NOT_PLAIN.sub("", anyascii(word).lower())


@functools.lru_cache(maxsize=200_000)
def skeleton(folded: str) -> str:
    """A folded word as it sounds, roughly: viktorya, victoria and viktoria are all viktoria."""
    for pattern, sound in _sound_patterns():
        folded = pattern.sub(sound, folded)
    return folded


@functools.lru_cache(maxsize=200_000)
def sound(folded: str) -> str:
    """The skeleton of a word that may be matched by its sound or meaning; empty for others."""
    return skeleton(folded) if has_sound(folded) else ""


def block(sound: str) -> str:
    """First letter and next two consonants of a skeleton: what two spellings of one name nearly always share."""
    return sound[:1] + _VOWELS.sub("", sound[1:])[:2]


@functools.cache
def _sound_patterns() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(pattern), sound) for pattern, sound in _SOUNDS]
