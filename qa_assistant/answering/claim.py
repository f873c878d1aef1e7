"""A sentence of an answer, taken apart for the checks: its vectors, values, words, countries and denials."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qa_assistant.answering.asking import ASKING
from qa_assistant.answering.claim_words import ClaimWord, claim_words
from qa_assistant.answering.countries import countries
from qa_assistant.answering.negation import denials
from qa_assistant.answering.numbers.values import Values, values
from qa_assistant.index.centring import centred, unit
from qa_assistant.index.token_vectors import touching
from qa_assistant.index.words import fold

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array, Mask
    from qa_assistant.index.embedding import Embedder


_WORD = re.compile(r"\w+")
_BESIDE = re.compile(r"[ \u00a0.’'-]{1,2}")


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an answer, taken apart."""

    text: str
    vector: Array
    values: Values
    words: list[ClaimWord]
    alike: Array
    """How each word sounds like each of the vocabulary, shape `(words, vocabulary)`."""
    tokens: Array
    """Of length 1, shape `(tokens, dimension)`."""
    spans: tuple[tuple[int, int], ...]
    asked: Mask
    """The tokens of the words that the question has, those that only ask left out; shape `(tokens,)`."""
    new: Mask
    """The tokens of the words that the question does not have."""
    denials: int
    countries: Mapping[str, str]
    """As the claim writes them, by code."""
    restates: bool
    """Whether it says no more than the question."""

    def tokens_of(self, word: ClaimWord) -> list[int]:
        return touching(self.spans, word.at, word.at + len(word.word.written))

    def below(self, mark: float, names: Iterable[tuple[float, ClaimWord]]) -> tuple[str, ...]:
        """Names with a match below `mark`, as the claim writes them; those that stand side by side are one.

        None that is part of a value or a country, which are compared as such.
        """
        known = {*self.countries.values(), *(self.text[one.start : one.end] for one in self.values)}
        runs: list[tuple[int, int, float]] = []
        for match, word in sorted(names, key=lambda pair: pair[1].at):
            if any(word.word.written in one for one in known):
                continue
            start, end, worst = word.at, word.at + len(word.word.written), match
            if runs and _BESIDE.fullmatch(self.text, runs[-1][1], start):
                start, _, before = runs.pop()
                worst = min(before, match)
            runs.append((start, end, worst))
        return tuple(self.text[start:end] for start, end, worst in runs if worst < mark)


class Claims:
    """Takes apart what an answer to `question` (in `language`, ISO 639-1) claims."""

    def __init__(self, embedder: Embedder, background: Array, question: str, language: str) -> None:
        self._embedder = embedder
        self._background = background
        self._question = question
        self._language = language
        self._question_words = {fold(word) for word in _WORD.findall(question)}

    def take_apart(self, text: str, alike: Callable[[Sequence[ClaimWord]], Array]) -> Claim:
        """`alike` says how words sound like those of the sources."""
        import numpy as np

        words = claim_words(text, self._language, self._question, self._embedder.count_tokens)
        (tokens,) = self._embedder.tokens([text])
        asked, new = np.zeros(len(tokens.spans), bool), np.zeros(len(tokens.spans), bool)
        for match in _WORD.finditer(text):
            folded = fold(match[0])
            if folded in ASKING:
                continue
            (asked if folded in self._question_words else new)[touching(tokens.spans, *match.span())] = True
        restates = not new.any()
        if restates:
            asked, new, words = new, asked, [replace(word, asked=False) for word in words]
        return Claim(
            text,
            centred(self._embedder.passages([text])[0], self._background),
            values(text, self._language),
            words,
            alike(words),
            unit(tokens.vectors),
            tokens.spans,
            asked,
            new,
            len(denials(text, self._language)),
            countries(text, self._language),
            restates,
        )
