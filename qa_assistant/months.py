"""Names of the months in German, English, Russian, Turkish, Azerbaijani and French, as they are inflected, and in
others as CLDR has them. Pure."""

from __future__ import annotations

import functools
import re

from qa_assistant.letters import plain

_NAMES = (
    "januar jänner january январ/ь/я/ю/ем/е ocak yanvar janvier",
    "februar feber february феврал/ь/я/ю/ем/е şubat fevral février",
    "märz maerz march март//а/у/ом/е mart mars",
    "april апрел/ь/я/ю/ем/е nisan aprel avril",
    "mai may май мая маю маем мае mayıs",
    "juni june июн/ь/я/ю/ем/е haziran iyun juin",
    "juli july июл/ь/я/ю/ем/е temmuz iyul juillet",
    "august август//а/у/ом/е ağustos avqust août aout",
    "september сентябр/ь/я/ю/ем/е eylül sentyabr septembre",
    "oktober october октябр/ь/я/ю/ем/е ekim oktyabr octobre",
    "november ноябр/ь/я/ю/ем/е kasım noyabr novembre",
    "dezember december декабр/ь/я/ю/ем/е aralık dekabr décembre",
)
_SHORT = (
    "jan janv янв oca yan", "feb fév févr фев февр şub fev", "mär mrz mar мар", "apr avr апр nis", "",
    "jun июн haz iyn", "jul juil июл tem iyl", "aug авг ağu avq", "sep sept сен сент eyl sen", "okt oct окт eki",
    "nov ноя нояб kas noy", "dez dec déc дек ara dek",
)  # fmt: skip
"""Abbreviations, of a wire's dateline as of CLDR."""

_OTHER_WORDS = ("may", "march", "mar", "mars", "mart", "marta", "ara", "kas", "sen")

_GERMAN_GENITIVE = re.compile(r"(?<=ber|uar|ust|ril)s$|(?<=mai|uni|uli)s$")
_TURKIC_CASE = re.compile(r"(?:[iuü]n?|[dt]?[aeə]n?|[dt][ae]ki|dəki|n[iuü]n)$")

_ELSEWHERE = "ar be bg cs da el es fa fi hr hu hy it ka nl no pl pt ro sk sr sv uk"
"""Languages whose months are looked up in CLDR, beside those above. A name that is one month in Polish and another in
Croatian is none."""


@functools.lru_cache(maxsize=8192)
def month(word: str) -> int | None:
    """The month, 1 to 12, that `word` names or abbreviates, in any case; None if it names none."""
    key = plain(word)
    if key == "martin" and "ı" not in word:  # the name, not Azerbaijani martın
        return None
    full = _names()
    return full.get(key) or _short_names().get(key) or full.get(_GERMAN_GENITIVE.sub("", key)) or _turkic(key)


def is_short(word: str) -> bool:
    """Whether a month's name is an abbreviation."""
    return plain(word) in _short_names()


def is_other_word(word: str) -> bool:
    """Whether a month's name is as often another word or a name."""
    return plain(word) in _OTHER_WORDS


def _turkic(key: str) -> int | None:
    """The month of `dekabrın` or `Aralıkta`, written without an apostrophe."""
    stem = _TURKIC_CASE.sub("", key)
    return _turkic_names().get(stem) if len(stem) < len(key) else None


def month_elsewhere(word: str) -> int | None:
    """The month that `word` names or abbreviates in other languages; None if it names two, as listopada does."""
    return _elsewhere().get(plain(word))


@functools.cache
def _elsewhere() -> dict[str, int]:
    from babel import Locale

    found: dict[str, set[int]] = {}
    for kinds in (Locale.parse(code).months for code in _ELSEWHERE.split()):
        for widths in (kinds["format"], kinds["stand-alone"]):
            for number, name in (*widths["wide"].items(), *widths["abbreviated"].items()):
                found.setdefault(plain(name.rstrip(".")), set()).add(number)
    return {name: number for name, (number, *others) in found.items() if not others}


@functools.cache
def _names() -> dict[str, int]:
    return {
        plain(form): number for number, names in enumerate(_NAMES, 1) for name in names.split() for form in _forms(name)
    }


@functools.cache
def _short_names() -> dict[str, int]:
    return {plain(name): number for number, names in enumerate(_SHORT, 1) for name in names.split()}


@functools.cache
def _turkic_names() -> dict[str, int]:
    names = (
        "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık "
        "yanvar fevral aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr"
    )
    return {key: _names()[key] for key in map(plain, names.split())}


def _forms(name: str) -> list[str]:
    """`март//а` is март, марта."""
    stem, *endings = name.split("/")
    return [stem + ending for ending in endings] or [stem]
