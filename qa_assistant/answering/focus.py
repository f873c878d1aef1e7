"""What a question asks about, once the article has been found: the question without the names it was found by.

„What did Bayramov and Takei discuss?“ is nearest to the sentences that name both, which say who met, not what about.
The sentences that answer speak of “the talks”. “What did and discuss?” is nearest to those.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from qa_assistant.answering.word_matching import sounds_alike
from qa_assistant.index.words import words_of

LEAST_LETTERS = 10
"""Letters that must be left: “Who is” without the name asks nothing any more."""

_WORD = re.compile(r"\w+")
_SPACES = re.compile(r"\s+")


def focus(question: str, found_in: Sequence[str], count_tokens: Callable[[str], int]) -> str:
    """`question` without the names that stand, in any spelling, in the texts `found_in`; as it was if little is left.

    A name is a capitalised word that the embedding model's tokenizer does not know as one piece: common nouns, which
    German capitalises too, are one piece.
    """
    one_piece = count_tokens("a")
    words = [word for word in words_of(question) if word.written[0].isupper()]
    names = [word for word in words if count_tokens(word.written) > one_piece]
    vocabulary = sorted({word.folded for text in found_in for word in words_of(text)})
    alike = sounds_alike(names, vocabulary)
    return without(
        question, [word.written for word, row in zip(names, alike, strict=True) if row.size and row.max() > 0]
    )


def without(question: str, written: Collection[str]) -> str:
    """`question` without these words; as it was if little is left."""
    rest = _SPACES.sub(" ", _WORD.sub(lambda match: "" if match[0] in written else match[0], question)).strip()
    return rest if sum(map(str.isalpha, rest)) >= LEAST_LETTERS else question
