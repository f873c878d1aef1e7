"""The words of a claim that a source must bear, and which of them are names. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from qa_assistant.answering.asking import ASKING
from qa_assistant.index.words import SHORTEST, Word, fold

_WORD = re.compile(r"[^\W\d_][\w\u0300-\u036f]*")
_SENTENCE_START = re.compile(r"(?:^|[.!?…]\s+)[\"'“„«‘(\[*_]*\Z")
_LOOK_BACK = 20
"""Code points before a word in which the start of a sentence is looked for: from the text's beginning the time would
grow with the square of its length."""
_CAPITALISING = "de"
"""The language that writes every noun with a capital."""
_INFLECTED = ("ru", "tr", "az")
_CAPITAL_NEXT = re.compile(r"\s+[^\W\d_a-zа-яёçğıöşüə]")


@dataclass(frozen=True, slots=True)
class ClaimWord:
    """A word that says something; `asked` if the question has it too."""

    word: Word
    name: bool
    asked: bool = False
    at: int = 0
    """Where it stands in the claim, in code points."""


def claim_words(text: str, language: str | None, question: str, count_tokens: Callable[[str], int]) -> list[ClaimWord]:
    """The words of `text` that say something, each once: names, abbreviations and words of four letters or more.

    A name is written with a capital inside a sentence, behind a colon, too. At its start, and in German, where every
    noun has one, only a word that the embedding model's tokenizer (`count_tokens`) takes apart counts as one; and of
    inflected languages at the start of a sentence only one with another capital behind it, because there the tokenizer
    takes most words apart.
    """
    asked = {fold(word) for word in _WORD.findall(question)}
    one_piece = count_tokens("a")
    found: dict[str, ClaimWord] = {}
    for match in _WORD.finditer(text):
        written = match[0]
        folded = fold(written)
        if not folded or _is_suffix(text, match):
            continue
        name = _is_name(text, match, language, lambda word: count_tokens(word) <= one_piece)
        if folded in ASKING or (len(folded) < SHORTEST and not name):
            continue
        known = found.get(folded)
        if known is None or (name and not known.name):
            found[folded] = ClaimWord(Word(written, folded), name, folded in asked, match.start())
    return list(found.values())


def _is_name(text: str, match: re.Match[str], language: str | None, is_one_piece: Callable[[str], bool]) -> bool:
    written = match[0]
    if not written[0].isupper():
        return False
    if len(written) > 1 and written.isupper():
        return True
    if len(written) < 3:
        return False
    starts = _SENTENCE_START.search(text, max(0, match.start() - _LOOK_BACK), match.start())
    if starts and language in _INFLECTED and not _CAPITAL_NEXT.match(text, match.end()):
        return False
    if starts or language == _CAPITALISING:
        return not is_one_piece(written)
    return True


def _is_suffix(text: str, match: re.Match[str]) -> bool:
    """What an apostrophe sets off a name: Bayramov'un, Azerbaijan's; and l', d', qu' before one."""
    return (
        match.start() > 1
        and text[match.start() - 1] in "'’"
        and text[match.start() - 2].isalpha()
        and (match[0][0].islower())
    )
