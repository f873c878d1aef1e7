"""How likely the corpus is to answer a question: a logistic regression over the evidence. Pure functions.

The weights are what `tests/benchmarks/answerability.py --fit` printed: fitted on articles with even numbers of XQuAD
and of a newspaper. It reports odd ones, on which the features for many articles had been compared, too; those for few
were chosen by even ones, out of fold.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from qa_assistant.answering.evidence import Breadth, Evidence

VAGUE = 0.75
"""Confidence for a question that names nothing: “What did they discuss?” asks what the articles say, and they do."""

UNTOLD = 0.25
"""At most that for a question that names a year or a country which no article found does. XQuAD's odd articles answer
none of those questions, its even ones 27, of which 21 ask for a season that is not dated."""


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


_SAME_FEW = Weights(0.0, 0.0, 0.0, 0.0, 0.0, 42.02, 0.0, 20.24, 0.0, 0.61, 2.38, 4.92, 0.0, -32.5)

WEIGHTS: dict[tuple[bool, Breadth], Weights] = {
    (True, "one"): _SAME_FEW,
    (False, "one"): Weights(35.32, 0.0, 0.0, 0.0, 0.0, 0.0, 4.12, 19.11, 2.5, 0.61, 1.19, 0.0, 0.0, -27.77),
    (True, "several"): _SAME_FEW,
    (False, "several"): Weights(19.12, 0.0, 0.0, 0.0, 0.0, 0.0, 9.57, 25.79, 0.0, 0.29, 0.0, 3.33, 16.4, -21.33),
    (True, "many"): Weights(44.98, 0.0, -3.57, 0.0, -3.67, 0.0, 0.0, 0.0, 0.0, 2.07, 0.0, 3.71, 8.01, -38.53),
    (False, "many"): Weights(36.86, 0.0, -4.97, 6.39, -14.59, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.25, 16.6, -27.11),
}
"""By whether question and passage are in one language, and how many articles there are.

Across languages all cosines are lower and letters say little. Among several articles, and more so among many, a right
passage stands out; of few, the best is near to any question about their people, so what is asked beside their names
counts."""


def confidence(found: Evidence) -> float:
    """How likely the corpus is to answer, 0 to 1."""
    if found.vague:
        return VAGUE
    weights = WEIGHTS[found.same_language, found.breadth]
    values = (float(getattr(found, name)) for name in Weights._fields[:-1])
    value = _logistic(weights.constant + sum(map(float.__mul__, weights[:-1], values)))
    return min(value, UNTOLD) if found.missing else value


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, value))))
