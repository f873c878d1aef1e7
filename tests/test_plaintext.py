"""Text made harmless: nothing a terminal obeys, nothing invisible, whatever the cuts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_assistant.answering.plaintext import Plain, without_controls


@pytest.mark.parametrize(
    "text, shown",
    [
        ("a\x1b[31mred\x1b[0m b", "ared b"),
        ("a\x9b2Jb", "a2Jb"),
        ("a\x1b]0;title\x07b", "ab"),
        ("a\x1b]8;;http://x\x1b\\link", "alink"),
        ("a\x1b]0;never closed\nb", "a\nb"),
        ("a\x00\x08\x7f\x9bb\ufeff\u202e\u2066\u200b\u00ad\ud800\ufffe", "ab"),
        ("a\r\nb\u2028c\x85d", "a\nb\nc\nd"),
        ("می\u200cخواهم 👩\u200d💻", "می\u200cخواهم 👩\u200d💻"),
        ("pass\u200cword", "password"),
    ],
)
def test_nothing_a_terminal_obeys_comes_through(text: str, shown: str) -> None:
    assert without_controls(text) == shown


@given(st.lists(st.sampled_from(["\x1b", "[", "]", "\\", "\x07", "0", "m", "\r", "\n"]) | st.characters(), max_size=20))
def test_any_text_in_any_pieces(pieces: list[str]) -> None:
    cleaner = Plain()
    text = "".join(cleaner.feed(piece) for piece in pieces)
    assert text == without_controls("".join(pieces))
    assert without_controls(text) == text
    for char in text:
        assert char in "\n\u200c\u200d" or unicodedata.category(char) not in ("Cc", "Cf", "Cs")
