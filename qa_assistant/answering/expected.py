"""Whether a question asks for a figure or a time, which only a sentence that has one can answer. Pure.

Of the languages of `asking`; a question in another one expects nothing in particular.
"""

from __future__ import annotations

import re

from qa_assistant.answering.values import values

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
_ASKS = re.compile(f"{_AMOUNT}|{_TIME}", re.IGNORECASE | re.VERBOSE)


def expects_figure(question: str) -> bool:
    """Whether it asks how many, how much, how long, when or the like."""
    return bool(_ASKS.search(question))


def has_figure(sentence: str, language: str | None) -> bool:
    """Whether there is a number or a date in it, in digits or in words."""
    found = values(sentence, language)
    return bool(len(found) or found.digits)
