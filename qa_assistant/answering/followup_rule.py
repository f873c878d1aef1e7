"""Follow-up questions without a language model: a small rule finds them, the question before completes them.

A question is a follow-up if it opens with a connective (And, What about, Und, А, Peki, Et …), if a pronoun or
demonstrative (they, this …) comes before any name in it, or if it has fewer than ten letters and no name. English,
German, Russian, Turkish, Azerbaijani and French words are known; elsewhere only the last part of the rule holds.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from itertools import pairwise

from qa_assistant.answering.focus import LEAST_LETTERS
from qa_assistant.answering.small_talk import is_small_talk
from qa_assistant.display import one_line
from qa_assistant.language import detect
from qa_assistant.records import Turn

FEW_WORDS = 3
"""Up to so many words are taken for languages nobody asked in: “And Takei?” for Italian."""

LONGEST = 400
"""Characters kept of the question before, so that the follow-up still counts beside it."""

_WORD = re.compile(r"[^\W_]+")

_OPENINGS = {
    "en": "and|but|or|so|then|also|what about|how about|what else|who else",
    "de": "und|aber|oder|also|was ist mit|wie steht es|wie sieht es|was noch|wer noch",
    "ru": "а|и|но|или|ну|что насчёт|что насчет|как насчёт|как насчет|что ещё|что еще|кто ещё|кто еще",
    "tr": "ve|peki|ya|ama|fakat|başka",
    "az": "və|bəs|amma|ya|başqa",
    "fr": "et|mais|alors|qu en est il|quoi d autre|qui d autre",
}

_BACK = {
    "en": "he she it they him her them his hers its their theirs this these those",
    "de": "er sie es ihn ihm ihnen ihr ihre ihren ihrem ihrer ihres seine seinen seinem seiner seines dies diese "
    "diesen diesem dieser dieses dabei dafür dagegen damit daran darauf darüber davon dazu",
    "ru": "он она оно они его её ее ему ей им ими их него неё нее нему ней ним ними них это этот эта эти этого этой "
    "этому этим этом эту этих",
    **dict.fromkeys(
        ("tr", "az"),
        "o onlar onu onun ona onda ondan onları onların onlara bu bunu bunun buna bunda bundan bunlar bunları bunların",
    ),
    "fr": "il elle ils elles lui leur leurs eux son sa ses ce cet cette ces cela ça celui celle ceux celles",
}
"""What points back to something said before, as long as nothing in the question itself has been named."""

_NOT_BACK = """
this year|this month|this week|dieses jahr|diesem jahr|diesen monat|diesem monat|diese woche|dieser woche
gibt es|gab es|geht es|ging es|этом году|этого года|этом месяце|этой неделе|эту неделю
bu yıl|bu ay|bu hafta|bu il|bu həftə|cette année|ce mois|cette semaine|est ce|ce que|ce qui|il y|il passé
"""
"""Pairs of words in which they point to nothing said before."""


def by_rule(question: str, history: Sequence[Turn]) -> str:
    """`question` if it stands alone, else the question before followed by it; `history` has the oldest first.

    Of a row of follow-ups each one completes the question that they all began with.
    """
    if not history or not is_follow_up(question):
        return question
    before = one_line(history[-1].question)
    asked = [one_line(turn.question) for turn in history]
    start = min((one for one in asked if one and f"{before} ".startswith(f"{one} ")), key=len, default="")
    return f"{start[:LONGEST].rstrip()} {question}".strip()


def is_follow_up(question: str) -> bool:
    """Whether `question` brings too little of its own, by the rule above. “Thanks” asks for nothing."""
    if is_small_talk(question):
        return False
    words = _WORD.findall(question)
    language = known_language(question)
    text = " ".join(words).casefold() + " "
    return text.startswith(_openings(language)) or _points_back(words, language) or _is_bare(question, words)


def known_language(question: str) -> str | None:
    """The language of `question`, ISO 639-1; None if it cannot be told, or not from so few words."""
    language = detect(question)
    return language if language in _OPENINGS or len(_WORD.findall(question)) > FEW_WORDS else None


def _points_back(words: Sequence[str], language: str | None) -> bool:
    """Whether a pronoun or demonstrative comes before any name."""
    back, not_back = _BACK.get(language or "", "").split(), re.split(r"[|\n]", _NOT_BACK)
    for place, word in enumerate(words):
        if _is_name(place, word):
            return False
        around = pairwise(other.casefold() for other in words[max(0, place - 1) : place + 2])
        if word.casefold() in back and not any(" ".join(pair) in not_back for pair in around):
            return True
    return False


def _is_bare(question: str, words: Sequence[str]) -> bool:
    """Whether it is short and names nothing. Where letters have no case (Arabic, Chinese), names cannot be told."""
    letters = [char for char in question if char.isalpha()]
    cased = all(char.lower() != char.upper() for char in letters)
    return cased and len(letters) < LEAST_LETTERS and not any(_is_name(*item) for item in enumerate(words))


def _is_name(place: int, word: str) -> bool:
    """A capitalised word, in German any noun; the first word only if it is all in capitals (NATO)."""
    return len(word) > 1 and (word.isupper() or (place > 0 and word[0].isupper()))


@functools.cache
def _openings(language: str | None) -> tuple[str, ...]:
    """How follow-ups in `language` open, those of all languages for None; each with a space behind."""
    rows = _OPENINGS.values() if language is None else [_OPENINGS.get(language, "")]
    return tuple(f"{opening} " for row in rows for opening in row.split("|") if opening)
