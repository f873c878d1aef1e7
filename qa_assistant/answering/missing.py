"""What a question names and no article found does: years, countries, and the names of one that asks about nothing else.

Nothing is missing that cannot be told: names in scripts that spell no sounds, years in a calendar of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from qa_assistant.answering.countries import absent, countries
from qa_assistant.answering.focus import named_in, only_names
from qa_assistant.answering.numbers.digits import latin
from qa_assistant.index.words import SHORTEST, is_heard, words_of
from qa_assistant.records import Article, Hit

if TYPE_CHECKING:
    from qa_assistant.answering.evidence import Asked


NAMESAKE = 0.5
"""Centred cosine of two words from which one is the other's name in another language: Vienna and Wien."""

_YEAR = re.compile(r"(?<!\d)(?:1\d|20)\d\d(?!\d)")

_THOUSANDS = re.compile(r"(?<=\d)[., '\u00a0\u202f](?=\d{3}(?!\d))")
"""1.500 may be asked for as 1500, which looks like a year."""

_OTHER_CALENDARS = ("am", "fa", "ne", "ps", "th")
"""Languages whose news is dated by years of their own: 1401 in Persian is 2022."""


def missing(asked: Asked, articles: Iterable[Article]) -> tuple[str, ...]:
    """The years and countries that a question names and none of these articles does, nor is dated so."""
    years = list(dict.fromkeys(_YEAR.findall(asked.text)))
    named = countries(asked.text, asked.language) if asked.language else {}
    if not years and not named:
        return ()
    for article in articles:
        told = article.metadata
        text = f"{article.text} {told.title} {told.place}"
        figures = _THOUSANDS.sub("", latin(f"{text} {told.date}"))
        years = [year for year in years if year not in figures and told.language not in _OTHER_CALENDARS]
        gone = absent(named, asked.language or "", text, told.language)
        named = {code: written for code, written in named.items() if written in gone}
    return (*years, *named.values())


def unnamed(asked: Asked, hits: Sequence[Hit]) -> tuple[str, ...]:
    """The names of a question that asks about nothing else, if no article found has any in any spelling or language.

    Of short ones that cannot be said (UNO may be called Vereinte Nationen), nor of words that have no capital, nor of a
    country, which `missing` knows in every language: neither the sound nor the vector of Венгрии is that of Ungarn;
    nor among passages in a script that spells no sounds. In German common nouns have a capital, too: 0.46 of those that
    an article says in another language were called missing, and of names that no article has 0.96 are refused without
    (0.97 with).
    """
    if asked.language == "de" or countries(asked.text, asked.language or ""):
        return ()
    names = only_names(asked.text, asked.names)
    sure = all(len(name.folded) >= SHORTEST and name.written[0].isupper() for name in names)
    if not names or not sure or named_in(names, hits) or not all(is_heard(hit.passage.text) for hit in hits):
        return ()
    vocabulary = {word.folded for hit in hits for word in words_of(hit.passage.text)}
    cosines = asked.alike.cosines(asked.alike.lexicon.numbers(sorted(vocabulary)))
    places = [place for place, word in enumerate(asked.alike.words) if word in names]
    return () if cosines[places].max(initial=0) >= NAMESAKE else tuple(name.written for name in names)
