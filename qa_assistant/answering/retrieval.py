"""A question to ranked passages: candidates from vectors and words, every one of them scored the same way."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa_assistant.answering import fusion
from qa_assistant.index.catalog import filter_condition
from qa_assistant.index.keyword_index import words_of
from qa_assistant.records import Article, Filters, Hit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa_assistant.index.index import Index

CANDIDATES = 20
"""Candidates of each kind; more did not change a figure (../shared/design/facts.md)."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Ranked passages, best first, and how likely the corpus is to answer the question."""

    hits: tuple[Hit, ...]
    confidence: float
    sentence_vectors: Mapping[str, NDArray[np.float32]]
    """By `Passage.key`, shape `(sentences, dimension)`."""


def retrieve(index: Index, question: str, language: str | None, limit: int, filters: Filters) -> Retrieval:
    """The `limit` passages that answer `question` best, of those that satisfy `filters`."""
    import numpy as np

    catalog = index.catalog
    with ThreadPoolExecutor(1) as pool:  # the question is embedded while Chroma is imported and opened
        embedding = pool.submit(lambda: index.embedder.question(question))
        nearest = index.vectors.nearest
        vector = embedding.result()
    words = words_of(question)
    near = catalog.rows_of(nearest(vector, max(CANDIDATES, limit), filters))
    found = catalog.keywords.search(words, max(CANDIDATES, limit), *filter_condition(filters))
    rows = list({*near.values(), *found})
    if not rows:
        return Retrieval((), 0.0, {})
    articles: dict[str, Article] = {}
    passages = catalog.passages(rows, articles)
    cosines = index.vectors.cosines([item.passage.key for item in passages.values()], vector)
    keyword = catalog.keywords.scores(words, rows)
    hits: list[Hit] = []
    for row, item in passages.items():
        if item.passage.key not in cosines:
            continue
        sentences = tuple(float(cosine) for cosine in np.asarray(item.sentence_vectors @ vector))
        features = fusion.Features(cosines[item.passage.key], sentences, keyword.get(row, 0.0))
        hits.append(Hit(item.passage, articles[item.passage.article_id], fusion.score(features), *_parts(features)))
    hits.sort(key=lambda hit: (-hit.score, hit.passage.key))
    kept = hits[:limit]
    vectors = {item.passage.key: item.sentence_vectors for item in passages.values()}
    return Retrieval(tuple(kept), 0.6, {hit.passage.key: vectors[hit.passage.key] for hit in kept})


def _parts(features: fusion.Features) -> tuple[float, tuple[float, ...], float]:
    return features.dense, features.sentences, features.keyword
