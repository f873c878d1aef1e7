"""How likely the corpus is to answer a question: a logistic regression over the evidence. Pure functions.

The weights are what `tests/benchmarks/answerability.py --fit` printed: fitted on articles with even numbers of XQuAD
and of a newspaper, and on everyday questions at even places, but over hundreds of articles, where these are only
reported. It reports odd ones, on which the features for many articles had been compared, too; those for few were chosen
by even ones, out of fold.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from qa_assistant.answering.evidence import Breadth, Evidence

VAGUE = 0.85
"""Confidence for a question that names nothing: “What did they discuss?” asks what the articles say, and they do."""

UNTOLD = 0.25
"""At most that for a question that names a year or a country which no article found does, or nothing but names that
none has. Of the 12,236 answerable questions of `answerability.py` 104 do, most of them of two seasons that are not
dated."""


class Weights(NamedTuple):
    """What one unit of each piece of evidence adds to the logarithm of the odds."""

    sentence: float = 0.0
    level: float = 0.0
    centred: float = 0.0
    weakest: float = 0.0
    topical: float = 0.0
    rest: float = 0.0
    matter: float = 0.0
    kind: float = 0.0
    beyond: float = 0.0
    words: float = 0.0
    others: float = 0.0
    together: float = 0.0
    lead: float = 0.0
    constant: float = 0.0
    """Chosen so that 0.5 keeps 95 % of the answerable questions of articles that the weights were not fitted on (out of
    fold, articles with even numbers)."""


WEIGHTS: dict[tuple[bool, Breadth], Weights] = {
    (True, "one"): Weights(rest=41.76, kind=18.67, words=0.5, others=2.5, together=4.73, constant=-32.13),
    (False, "one"): Weights(
        sentence=34.13, matter=4.14, kind=19.1, beyond=2.49, words=0.56, others=1.16, constant=-26.94
    ),
    (True, "several"): Weights(
        sentence=25.51, level=-17.77, matter=0.46, kind=6.34, words=2.01, together=3.8, lead=3.61, constant=-8.7
    ),
    (False, "several"): Weights(
        sentence=18.09, rest=5.27, matter=11.8, kind=13.77, words=0.11, together=2.81, lead=9.26, constant=-24.75
    ),
    (True, "many"): Weights(sentence=28.19, level=-6.02, words=2.3, together=4.22, lead=9.02, constant=-23.53),
    (True, "hundreds"): Weights(
        sentence=43.95, centred=-3.7, topical=-4.21, words=2.35, together=3.46, lead=7.68, constant=-37.23
    ),
    (False, "many"): Weights(sentence=39.52, level=-26.72, topical=-9.68, together=2.56, lead=12.93, constant=-12.39),
    (False, "hundreds"): Weights(
        sentence=38.94, centred=-5.23, weakest=7.37, topical=-14.6, together=0.31, lead=15.14, constant=-28.77
    ),
}
"""By whether question and passage are in one language, and how many articles there are.

Across languages all cosines are lower and letters say little. Among several articles, and more so among many, a right
passage stands out; of few, the best is near to any question about their people, so what is asked beside their names
counts."""


def confidence(found: Evidence) -> float:
    """How likely the corpus is to answer, 0 to 1."""
    if found.small_talk:
        return 0.0
    if found.vague:
        return VAGUE
    weights = WEIGHTS[found.same_language, found.breadth]
    values = (float(getattr(found, name)) for name in Weights._fields[:-1])
    value = _logistic(weights.constant + sum(map(float.__mul__, weights[:-1], values)))
    return min(value, UNTOLD) if found.missing else value


def unanswered(value: float, threshold: float) -> float:
    """The confidence where nothing was answered: below `threshold`, also if a model saw or showed that the passages,
    which seemed to answer, do not."""
    return value * threshold if value >= threshold else value


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, value))))
