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

VAGUE = 0.75
"""Confidence for a question that names nothing: “What did they discuss?” asks what the articles say, and they do."""

UNTOLD = 0.25
"""At most that for a question that names a year or a country which no article found does, or nothing but names that
none has. Of the 12,236 answerable questions of `answerability.py` 104 do, most of them of two seasons that are not
dated."""


class Weights(NamedTuple):
    """What one unit of each piece of evidence adds to the logarithm of the odds."""

    sentence: float
    level: float
    centred: float
    weakest: float
    topical: float
    rest: float
    matter: float
    figure: float
    beyond: float
    words: float
    others: float
    together: float
    lead: float
    constant: float
    """Chosen so that 0.5 keeps 95 % of the answerable questions of articles that the weights were not fitted on (out of
    fold, articles with even numbers)."""


WEIGHTS: dict[tuple[bool, Breadth], Weights] = {
    (True, "one"): Weights(0.0, 0.0, 0.0, 0.0, 0.0, 41.76, 0.0, 18.67, 0.0, 0.5, 2.5, 4.73, 0.0, -32.13),
    (False, "one"): Weights(34.13, 0.0, 0.0, 0.0, 0.0, 0.0, 4.14, 19.1, 2.49, 0.56, 1.16, 0.0, 0.0, -26.94),
    (True, "several"): Weights(25.51, -17.77, 0.0, 0.0, 0.0, 0.0, 0.46, 6.34, 0.0, 2.01, 0.0, 3.8, 3.61, -8.7),
    (False, "several"): Weights(18.09, 0.0, 0.0, 0.0, 0.0, 5.27, 11.8, 13.77, 0.0, 0.11, 0.0, 2.81, 9.26, -24.75),
    (True, "many"): Weights(28.19, -6.02, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.3, 0.0, 4.22, 9.02, -23.53),
    (True, "hundreds"): Weights(43.95, 0.0, -3.7, 0.0, -4.21, 0.0, 0.0, 0.0, 0.0, 2.35, 0.0, 3.46, 7.68, -37.23),
    (False, "many"): Weights(39.52, -26.72, 0.0, 0.0, -9.68, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.56, 12.93, -12.39),
    (False, "hundreds"): Weights(38.94, 0.0, -5.23, 7.37, -14.6, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.31, 15.14, -28.77),
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


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, value))))
