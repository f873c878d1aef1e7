"""Whether the retrieved sentences bear what a sentence of an answer claims, which of them do, and if not, why.

A weighted sum (`support_weights`) of quantities that can each be said in words (`findings`): how near the claim is to a
sentence, which of its numbers, names and words that sentence has, whether what it adds to the question stands where the
passage speaks of what was asked, and whether one denies what the other says. `tests/benchmarks/support.py` measures it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from qa_assistant.answering.claim import Claim, Claims
from qa_assistant.answering.claim_words import ClaimWord
from qa_assistant.answering.countries import absent
from qa_assistant.answering.findings import ABOUT_IT, NAME_SURE, Findings, is_about, reasons
from qa_assistant.answering.numbers.value import Value
from qa_assistant.answering.numbers.values import values
from qa_assistant.answering.sources import SourcePassage, Sources, SourceSentence
from qa_assistant.answering.support_weights import score
from qa_assistant.answering.token_matching import Matches, matches
from qa_assistant.answering.verdict import NOTHING, Verdict
from qa_assistant.index.centring import centred
from qa_assistant.records import Hit

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array
    from qa_assistant.index.embedding import Embedder
    from qa_assistant.index.index import Index


NEAREST = 4
"""Sentences looked at beside those of the passages that the model names; each also together with its neighbours."""

PAIR = 0.6
"""What two sentences must score more than one."""

CLOSER = 4.0
"""What a unit of centred cosine counts among sentences that bear a claim equally well."""

SMALL = 12
"""Up to this a number word of the question need not be in the passage, which may name those that are counted."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence, or two neighbours, that may bear a claim."""

    sentences: tuple[SourceSentence, ...]
    findings: Findings

    @property
    def score(self) -> float:
        return score(self.findings)

    @property
    def nearness(self) -> float:
        """What the sentences are chosen by: everything but denials, which must not make another sentence win, and where
        the question's words are."""
        found = replace(self.findings, denies=False, denied=False, sentence=0.0, window=0.0)
        return score(found) + CLOSER * found.similarity - PAIR * (len(self.sentences) > 1)


class Checker:
    """Checks the claims of one answer to `question` (in `language`, ISO 639-1) against the passages of its prompt."""

    def __init__(self, embedder: Embedder, sources: Sources, background: Array, question: str, language: str) -> None:
        self._sources = sources
        self._language = language
        self._claims = Claims(embedder, background, question, language)
        self._question_values = values(question, language)

    @classmethod
    def of(
        cls, index: Index, hits: Sequence[Hit], sentence_vectors: Mapping[str, Array], question: str, language: str
    ) -> Checker:
        background = index.background()
        sources = Sources(index.embedder, hits, sentence_vectors, lambda vectors: centred(vectors, background))
        return cls(index.embedder, sources, background, question, language)

    def check(self, text: str, numbers: Sequence[int] = ()) -> Verdict:
        """Whether a passage bears `text`. `numbers` are passages that the model names, from 1: a hint."""
        candidates = self.candidates(text, numbers)
        if not candidates:
            return NOTHING
        best = chosen(candidates)
        spans = tuple((one.hit, one.span) for one in best.sentences)
        if best.score >= 0 and is_about(best.findings):
            return Verdict(spans, "supported", unsure=best.findings.unsure)
        if not numbers and best.findings.similarity < ABOUT_IT:
            return NOTHING
        return Verdict(spans, "unsupported", reasons(best.findings))

    def candidates(self, text: str, numbers: Sequence[int] = ()) -> list[Candidate]:
        """The sentences that may bear `text`, and what is found about each."""
        if not self._sources.passages:
            return []
        claim = self._claims.take_apart(text, self._sources.alike)
        nearest = list(self._nearest(claim, numbers))
        found = {number: self._in_passage(claim, number) for number in {number for number, _ in nearest}}
        candidates: list[Candidate] = []
        for number, part in nearest:
            passage = self._sources.passages[number - 1]
            sentences = passage.sentences[part]
            candidates.append(Candidate(sentences, self._findings(claim, passage, sentences, *found[number])))
        return candidates

    def _in_passage(self, claim: Claim, number: int) -> tuple[Matches, tuple[str, ...]]:
        """How the claim's tokens are matched in a passage, and which of its countries that does not speak of."""
        passage = self._sources.passages[number - 1]
        tokens = self._sources.tokens[number - 1]
        text = f"{passage.text} {passage.told}"
        return (
            matches(claim.tokens, claim.asked, claim.new, tokens, len(passage.sentences)),
            absent(claim.countries, self._language, text, passage.hit.article.metadata.language),
        )

    def _nearest(self, claim: Claim, numbers: Sequence[int]) -> Iterator[tuple[int, slice]]:
        """The nearest sentences of all passages, the nearest one of each named, and each with either neighbour.

        As the number of the passage, from 1, and the places of the sentences in it.
        """
        passages = self._sources.passages
        ranked = [
            (float(one.vector @ claim.vector), number, one.at)
            for number, passage in enumerate(passages, start=1)
            for one in passage.sentences
        ]
        ranked.sort(reverse=True)
        chosen = ranked[:NEAREST]
        chosen += [next(one for one in ranked if one[1] == number) for number in numbers]
        pairs: list[tuple[int, int]] = []
        for _, number, at in dict.fromkeys(chosen):
            yield number, slice(at, at + 1)
            last = len(passages[number - 1].sentences) - 1
            pairs += [(number, first) for first in (at - 1, at) if 0 <= first < last]
        for number, first in dict.fromkeys(pairs):
            yield number, slice(first, first + 2)

    def _findings(
        self,
        claim: Claim,
        passage: SourcePassage,
        sentences: tuple[SourceSentence, ...],
        matched: Matches,
        missing_countries: tuple[str, ...],
    ) -> Findings:
        """How `claim` stands to `sentences` of `passage`, by whose tokens its own are `matched`."""
        import numpy as np

        vector = sum((one.vector for one in sentences[1:]), sentences[0].vector)
        here = matched.sentences[:, [one.at for one in sentences]].max(axis=1)
        columns = [column for one in sentences for column in one.columns]
        words: list[tuple[float, ClaimWord]] = []
        for row, word in enumerate(claim.words):
            # What the question says may stand anywhere in the passage, what is new must be in the sentences.
            tokens, vocabulary = (matched.around, passage.columns) if word.asked else (here, columns)
            words.append((_match(claim, row, word, tokens, vocabulary), word))
        named = [(match, word) for match, word in words if word.name]
        new, new_word, worst_word = _summed([(match, word) for match, word in words if not word.asked])
        names, name, worst_name = _summed(named)
        elsewhere = 0.0
        if claim.asked.any():
            best = matched.sentences[claim.asked].mean(axis=0).max()
            elsewhere = min(0.0, float(here[claim.asked].mean() - best))
        denied = any(one.denials for one in sentences)
        missing, missing_asked = self._missing(claim, passage, sentences)
        return Findings(
            similarity=float(vector @ claim.vector / max(float(np.linalg.norm(vector)), 1e-9)),
            missing_values=missing,
            missing_asked=missing_asked,
            missing_countries=missing_countries,
            new=float(here[claim.new].mean()) if claim.new.any() else 1.0,
            new_words=new,
            new_word=new_word,
            name=name,
            names=names,
            sentence=elsewhere,
            window=matched.window,
            denies=bool(claim.denials) and not denied,
            denied=denied and not claim.denials,
            restates=claim.restates,
            worst_name=worst_name,
            worst_word=worst_word,
            unsure=claim.below(NAME_SURE, named),
        )

    def _missing(
        self, claim: Claim, passage: SourcePassage, sentences: Sequence[SourceSentence]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The claim's numbers that the sentences do not have, and those of the question that the passage does not."""
        said = sum((one.values for one in sentences), passage.dated)
        around = passage.values + passage.dated
        new: list[str] = []
        asked: list[str] = []
        for value in claim.values:
            if value in self._question_values:
                known = value in around or _is_small_word(claim.text[value.start : value.end], value)
                asked += [] if known else [claim.text[value.start : value.end]]
            elif value not in said:
                new.append(claim.text[value.start : value.end])
        for digits in sorted(claim.values.digits):
            if self._question_values.has_digits(digits):
                asked += [] if around.has_digits(digits) else [digits]
            elif not said.has_digits(digits):
                new.append(digits)
        return tuple(new), tuple(asked)


def chosen(candidates: Sequence[Candidate]) -> Candidate:
    """The sentences that come nearest to bearing the claim; two only where that is clearly more than one."""
    return max(candidates, key=lambda one: one.nearness)


def _is_small_word(written: str, value: Value) -> bool:
    """Whether a number may be no more than how many one asks for (two of the ministers), or the first time."""
    small = all(isinstance(one, Decimal) and 0 < one <= SMALL for one in value.readings)
    return small and not any(char.isdecimal() for char in written)


def _match(claim: Claim, row: int, word: ClaimWord, tokens: Array, columns: Sequence[int]) -> float:
    """How well a word is matched: as it sounds, or in its context, whichever is better."""
    own = claim.tokens_of(word)
    meant = float(tokens[own].mean()) if own else 0.0
    return max(meant, float(claim.alike[row, list(columns)].max()) if columns else 0.0)


def _summed(found: Sequence[tuple[float, ClaimWord]]) -> tuple[float, float, str]:
    """The mean match, the worst one, and the word that has it, as written; 1 and empty if there are no words."""
    if not found:
        return 1.0, 1.0, ""
    worst, word = min(found, key=lambda pair: pair[0])
    return sum(match for match, _ in found) / len(found), worst, word.word.written
