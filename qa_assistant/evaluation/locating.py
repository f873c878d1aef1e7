"""Where expected sentences stand in the articles: a quote that stands nowhere is a mistake in the question file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from qa_assistant.display import one_line
from qa_assistant.evaluation.cases import Problem, refuse
from qa_assistant.evaluation.records import Case, Expected
from qa_assistant.records import Article

_SHOWN = 60
"""Characters of a quote in a message."""


class Place(NamedTuple):
    """A half-open range of code points in an article's canonical text."""

    article_id: str
    start: int
    end: int


Places = Mapping[Expected, tuple[Place, ...]]
"""Every place where an expected sentence stands; none if its article is in the corpus, but not in the index."""


def locate(cases: Sequence[Case], articles: Sequence[Article], corpus: Collection[str]) -> Places:
    """Where each expected sentence stands. White space may differ, nothing else.

    `corpus` are the paths of the corpus' files: an article that is there but not indexed has no places, and its cases
    will fail. Raises QuestionsError for an article that is nowhere, and for a quote that does not stand in its article.
    """
    indexed = _by_name(articles)
    files = {name for path in corpus for name in (path, PurePosixPath(path).name)}
    found: dict[Expected, tuple[Place, ...]] = {}
    problems: list[Problem] = []
    for case in cases:
        for expected in case.cites:
            candidates = indexed.get(expected.article, [])
            found[expected] = tuple(place for article in candidates for place in _places(expected, article))
            if not candidates and expected.article.partition("#")[0] not in files:
                text = f"there is no article “{one_line(expected.article)[:_SHOWN]}” in the corpus"
                problems.append(Problem(expected.place or case.place, text))
            elif candidates and not found[expected]:
                text = f"“{one_line(expected.quote)[:_SHOWN]}” does not stand in {one_line(expected.article)[:_SHOWN]}"
                problems.append(Problem(expected.place or case.place, text))
    refuse(problems, hint="`qa-assistant articles show ID --text` prints what an article says.")
    return found


def names(article: Article) -> set[str]:
    """What a question file may call an article: its path, or its file name."""
    return {article.path, PurePosixPath(article.path).name}


def _by_name(articles: Sequence[Article]) -> dict[str, list[Article]]:
    """Articles by path and by file name, which several may share."""
    found: dict[str, list[Article]] = {}
    for article in articles:
        for name in names(article):
            found.setdefault(name, []).append(article)
    return found


def _places(expected: Expected, article: Article) -> Iterator[Place]:
    if expected.start is not None:
        end = expected.start + len(expected.quote)
        if article.text[expected.start : end] == expected.quote:
            yield Place(article.id, expected.start, end)
        return
    words = r"\s+".join(map(re.escape, expected.quote.split()))
    for match in re.finditer(words, article.text):
        yield Place(article.id, match.start(), match.end())
