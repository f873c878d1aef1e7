"""How likely the corpus is to answer a question: a logistic regression over the evidence. Pure functions.

The weights are what `tests/benchmarks/answerability.py --fit` printed: fitted on articles with even numbers of XQuAD
and of a newspaper, and on everyday questions at even places. It reports odd ones, on which the features for many
articles had been compared, too; those for few were chosen by even ones, out of fold.
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


_SAME_FEW = Weights(0.0, 0.0, 0.0, 0.0, 0.0, 41.76, 0.0, 18.71, 0.0, 0.49, 2.51, 4.75, 0.0, -32.15)

WEIGHTS: dict[tuple[bool, Breadth], Weights] = {
    (True, "one"): _SAME_FEW,
    (False, "one"): Weights(34.06, 0.0, 0.0, 0.0, 0.0, 0.0, 4.14, 19.05, 2.49, 0.56, 1.16, 0.0, 0.0, -26.89),
    (True, "several"): _SAME_FEW,
    (False, "several"): Weights(17.42, -1.13, 0.0, 0.0, 0.0, 0.0, 10.92, 24.61, 0.0, 0.44, 0.0, 1.8, 13.64, -18.96),
    (True, "many"): Weights(44.43, 0.0, -3.41, 0.0, -3.74, 0.0, 0.0, 0.0, 0.0, 2.03, 0.0, 3.75, 7.98, -38.14),
    (False, "many"): Weights(39.06, 0.0, -4.67, 7.71, -16.16, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.46, 16.21, -28.89),
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
