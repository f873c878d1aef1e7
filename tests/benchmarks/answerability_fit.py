"""Fits the weights of `qa_assistant/answering/confidence.py` to what `answerability.py` measured."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_assistant.answering.confidence import WEIGHTS, Weights
from qa_assistant.answering.evidence import Breadth, Evidence

KEPT = 0.95
"""Share of the answerable questions that 0.5 keeps, of articles that the weights were not fitted on (out of fold)."""
FOLDS = 6
MANY_NEAR = 0.3
"""Weight of near questions where there are many articles: the point is to tell subjects apart."""
NEAR_MISS = 2.0
"""Weight of near misses, which are few and what is hardest to refuse."""
BESIDE = ", beside"
"""Behind the group of near misses about another part of the article; they are fitted as one with the others."""
ELSEWHERE = "far", "everyday"
"""Groups that are about something else; together they weigh as much as one. Everyday questions of hundreds of articles
are only reported: fitted on, those few cost English a quarter of the far ones refused."""
AGAINST = {"level", "centred", "topical"}
"""Evidence against an answer; all other is for one."""
LEFT_OUT = {(False, "one"): {"rest"}}
"""By the keys of `WEIGHTS`. Beside `matter`, which is the same centred, it only takes up room across languages: without
it near misses of even articles are told at an AUROC of 0.852 instead of 0.844 (out of fold)."""
FEATURES = Weights._fields[:-1]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """One question of one corpus; `group` is answerable, near, near miss or far, with its origin in front."""

    corpus: str
    article: int
    language: str
    group: str
    kind: str
    found: Evidence

    @property
    def answerable(self) -> bool:
        return self.group.endswith("answerable")


def group_weights(rows: Sequence[Row]) -> Floats:
    """Groups of a kind, answerable or not, weigh the same but for the constants, and so do both kinds; shape `(n,)`."""
    names = np.array([row.group.removesuffix(BESIDE) for row in rows])
    shares = {name: _share(name, rows[0].found.breadth) for name in set(names)}
    weights = np.zeros(len(rows))
    for name, share in shares.items():
        kind = sum(other for of, other in shares.items() if of.endswith("answerable") == name.endswith("answerable"))
        same = names == name
        weights[same] = share / kind * len(rows) / same.sum() / 2
    return weights


def _share(group: str, breadth: Breadth) -> float:
    if group.endswith("near miss"):
        return NEAR_MISS
    if group == "everyday" and breadth == "hundreds":
        return 0.0
    if group.endswith(ELSEWHERE):
        return 0.5
    return MANY_NEAR if group == "near" and breadth in ("many", "hundreds") else 1.0


def fit(rows: Sequence[Row]) -> dict[tuple[bool, Breadth], Weights]:
    """The weights that fit `rows`, rounded, by the keys of `WEIGHTS`; those of which there are rows."""
    found = {}
    for same, breadth in WEIGHTS:
        part = [
            row
            for row in rows
            if (row.found.same_language, row.found.breadth) == (same, breadth)
            if not row.found.vague and not row.found.missing
        ]
        if part:
            fitted = _fitted(part, LEFT_OUT.get((same, breadth), set()))
            found[same, breadth] = Weights(*(round(float(number), 2) for number in fitted))
    return found


def _fitted(rows: Sequence[Row], left_out: Collection[str]) -> Floats:
    """The weights in the order of `Weights`, with the constant at which 0.5 keeps `KEPT` of the answerable ones."""
    values = np.array([[getattr(row.found, name) for name in FEATURES] for row in rows], float)
    answerable, weights = np.array([row.answerable for row in rows]), group_weights(rows)
    found = [name for name, column in zip(FEATURES, values.T, strict=True) if column.any() and name not in left_out]
    fitted, names = _signed(values, answerable, weights, found)
    articles = [(row.corpus == "news", row.article) for row in rows]
    fold = {article: place % FOLDS for place, article in enumerate(sorted(set(articles)))}
    folds = np.array([fold[article] for article in articles])
    margins = np.zeros(len(rows))
    for out in range(FOLDS):
        others = folds != out
        apart = _regression(values[others], answerable[others], weights[others], names)
        margins[~others] = values[~others] @ apart[:-1] + apart[-1]
    order = np.argsort(margins[answerable])
    cumulated = np.cumsum(weights[answerable][order])
    fitted[-1] -= margins[answerable][order][np.searchsorted(cumulated, (1 - KEPT) * cumulated[-1])]
    return fitted


def _signed(values: Floats, answerable: Floats, weights: Floats, names: list[str]) -> tuple[Floats, list[str]]:
    """A regression on `names`. One whose sign belies its meaning is left out, and the others are fitted anew."""
    fitted = _regression(values, answerable, weights, names)
    spread = values.std(axis=0)
    wrong = {
        abs(by) * spread[place]: name
        for place, (name, by) in enumerate(zip(FEATURES, fitted, strict=False))
        if by and (by > 0) == (name in AGAINST)
    }
    if wrong:
        return _signed(values, answerable, weights, [name for name in names if name != wrong[max(wrong)]])
    return fitted, names


def _regression(values: Floats, answerable: Floats, weights: Floats, names: Sequence[str]) -> Floats:
    """Weights of a logistic regression, 0 of features not in `names`, and its constant; shape `(features + 1,)`."""
    from sklearn.linear_model import LogisticRegression

    used = [FEATURES.index(name) for name in names]
    spread = values[:, used].std(axis=0) + 1e-9
    model = LogisticRegression(C=0.3, max_iter=5_000)
    model.fit(values[:, used] / spread, answerable, sample_weight=weights)
    fitted = np.zeros(len(FEATURES) + 1)
    fitted[used] = model.coef_[0] / spread
    fitted[-1] = model.intercept_[0]
    return fitted
