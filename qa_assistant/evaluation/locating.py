"""Where expected sentences stand in the articles: a quote that stands nowhere is a mistake in the question file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from qa_assistant.display import counted, one_line
from qa_assistant.evaluation.cases import Problem, refuse
from qa_assistant.evaluation.records import Case, Expected
from qa_assistant.ingestion.decoding import canonical
from qa_assistant.records import Article

_SHOWN = 60
"""Characters of a quote in a message."""


class Place(NamedTuple):
    """A half-open range of code points in an article's canonical text."""

    article_id: str
    start: int
    end: int


Sources = Mapping[str, Mapping[str, str]]
"""The articles of each file: `{file: {path of the article: article id}}`."""

Places = Mapping[Expected, tuple[Place, ...]]
"""Every place where an expected sentence stands; none if its article is in the corpus, but not in the index."""


def locate(cases: Sequence[Case], articles: Sequence[Article], sources: Sources, corpus: Collection[str]) -> Places:
    """Where each expected sentence stands. White space may differ, and how accents are encoded, nothing else.

    `sources` are the catalogue's; `corpus` are the paths of the corpus' files: an article that is there but not indexed
    has no places, and its cases will fail. Raises QuestionsError for an article that is nowhere, and for a quote that
    does not stand in its article.
    """
    indexed = _by_name(articles, sources)
    held = {name: list(paths) for file, paths in sources.items() for name in names(file)}
    files = {name for path in corpus for name in names(path)}
    found: dict[Expected, tuple[Place, ...]] = {}
    problems: list[Problem] = []
    for case in cases:
        for expected in case.cites:
            candidates = indexed.get(composed(expected.article), [])
            found[expected] = tuple(place for article in candidates for place in _places(expected, article))
            text = ""
            if not candidates:
                text = _no_article(composed(expected.article), held, files)
            elif not found[expected]:
                text = f"“{_shown(expected.quote)}” does not stand in {_shown(expected.article)}"
            if text:
                problems.append(Problem(expected.place or case.place, text))
    show = "`qa-assistant articles show ID --text` prints what an article says."
    refuse(problems, hint=f"`qa-assistant articles list` names them, and {show}")
    return found


def _no_article(name: str, held: Mapping[str, Sequence[str]], files: Collection[str]) -> str:
    """What is wrong with a name that no indexed article has; nothing if its file is there, but not in the index."""
    if name in held:
        return f"{_shown(name)} holds {counted(len(held[name]), 'article')}; name one, such as {_shown(held[name][0])}"
    file = name.partition("#")[0]
    return f"there is no article “{_shown(name)}” in the corpus" if file in held or file not in files else ""


def _shown(text: str) -> str:
    return one_line(text)[:_SHOWN]


def names(path: str) -> set[str]:
    """What a question file may call the article of that path, or the file: its path, or its file name."""
    return {composed(path), composed(PurePosixPath(path).name)}


def composed(text: str) -> str:
    """`text` with each accented letter as one character: in names from macOS and texts from PDFs it may be two."""
    return unicodedata.normalize("NFC", text)


def _by_name(articles: Sequence[Article], sources: Sources) -> dict[str, list[Article]]:
    """Articles by every path and file name under which they stand in the corpus, which several may share."""
    by_id = {article.id: article for article in articles}
    found: dict[str, list[Article]] = {}
    for paths in sources.values():
        for path, id_ in paths.items():
            for name in names(path):
                found.setdefault(name, []).append(by_id[id_])
    return found


def _places(expected: Expected, article: Article) -> Iterator[Place]:
    if expected.start is not None:
        end = expected.start + len(expected.quote)
        if article.text[expected.start : end] == expected.quote:
            yield Place(article.id, expected.start, end)
        return
    words = r"\s+".join("".join(map(_either_way, composed(word))) for word in canonical(expected.quote).split())
    for match in re.finditer(words, article.text):
        yield Place(article.id, match.start(), match.end())


def _either_way(letter: str) -> str:
    """A pattern of the letter, in one character or taken apart."""
    apart = unicodedata.normalize("NFD", letter)
    return re.escape(letter) if apart == letter else f"(?:{re.escape(letter)}|{re.escape(apart)})"
