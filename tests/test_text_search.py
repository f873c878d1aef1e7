"""Search inside a text: case, diacritics, blanks."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa_assistant.tui.text_search import occurrences

TEXT = "Straße in İstanbul, cafe\u0301 CAFÉ\nLe  café ]^-\\ 한국 Ёлка a.b"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("straße", ["Straße"]),
        ("istanbul", ["İstanbul"]),
        ("cafe", ["cafe\u0301", "CAFÉ", "café"]),
        ("cafe\u0301", ["cafe\u0301", "CAFÉ", "café"]),
        ("  café le CAFE ", ["CAFÉ\nLe  café"]),
        ("]^-\\", ["]^-\\"]),
        ("한국", ["한국"]),
        ("елка", ["Ёлка"]),
        (".", ["."]),
        ("zebra", []),
        ("a(", []),
        ("", []),
        (" \u0301", []),
    ],
)
def test_what_is_found(wanted: str, found: list[str]) -> None:
    assert [span.of(TEXT) for span in occurrences(TEXT, wanted, 10)] == found


def test_no_more_than_asked_for() -> None:
    assert [span.start for span in occurrences("aaaa", "a", 3)] == [0, 1, 2]


@given(st.text(), st.text(), st.text(min_size=1))
@example("", "", "0 \u03000")
@example("", "", "0 \u0300 0")
def test_what_is_there_is_found(before: str, after: str, wanted: str) -> None:
    """Except what is nothing but blanks and marks."""
    spans = occurrences(f"{before} {wanted} {after}", wanted, 10_000)
    assert spans or not any(occurrences(letter, letter, 1) for letter in wanted)
    assert all(left.end <= right.start for left, right in pairwise(spans))
