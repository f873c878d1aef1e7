"""How likely the corpus is to answer a question: a logistic regression over what retrieval found. Pure functions.

The quantities are the same in every language: no word list decides but the one of words that only ask. Measured by
`tests/benchmarks/confidence.py`, which also fits the constants.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa_assistant.index.words import Word
from qa_assistant.records import Hit

BEST = 4
"""Passages looked at: an answer further down is none."""

_YEAR = re.compile(r"(?<!\d)(?:1\d|20)\d\d(?!\d)")

_ASKING = """
_ASKING =
about been does from have into many much that their them there they this were what when where which whom whose
peki with dieser diese dieses eine einem einen einer eines haben hatte hatten nach sind uber viel viele vielen wann
waren warum welche welchem welchen welcher welches werden weshalb wessen wieso wodurch wofur woher wohin woruber
wurde wurden avec cette combien comment dans etait leur leurs pour pourquoi quand quel quelle quelles quels sont
bylo byla byli chego kakaya kakie kakikh kakim kakoe kakom kakoy kakuyu kogda kogo komu kotoryy kuda otkuda
pochemu skolko zachem edildi hangi icin kadar kimdir kimin kimler nasil neden nedir nelerdir nerede nereden
nereye nicin niye olan olarak oldu oldugu zaman edir hansi harada haradan haraya nece olub qeder ucun vaxt
"""
ASKING = frozenset(_ASKING.split())
"""Folded words of four letters or more that only ask, or hold a question together, in six languages."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against an answer."""

    sentence: float
    """Cosine of the question and the nearest sentence."""
    level: float
    """What the question's cosine with a sentence about nothing in particular would be: lower across languages."""
    weakest: float
    """Centred cosine of the content word that no sentence takes up and the sentence nearest to it: what a false premise
    or another topic leaves over."""
    coverage: float
    """How well the best passage matches the question's words on average, 0 to 1."""
    missing_year: bool
    """Whether the question names a year that neither the text nor the date of an article found has."""


def content(words: Sequence[Word]) -> list[int]:
    """Places of the words that say what a question is about; all of them if none of them does more than ask."""
    places = [place for place, word in enumerate(words) if word.folded not in ASKING]
    return places or list(range(len(words)))


def evidence(question: str, hits: Sequence[Hit], level: float) -> Evidence:
    """The evidence in ranked hits, of which there is at least one; `level` is the question's."""
    best = hits[:BEST]
    supports = zip(*(hit.word_scores for hit in best), strict=True)
    return Evidence(
        sentence=max(max(hit.sentence_scores) for hit in best),
        level=level,
        weakest=min((max(support) for support in supports), default=0.0),
        coverage=hits[0].coverage,
        missing_year=bool(_years(question) - {year for hit in best for year in _years_of(hit)}),
    )


def confidence(found: Evidence) -> float:
    """Probability that the corpus answers, 0 to 1, moved so that 0.5 keeps 95 % of the answerable questions."""
    return _logistic(
        42.0 * found.sentence
        - 32.3 * found.level
        + 15.1 * found.weakest
        + 1.0 * found.coverage
        - 2.9 * found.missing_year
        - 10.0
    )


def _years(text: str) -> set[str]:
    return set(_YEAR.findall(text))


def _years_of(hit: Hit) -> set[str]:
    return _years(f"{hit.article.text} {hit.article.metadata.title} {hit.article.metadata.date}")


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, value))))
