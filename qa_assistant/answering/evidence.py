"""What speaks for and against an answer in the passages that were found: the features of `confidence`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from qa_assistant.answering import asked_kind
from qa_assistant.answering.alikeness import Alikeness
from qa_assistant.answering.asking import content, is_vague, may_answer, names_something
from qa_assistant.answering.focus import NAMED, without
from qa_assistant.answering.missing import missing, unnamed
from qa_assistant.answering.small_talk import is_small_talk
from qa_assistant.index import centring
from qa_assistant.index.words import Word, words_of
from qa_assistant.records import Hit

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array
    from qa_assistant.index.index import Index


BEST = 4
"""Passages looked at: an answer further down is none."""

OTHERS = 5, 15
"""Ranks over which the best passage must have a lead where there are several articles."""

MANY = 16
"""Articles among the candidates from which on there are many."""

HUNDREDS = 300
"""Articles of the corpus from which on there are hundreds; the weights were fitted on 16 to 100, and on 1,148."""

Breadth = Literal["one", "several", "many", "hundreds"]
"""How many articles the candidates are of; of many it also tells how many the corpus has."""

LEAST_MATCH = 0.05
"""A word that nothing matches counts as this much: its logarithm is taken."""

TYPICAL = -0.67, -0.78, 0.43
"""`Evidence.words`, `others` and `together` of a question whose words are too short to be matched (“Who won the cup?”):
medians of answerable questions (XQuAD's even articles, several in a corpus)."""

TYPICAL_TAKEN_UP = 0.09, 0.19
"""`Evidence.weakest` and `topical` of such a question, among many articles; medians as above."""

NOTHING_BESIDE = {"rest": 0.0, "matter": 0.0, "kind": 0.0, "beyond": 0.0}
"""What is not taken of many articles."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question taken apart."""

    text: str
    language: str | None
    vector: Array
    """Not centred."""
    alike: Alikeness
    """Of its words."""
    names: Sequence[Word]
    """Those that it names somebody or something by: `focus.names_of`."""

    def matches(self, hit: Hit) -> Array:
        """How well each sentence of a passage matches each of `alike.words`, 0 to 1; shape `(sentences, words)`."""
        import numpy as np

        match = self.alike.spelled if hit.article.metadata.language == self.language else self.alike.meant
        sentences = (words_of(span.of(hit.article.text)) for span in hit.passage.sentences)
        numbers = (self.alike.lexicon.numbers([word.folded for word in words]) for words in sentences)
        return np.stack([match(own).max(axis=1, initial=0) for own in numbers])


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against an answer. What is not taken of as many articles is 0."""

    sentence: float
    """Cosine of the question and the nearest sentence."""
    level: float
    """What the question's cosine with a sentence about nothing in particular would be: it depends on the language."""
    centred: float
    """Like `sentence`, of vectors less what all sentences of the corpus have in common; of many articles."""
    weakest: float
    """Centred cosine of the content word that no sentence takes up and the sentence nearest to it; of many articles."""
    topical: float
    """The mean of the same over all content words; of many articles."""
    rest: float
    """Like `sentence`, of the question without the names that the passages have: “Why did resign?” is all that a false
    premise or another topic about the right people leaves over; of few articles."""
    matter: float
    """Like `rest`, vectors centred by `BACKGROUND`; of few articles."""
    kind: float
    """How much further from the question without those names the nearest sentence of the kind that is asked for is than
    the nearest of all, vectors centred (`asked_kind.py`): 0 or less; of few articles."""
    beyond: float
    """How much nearer the whole question is to its nearest sentence than those names alone are, vectors centred by
    `BACKGROUND`; of few articles."""
    words: float
    """Mean logarithm of how well each content word is matched by a word of the passages, in spelling or meaning."""
    others: float
    """The same of those that are no names which the passages have; of few articles."""
    together: float
    """How well the one sentence that matches the content words best matches them on average, 0 to 1."""
    lead: float
    """Score of the best passage less the mean of ranks 5 to 15; of several articles or many."""
    missing: tuple[str, ...]
    """Years and countries that the question names and no article found does, nor is dated so, as it writes them; or the
    names of one that asks about nothing else, if none has any."""
    vague: bool
    """Whether the question names nothing that could be missing."""
    same_language: bool
    """Whether question and best passage are in one language."""
    breadth: Breadth
    small_talk: bool = False
    """Whether the question asks nothing of any article."""


def gather(index: Index, asked: Asked, hits: Sequence[Hit], vectors: Mapping[str, Array]) -> Evidence:
    """The evidence in all ranked candidates, of which there is at least one.

    `vectors` has the sentences' vectors by `Passage.key`, not centred.
    """
    import numpy as np

    best = hits[:BEST]
    background = index.background()
    telling = _telling(asked, best, vectors)
    sentences = np.stack([one.vector for one in telling])
    words, others, together, names = _matched(asked, telling)
    articles = len({hit.article.id for hit in hits})
    many = articles >= MANY
    centred, weakest, topical = _taken_up(index, asked, sentences) if many else (0.0, 0.0, 0.0)
    beside = NOTHING_BESIDE if many else _beside_names(index, asked, names, telling, sentences, background)
    return Evidence(
        sentence=float((sentences @ asked.vector).max()),
        level=float(asked.vector @ background),
        centred=centred,
        weakest=weakest,
        topical=topical,
        **beside,
        words=words,
        others=0.0 if many else others,
        together=together,
        lead=lead([hit.score for hit in hits]) if articles > 1 else 0.0,
        missing=missing(asked, {hit.article.id: hit.article for hit in best}.values()) or unnamed(asked, hits),
        vague=is_vague(asked.text),
        same_language=best[0].article.metadata.language == asked.language,
        breadth=_breadth(index, articles),
        small_talk=is_small_talk(asked.text),
    )


def _breadth(index: Index, articles: int) -> Breadth:
    if articles < MANY:
        return "several" if articles > 1 else "one"
    return "many" if index.catalog.counts()[0] < HUNDREDS else "hundreds"


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    language: str | None
    vector: Array


def _telling(asked: Asked, best: Sequence[Hit], vectors: Mapping[str, Array]) -> list[_Sentence]:
    """The sentences of `best` that tell something.

    Not those without a letter, which are near to any question; nor datelines, and what an article is signed with, that
    have no name of the question: of one that names a year (“Who won the cup in 2018?”) a dateline of that year is near
    and has it, whatever follows.
    """
    found = [
        _Sentence(span.of(hit.article.text), hit.article.metadata.language, vector)
        for hit in best
        for span, vector in zip(hit.passage.sentences, vectors[hit.passage.key], strict=True)
    ]
    return [one for one in found if may_answer(asked.text, one.text)] or found


def lead(scores: Sequence[float]) -> float:
    """How far the best of the ranked scores is above the mean of the ranks `OTHERS`."""
    others = scores[OTHERS[0] - 1 : OTHERS[1]]
    return scores[0] - sum(others) / len(others) if others else 0.0


def _taken_up(index: Index, asked: Asked, sentences: Array) -> tuple[float, float, float]:
    """`Evidence.centred`, `Evidence.weakest` and `Evidence.topical`; `sentences` has shape `(n, dimension)`."""
    means = index.catalog.means
    off = centring.offset(*means.mean("sentences"))
    around = centring.centred(sentences, off)
    centred = float((around @ centring.centred(asked.vector, off)).max())
    places = content(asked.alike.words)
    if not places:
        return centred, *TYPICAL_TAKEN_UP
    nearest = (asked.alike.meanings[places] @ around.T).max(axis=1)
    return centred, float(nearest.min()), float(nearest.mean())


def _beside_names(
    index: Index,
    asked: Asked,
    names: Sequence[str],
    telling: Sequence[_Sentence],
    sentences: Array,
    background: Array,
) -> dict[str, float]:
    """`Evidence.rest`, `matter`, `kind` and `beyond`; `sentences` has the vectors of `telling`, shape
    `(n, dimension)`."""
    around = centring.centred(sentences, background)
    rest, alone = asked.vector, None
    if names:
        rest, alone = index.embedder.questions([without(asked.text, names), " ".join(names)])
    cosines = around @ centring.centred(asked.vector, background)
    nearest = int(cosines.argmax())
    named = float(around[nearest] @ centring.centred(alone, background)) if alone is not None else 0.0
    of_rest = around @ centring.centred(rest, background)
    return {
        "rest": float((sentences @ rest).max()),
        "matter": float(of_rest.max()),
        "kind": asked_kind.further(asked.text, [(one.text, one.language) for one in telling], of_rest),
        "beyond": float(cosines[nearest]) - named,
    }


def _matched(asked: Asked, telling: Sequence[_Sentence]) -> tuple[float, float, float, list[str]]:
    """`Evidence.words`, `others` and `together`, and which of the content words are names that the sentences have."""
    import numpy as np

    places = content(asked.alike.words)
    nothing = float(np.log(LEAST_MATCH))
    if not places:
        mean, others, together = TYPICAL if names_something(asked.text) else (nothing, nothing, 0.0)
        return mean, others, together, []
    lexicon = asked.alike.lexicon
    sentences = [lexicon.numbers([word.folded for word in words_of(one.text)]) for one in telling]
    vocabulary, columns = np.unique(np.concatenate(sentences), return_inverse=True)
    if not len(vocabulary):
        return nothing, nothing, 0.0, []
    # Both of shape (content words, vocabulary); the columns of each sentence's words are a part of `columns`.
    sounds = asked.alike.spelled(vocabulary)[places]
    alike = np.maximum(sounds, np.clip(asked.alike.cosines(vocabulary)[places], 0, 1))
    of_each = np.split(columns, np.cumsum([len(sentence) for sentence in sentences])[:-1])
    together = max(float(alike[:, own].max(axis=1).mean()) for own in of_each if len(own))
    matches = np.log(np.maximum(alike.max(axis=1), LEAST_MATCH))
    words = [asked.alike.words[place] for place in places]
    named = np.array([word.written[0].isupper() for word in words]) & (sounds.max(axis=1) > NAMED)
    others = float(matches[~named].mean()) if not named.all() else 0.0
    names = [word.written for word, is_named in zip(words, named, strict=True) if is_named]
    return float(matches.mean()), others, together, names
