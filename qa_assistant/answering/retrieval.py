"""A question to ranked passages: candidates from vectors and from words, every one of them scored the same way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa_assistant.answering import fusion
from qa_assistant.answering.alikeness import Alikeness
from qa_assistant.answering.confidence import confidence
from qa_assistant.answering.evidence import Asked, Evidence, gather
from qa_assistant.answering.focus import named_first, names_of
from qa_assistant.answering.keyword_scores import KeywordScores
from qa_assistant.index import centring
from qa_assistant.index.filtering import filter_condition
from qa_assistant.index.words import question_words
from qa_assistant.records import Article, Filters, Hit
from qa_assistant.sentences import tells

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array
    from qa_assistant.index.catalog import IndexedPassage
    from qa_assistant.index.index import Index


NEAREST, BY_WORDS = 24, 16
"""Candidates of each kind. With them the right passage is a candidate for 0.998 of English, 0.995 of German, 0.974 of
Russian and 0.958 of Turkish questions (articles and news as in `fusion`); 40 and 20 rank no better (R@1 of Russian the
same, of English 0.002 more, of Turkish 0.005 less) and take a third longer to read."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Ranked passages, best first, and how likely the corpus is to answer the question."""

    hits: tuple[Hit, ...]
    confidence: float
    sentence_vectors: Mapping[str, Array]
    """By `Passage.key`, shape `(sentences, dimension)`, not centred."""
    sentence_matches: Mapping[str, Array]
    """By `Passage.key` of each hit, shape `(sentences, words)`: `Asked.matches`."""
    asked: Asked
    evidence: Evidence | None = None
    """What `confidence` was made of; None if nothing was found."""
    opening: bool = False
    """Whether the hits are how articles begin, in the order of reading, for a question that asks for their gist. Then
    no word of it is matched."""


def retrieve(
    index: Index, question: str, language: str | None, limit: int, filters: Filters, *, judged: bool = True
) -> Retrieval:
    """The `limit` passages that answer `question` best, of those that satisfy `filters`.

    Without `judged` nobody asks whether they answer it: the confidence is 0, and `evidence` None.
    """
    import numpy  # noqa: F401 - before the threads part: two of them importing it at once meet half of it

    words, catalog = question_words(question), index.catalog
    # Beside each other: the vector of the question, Chroma once it has that, and SQLite, with the words' vectors.
    with ThreadPoolExecutor(2) as pool:
        vector = pool.submit(lambda: index.embedder.questions([question])[0])
        index.open_store(filters)
        with catalog.reading():
            nearest = index.nearest_beside(pool, vector.result, max(NEAREST, limit), filters)
            alike = Alikeness(
                catalog.keywords.lexicon,
                words,
                lambda: index.meanings([word.written for word in words]),
                catalog.means.mean("words")[0],
            )
            candidates = _Candidates(index, language, KeywordScores(catalog, alike))
            candidates.read(catalog.keywords.candidates(words, max(BY_WORDS, limit), *filter_condition(filters)))
            candidates.read(nearest())
            hits = _hits(index, vector.result(), candidates)
            hits.sort(key=lambda hit: (-hit.score, hit.passage.key))
            names = names_of(question, language, index.embedder.count_tokens)
            hits = named_first(language, names, hits)
            sentences = {item.passage.key: item.sentence_vectors for item in candidates.passages.values()}
            asked = Asked(question, language, vector.result(), alike, names)
            evidence = gather(index, asked, hits, sentences) if hits and judged else None
            matches = {hit.passage.key: asked.matches(hit) for hit in hits[:limit]}  # words have other numbers later
    sure = confidence(evidence) if evidence else 0.0
    return Retrieval(tuple(hits[:limit]), sure, sentences, matches, asked, evidence)


class _Candidates:
    """Passages by their row, each read once, of one state of the catalogue."""

    def __init__(self, index: Index, language: str | None, keywords: KeywordScores) -> None:
        """`language` is the question's."""
        self.passages: dict[int, IndexedPassage] = {}
        self.articles: dict[str, Article] = {}
        self.vectors: dict[int, Array] = {}
        self.keywords = keywords
        self._catalog = index.catalog
        self._language = language

    def read(self, rows: Iterable[int]) -> None:
        """A row that has no passage or no vector, which only damage leaves, is left out."""
        read = self._catalog.passages([row for row in rows if row not in self.passages], self.articles)
        self.vectors |= self._catalog.vectors.of(read)
        new = {row: item for row, item in read.items() if row in self.vectors}
        self.passages |= new
        told = {row: self.articles[item.passage.article_id].metadata for row, item in new.items()}
        self.keywords.read(new, [row for row in new if told[row].language != self._language])


def _hits(index: Index, question: Array, candidates: _Candidates) -> list[Hit]:
    """Every candidate with its score."""
    import numpy as np

    passages = list(candidates.passages.values())
    if not passages:
        return []
    articles = [candidates.articles[item.passage.article_id] for item in passages]
    keywords, means = candidates.keywords.scores(), index.catalog.means
    off_passages, off_sentences = (centring.offset(*means.mean(kind)) for kind in ("passages", "sentences"))
    vectors = np.stack([candidates.vectors[item.row] for item in passages])
    near = centring.centred(vectors, off_passages) @ centring.centred(question, off_passages)
    sentences = np.concatenate([item.sentence_vectors for item in passages])
    ends = np.cumsum([len(item.sentence_vectors) for item in passages])
    starts = np.concatenate([[0], ends[:-1]])
    around = centring.centred(sentences, off_sentences)
    silent = [
        not tells(span.of(article.text))
        for item, article in zip(passages, articles, strict=True)
        for span in item.passage.sentences
    ]
    around[silent] = 0
    single, paired = fusion.sentence_scores(centring.centred(question, off_sentences), around, starts)
    of_sentences = sentences @ question
    return [
        Hit(
            item.passage,
            articles[at],
            fusion.score(float(near[at]), float(single[at]), float(paired[at]), keywords[item.row]),
            tuple(of_sentences[starts[at] : ends[at]].tolist()),
        )
        for at, item in enumerate(passages)
    ]
