"""How much each finding speaks against a claim: what falls short of a mark is taken off; below 0 nothing is borne.

Marks and weights are of a logistic regression on the even articles of XQuAD, on claims in another language than the
article: `tests/benchmarks/support.py --fit` prints them. Those in its own language take the article's words, which a
model does not: weights fitted on them as well mark every paraphrase. The constant keeps 96 % of the true claims whose
numbers the article has; what it keeps and catches of odd articles is in the README.
"""

from __future__ import annotations

from typing import NamedTuple

from qa_assistant.answering.findings import Findings


class Term(NamedTuple):
    """A finding at `mark` or above takes nothing off, one that is `width` or more below it takes `weight` off."""

    finding: str
    mark: float
    width: float
    weight: float

    def taken_off(self, value: float) -> float:
        return self.weight * min(1.0, max(0.0, (self.mark - value) / self.width))


class Weights(NamedTuple):
    constant: float
    """The score of a claim that falls short in nothing."""
    terms: tuple[Term, ...]


WEIGHTS = Weights(
    4.17,
    (
        Term("new", 0.72, 0.04, 0.36),
        Term("new", 0.76, 0.04, 0.72),
        Term("new", 0.79, 0.04, 0.9),
        Term("new_words", 0.75, 0.07, 0.37),
        Term("new_words", 0.79, 0.07, 0.32),
        Term("new_word", 0.7, 0.07, 0.44),
        Term("new_word", 0.73, 0.07, 1.54),
        Term("new_word", 0.76, 0.07, 0.26),
        Term("name", 0.73, 0.07, 1.35),
        Term("name", 0.76, 0.07, 1.33),
        Term("name", 0.81, 0.07, 3.52),
        Term("names", 0.75, 0.06, 0.38),
        Term("sentence", -0.04, 0.01, 0.06),
        Term("sentence", -0.02, 0.01, 0.86),
        Term("sentence", 0.0, 0.01, 0.31),
        Term("window", -0.03, 0.01, 0.98),
        Term("window", -0.01, 0.01, 0.02),
        Term("window", 0.0, 0.01, 0.05),
        Term("numbers", 1.0, 1.0, 5.06),
        Term("not_denying", 1.0, 1.0, 4.66),
    ),
)


def goodness(found: Findings) -> dict[str, float]:
    """What the terms name; the more, the better for the claim. 1 at the most, 0 for `sentence` and `window`."""
    return {
        "similarity": found.similarity,
        "new": found.new,
        "new_words": found.new_words,
        "new_word": found.new_word,
        "name": found.name,
        "names": found.names,
        "sentence": found.sentence,
        "window": found.window,
        "numbers": float(not found.missing_values and not found.missing_asked and not found.missing_countries),
        "not_denying": float(not found.denies),
        "not_denied": float(not found.denied),
    }


def score(found: Findings) -> float:
    """How much speaks for the claim being borne; it is from 0 on."""
    good = goodness(found)
    return WEIGHTS.constant - sum(term.taken_off(good[term.finding]) for term in WEIGHTS.terms)
