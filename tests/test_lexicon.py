"""Words keep their number, and what the lexicon tells of them is what the index has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_assistant.index import centring, lexicon
from qa_assistant.index.lexicon import Lexicon
from qa_assistant.index.words import sound

WORDS = [f"word{number}" for number in range(12)]
VECTORS = dict(zip(WORDS, np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32), strict=True))
MEAN = np.full(4, 0.1, np.float32)


class Source:
    """The index's vectors, and what was read of them."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, words: Sequence[str]) -> dict[str, np.ndarray]:
        self.asked.append(list(words))
        return {word: VECTORS[word] for word in words if word in VECTORS}


@given(st.lists(st.lists(st.sampled_from([*WORDS, "unknown", "am"]), max_size=8), max_size=10))
def test_whatever_was_asked_before_a_word_is_what_it_is(questions: list[list[str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexicon, "_MOST", 8)
        known = Lexicon(Source())
        for number, words in enumerate(questions):
            mean = MEAN * (1 + number // 4)  # the corpus grows now and then
            known.begin(mean)
            numbers = known.numbers(words)
            assert known.words(numbers) == words
            assert known.sounds(numbers) == [sound(word) for word in words]
            for word, vector in zip(words, known.vectors(numbers, 4), strict=True):
                expected = centring.centred(VECTORS[word], mean) if word in VECTORS else np.zeros(4)
                assert np.allclose(vector, expected, atol=1e-6)


def test_a_word_is_read_once_whether_it_has_a_vector_or_not() -> None:
    source = Source()
    known = Lexicon(source)
    for words in (WORDS[:5], [*WORDS[:7], "unknown"], ["unknown", WORDS[6]]):
        known.begin(MEAN.copy())
        known.vectors(known.numbers(words), 4)
    assert source.asked == [WORDS[:5], [*WORDS[5:7], "unknown"]]


def test_numbers_hold_until_all_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    known = Lexicon(Source())
    known.begin(MEAN)
    first, age = known.numbers(WORDS), known.age
    known.begin(MEAN)
    assert known.age == age
    assert known.numbers(WORDS[::-1]).tolist() == first[::-1].tolist()
    monkeypatch.setattr(lexicon, "_MOST", 3)
    known.begin(MEAN)
    assert known.age != age
    assert known.numbers(["word7"]).tolist() == [0]
