"""Whether a question asks why, and whether a sentence gives a reason in so many words. Pure.

Of the languages of `asking`; a sentence in another one may give a reason, as far as is known.
"""

from __future__ import annotations

import re

_ASKS = re.compile(
    r"""
    \b(?:why|how\ come|warum|wieso|weshalb|weswegen|wozu|почему|отчего|зачем|neden|niçin|niye|niyə|nə\ üçün|nədən
    |pourquoi|(?:what|which)\ (?:is|was|were|are)\ the\ (?:main\ )?reasons?|for\ what\ reason|what\ caused
    |aus\ welche[mn]\ gr[uü]nde?n?|по\ какой\ причине|hangi\ nedenle|ne\ sebeple|hansı\ səbəb\w*
    |pour\ quelles?\ raisons?)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)

_REASONS = {
    "de": r"weil|denn|da|wegen|auf ?grund|deshalb|deswegen|daher|darum|folglich|somit|damit|sodass|so dass|infolge"
    r"|angesichts|mangels|durch|dank|gründen?|grund|begründ\w+|ursachen?|anlass|auslöser|verursach\w+|ausgelöst"
    r"|führ(?:t|te|ten)|zurückzuführen|um\b[^.;]{3,120}?\b\w*zu\w*",
    "en": r"because|due to|owing to|thanks to|so that|therefore|thus|hence|in order to|reasons?|caus(?:e|ed|es)|led to"
    r"|result(?:s|ed|ing)? (?:of|from|in)|amid",
    "ru": r"потому|так как|поскольку|из-за|ввиду|вследствие|благодаря|поэтому|чтобы|причин\w+|вызва\w+|в связи"
    r"|в результате|повлекл\w+|привел\w*|привёл",
    "tr": r"çünkü|nedeniyle|dolayı|yüzünden|sayesinde|için|amacıyla|üzere|sebebiyle|neden\w*|sebep\w*|sonucu\w*"
    r"|gerekçe\w*",
    "az": r"çünki|görə|səbəb\w*|nəticə\w*|üçün|məqsədilə|sayəsində|əlaqədar",
    "fr": r"parce qu\w*|car|puisqu\w*|à cause|en raison|grâce|afin|faute de|suite à|raisons?|caus\w+|provoqu\w+"
    r"|entraîn\w+|conduit|en effet",
}
"""What introduces a reason, a cause or an end, by language; words that say other things, too, are among them."""


def expects_reason(question: str) -> bool:
    """Whether it asks why."""
    return bool(_ASKS.search(question))


def has_reason(sentence: str, language: str | None) -> bool:
    """Whether it has a word that introduces a reason. Not telling (“He was accused of …”), it may be one still."""
    reasons = _REASONS.get(language or "")
    return reasons is None or bool(re.search(rf"\b(?:{reasons})\b", sentence, re.IGNORECASE))
