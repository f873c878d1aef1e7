"""A question to ranked passages: candidates from vectors and from words, every one of them scored the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa_assistant.answering import fusion, word_matching
from qa_assistant.answering.confidence import confidence
from qa_assistant.answering.evidence import Asked, Evidence, gather
from qa_assistant.index import centring
from qa_assistant.index.catalog import filter_condition
from qa_assistant.index.words import Word, question_words
from qa_assistant.records import Article, Filters, Hit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa_assistant.index.catalog import IndexedPassage
    from qa_assistant.index.index import Index

    Array = NDArray[np.float32]

NEAREST, BY_WORDS = 40, 20
"""Candidates of each kind. With them the right passage is a candidate for 0.997 of English, 0.993 of German, 0.964 of
Russian and 0.953 of Turkish questions (articles and news as in `fusion`)."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Ranked passages, best first, and how likely the corpus is to answer the question."""

    hits: tuple[Hit, ...]
    confidence: float
    sentence_vectors: Mapping[str, Array]
    """By `Passage.key`, shape `(sentences, dimension)`, not centred."""
    asked: Asked
    evidence: Evidence | None = None
    """What `confidence` was made of; None if nothing was found."""


def retrieve(index: Index, question: str, language: str | None, limit: int, filters: Filters) -> Retrieval:
    """The `limit` passages that answer `question` best, of those that satisfy `filters`."""
    import numpy  # noqa: F401 - before the threads part: two of them importing it at once meet half of it

    words, catalog = question_words(question), index.catalog
    with ThreadPoolExecutor(2) as pool:  # the question is embedded while Chroma is opened and words are looked for
        vector = pool.submit(lambda: index.embedder.questions([question])[0])
        meanings = pool.submit(_meanings, index, words)
        index.open_store()
        with catalog.reading():
            found = catalog.keywords.candidates(words, max(BY_WORDS, limit), *filter_condition(filters))
            asked = Asked(question, language, vector.result(), words, meanings.result())
            return _ranked(index, asked, found, limit, filters)


def _meanings(index: Index, words: Sequence[Word]) -> Array:
    """The vectors of a question's words, shape `(len(words), dimension)`.

    Not those that the catalogue has of the same words: the article may write them with another capital, which costs a
    question its confidence.
    """
    import numpy as np

    if not words:
        return np.zeros((0, index.embedder.dimension), np.float32)
    return index.embedder.words([word.written for word in words])


def _ranked(index: Index, asked: Asked, found: Sequence[int], limit: int, filters: Filters) -> Retrieval:
    """Of one state of the catalogue; `found` are the rows of the passages that have the question's words."""
    catalog = index.catalog
    taken_off = centring.offset(*catalog.means.mean("passages"))
    near = index.nearest(asked.vector, max(NEAREST, limit), filters)
    articles: dict[str, Article] = {}
    passages = catalog.passages({*near, *found}, articles)
    stored = catalog.vectors.of(passages)
    candidates = [item for item in passages.values() if item.row in stored]

    keywords = _keyword_scores(index, asked, candidates, articles)
    offsets = taken_off, centring.offset(*catalog.means.mean("sentences"))
    hits = [
        _hit(asked, offsets, item, articles[item.passage.article_id], stored[item.row], *keywords[item.row])
        for item in candidates
    ]
    hits.sort(key=lambda hit: (-hit.score, hit.passage.key))
    sentences = {item.passage.key: item.sentence_vectors for item in candidates}
    evidence = gather(index, asked, hits, sentences) if hits else None
    return Retrieval(tuple(hits[:limit]), confidence(evidence) if evidence else 0.0, sentences, asked, evidence)


def _hit(
    asked: Asked,
    offsets: tuple[Array, Array],
    item: IndexedPassage,
    article: Article,
    vector: Array,
    keyword: float,
    coverage: float,
) -> Hit:
    """One candidate with its score; `offsets` are what is taken off vectors of passages and of sentences."""
    off_passages, off_sentences = offsets
    passage = float(centring.centred(vector, off_passages) @ centring.centred(asked.vector, off_passages))
    sentences = centring.centred(item.sentence_vectors, off_sentences)
    sentence, pair = fusion.sentence_scores(centring.centred(asked.vector, off_sentences), sentences)
    return Hit(
        item.passage,
        article,
        fusion.score(passage, sentence, pair, keyword),
        float(vector @ asked.vector),
        tuple(map(float, item.sentence_vectors @ asked.vector)),
        keyword,
        coverage,
    )


def _keyword_scores(
    index: Index, asked: Asked, candidates: Sequence[IndexedPassage], articles: Mapping[str, Article]
) -> dict[int, tuple[float, float]]:
    """By row: the soft BM25 of each candidate, and the share of the question's words that it matches.

    Words are matched by meaning only in articles of another language than the question: in its own, the letters say
    more (German loses 0.01 of R@1 otherwise).
    """
    import numpy as np

    catalog = index.catalog
    rows = [item.row for item in candidates]
    if not asked.words or not rows:
        return dict.fromkeys(rows, (0.0, 0.0))
    words = catalog.keywords.words(rows)
    vocabulary = sorted(set().union(*words.values()))
    places = {word: place for place, word in enumerate(vocabulary)}
    terms = {row: word_matching.Terms.of(found, places) for row, found in words.items()}
    spelled = word_matching.sounds_alike(asked.words, vocabulary)
    foreign = {item.row for item in candidates if articles[item.passage.article_id].metadata.language != asked.language}
    meant = _by_meaning(index, asked, vocabulary, spelled) if foreign else spelled
    matched = np.flatnonzero(np.maximum(spelled, meant).any(axis=0))
    known = catalog.keywords.frequencies([vocabulary[at] for at in matched])
    frequencies = np.zeros(len(vocabulary), np.float32)
    frequencies[matched] = [known.get(vocabulary[at], 1) for at in matched]
    passages, average = catalog.totals()
    scores: dict[int, tuple[float, float]] = {}
    for alike, group in ((spelled, [row for row in rows if row not in foreign]), (meant, foreign)):
        idf = word_matching.rarity(alike, frequencies, passages)
        for row in group:
            weights, coverage = word_matching.matches(alike, terms[row], average)
            scores[row] = float(weights @ idf), coverage
    return scores


def _by_meaning(index: Index, asked: Asked, vocabulary: Sequence[str], spelled: Array) -> Array:
    """`spelled`, or how alike in meaning the words are where that is more; shape `(words, vocabulary)`."""
    mean, _ = index.catalog.means.mean("words")
    known = word_matching.word_vectors(index.catalog.keywords.matrix, vocabulary, mean, len(asked.vector))
    meaning = word_matching.mean_alike(centring.centred(asked.word_vectors, mean), known)
    return word_matching.combined(spelled, meaning, asked.words, vocabulary)
