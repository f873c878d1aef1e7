"""Corpora in one language, of four to a hundred articles, for `answerability.py`: what most people have.

Paragraphs of XQuAD as articles; in German as many newspaper articles beside them, or more. Newspaper articles that may
answer one of the everyday questions are left out.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from answerability_questions import EVERYDAY, LANGUAGES, Asked, articles, questions
from corpora import news

from qa_assistant.answering.asking import says
from qa_assistant.index.words import words_of

SIZES = {"de": (4, 7, 10, 14, 20, 40, 100), "en": (7, 14, 30), "ru": (7, 14, 30), "tr": (7, 14, 30)}
"""Articles."""
MOST_PARAGRAPHS = 24
"""Of XQuAD in a German corpus."""
OUTSIDE = 4
"""Of twelve articles with even or odd numbers, how many are left out: far questions are about them."""
NEWS_LENGTH = range(600, 2500)
"""Characters of a newspaper article."""
MOST = {"answerable": 160, "near": 60, "far": 60}
"""Questions that are asked of one corpus, all languages alike."""
STEM = 5
"""Letters of a word, its last two apart, by which it is found inflected."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One such corpus: `half` is 0 for articles with even numbers, 1 for odd ones."""

    half: int
    language: str
    size: int

    @property
    def name(self) -> str:
        return f"shelf-{self.language}-{self.size}-{self.half}"

    def inside(self) -> list[tuple[int, int]]:
        """Articles and paragraphs of XQuAD."""
        drawn = random.Random(self.name)
        numbers = list(range(self.half, len(articles("de")), 2))
        places = [
            (number, paragraph) for number in drawn.sample(numbers, len(numbers) - OUTSIDE) for paragraph in range(5)
        ]
        drawn.shuffle(places)
        return places[: min(self.size // 2, MOST_PARAGRAPHS) if self.language == "de" else self.size]

    def texts(self) -> list[str]:
        inside, drawn = self.inside(), random.Random(f"{self.name} news")
        own = [articles(self.language)[article]["paragraphs"][paragraph]["context"] for article, paragraph in inside]
        return own + drawn.sample(_beside()[self.half :: 2], self.size - len(own))

    def asked(self) -> Iterator[tuple[Asked, str]]:
        """Questions of this half of the articles, and whether each is answerable, near or far."""
        inside, drawn = set(self.inside()), random.Random(f"{self.name} asked")
        numbers = {article for article, _ in inside}
        groups: dict[str, list[Asked]] = {name: [] for name in MOST}
        for one in questions():
            if one.kind == "xquad" and one.article % 2 == self.half:
                answerable = (one.article, one.paragraph) in inside
                group = "answerable" if answerable else "near" if one.article in numbers else "far"
                groups[group].append(one)
        for group, found in groups.items():
            yield from ((one, group) for one in drawn.sample(found, min(MOST[group], len(found))))


def may_answer_everyday(text: str) -> list[int]:
    """Places of the everyday questions whose words that say what they are about are all in a German text."""
    words = {word.folded for word in words_of(text)}
    return [
        place
        for place, stems in enumerate(_everyday_stems())
        if all(any(word.startswith(stem) for word in words) for stem in stems)
    ]


@functools.cache
def _beside() -> list[str]:
    """Newspaper articles that answer none of them."""
    return [one.text for one in news() if len(one.text) in NEWS_LENGTH and not may_answer_everyday(one.text)]


@functools.cache
def told_in_news() -> frozenset[int]:
    """Places of the everyday questions that any newspaper article may answer."""
    return frozenset(place for one in news() for place in may_answer_everyday(one.text))


@functools.cache
def _everyday_stems() -> list[list[str]]:
    topics = yaml.safe_load(EVERYDAY.read_text(encoding="utf-8"))
    return [[_stem(word.folded) for word in words_of(topic["de"]) if says(word)] for topic in topics]


def _stem(word: str) -> str:
    return word[: max(STEM, len(word) - 2)]


def shelves() -> list[Shelf]:
    return [Shelf(half, language, size) for half in (0, 1) for language in LANGUAGES for size in SIZES[language]]
