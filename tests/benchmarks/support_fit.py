"""Weights of the checks (`qa_assistant/answering/support_weights.py`) fitted on claims that were judged before.

A logistic regression on claims in another language than the article. Those in its own language take its words, which a
model does not: weights fitted on them as well mark every paraphrase. Each finding may fall short of several marks: the
best there is, and those that `MARKS` of the true claims do not reach. Which sentences a claim is held beside depends
on the weights, so both are found in turns. Corruptions weigh the same but for `IMPORTANCE`, and all of them as much as
the true claims. A true one whose question has a number that the paragraph does not have is left out: the paragraph
does not bear it as it stands (“… in Super Bowl 50”, of which only the rest of the article tells). What would speak for
a claim by falling short is left out, the worst first, and the others are fitted anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qa_assistant.answering.checks import CLOSER, PAIR
from qa_assistant.answering.support_weights import WEIGHTS, Term, Weights, goodness

if TYPE_CHECKING:
    from support import Judged

Floats = NDArray[np.float64]

KEPT = 0.96
TURNS = 3
MARKS = (0.01, 0.05, 0.2)
DEVIATIONS, NARROW = 0.6, 0.01
"""A mark's width is so many standard deviations over the true claims, and this."""
IMPORTANCE = {"name": 2.0, "answer, same passage": 0.05, "name, same passage": 0.05}
"""Swaps inside a passage can hardly be told from the truth: what they ask of a claim costs true ones."""
DENIALS = ("not_denying", "not_denied")
NOT_CHOSEN_BY = (*DENIALS, "sentence", "window")
BINARY = ("numbers", *DENIALS)
ENOUGH = 0.01
"""What a claim with a number or denial of its own is below 0, if all else is well."""
LEAST = 0.02
"""Weights below it are left out of what is printed."""


def fit(found: Sequence[Judged]) -> Weights:
    """Weights with the constant at which `KEPT` of the true claims score 0 or more."""
    part = [one for one in found if one.foreign and (one.row.corruption or not one.best.findings.missing_asked)]
    tables = [[goodness(candidate.findings) for candidate in one.candidates] for one in part]
    pairs = [np.array([len(candidate.sentences) > 1 for candidate in one.candidates], float) for one in part]
    kinds = np.array([one.row.corruption for one in part])
    true, weights = kinds == "", WEIGHTS
    for _ in range(TURNS):
        rows = [one[place] for one, place in zip(tables, _chosen(tables, pairs, weights), strict=True)]
        weights = Weights(0.0, _terms(rows, true, importance(kinds)))
    places = _chosen(tables, pairs, weights)
    rows = [one[place] for one, place in zip(tables, places, strict=True)]
    constant = round(float(np.quantile(_taken_off(rows, weights.terms)[true], KEPT)), 2)
    return Weights(constant, tuple(_at_least(term, constant) for term in weights.terms))


def _at_least(term: Term, constant: float) -> Term:
    """One whose weight is enough by itself, if it is about a number or a denial."""
    return term._replace(weight=round(max(term.weight, constant + ENOUGH), 2)) if term.finding in BINARY else term


def _terms(rows: Sequence[dict[str, float]], true: NDArray[np.bool_], importances: Floats) -> tuple[Term, ...]:
    from sklearn.linear_model import LogisticRegression

    left = list(_possible([row for row, is_true in zip(rows, true, strict=True) if is_true]))
    while True:
        table = np.array([_short(rows, term) for term in left]).T
        model = LogisticRegression(max_iter=5_000).fit(table, ~true, sample_weight=importances)
        against = model.coef_[0]
        if against.min() >= 0:
            break
        del left[int(np.argmin(against))]
    fitted = [term._replace(weight=round(float(by), 2)) for term, by in zip(left, against, strict=True)]
    return tuple(term for term in fitted if term.weight >= LEAST)


def _possible(true: Sequence[dict[str, float]]) -> Iterator[Term]:
    for finding in true[0]:
        values = np.array([row[finding] for row in true])
        if finding in BINARY:
            yield Term(finding, 1.0, 1.0, 1.0)
            continue
        best = 0.0 if finding in ("sentence", "window") else 1.0
        width = round(DEVIATIONS * float(values.std()) + NARROW, 2)
        for mark in sorted({best, *(round(float(mark), 2) for mark in np.quantile(values, MARKS))}):
            yield Term(finding, mark, width, 1.0)


def _short(rows: Sequence[dict[str, float]], term: Term) -> Floats:
    return np.array([term.taken_off(row[term.finding]) for row in rows]) / term.weight


def _taken_off(rows: Sequence[dict[str, float]], terms: Sequence[Term]) -> Floats:
    return np.asarray(sum((term.weight * _short(rows, term) for term in terms), np.zeros(len(rows))))


def _chosen(tables: Sequence[Sequence[dict[str, float]]], pairs: Sequence[Floats], weights: Weights) -> list[int]:
    """Places of the candidates that `checks.chosen` would choose."""
    terms = [term for term in weights.terms if term.finding not in NOT_CHOSEN_BY]
    candidates = [row for table in tables for row in table]
    flat = _taken_off(candidates, terms) - CLOSER * np.array([row["similarity"] for row in candidates])
    ends = np.cumsum([len(table) for table in tables])[:-1]
    return [int(np.argmin(off + PAIR * two)) for off, two in zip(np.split(flat, ends), pairs, strict=True)]


def importance(kinds: NDArray[Any]) -> Floats:
    """The weight of each claim; shape as `kinds`."""
    weights = np.zeros(len(kinds))
    shares = {kind: IMPORTANCE.get(kind, 1.0) for kind in sorted(set(kinds) - {""})}
    for kind, share in (*shares.items(), ("", sum(shares.values()))):
        same = kinds == kind
        weights[same] = share / same.sum()
    return np.asarray(weights / weights.mean())
