"""Whether a question asks for a figure or a time, which only a sentence that has one can answer. Pure.

Of the languages of `asking`; a question in another one expects nothing in particular.
"""

from __future__ import annotations

import re

from qa_assistant.answering.numbers.values import values

_AMOUNT = r"""
\b(?:how\ (?:many|much|long|old|far|tall|high|heavy|big|large|fast|often)|what\ (?:share|percentage|number|amount)
|wie\ ?viele?n?|wie\ (?:lange|alt|hoch|groß|schwer|weit|teuer|oft|stark)
|сколько|как\ (?:долго|часто)|kaç(?:a|ar|ta|tan|ı|ıncı\w*)?|ne\ kadar|neçə\w*|nə\ qədər|combien|quel\ âge)\b
"""
_TIME = r"""
\b(?:when|wann|когда|ne\ zaman|nə\ vaxt|quand
|(?:which|what|welche[mns]?|hangi|hansı|quelle?)\ (?:year|month|day|date|jahre?|monat|tag|datum|yıl\w*|ay|gün\w*|il\w*
|année|mois|jour|date)
|како[мй]\ (?:году?|месяце?|день))\b
"""
_DAYS = {
    "de": r"(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|(?:heute|gestern|vorgestern)\b",
    "en": r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:today|yesterday|tomorrow)\b",
    "ru": r"понедельник|вторник|сред[ауы]\b|четверг|пятниц|суббот|воскресень|(?:сегодня|вчера|завтра)\b",
    "tr": r"(?:pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar)\b|(?:bugün|dün|yarın)\b",
    "az": r"(?:bazar(?: ertəsi)?|çərşənbə(?: axşamı)?|cümə(?: axşamı)?|şənbə)\b|(?:bu gün|dünən|sabah)\b",
    "fr": r"(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|(?:aujourd|hier|demain)\b",
}
"""Beginnings of words for a day, which says when without a number, by language."""

_ASKS = re.compile(f"{_AMOUNT}|{_TIME}", re.IGNORECASE | re.VERBOSE)


def expects_figure(question: str) -> bool:
    """Whether it asks how many, how much, how long, when or the like."""
    return bool(_ASKS.search(question))


def has_figure(sentence: str, language: str | None) -> bool:
    """Whether there is a number, a date or a day in it, in digits or in words."""
    found = values(sentence, language)
    day = _DAYS.get(language or "")
    return bool(len(found) or found.digits or (day and re.search(rf"\b(?:{day})", sentence, re.IGNORECASE)))
