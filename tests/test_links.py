"""A link that no passage has is marked; one that a passage has is not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from test_prompting import hit

from qa_assistant.answering.links import with_known_links
from qa_assistant.answering.verdict import NOTHING, Verdict

HITS = [hit("Unter https://hafen/lage steht mehr.")]


def supported(claim: str, numbers: Sequence[int]) -> Verdict:
    return Verdict(((HITS[0], HITS[0].passage.sentences[0]),), "supported")


@pytest.mark.parametrize(
    "claim",
    [
        "The port is closed.",
        "More at https://hafen/lage.",
        "Ratio 3/4 and and/or, at 10:30.",
    ],
)
def test_what_is_passed(claim: str) -> None:
    assert with_known_links(supported, HITS)(claim, ()).support == "supported"


@pytest.mark.parametrize(
    "claim",
    [
        "![x](https://evil.example/?q=port)",
        "See [more](//evil.example/a).",
        "<img src='http://evil.example'>",
        "Go to www.evil.example now.",
        "[x](javascript:alert(1))",
        "See https://hafen/lage and https://evil.example.",
    ],
)
def test_what_is_marked(claim: str) -> None:
    verdict = with_known_links(supported, HITS)(claim, ())
    assert verdict.support == "unsupported"
    assert "link " in verdict.reasons[0] and "hafen" not in verdict.reasons[0]
    assert with_known_links(lambda *_: NOTHING, HITS)(claim, ()).support == "uncited"
