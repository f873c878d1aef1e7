"""Which words of a claim say something, and which of them are names."""

from __future__ import annotations

import pytest

from qa_assistant.answering.claim_words import claim_words


@pytest.mark.parametrize(
    ("before", "name"),
    [
        ("", False),
        ("“(", False),
        ("The minister came to the capital of the country. ", False),
        ("The minister came to the capital of the country! “", False),
        ("The minister came to the capital of the country, ", True),
        ("The minister " + "(" * 30, True),
    ],
)
def test_a_capital_makes_a_name_inside_a_sentence_only(before: str, name: bool) -> None:
    found = claim_words(f"{before}Takei spoke", "en", "", lambda _: 1)
    assert [word.name for word in found if word.word.written == "Takei"] == [name]


def test_the_start_of_a_sentence_is_looked_for_near_the_word_only() -> None:
    class Searched(str):
        """A text that knows how much of it was copied."""

        copied = 0

        def __getitem__(self, key: object) -> str:
            part = str.__getitem__(self, key)  # type: ignore[index]
            Searched.copied += len(part)
            return part

    text = Searched("und Takei " * 200)
    claim_words(text, "en", "", lambda _: 1)
    assert Searched.copied < 10 * len(text)
