"""Corpora of several articles in four languages, as somebody collects them, for `answerability.py`.

Paragraphs of XQuAD as articles, each in one language. *Brief* ones are their first three sentences under a dateline
with a year, beside short newspaper articles: what wire reports look like.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from answerability_questions import LANGUAGES, Asked, articles, questions
from corpora import news

TURNS = 5
"""Corpora of each form and half of the articles."""
OUTSIDE = {False: 7, True: 4}
"""Of twelve articles with even or odd numbers, how many are left out, brief or not: far questions are about them."""
NEWS, NEWS_LENGTH = 3, range(300, 900)
"""Newspaper articles beside the brief ones, and their characters."""
SENTENCES = 3
SHARES = {"answerable": 0.6, "near": 0.06, "far": 0.075}
"""Of the questions, all languages alike, that are asked."""

_MONTHS = {
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "en": "January February March April May June July August September October November December",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
}
_DATELINES = {
    "de": "Berlin, {day}. {month} {year} (dpa)",
    "en": "London, {month} {day}, {year} (Reuters)",
    "ru": "Москва, {day} {month} {year} (ТАСС)",
    "tr": "Ankara, {day} {month} {year} (AA)",
}
_END = re.compile(r"[.!?](?=\s)")


@dataclass(frozen=True, slots=True)
class Collection:
    """One such corpus: `half` is 0 for articles with even numbers, 1 for odd ones."""

    half: int
    turn: int
    brief: bool

    @property
    def name(self) -> str:
        return f"several-{'brief' if self.brief else 'whole'}-{self.half}-{self.turn}"

    def inside(self) -> dict[tuple[int, int], str]:
        """Language by article and paragraph."""
        drawn = random.Random(self.name)
        numbers = list(range(self.half, len(articles("de")), 2))
        drawn.shuffle(numbers)
        return {(number, drawn.randrange(5)): drawn.choice(LANGUAGES) for number in numbers[OUTSIDE[self.brief] :]}

    def texts(self) -> list[str]:
        own = [self._text(*place, language) for place, language in self.inside().items()]
        if not self.brief:
            return own
        short = [one.text for one in news() if len(one.text) in NEWS_LENGTH]
        return own + short[self.half :: 2][self.turn * NEWS : (self.turn + 1) * NEWS]

    def _text(self, article: int, paragraph: int, language: str) -> str:
        text: str = articles(language)[article]["paragraphs"][paragraph]["context"]
        if not self.brief:
            return text
        drawn = random.Random(f"{self.name} {article}")
        told = {"day": drawn.randrange(1, 29), "month": drawn.choice(_MONTHS[language].split())}
        dateline = _DATELINES[language].format(year=drawn.randrange(1985, 2023), **told)
        return dateline + drawn.choice((" – ", "\n\n")) + text[: _third_end(text)]

    def asked(self) -> Iterator[tuple[Asked, str]]:
        """Questions of this half of the articles, and whether each is answerable, near or far."""
        inside, drawn = self.inside(), random.Random(f"{self.name} asked")
        numbers = {article for article, _ in inside}
        for one in questions():
            if one.kind != "xquad" or one.article % 2 != self.half:
                continue
            group = "near" if one.article in numbers else "far"
            own = inside.get((one.article, one.paragraph))
            if own and self._has_answer(one, own):
                group = "answerable"
            if drawn.random() < SHARES[group]:
                yield one, group

    def _has_answer(self, one: Asked, language: str) -> bool:
        paragraph = articles(language)[one.article]["paragraphs"][one.paragraph]
        answer = paragraph["qas"][one.number]["answers"][0]
        text = paragraph["context"]
        return not self.brief or answer["answer_start"] + len(answer["text"]) <= _third_end(text)


def _third_end(text: str) -> int:
    """Where the third sentence ends, roughly."""
    ends = [found.end() for found in _END.finditer(text)]
    return ends[SENTENCES - 1] if len(ends) >= SENTENCES else len(text)


def collections() -> list[Collection]:
    return [Collection(half, turn, brief) for half in (0, 1) for turn in range(TURNS) for brief in (False, True)]
