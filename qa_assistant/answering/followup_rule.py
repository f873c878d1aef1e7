"""Follow-up questions without a language model: a small rule finds them, the question before completes them.

A question is a follow-up if it opens with a connective (And, What about, Und, А, Peki, Et …), if a pronoun or
demonstrative (they, this …) comes before any name in it, if it has fewer than ten letters and no name, if it only asks
(Until when? In which city?), or if it asks what an article is about that it does not name. English, German, Russian,
Turkish, Azerbaijani and French words are known; elsewhere only the length tells.

One that brings nothing but another name (“And Gandhi?”) is the question before with that name in place of its own.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from qa_assistant.answering.asking import names_something, says
from qa_assistant.answering.focus import says_little
from qa_assistant.answering.overview import is_of_article_before, is_of_several
from qa_assistant.answering.phrasing import plain
from qa_assistant.answering.question_language import known_language
from qa_assistant.answering.small_talk import is_small_talk
from qa_assistant.display import one_line
from qa_assistant.index.words import words_of
from qa_assistant.records import Turn

LONGEST = 400
"""Characters kept of the question before, so that the follow-up still counts beside it."""

_WORD = re.compile(r"[^\W_]+")
_SUFFIX = re.compile(r"['’][a-zçğıöşüə]+")
"""What Turkish writes behind a name: Viyana'da."""

_OPENINGS = {
    "en": "and|but|or|so|then|also|what about|how about|and what about|and how about|what else|who else",
    "de": "und|aber|oder|also|was ist mit|und was ist mit|wie steht es|wie sieht es|was noch|wer noch",
    "ru": "а|и|но|или|ну|что насчёт|что насчет|как насчёт|как насчет|что ещё|что еще|кто ещё|кто еще",
    "tr": "ve|peki|peki ya|ya|ama|fakat|başka",
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

_WHICH = """
which many much how welche welchem welchen welcher welches viel viele wie skolko hangi kac hansi nece combien quel
quelle quels quelles
"""
"""Folded words that ask with a noun behind them. With it alone there is no verb: “Which city?”"""
_WHICH_BEHIND_PREPOSITION = """
what kakoy kakogo kakomu kakom kakoe kakaya kakuyu kakie kakikh kakim kakimi kotorom kotoroy kotorykh
"""
"""Those that do so only behind a preposition: “Какая инфляция?” is complete, “По какой причине?” is not."""

_ASKS_FOR_SOMEBODY = "wer", "wen", "wem", "wessen", "who"

_ARTICLES = "the", "le", "la", "les", "l"
_GERMAN_ARTICLES = "der", "die", "den"
_GERMAN_WITH_ARTICLE = """
elfenbeinküste emirate emiraten eu krim malediven mongolei niederlande niederlanden philippinen schweiz slowakei türkei
ukraine usa
"""
"""Names that have an article. Before others it is that of a common noun: “in der Nacht”."""

_RUSSIAN_PREPOSITIONS = """
без в во для до за из к ко между на над о об обо от перед по под при про против с со у через
"""


@dataclass(frozen=True, slots=True)
class _Name:
    """Where a name of one word or more begins and ends in a question, an article included, and the word before it."""

    start: int
    end: int
    before: str
    has_article: bool


def by_rule(question: str, history: Sequence[Turn]) -> str:
    """`question` if it stands alone, else the question before followed by it; `history` has the oldest first.

    Of a row of follow-ups each one completes the question that they all began with.
    """
    if not history or not is_follow_up(question):
        return question
    before = one_line(history[-1].question)
    asked = [one_line(turn.question) for turn in history]
    start = min((one for one in asked if one and f"{before} ".startswith(f"{one} ")), key=len, default="")
    start = start[:LONGEST].rstrip()
    return _renamed(start, question) or f"{start} {question}".strip()


def is_follow_up(question: str) -> bool:
    """Whether `question` brings too little of its own, by the rule above. “Thanks” asks for nothing."""
    if is_small_talk(question):
        return False
    language = known_language(question)
    question = plain(question)
    words = _WORD.findall(question)
    return (
        _lowered(question).startswith(_openings(language))
        or _points_back(words, language)
        or _is_bare(question, words)
        or _only_asks(question)
        or is_of_article_before(question)
    )


def _renamed(before: str, question: str) -> str | None:
    """The question `before` about whom or what `question` names; None unless that is all it brings, and one name of
    `before` clearly stands where it belongs: the only one, or the only one behind the same preposition.

    German capitalises every noun (“Und Energie?”): there a preposition must tell, or that somebody is asked for.
    """
    opening = max(filter(_lowered(question).startswith, _openings(known_language(question))), key=len, default="")
    names = _names(question, may_open=False)
    if not opening or len(names) != 1 or _WORD.search(question, names[0].end):
        return None
    (new,) = names
    named = question[new.start : new.end]
    between = _WORD.findall(question[: new.start])[len(opening.split()) :]
    if len(between) > 1:
        return None
    preposition = between[0].casefold() if between else ""
    spoken = known_language(before)
    german = spoken == "de" or opening in _openings("de")
    if german and not preposition and not _lowered(before).startswith(_ASKS_FOR_SOMEBODY):
        return None
    verb_last = spoken in ("tr", "az")  # there a name may be the first word
    old = [name for name in _names(before, may_open=verb_last) if not preposition or name.before == preposition]
    if len(old) != 1 or named.casefold() in before.casefold():
        return None
    if not preposition and not _fits_bare(new, old[0], spoken):
        return None
    return f"{before[: old[0].start]}{named}{before[old[0].end :]}"


def _fits_bare(new: _Name, old: _Name, language: str | None) -> bool:
    """Whether `new`, which comes without a preposition, has the case that `old` stands in."""
    if language == "ru":
        return old.before not in _RUSSIAN_PREPOSITIONS.split()
    if language == "de":
        return not (new.has_article or old.has_article)
    return old.has_article or not new.has_article


def _names(question: str, *, may_open: bool) -> list[_Name]:
    """The names in it; the first word is one if `may_open`, it has a capital and does not only ask."""
    found: list[_Name] = []
    words = list(_WORD.finditer(question))
    for place, word in enumerate(words):
        opens = place == 0 and may_open and word[0][0].isupper() and any(map(says, words_of(word[0])))
        if opens or _is_name(place, word[0]):
            suffix = _SUFFIX.match(question, word.end())
            end = suffix.end() if suffix else word.end()
            if found and question[found[-1].end : word.start()] in (" ", "-"):
                found[-1] = replace(found[-1], end=end)
            else:
                has_article = place > 0 and _is_article(words[place - 1][0].casefold(), word[0].casefold())
                first = place - 1 if has_article else place
                before = words[first - 1][0].casefold() if first else ""
                found.append(_Name(words[first].start(), end, before, has_article))
    return found


def _is_article(word: str, name: str) -> bool:
    return word in _ARTICLES or (word in _GERMAN_ARTICLES and name in _GERMAN_WITH_ARTICLE.split())


def _lowered(question: str) -> str:
    """Its words, each with a space behind."""
    return "".join(f"{word} " for word in _WORD.findall(question.casefold()))


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
    cased = all(char.lower() != char.upper() for char in question if char.isalpha())
    return cased and says_little(question) and not any(_is_name(*item) for item in enumerate(words))


def _only_asks(question: str) -> bool:
    """Whether nothing in it says what it is about, or only the noun at its end that a question word asks with."""
    words = words_of(question)
    said = [place for place, word in enumerate(words) if says(word)]
    if not said:
        return not (names_something(question) or is_of_several(question))
    before = [word.folded for word in words[:-1] if word.folded != "de"]  # combien de temps
    if said[0] < len(words) - 1 or not before:
        return False
    return before[-1] in _WHICH.split() or (len(before) > 1 and before[-1] in _WHICH_BEHIND_PREPOSITION.split())


def _is_name(place: int, word: str) -> bool:
    """A capitalised word, in German any noun; the first word only if it is all in capitals (NATO)."""
    return len(word) > 1 and (word.isupper() or (place > 0 and word[0].isupper()))


@functools.cache
def _openings(language: str | None) -> tuple[str, ...]:
    """How follow-ups in `language` open, those of all languages for None; each with a space behind."""
    rows = _OPENINGS.values() if language is None else [_OPENINGS.get(language, "")]
    return tuple(f"{opening} " for row in rows for opening in row.split("|") if opening)
