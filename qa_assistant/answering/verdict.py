"""What the checks say of one claim. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa_assistant.records import Hit, Span, Support

CITED = "{cited}"
"""Stands in a reason for the numbers of the citations, which are given when the answer is put together."""

NO_SOURCE = "no passage bears it"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The sentences that bear a claim; or those that are nearest to it, and why they do not bear it."""

    spans: tuple[tuple[Hit, Span], ...]
    """Hits and ranges in their articles. Empty for an uncited claim."""
    support: Support
    reasons: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    """Names of a claim that is borne, as it writes them: what stands in their places may be other names."""


Check = Callable[[str, Sequence[int]], Verdict]
"""Says which sentences of articles bear a claim, or why none does: `check(claim, passage_numbers)`.

Numbers count the prompt's passages from 1 and are known ones; there may be none.
"""

NOTHING = Verdict((), "uncited", (NO_SOURCE,))
