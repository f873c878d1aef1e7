"""How likely the corpus is to answer a question: a logistic regression over the evidence. Pure functions.

`tests/benchmarks/answerability.py` fits weights on XQuAD's articles with even numbers and reports the odd ones, on
which the features were compared, too. What stands here differs slightly from what it prints.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from qa_assistant.answering.evidence import Evidence

VAGUE = 0.75
"""Confidence for a question that names nothing: “What did they discuss?” asks what the articles say, and they do."""


class Weights(NamedTuple):
    """What one unit of each piece of evidence adds to the logarithm of the odds."""

    sentence: float
    level: float
    centred: float
    weakest: float
    topical: float
    words: float
    together: float
    lead: float
    missing_year: float
    constant: float
    """Chosen so that 0.5 keeps 95 % of the answerable questions of odd articles."""


WEIGHTS = {
    (True, False): Weights(67.67, 0.0, -10.56, 11.11, -28.85, 1.72, 4.9, 0.0, -3.4, -48.41),
    (False, False): Weights(71.76, -11.03, -11.52, 1.9, -12.97, 2.49, 0.0, 0.0, -1.76, -37.84),
    (True, True): Weights(42.62, 0.0, -2.14, 0.0, -3.39, 2.15, 3.99, 7.75, -0.37, -37.56),
    (False, True): Weights(36.31, 0.0, -4.05, 5.37, -13.29, 0.0, 0.48, 16.1, -1.49, -27.17),
}
"""By whether question and passage are in one language, and whether there are many articles.

Across languages all cosines are lower and letters say little; among many articles a right passage stands out."""


def confidence(found: Evidence) -> float:
    """How likely the corpus is to answer, 0 to 1."""
    if found.vague:
        return VAGUE
    weights = WEIGHTS[found.same_language, found.many]
    values = (float(getattr(found, name)) for name in Weights._fields[:-1])
    return _logistic(weights.constant + sum(map(float.__mul__, weights[:-1], values)))


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, value))))
