"""Rows of articles: their order, and the filters that are like one."""

from __future__ import annotations

import pytest
from article_samples import BARE, PORT, SNOW, TALK

from qa_assistant.records import Article, Filters, Metadata
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


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("LIMA, Feb 6, 2023 (Reuters) - Landslides killed 36.", "Landslides killed 36."),
        ("МОСКВА, 12 апреля 2023. /ТАСС/. Произошёл пожар.", "Произошёл пожар."),
        ("Baku, AZERTAC\n\nDer Minister kam.", "Der Minister kam."),
        ("Berlin (dpa)", "Berlin (dpa)"),
        ("Landslides killed 36.", "Landslides killed 36."),
    ],
)
def test_the_title_does_not_repeat_the_dateline_that_stands_beside_it(text: str, title: str) -> None:
    row = ArticleRow.of(Article("a", "a.txt", text, Metadata()))
    assert row.cells[COLUMNS.index("Title")] == title
