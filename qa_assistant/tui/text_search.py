"""Where words occur in a text, in upper and lower case, with and without diacritics. No widget here."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from itertools import islice

from qa_assistant.records import Span


def occurrences(text: str, wanted: str, most: int) -> list[Span]:
    """The first `most` places where `wanted` stands, in order; any blanks count as one, line ends too.

    A place covers the combining marks behind its letters, so that no letter is cut in half.
    """
    spelled = defaultdict(list)  # by what they are without case and marks, the characters that the text has
    for character in set(text):
        spelled[_plain(character)].append(character)
    marks = f"[{_escaped(spelled.pop('', []))}]*" if "" in spelled else ""
    pattern = ""
    for word in wanted.split():
        letters = [plain for character in unicodedata.normalize("NFC", word) if (plain := _plain(character))]
        if any(plain not in spelled for plain in letters):
            return []
        pattern += rf"(?:\s{marks})+" * bool(pattern and letters)  # a mark behind a blank, which damage leaves
        pattern += "".join(f"[{_escaped(spelled[plain])}]{marks}" for plain in letters)
    if not pattern:
        return []
    return [Span(*match.span()) for match in islice(re.finditer(pattern, text), most)]


def _plain(character: str) -> str:
    """A character in lower case without its diacritics; nothing is left of a mark that stands alone."""
    parts = unicodedata.normalize("NFD", character.lower())
    return "".join(part for part in parts if not unicodedata.combining(part))


def _escaped(characters: list[str]) -> str:
    return "".join(map(re.escape, characters))
