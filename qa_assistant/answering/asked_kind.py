"""How near a sentence is that is of the kind a question asks for: with a figure, or with a reason. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa_assistant.answering.asks_for_figure import expects_figure, has_figure
from qa_assistant.answering.asks_for_reason import expects_reason, has_reason

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array

NONE = -0.2
"""Cosine that stands for the nearest sentence of that kind where there is none."""

FURTHEST = -0.06
"""A reason is at most taken to be so much further away, for many sentences give one in other words (“He was accused of
…”). Of 0.02 to 0.1 and no bound, the most likely by the why-questions of `answerability.py` over even articles of XQuAD
(58 that are answered, 16 near misses)."""


def further(question: str, sentences: Sequence[tuple[str, str | None]], cosines: Array) -> float:
    """How much further from the question the nearest sentence of the kind is than the nearest of all: 0 or less.

    0 for a question that asks for neither. `sentences` come with their language, `cosines` are theirs, shape `(n,)`.
    """
    if expects_figure(question):
        of_kind, least = [has_figure(*sentence) for sentence in sentences], -2.0  # cosines differ by no more
    elif expects_reason(question):
        of_kind, least = [has_reason(*sentence) for sentence in sentences], FURTHEST
    else:
        return 0.0
    return max(least, float(cosines[of_kind].max(initial=NONE) - cosines.max()))
