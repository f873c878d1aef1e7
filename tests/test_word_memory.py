"""Vectors of words that are remembered are those that the catalogue has."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_assistant.index import centring, word_memory
from qa_assistant.index.word_memory import WordMemory

WORDS = [f"word{number}" for number in range(12)]
VECTORS = dict(zip(WORDS, np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32), strict=True))
MEAN = np.full(4, 0.1, np.float32)


def taken(memory: WordMemory, words: list[str], mean: np.ndarray) -> tuple[list[int], np.ndarray]:
    unknown = memory.unknown(words, mean)
    memory.add(unknown, {word: VECTORS[word] for word in unknown if word in VECTORS})
    places, vectors = memory.take(words)
    return places.tolist(), vectors


@given(st.lists(st.lists(st.sampled_from([*WORDS, "unknown"]), unique=True, max_size=8), max_size=10))
def test_whatever_was_asked_before_the_vectors_are_right(questions: list[list[str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(word_memory, "_MOST", 8)
        memory = WordMemory()
        for number, words in enumerate(questions):
            mean = MEAN * (1 + number // 4)  # the corpus grows now and then
            places, vectors = taken(memory, words, mean)
            assert places == [place for place, word in enumerate(words) if word in VECTORS]
            expected = [centring.centred(VECTORS[words[place]], mean) for place in places]
            assert np.allclose(vectors, np.reshape(expected, vectors.shape) if places else vectors, atol=1e-3)


def test_a_word_is_read_once() -> None:
    memory = WordMemory()
    taken(memory, WORDS[:5], MEAN)
    assert memory.unknown(WORDS[:7], MEAN.copy()) == WORDS[5:7]
    assert memory.unknown(WORDS[:2], MEAN * 2) == WORDS[:2]


def test_a_word_without_a_vector_is_asked_for_once() -> None:
    memory = WordMemory()
    assert taken(memory, ["unknown", WORDS[0]], MEAN)[0] == [1]
    assert memory.unknown(["unknown", WORDS[0]], MEAN) == []
