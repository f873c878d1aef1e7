"""What speaks for and against an answer in the passages that were found: the features of `confidence`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa_assistant.answering import word_matching
from qa_assistant.answering.asking import content, is_vague
from qa_assistant.index import centring
from qa_assistant.index.words import Word, words_of
from qa_assistant.records import Hit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa_assistant.index.index import Index

    Array = NDArray[np.float32]

BEST = 4
"""Passages looked at: an answer further down is none."""

OTHERS = 5, 15
"""Ranks over which the best passage must have a lead where there are many articles."""

MANY = 16
"""Articles among the candidates from which on such a lead means something."""

LEAST_MATCH = 0.05
"""A word that nothing matches counts as this much: its logarithm is taken."""

_YEAR = re.compile(r"(?<!\d)(?:1\d|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question taken apart; vectors are not centred, `word_vectors` has a row for each of `words`."""

    text: str
    language: str | None
    vector: Array
    words: Sequence[Word]
    word_vectors: Array


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against an answer. All but the last four are cosines or made of them."""

    sentence: float
    """Cosine of the question and the nearest sentence."""
    level: float
    """What the question's cosine with a sentence about nothing in particular would be: it depends on the language."""
    centred: float
    """Like `sentence`, of vectors less what all sentences of the corpus have in common."""
    weakest: float
    """Centred cosine of the content word that no sentence takes up and the sentence nearest to it: what a false premise
    or another topic leaves over."""
    topical: float
    """The mean of the same over all content words."""
    words: float
    """Mean logarithm of how well each content word is matched by a word of the passages, in spelling or meaning."""
    together: float
    """How well the one sentence that matches the content words best matches them on average, 0 to 1."""
    lead: float
    """Score of the best passage less the mean of ranks 5 to 15; 0 unless `many`."""
    missing_year: bool
    """Whether the question names a year that neither the text nor the date of an article found has."""
    vague: bool
    """Whether the question names nothing that could be missing."""
    same_language: bool
    """Whether question and best passage are in one language."""
    many: bool
    """Whether the candidates are of many articles."""


def gather(index: Index, asked: Asked, hits: Sequence[Hit], vectors: Mapping[str, Array]) -> Evidence:
    """The evidence in all ranked candidates, of which there is at least one.

    `vectors` has the sentences' vectors by `Passage.key`, not centred.
    """
    means = index.catalog.means
    best = hits[:BEST]
    off = centring.offset(*means.mean("sentences"))
    sentences = [centring.centred(vectors[hit.passage.key], off) for hit in best]
    places = content(asked.words)
    weakest, topical, words, together = 0.0, 0.0, 0.0, 1.0
    if places:
        mean, _ = means.mean("words")
        meanings = centring.centred(asked.word_vectors[places], mean)
        taken_up = _nearest(meanings, sentences)
        weakest, topical = float(taken_up.min()), float(taken_up.mean())
        words, together = _matched(index, [asked.words[place] for place in places], meanings, mean, best)
    many = len({hit.article.id for hit in hits}) >= MANY
    return Evidence(
        sentence=max(max(hit.sentence_scores) for hit in best),
        level=float(asked.vector @ index.background()),
        centred=float(_nearest(centring.centred(asked.vector, off)[None], sentences)[0]),
        weakest=weakest,
        topical=topical,
        words=words,
        together=together,
        lead=lead([hit.score for hit in hits]) if many else 0.0,
        missing_year=bool(_years(asked.text) - {year for hit in best for year in _years_of(hit)}),
        vague=is_vague(asked.text),
        same_language=best[0].article.metadata.language == asked.language,
        many=many,
    )


def lead(scores: Sequence[float]) -> float:
    """How far the best of the ranked scores is above the mean of the ranks `OTHERS`."""
    others = scores[OTHERS[0] - 1 : OTHERS[1]]
    return scores[0] - sum(others) / len(others) if others else 0.0


def _nearest(vectors: Array, sentences: Sequence[Array]) -> Array:
    """Cosine of each vector and the sentence nearest to it; shape `(len(vectors),)`."""
    import numpy as np

    return np.asarray((vectors @ np.concatenate(sentences).T).max(axis=1), np.float32)


def _matched(
    index: Index, words: Sequence[Word], meanings: Array, mean: Array, best: Sequence[Hit]
) -> tuple[float, float]:
    """`Evidence.words` and `Evidence.together` of the content words `words`, whose centred vectors are `meanings`."""
    import numpy as np

    sentences = [
        {word.folded for word in words_of(span.of(hit.article.text))} for hit in best for span in hit.passage.sentences
    ]
    vocabulary = sorted(set().union(*sentences))
    if not vocabulary:
        return float(np.log(LEAST_MATCH)), 0.0
    known = word_matching.word_vectors(index.catalog.keywords.matrix, vocabulary, mean, meanings.shape[1])
    alike = np.maximum(word_matching.sounds_alike(words, vocabulary), np.clip(meanings @ known.T, 0, 1))
    column = {word: place for place, word in enumerate(vocabulary)}
    together = max(
        float(alike[:, [column[word] for word in sentence]].max(axis=1).mean()) for sentence in sentences if sentence
    )
    return float(np.log(np.maximum(alike.max(axis=1), LEAST_MATCH)).mean()), together


def _years(text: str) -> set[str]:
    return set(_YEAR.findall(text))


def _years_of(hit: Hit) -> set[str]:
    return _years(f"{hit.article.text} {hit.article.metadata.title} {hit.article.metadata.date}")
