"""Rows of articles: their order, and the filters that are like one."""

from __future__ import annotations

from article_samples import BARE, PORT, SNOW, TALK

from qa_assistant.records import Filters
from qa_assistant.tui.article_rows import COLUMNS, ArticleRow, matching, sorted_by
from qa_assistant.tui.articles_screen import filters_like


def test_filters_like_an_article() -> None:
    assert filters_like(SNOW) == Filters("2021-05-01", "2021-05-31", "AZERTAC")
    assert filters_like(TALK) == Filters("2023-01-01", "2023-12-31", None)
    assert not filters_like(BARE)


def test_rows_that_are_equal_keep_their_order_and_unknown_ones_come_last() -> None:
    rows = [ArticleRow.of(article) for article in (BARE, PORT, SNOW)]
    language = COLUMNS.index("Lang")
    for descending in (False, True):
        order = [row.article.id for row in sorted_by(rows, language, descending=descending)]
        assert order == ["p", "s", "b"]
    assert matching(rows, "  ") == rows
