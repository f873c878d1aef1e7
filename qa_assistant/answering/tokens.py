"""How many tokens a text is, estimated without any model's tokenizer: rather too many than too few. Pure."""

from __future__ import annotations

import functools
import math
import unicodedata
from collections.abc import Iterable, Mapping

MESSAGE_TOKENS = 8
"""What a chat template puts around one message."""

_BY_SCRIPT = (
    ("LATIN", 0.9),  # beside ASCII: letters with accents, which split words
    ("CYRILLIC", 0.6),
    ("GREEK", 1.1),
    ("ARABIC", 0.8),
    ("HEBREW", 0.9),
    ("CJK", 1.3),
    ("HIRAGANA", 1.1),
    ("KATAKANA", 1.1),
    ("HANGUL", 1.3),
)


def estimate_tokens(text: str) -> int:
    """At least 1 for any text that is not empty."""
    return math.ceil(sum(map(_cost, text)))


def estimate_messages(messages: Iterable[Mapping[str, str]]) -> int:
    """Of a whole prompt: each message's `content`, and what a chat template puts around it."""
    return sum(estimate_tokens(message["content"]) + MESSAGE_TOKENS for message in messages)


@functools.lru_cache(maxsize=8192)
def _cost(char: str) -> float:
    if char.isascii():
        if char.isalpha():
            return 0.4
        return 0.2 if char == " " else 1.0
    name = unicodedata.name(char, "")
    for script, cost in _BY_SCRIPT:
        if name.startswith(script):
            return cost
    if unicodedata.category(char)[0] in "LM":
        return 1.5  # the scripts of India, Thai, Georgian, …: few models have words of them
    return float(len(char.encode("utf-8", "replace")))
