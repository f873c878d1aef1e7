"""The questions of `answerability.py`: XQuAD's in four languages, and those written beside it."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from corpora import DATA, needed

LANGUAGES = ("de", "en", "ru", "tr")
EVERYDAY = Path(__file__).with_name("everyday_questions.yaml")


@dataclass(frozen=True, slots=True)
class Asked:
    article: int
    paragraph: int
    number: int
    language: str
    text: str
    kind: str
    """`xquad`, `everyday`, or what the file of written questions says."""


def questions() -> list[Asked]:
    asked = [
        Asked(article, paragraph, number, language, question["question"], "xquad")
        for language in LANGUAGES
        for article, one in enumerate(articles(language))
        for paragraph, part in enumerate(one["paragraphs"])
        for number, question in enumerate(part["qas"])
    ]
    return asked + written("near_misses.yaml")


def written(name: str) -> list[Asked]:
    found = yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return [
        Asked(one["article"], one.get("paragraph", 0), 0, one["language"], one["question"], one["kind"])
        for one in found
    ]


@functools.cache
def articles(language: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        needed(DATA / f"xquad-dev/xquad.{language}.json").read_text(encoding="utf-8")
    )["data"]
    return found


def everyday(number: int, turn: int, most: int) -> list[Asked]:
    """Questions in six languages of `most` topics, which change with article and turn: even ones for even articles.

    `Asked.number` is the topic's place in the file.
    """
    topics = yaml.safe_load(EVERYDAY.read_text(encoding="utf-8"))
    own = list(enumerate(topics))[number % 2 :: 2]
    first = (number // 2 + turn) * most
    chosen = [own[(first + step) % len(own)] for step in range(most)]
    return [
        Asked(number, 0, place, language, text, "everyday")
        for place, topic in chosen
        for language, text in topic.items()
    ]
