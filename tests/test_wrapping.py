"""Lines of a text: nothing lost, nothing wider than the screen."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from qa_assistant.tui.wrapping import shown, wrap

HOSTILE = st.text(
    st.one_of(st.characters(), st.sampled_from("aä ．日本\n\t\u0301\u200d\ufe0f\u200f❤👩🏽🇩🇪\x1b\u202e\u200b\u0600"))
)


def lines(text: str, width: int) -> list[str]:
    starts = [*wrap(text, width), len(text)]
    return [text[start:end] for start, end in pairwise(starts)]


@given(HOSTILE, st.integers(1, 12))
def test_lines_are_the_text(text: str, width: int) -> None:
    starts = list(wrap(text, width))
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    assert {index + 1 for index, character in enumerate(text) if character == "\n"} <= set(starts)
    assert all("\n" not in line[:-1] for line in lines(text, width))


@given(HOSTILE, st.integers(2, 12))
def test_no_line_is_wider_than_the_screen(text: str, width: int) -> None:
    assert [line for line in lines(text, width) if cell_len(shown(line)) > width] == []


@given(HOSTILE)
def test_what_is_shown_has_the_offsets_of_the_text(text: str) -> None:
    assert len(shown(f"{text}|")) == len(text) + 1
    assert not set(shown(text)) & set("\x1b\t\u202e\u200b")


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 8, ["one two", "three"]),
        ("one  two", 4, ["one", "two"]),
        ("one   two", 4, ["one", " two"]),
        ("abcdefgh ij", 4, ["abcd", "efgh", "ij"]),
        ("one\n\ntwo\n", 9, ["one", "", "two", ""]),
        ("", 9, [""]),
        ("Schröder “said” „ja“", 8, ["Schröder", "“said”", "„ja“"]),
        ("日本国外務", 5, ["日本", "国外", "務"]),
        ("ab 日本国", 6, ["ab 日", "本国"]),
        ("xxe\u0301e\u0301", 3, ["xxe\u0301", "e\u0301"]),
        ("ab👩\u200d👧", 4, ["ab", "👩\u200d👧"]),
        ("ab\tc", 9, ["ab c"]),
    ],
)
def test_where_lines_end(text: str, width: int, expected: list[str]) -> None:
    assert [shown(line) for line in lines(text, width)] == expected


def test_a_flood_of_marks_is_no_endless_line() -> None:
    assert max(map(len, lines("a" + "\u0301" * 100_000, 80))) < 1000
