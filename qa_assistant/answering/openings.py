"""What is found for a question: the passages that answer it, or how an article begins if its gist is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from qa_assistant.answering.confidence import VAGUE
from qa_assistant.answering.overview import topic_of
from qa_assistant.answering.retrieval import Retrieval, retrieve
from qa_assistant.index.filtering import filter_condition
from qa_assistant.records import Article, Filters, Hit

if TYPE_CHECKING:
    from qa_assistant.index.index import Index


def find(index: Index, question: str, language: str | None, limit: int, filters: Filters) -> Retrieval:
    """At most `limit` passages of those that satisfy `filters`, best first.

    If `question` asks for the gist of an article about something, the first passages of the best article about that, if
    there is any; if it names nothing, of the only article, or the first passage of each of the newest.
    """
    topic = topic_of(question)
    if topic is None:
        return retrieve(index, question, language, limit, filters)
    found = retrieve(index, topic or question, language, limit, filters, judged=bool(topic))
    with index.catalog.reading():
        newest = index.catalog.newest(limit, *filter_condition(filters))
        articles = [hit.article for hit in found.hits[:1]] if topic else newest
        return _opened(index, found if topic else replace(found, confidence=VAGUE), articles, limit)


def _opened(index: Index, found: Retrieval, articles: list[Article], limit: int) -> Retrieval:
    """`found` with how `articles` begin in place of its passages; as it was if none is there any more."""
    begin = limit if len(articles) == 1 else 1
    items = [(article, item) for article in articles for item in index.catalog.passages_of(article.id)[:begin]]
    if not items:
        return found
    hits: list[Hit] = []
    for article, item in items:
        cosines = item.sentence_vectors @ found.asked.vector
        hits.append(Hit(item.passage, article, float(cosines.max()), tuple(cosines.tolist())))
    vectors = {item.passage.key: item.sentence_vectors for _, item in items}
    matches = {key: of_sentences[:, :0] for key, of_sentences in vectors.items()}
    return replace(found, hits=tuple(hits), sentence_vectors=vectors, sentence_matches=matches, opening=True)


def newest_only(hits: Sequence[Hit]) -> Iterator[str]:
    """Says how many articles these are, and why, if they are several."""
    articles = {hit.article.id: hit.article.metadata.date for hit in hits}
    if len(articles) > 1:
        newest = "newest " if all(articles.values()) else ""
        yield f"The question names no article: this is how the {newest}{len(articles)} begin."
