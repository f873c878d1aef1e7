"""Citation marks in an answer's text."""

from __future__ import annotations

import pytest

from qa_assistant.references import without_marks


@pytest.mark.parametrize(
    ("marked", "bare"),
    [
        ("They met [1]. They left [2][13].", "They met. They left."),
        ("[sic] in [2022] [1, 2]", "[sic] in [2022] [1, 2]"),
    ],
)
def test_marks_are_taken_out(marked: str, bare: str) -> None:
    assert without_marks(marked) == bare
