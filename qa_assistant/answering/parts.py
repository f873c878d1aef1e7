"""A question that asks for two things: “Who heads it, and when was it founded?” Pure.

Conjunctions and question words are of English, German, Russian, Turkish, Azerbaijani and French.
"""

from __future__ import annotations

import re

from qa_assistant.answering.focus import says_little

_QUESTION_WORDS = r"""
who|whom|whose|what|which|when|where|why|how|wer|wen|wem|wann|wo|woher|wohin|warum|wie|was|welche[rnsm]?|womit|wofür
кто|кого|кому|кем|что|чем|когда|где|куда|откуда|почему|зачем|как|как(?:ой|ая|ое|ие|их|им|ом|ую)|сколько
kim\w{0,4}|ne|neyi|neden|nerede|nereden|nereye|nasıl|kaç|hangi\w{0,3}|nə|nəyi|niyə|necə|neçə|harada|haradan|hansı
qui|que|quoi|quand|où|comment|pourquoi|combien|quel|quelle|quels|quelles
"""
_NEXT = re.compile(
    rf"[?؟]\s+(?=\w)|,?\s+(?:and|und|sowie|и|а|ve|və|et)\s+(?=(?:\w{{1,5}}\s+)?(?:{'|'.join(_QUESTION_WORDS.split())})\b)",
    re.IGNORECASE,
)
"""What stands before the second thing that is asked; a preposition may come before its question word."""


def parts(question: str) -> tuple[str, ...]:
    """The things that `question` asks for; itself if a part would say too little (“when and where was it?”)."""
    found = tuple(part.strip() for part in _NEXT.split(question))
    return (question,) if any(map(says_little, found)) else found
