"""The currency beside a number, in the languages of the checks: 4 Mio. Dollar are not 4 million euros. Pure.

Whose dollar, pound or franc it is, is not told apart.
"""

from __future__ import annotations

import re

_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₽": "RUB", "₺": "TRY", "₼": "AZN", "₴": "UAH"}

_WORDS = {
    "EUR": r"eur|euros?|euro[ydnl]\w{1,4}|avro\w{0,5}|евро",
    "USD": r"usd|dol+ar\w{0,5}|доллар\w{0,3}",
    "GBP": r"gbp|pounds?|pfund|livres? sterling|sterlin\w{0,4}|funt\w{0,4}|фунт\w{0,3}",
    "JPY": r"jpy|yens?|иен\w{0,3}|йен\w{0,3}",
    "RUB": r"rub|rubel\w?|rubles?|roubles?|rubl\w{0,5}|рубл\w{0,3}",
    "TRY": r"lira\w{0,5}|livres? turques?|лир\w{0,3}",
    "AZN": r"azn|manats?|manat\w{1,5}|манат\w{0,3}",
    "CHF": r"chf|franken|francs?|frank\w{0,4}|франк\w{0,3}",
    "CNY": r"yuan\w{0,4}|юан\w{0,3}",
    "UAH": r"hryvnias?|hrywn?ja|grivna\w{0,4}|гривн?\w{0,3}|гривен",
    "PLN": r"zlotys?|złoty\w{0,2}|злот\w{0,3}",
}  # fmt: skip

_SIGN = f"[{''.join(_SIGNS)}]"
_WORD = "|".join(f"(?P<{code}>{words})" for code, words in _WORDS.items())
_AFTER = re.compile(
    rf"(?:(?<=[^\W\d_])\.)?\s?(?:de\s|d['’])?(?:(?P<sign>{_SIGN})|(?:U\.?S\.?)?[-\s]?(?:{_WORD})(?![^\W_]))",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"({_SIGN}|\b(?:EUR|USD|GBP|JPY|CHF|RUB))\s?$")
_LONGEST = 5
"""Characters in front of a number that its currency takes."""


def currency(text: str, start: int, end: int, done: int) -> tuple[str, int, int] | None:
    """The ISO 4217 code of the currency of the number at `[start, end)`, and the range with it; None if it has none.

    What stands before `done` belongs to another number.
    """
    if found := _AFTER.match(text, end):
        code = found.lastgroup or ""
        return _SIGNS.get(found[code], code), start, found.end()
    if found := _BEFORE.search(text[max(done, start - _LONGEST) : start]):
        return _SIGNS.get(found[1], found[1]), start - len(found[0]), end
    return None
