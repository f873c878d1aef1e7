"""Whether the retrieved sentences bear what a sentence of an answer claims, which of them do, and if not, why.

A weighted sum of quantities that can each be said in words: how near the claim is to a sentence, which of its numbers,
names and words that sentence has, and whether one denies what the other says. `tests/benchmarks/support.py` measures it
and fits weights on even articles; those here were rounded by hand from an early fit and are not measured yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qa_assistant.answering.claim_words import ClaimWord, claim_words
from qa_assistant.answering.negation import denials
from qa_assistant.answering.sources import Passage, Sentence, Sources
from qa_assistant.answering.value import Value
from qa_assistant.answering.values import Values, values
from qa_assistant.answering.verdict import CITED, NOTHING, Verdict
from qa_assistant.index.centring import centred
from qa_assistant.records import Hit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa_assistant.index.embedding import Embedder
    from qa_assistant.index.index import Index

    Array = NDArray[np.float32]

NEAREST = 4
"""Sentences looked at beside those of the passages that the model names; each also together with its neighbours."""

PAIR = 0.3
"""What two sentences must score more than one."""

MISSING = 0.4
"""Match below which a name or a word counts as missing, where reasons are given."""

ABOUT_IT = 0.35
"""Centred cosine from which a sentence is about what is claimed: below it nothing is borne, and a claim that
fails above it is shown beside the sentence. Of 140 English translations of German sentences
(xquad-dev) none was below 0.55."""

ALL_WORDS = 0.9
"""Mean match from which every word of a claim stands in a sentence."""


@dataclass(frozen=True, slots=True)
class Findings:
    """How a claim stands to one or two sentences. Matches are 0 to 1, and 1 where there is nothing to match.

    What the question does not say must be in the sentences; what it says may stand anywhere in their passage.
    """

    similarity: float
    """Centred cosine."""
    missing_values: tuple[str, ...]
    """Numbers and dates of the claim that are not there, as the claim writes them."""
    new_names: float
    """Mean match of the names that the question does not have."""
    new_name: float
    """Match of the one that is matched worst."""
    asked_names: float
    """Mean match of the names that the question has too."""
    new_words: float
    """Mean match of all words that the question does not have."""
    denies: bool
    """Whether the claim denies something and the sentences nothing."""
    denied: bool
    """The other way round."""
    foreign: bool
    """Whether claim and article are in different languages."""
    worst: str = ""
    """The name that is matched worst, asked or not, if badly; else the word."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an answer, taken apart."""

    text: str
    vector: Array
    values: Values
    words: list[ClaimWord]
    alike: Array
    """Shape `(words, vocabulary)`."""
    denials: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence, or two neighbours, that may bear a claim."""

    passage: Passage
    sentences: tuple[Sentence, ...]
    findings: Findings

    @property
    def score(self) -> float:
        return score(self.findings)

    @property
    def nearness(self) -> float:
        """What the sentences are chosen by: everything but denials, which must not make another sentence win."""
        return score(replace(self.findings, denies=False, denied=False)) - PAIR * (len(self.sentences) > 1)


def score(found: Findings) -> float:
    """How much speaks for the claim being borne; it is from 0 on."""
    return (
        6.0 * found.similarity
        - 3.5 * min(len(found.missing_values), 2)
        + 1.0 * found.new_names
        + 1.0 * found.new_name
        + 1.0 * found.asked_names
        + 1.0 * found.new_words
        - 4.0 * found.denies
        - 1.0 * found.denied
        + 0.5 * found.foreign
        - 4.0
    )


class Checker:
    """Checks the claims of one answer to `question` (in `language`, ISO 639-1) against the passages of its prompt."""

    def __init__(self, embedder: Embedder, sources: Sources, background: Array, question: str, language: str) -> None:
        self._embedder = embedder
        self._sources = sources
        self._background = background
        self._question = question
        self._language = language
        self._question_values = values(question, language)
        self._one_piece = embedder.count_tokens("a")

    @classmethod
    def of(
        cls, index: Index, hits: Sequence[Hit], sentence_vectors: Mapping[str, Array], question: str, language: str
    ) -> Checker:
        embedder, catalog = index.embedder, index.catalog
        background = index.background()
        sources = Sources(
            embedder,
            hits,
            sentence_vectors,
            lambda vectors: centred(vectors, background),
            catalog.keywords.matrix,
            catalog.means.mean("words")[0],
        )
        return cls(embedder, sources, background, question, language)

    def check(self, text: str, numbers: Sequence[int] = ()) -> Verdict:
        """Whether a passage bears `text`. `numbers` are passages that the model names, from 1: a hint."""
        candidates = self.candidates(text, numbers)
        if not candidates:
            return NOTHING
        best = chosen(candidates)
        spans = tuple((one.hit, one.span) for one in best.sentences)
        if best.score >= 0 and is_about(best.findings):
            return Verdict(spans, "supported")
        if not numbers and best.findings.similarity < ABOUT_IT:
            return NOTHING
        return Verdict(spans, "unsupported", reasons(best.findings))

    def candidates(self, text: str, numbers: Sequence[int] = ()) -> list[Candidate]:
        """The sentences that may bear `text`, and what is found about each."""
        if not self._sources.passages:
            return []
        claim = self._claim(text)
        return [
            Candidate(passage, sentences, self._findings(claim, passage, sentences))
            for passage, sentences in self._nearest(claim, numbers)
        ]

    def _claim(self, text: str) -> Claim:
        words = claim_words(text, self._language, self._question, self._is_one_piece)
        return Claim(
            text,
            centred(self._embedder.passages([text])[0], self._background),
            values(text, self._language),
            words,
            self._sources.alike(words),
            len(denials(text, self._language)),
        )

    def _is_one_piece(self, word: str) -> bool:
        return self._embedder.count_tokens(word) <= self._one_piece

    def _nearest(self, claim: Claim, numbers: Sequence[int]) -> Iterator[tuple[Passage, tuple[Sentence, ...]]]:
        """The nearest sentences of all passages, the nearest one of each named, and each with either neighbour."""
        passages = self._sources.passages
        ranked = sorted(
            ((float(one.vector @ claim.vector), number, one.at) for number, part in enumerate(passages, 1)
             for one in part.sentences),
            reverse=True,
        )  # fmt: skip
        chosen = ranked[:NEAREST]
        chosen += [next(one for one in ranked if one[1] == number) for number in numbers]
        pairs: dict[tuple[int, int], None] = {}
        for _, number, at in dict.fromkeys(chosen):
            passage = passages[number - 1]
            yield passage, (passage.sentences[at],)
            pairs |= {(number, first): None for first in (at - 1, at) if 0 <= first < len(passage.sentences) - 1}
        for number, first in pairs:
            passage = passages[number - 1]
            yield passage, passage.sentences[first : first + 2]

    def _findings(self, claim: Claim, passage: Passage, sentences: tuple[Sentence, ...]) -> Findings:
        import numpy as np

        vector = sum((one.vector for one in sentences[1:]), sentences[0].vector)
        columns = [column for one in sentences for column in one.columns]
        here = claim.alike[:, columns].max(axis=1) if columns else np.zeros(len(claim.words), np.float32)
        around = claim.alike[:, list(passage.columns)].max(axis=1) if passage.columns else here
        matches = [
            (float(max(near, far) if one.asked else near), one)
            for one, near, far in zip(claim.words, here, around, strict=True)
        ]
        new = [match for match, one in matches if not one.asked]
        names = [match for match, one in matches if one.name and not one.asked]
        asked = [match for match, one in matches if one.name and one.asked]
        denied = any(one.denials for one in sentences)
        return Findings(
            float(vector @ claim.vector / max(float(np.linalg.norm(vector)), 1e-9)),
            self._missing(claim, passage, sentences),
            _mean(names),
            min(names, default=1.0),
            _mean(asked),
            _mean(new),
            bool(claim.denials) and not denied,
            denied and not claim.denials,
            sentences[0].hit.article.metadata.language != self._language,
            _worst(matches),
        )

    def _missing(self, claim: Claim, passage: Passage, sentences: Sequence[Sentence]) -> tuple[str, ...]:
        """The claim's values that are not in the sentences; those of the question may stand anywhere in the passage."""
        said = [one.values for one in sentences] + [passage.dated]
        around = Values(passage.values)
        return tuple(
            claim.text[value.start : value.end]
            for value in claim.values
            if not any(value in here for here in said) and not (self._is_asked(value) and value in around)
        )

    def _is_asked(self, value: Value) -> bool:
        return value in self._question_values


def is_about(found: Findings) -> bool:
    """Whether sentences are about what is claimed: near to it, or all its words are theirs (a short answer: “112”)."""
    return found.similarity >= ABOUT_IT or found.new_words >= ALL_WORDS


def chosen(candidates: Sequence[Candidate]) -> Candidate:
    """The sentences that come nearest to bearing the claim; two only where that is clearly more than one."""
    return max(candidates, key=lambda one: one.nearness)


def reasons(found: Findings) -> tuple[str, ...]:
    """What speaks against the claim, in words."""
    said = [f"number {value} is not in {CITED}" for value in found.missing_values]
    if min(found.new_name, found.asked_names) < MISSING:
        said.append(f"name {found.worst} is not in {CITED}")
    if found.denies or found.denied:
        said.append(f"{'the sentence' if found.denies else CITED} denies what {CITED if found.denies else 'it'} says")
    if not said and found.new_words < MISSING:
        said.append(f"“{found.worst}” is not in {CITED}")
    return tuple(said) or (f"{CITED} does not say that",)


def _mean(matches: Sequence[float]) -> float:
    return sum(matches) / len(matches) if matches else 1.0


def _worst(matches: Sequence[tuple[float, ClaimWord]]) -> str:
    """The name, else the word, that is matched worst."""
    ranked = sorted(matches, key=lambda pair: (pair[0] >= MISSING or not pair[1].name, pair[0]))
    return ranked[0][1].word.written if ranked else ""
