"""Whether a machine translation may be shown beside its original: what it must not add, lose or turn into.

The thresholds were set by reading 180 translations of 60 sentences of XQuAD's even articles.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from qa_assistant.answering.claim_words import claim_words
from qa_assistant.answering.countries import absent, countries
from qa_assistant.answering.negation import KNOWN, denials
from qa_assistant.answering.numbers.values import values
from qa_assistant.answering.translation.alignment import Aligner
from qa_assistant.answering.translation.gloss_prompt import leaked
from qa_assistant.answering.word_matching import mean_alike, sounds_alike
from qa_assistant.display import REPLACEMENT, harmless
from qa_assistant.index.centring import centred
from qa_assistant.index.words import Word, fold, has_sound, words_of
from qa_assistant.language import detect

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array
    from qa_assistant.index.embedding import Embedder
    from qa_assistant.index.index import Index


KnownVectors = Callable[[Iterable[str]], Mapping[str, "Array"]]
"""The vectors that are kept of folded words."""

LEAST_SIMILARITY = 0.5
"""Centred cosine of a translation and its original."""

LEAST_MATCH = 0.45
"""Mean cosine of the two worst matched words of both (`alignment`). Of the even articles' translations that pass all
other checks, right ones have 0.52 or more, then 0.37, where wrong ones begin."""

LEAST_LOGPROB, LEAST_TOKEN_LOGPROB = -0.5, -1.75
"""Mean log probability (natural) that the model gave the tokens it wrote, and that of the least likely one."""

LEAST_NAME = 0.5
"""How well a name must be matched by a word of the original, by sound or meaning, 0 to 1."""

SHORTEST, LONGEST = 0.5, 2.0
"""Letters of a translation by letters of its original, once both are written in Latin letters."""

LOOP_WORDS = 3
"""So many words in a row, twice, are a loop; unless the original repeats itself as well."""

LONG_WORD = 6
"""Letters of a word that is not written twice without need; nor is a name."""

_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_][\w\u0300-\u036f]*")


@dataclass(frozen=True, slots=True)
class Translation:
    """What a model wrote, and the mean and least log probability of its tokens, if it tells."""

    text: str
    logprob: float | None = None
    least_logprob: float | None = None


class TranslationChecker:
    """Compares translations with their originals; `words_mean` and `background` are the index' means, `known` gives the
    word vectors it has."""

    def __init__(
        self, embedder: Embedder, aligner: Aligner, words_mean: Array, background: Array, known: KnownVectors
    ) -> None:
        self._embedder = embedder
        self._aligner = aligner
        self._known = known
        self._vectors: dict[str, Array] = {}
        self._words_mean = words_mean
        self._background = background

    @classmethod
    def of(cls, index: Index) -> TranslationChecker:
        """Raises EmbeddingError if the packaged embedding model is missing."""
        catalog = index.catalog
        return cls(
            index.embedder, Aligner(), catalog.means.mean("words")[0], index.background(), catalog.keywords.vectors
        )

    def faults(self, translation: Translation, quote: str, source: str, target: str) -> Iterator[str]:
        """What keeps `translation` (to `target`) of `quote` (in `source`) from being shown, cheapest first; nothing if
        it is fine."""
        gloss = translation.text
        yield from _form(gloss, quote, target)
        yield from _values(gloss, quote, source, target)
        yield from _countries(gloss, quote, source, target)
        if {source, target} <= KNOWN and bool(denials(gloss, target)) != bool(denials(quote, source)):
            yield "one of the two denies what the other says"
        if _below(translation.logprob, LEAST_LOGPROB) or _below(translation.least_logprob, LEAST_TOKEN_LOGPROB):
            yield "the model was not sure of it"
        yield from (f"name {name} is not in the quote" for name in self._foreign_names(gloss, quote, target))
        match, words = self._aligner.match(gloss, quote)
        if match < LEAST_MATCH:
            yield f"nothing in the other means {' and '.join(words) or 'this'}"
        if self.similarity(gloss, quote) < LEAST_SIMILARITY:
            yield "too far from the quote in meaning"

    def similarity(self, gloss: str, quote: str) -> float:
        one, other = centred(self._embedder.passages([gloss, quote]), self._background)
        return float(one @ other)

    def names(self, gloss: str, quote: str, target: str) -> list[tuple[str, float]]:
        """The names of `gloss`, and how well each is matched by some word of `quote`, 0 to 1.

        By sound; only what nothing sounds like is compared by meaning.
        """
        names = self._names(gloss, target)
        if not names:
            return []
        words = list({word.folded: word for word in words_of(quote)}.values())
        spelled = sounds_alike(names, [word.folded for word in words])
        best = [float(match) for match in spelled.max(axis=1, initial=0)]
        unsure = [place for place, match in enumerate(best) if match < LEAST_NAME]
        meaningful = [word for word in words if has_sound(word.folded)]
        if unsure and meaningful:
            meant = mean_alike(self._meanings([names[place] for place in unsure]) @ self._meanings(meaningful).T)
            for place, match in zip(unsure, meant.max(axis=1), strict=True):
                best[place] = max(best[place], float(match) if has_sound(names[place].folded) else 0.0)
        return [(name.written, match) for name, match in zip(names, best, strict=True)]

    def _meanings(self, words: Sequence[Word]) -> Array:
        """Centred vectors, shape `(len(words), dimension)`; those that the index has are not computed anew."""
        import numpy as np

        missing = [word for word in words if word.folded not in self._vectors]
        known = self._known([word.folded for word in missing])
        unknown = [word for word in missing if word.folded not in known]
        self._vectors |= known
        if unknown:
            vectors = self._embedder.questions([word.written for word in unknown])
            self._vectors |= {word.folded: vector for word, vector in zip(unknown, vectors, strict=True)}
        return centred(np.stack([self._vectors[word.folded] for word in words]), self._words_mean)

    def _foreign_names(self, gloss: str, quote: str, target: str) -> list[str]:
        return [name for name, match in self.names(gloss, quote, target) if match < LEAST_NAME]

    def _names(self, text: str, language: str) -> list[Word]:
        """Without those that are part of a number or date (May), which are compared as such."""
        dates = {fold(word) for one in values(text, language) for word in _WORD.findall(text[one.start : one.end])}
        words = claim_words(text, language, "", self._embedder.count_tokens)
        return [one.word for one in words if one.name and one.word.folded not in dates]


def _form(gloss: str, quote: str, target: str) -> Iterator[str]:
    if not any(char.isalpha() for char in gloss) or REPLACEMENT in harmless(gloss):
        yield "it is no sentence"
        return
    if detect(gloss, default=target) != target:
        yield "it is in another language"
    if not SHORTEST <= len(fold(gloss)) / max(1, len(fold(quote))) <= LONGEST:
        yield "it is too short or too long"
    if _repeats(gloss) > _repeats(quote) or _most_often(gloss) > _most_often(quote):
        yield "it repeats itself"
    if leaked(gloss, target):
        yield "it repeats an example"


def _values(gloss: str, quote: str, source: str, target: str) -> Iterator[str]:
    """Numbers and dates must be the same on both sides: one that is left out changes what is said, too.

    Digits that are no quantity (06:00, A380) must be the quote's to the letter.
    """
    known = set(_DIGITS.findall(quote))
    yield from (f"{digits} is not in the quote" for digits in _DIGITS.findall(gloss) if digits not in known)
    ours, theirs = values(gloss, target), values(quote, source)
    yield from (f"{gloss[one.start : one.end]} is not in the quote" for one in ours if one not in theirs)
    yield from (f"{quote[one.start : one.end]} is left out" for one in theirs if one not in ours)


def _countries(gloss: str, quote: str, source: str, target: str) -> Iterator[str]:
    """Countries must be the same on both sides, and by their names in the language of each."""
    ours, theirs = countries(gloss, target), countries(quote, source)
    yield from (f"{name} is not in the quote" for name in absent(ours, target, quote, source))
    yield from (f"{name} is left out" for name in absent(theirs, source, gloss, target))
    words = set(_WORD.findall(gloss))
    yield from (f"{name} is not translated" for code, name in theirs.items() if name in words and code not in ours)


def _below(told: float | None, least: float) -> bool:
    return told is not None and told < least


def _repeats(text: str) -> int:
    """How many runs of words occur again, and words right behind themselves."""
    words: Sequence[str] = [word.casefold() for word in _WORD.findall(text)]
    runs = Counter(tuple(words[at : at + LOOP_WORDS]) for at in range(len(words) - LOOP_WORDS + 1))
    return sum(count - 1 for count in runs.values()) + sum(one == other for one, other in pairwise(words))


def _most_often(text: str) -> int:
    """How often the most frequent of the names and long words is there; an ending makes no other word."""
    words = [word for word in _WORD.findall(text) if len(word) >= LONG_WORD or (len(word) > 2 and word[0].isupper())]
    return max(Counter(word.casefold()[:LONG_WORD] for word in words).values(), default=0)
