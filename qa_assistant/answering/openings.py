"""What is found for a question: the passages that answer it, or how an article begins if its gist is asked for."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from qa_assistant.answering.confidence import VAGUE
from qa_assistant.answering.focus import named_in
from qa_assistant.answering.numbers.value import Date
from qa_assistant.answering.overview import asks_of_place, topic_of, without_date
from qa_assistant.answering.retrieval import Retrieval, retrieve
from qa_assistant.errors import FiltersError
from qa_assistant.index.words import words_of
from qa_assistant.records import Article, Filters, Hit

if TYPE_CHECKING:
    from qa_assistant.index.index import Index


def find(index: Index, question: str, language: str | None, limit: int, filters: Filters) -> Retrieval:
    """At most `limit` passages of those that satisfy `filters`, best first.

    If `question` asks for the gist of an article about something, the first passages of the best article about that, if
    there is any; if a place, of the articles that name it; if it names nothing, of the only article, or the first
    passage of each of the newest; if a date, of those of that date.
    """
    of_date = _of_date(index, question, language, filters)
    topic = "" if of_date else topic_of(question)
    if topic is None:
        return retrieve(index, question, language, limit, filters)
    filters = of_date or filters
    found = retrieve(index, topic or question, language, limit, filters, judged=bool(topic))
    with index.catalog.reading():
        if topic:
            of_place = _of_place(topic, found.hits) if asks_of_place(question) else []
            return _opened(index, found, of_place or [hit.article for hit in found.hits[:1]], limit)
        return _opened(index, replace(found, confidence=VAGUE), index.catalog.newest(limit, filters), limit)


def _of_place(place: str, hits: Sequence[Hit]) -> list[Article]:
    """The articles of `hits` that have every name in `place`, in any spelling, newest first."""
    named = {hit.article.id for hit in hits}
    for name in words_of(place):
        if name.written[0].isupper():
            named &= named_in([name], hits)
    articles = {hit.article.id: hit.article for hit in hits if hit.article.id in named}
    return sorted(articles.values(), key=lambda article: article.metadata.date or "", reverse=True)


def _of_date(index: Index, question: str, language: str | None, filters: Filters) -> Filters | None:
    """`filters` and the date that `question` asks the news of, if there is an article of it; without a year, the last
    such day that has one."""
    rest, dates = without_date(question, language)
    if not dates or topic_of(rest) != "":
        return None
    with index.catalog.reading():
        first, last = index.catalog.dates() or ("", "")
        years = range(int(last[:4] or 0), int(first[:4] or 1) - 1, -1)
        for year, date in itertools.product(years, dates):
            within = _within(filters, date._replace(year=date.year or year))
            if within and index.catalog.newest(1, within):
                return within
    return None


def _within(filters: Filters, date: Date) -> Filters | None:
    """What passes `filters` and is of `date`; None if nothing can."""
    told = "-".join(f"{part:02}" for part in date if part)
    try:
        of_date = Filters(told, told)
        since, until = max(of_date.since or "", filters.since or ""), min(of_date.until or "", filters.until or "9")
        return replace(filters, since=since, until=until)
    except FiltersError:
        return None


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
