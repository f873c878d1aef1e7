"""Countries that a text names, as codes: in context one country is much like another, so they are compared as values.

Names are CLDR's, through Babel. A country is there if any word begins as one of its names does, in the languages
concerned, or has enough of one: „armenischen“ speaks of Armenia, „Westdeutschland“ of Germany, „Beziehungen“ not of
Hungary.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping

from qa_assistant.index.words import fold, is_heard, words_of

_SHORTEST = 5
"""Letters of a name that may be inflected. Гана, Чад and Перу are parts of other names."""

_STEM = 4
"""Letters that a country's name shares with its adjective and its people: Frankreich, französisch."""

_LONGER = {
    "AR": 5, "AT": 6, "AU": 6, "BY": 5, "DE": 5, "ES": 5, "HU": 5, "IS": 5, "PT": 5, "SE": 6,
}  # fmt: skip
"""More letters where four begin common German words (deutlich, Spannung, hungrig, schwer) or another country."""

_WITHIN = 6
"""Letters of a name that count anywhere in a word."""

_ENDINGS = {"de": 2, "ru": 3, "tr": 5, "az": 5}
"""Most letters that a name is inflected with, as they are folded: Ungarns, Венгрией, Türkiyenin."""

_REPLACED = "аяьй"
"""Last letters that inflection replaces: Венгрия, Венгрии."""

_ADJECTIVES = {
    "CY": ("zypr",), "DE": ("tede", "niemi", "nimet"), "DK": ("dani", "dano", "dats", "danes", "dunsk"),
    "EE": ("estn",), "ES": ("spani", "spaan"), "FI": ("finn",), "FR": ("fren",), "GR": ("grie", "grec"),
    "HU": ("wegie",), "IE": ("iris",), "LT": ("litew",), "LV": ("lotew",), "MC": ("mone",), "PH": ("fili",),
    "PL": ("poln", "polis", "polac"), "RU": ("rosyj",), "SE": ("swed", "sued", "szwed", "zweed", "svede", "sueco"),
    "TR": ("turc", "turec"),
}  # fmt: skip
"""How adjectives and peoples begin that do not as the name does: dänisch, датский, Polish, turc, tedesco; and what
the name itself is inflected to: Niemcy, Niemiec."""

_OTHERWISE = {"US", "GB", "NL", "CH", "CZ", "MM", "CI", "EU", "UN", "EZ", "QO", "ZZ", "XA", "XB"}
"""Not compared: they have other names than CLDR's, adjectives that begin otherwise, or are no countries."""


def countries(text: str, language: str) -> dict[str, str]:
    """The countries that `text` names, by ISO 3166 code, as it writes them; none in a language CLDR does not have."""
    names = _names(language)
    found: dict[str, str] = {}
    for word in words_of(text):
        if not word.written[0].isupper():
            continue
        for length in range(len(word.folded), _SHORTEST - 1, -1):
            code = names.get(word.folded[:length])
            if code and len(word.folded) - length <= _ENDINGS.get(language, 0):
                found.setdefault(code, word.written)
                break
    return found


def absent(named: Mapping[str, str], language: str, text: str, other: str | None) -> tuple[str, ...]:
    """Those of `named`, in `language`, that `text`, in the language `other`, does not speak of, as they are written.

    None in a script that does not spell how they sound, where they also stand inside words.
    """
    if not named or not is_heard(text):
        return ()
    words = {word.folded for word in words_of(text)}
    stems = {code: _stems(code, {language, other or "en", "en"}) for code in named}
    return tuple(written for code, written in named.items() if not any(_speaks_of(stems[code], word) for word in words))


def _speaks_of(stems: Collection[str], word: str) -> bool:
    return any(word.startswith(stem) or (len(stem) >= _WITHIN and stem in word) for stem in stems)


def _stems(code: str, languages: Iterable[str]) -> set[str]:
    lengths = (_LONGER.get(code, _STEM), _WITHIN)
    return {_name(code, one)[:length] for one in languages for length in lengths} - {""} | {*_ADJECTIVES.get(code, ())}


@functools.lru_cache(maxsize=32)
def _names(language: str) -> Mapping[str, str]:
    """Codes by folded name, without its last letter where inflection replaces that; of names of one word."""
    found = {}
    for code, name in _territories(language).items():
        if len(code) == 2 and code not in _OTHERWISE and len(words_of(name)) == 1:
            stem = fold(name[:-1] if name[-1] in _REPLACED else name)
            if len(stem) >= _SHORTEST:
                found[stem] = code
    return found


def _name(code: str, language: str) -> str:
    """The last word of some length: of Republik Moldau and Corée du Sud the one that tells."""
    words = [word.folded for word in words_of(_territories(language).get(code, "")) if len(word.folded) >= _STEM]
    return words[-1] if words else ""


@functools.lru_cache(maxsize=32)
def _territories(language: str) -> Mapping[str, str]:
    from babel import Locale, UnknownLocaleError

    try:
        return dict(Locale.parse(language).territories)
    except (UnknownLocaleError, ValueError):
        return {}
