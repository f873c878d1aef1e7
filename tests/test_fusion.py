"""The score of a candidate: what it is made of, and that no order of candidates, sentences or words changes it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_assistant.answering import fusion, word_matching
from qa_assistant.answering.word_matching import Terms
from qa_assistant.index import centring
from qa_assistant.index.words import words_of

SEEDS = st.integers(0, 2**31)


def unit(seed: int, count: int) -> np.ndarray:
    return centring.centred(np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32), np.zeros(8, "f4"))


@given(SEEDS, st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_the_best_sentence_and_the_best_pair_of_neighbours_of_each_passage_count(seed: int, counts: list[int]) -> None:
    question, sentences = unit(seed, 1)[0], unit(seed + 1, sum(counts))
    ends = list(itertools.accumulate(counts))
    starts = [0, *ends[:-1]]
    single, pair = fusion.sentence_scores(question, sentences, np.array(starts))
    for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
        own = sentences[start:end]
        assert single[at] == pytest.approx(max(float(one @ question) for one in own), abs=1e-5)
        pairs = [one + two for one, two in itertools.pairwise(own)] + [own[-1]]
        cosines = [float(one @ question) / max(float(np.linalg.norm(one)), 1e-9) for one in pairs]
        assert pair[at] == pytest.approx(max(cosines), abs=1e-5)


@given(SEEDS, st.integers(1, 9))
def test_reading_the_sentences_backwards_changes_the_best_one_not_at_all(seed: int, count: int) -> None:
    question, sentences = unit(seed, 1)[0], unit(seed + 1, count)
    best = [fusion.sentence_scores(question, order, np.array([0]))[0][0] for order in (sentences, sentences[::-1])]
    assert best[0] == pytest.approx(best[1], abs=1e-6)


@given(*[st.floats(-1, 1)] * 3, st.floats(0, 40), st.floats(0.01, 1))
def test_more_of_anything_is_a_better_score(
    passage: float, sentence: float, pair: float, words: float, more: float
) -> None:
    least = fusion.score(passage, sentence, pair, words)
    assert least < fusion.score(passage + more, sentence, pair, words)
    assert least < fusion.score(passage, sentence + more, pair, words)
    assert least < fusion.score(passage, sentence, pair + more, words)
    assert least < fusion.score(passage, sentence, pair, words + more)


@given(st.permutations(["Minister", "Bayramov", "sprach", "mit", "Minister", "Takei", "über", "Energie"]), SEEDS)
def test_the_order_of_a_passages_words_does_not_matter(words: list[str], seed: int) -> None:
    vocabulary = sorted({word.folded for word in words_of(" ".join(words))})
    places = {word: place for place, word in enumerate(vocabulary)}
    alike = np.random.default_rng(seed).random((3, len(vocabulary))).astype(np.float32)
    numbers = np.array([places[word.folded] for word in words_of(" ".join(words))])
    columns = np.arange(len(vocabulary))
    weights = word_matching.matches(alike, Terms.of(numbers, columns), 8.0)
    assert np.allclose(weights, word_matching.matches(alike, Terms.of(np.sort(numbers), columns), 8.0))


def test_bm25_of_one_word_is_the_formulas() -> None:
    """Robertson and Zaragoza (2009), k1 = 1.2, b = 0.75: tf (k1 + 1) / (tf + k1 (1 - b + b length / average))."""
    terms = Terms.of(np.array([4, 4, 2]), np.array([-1, -1, 1, -1, 0]))
    weights = word_matching.matches(np.array([[1.0, 0.0]], np.float32), terms, 2.0)
    assert weights[0] == pytest.approx(2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 3 / 2)))


def test_a_passage_without_words_matches_nothing() -> None:
    nothing = Terms.of(np.zeros(0, np.intp), np.zeros(0, np.intp))
    weights = word_matching.matches(np.ones((2, 1), np.float32), nothing, 2.0)
    assert not weights.any()


@pytest.mark.parametrize(
    ("word", "other", "alike"),
    [("Байрамов", "Bayramow", True), ("Müller", "Mueller", True), ("2022", "2023", False), ("Hafen", "Sturm", False)],
)
def test_names_are_matched_by_sound_and_numbers_to_the_letter(word: str, other: str, alike: bool) -> None:
    found = word_matching.sounds_alike(words_of(word), [words_of(other)[0].folded])
    assert bool(found[0, 0] > 0) is alike
