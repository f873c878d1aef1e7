"""What a candidate's words are worth: the same however candidates are read, and who is matched by meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from conftest import Corpus
from hypothesis import given
from hypothesis import strategies as st

from qa_assistant.answering import word_matching
from qa_assistant.answering.alikeness import Alikeness
from qa_assistant.answering.keyword_scores import KeywordScores
from qa_assistant.index.index import Index
from qa_assistant.index.words import Word, question_words, words_of
from qa_assistant.ingestion.ingest import ingest

ARTICLES = {
    "a.txt": "Berlin, 1. März 2024 (dpa) Das Wetter im Hafen bleibt schlecht. Der Sturm dauert an.",
    "b.txt": "Hamburg, 2. März 2024 (dpa) Die Minister sprachen über Energie. Bayramow und Takei waren dabei.",
    "c.txt": "Köln, 3. März 2024 (dpa) Im Hafen von Köln sank ein Boot. Niemand wurde verletzt.",
}
QUESTION = question_words("What did Bayramov say about someone who was hurt?")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    corpus = Corpus(tmp_path_factory.mktemp("words"))
    for name, text in ARTICLES.items():
        corpus.write(name, text)
    ingest(corpus.settings)
    opened = Index.open(corpus.settings)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def meanings(index: Index) -> np.ndarray:
    """Embedded once: the engine that embeds words is another once it is loaded, and the vectors differ a little."""
    return index.embedder.words([word.written for word in QUESTION])


def alikeness(index: Index, words: list[Word], meanings: Callable[[], np.ndarray]) -> Alikeness:
    catalog = index.catalog
    return Alikeness(catalog.keywords.lexicon, words, meanings, catalog.means.mean("words")[0])


def scores(index: Index, meanings: np.ndarray, *parts: list[int], foreign: bool = True) -> dict[int, float]:
    keywords = KeywordScores(index.catalog, alikeness(index, QUESTION, lambda: meanings))
    for part in parts:
        keywords.read(part, part if foreign else [])
    return keywords.scores()


def test_it_does_not_matter_in_which_parts_candidates_are_read(index: Index, meanings: np.ndarray) -> None:
    whole = scores(index, meanings, [1, 2, 3])
    assert set(whole) == {1, 2, 3}
    assert any(score > 0 for score in whole.values())
    for parts in ([[1], [2], [3]], [[3, 2], [1]], [[], [2], [1, 3]]):
        apart = scores(index, meanings, *parts)
        assert {row: pytest.approx(score) for row, score in apart.items()} == whole


def test_in_a_small_corpus_a_name_is_rare_and_a_word_that_asks_is_not(index: Index) -> None:
    def score(word: str, row: int) -> float:
        words = question_words(word)
        keywords = KeywordScores(index.catalog, alikeness(index, words, lambda: index.embedder.words([word])))
        keywords.read([row], [])
        return keywords.scores()[row]

    assert score("dieser", 1) == 0
    assert score("Bayramow", 2) > 1.5
    assert score("waren", 2) < 1 < score("Energie", 2)


def test_only_another_language_is_matched_by_meaning(index: Index, meanings: np.ndarray) -> None:
    rows = {text: row for row, text in enumerate(ARTICLES.values(), 1)}
    hurt, people = rows[ARTICLES["c.txt"]], rows[ARTICLES["b.txt"]]
    meant, spelled = (scores(index, meanings, [1, 2, 3], foreign=foreign) for foreign in (True, False))
    assert meant[hurt] > spelled[hurt]  # hurt: verletzt
    assert spelled[people] > 0  # Bayramov: Bayramow


def test_a_question_without_words_scores_nothing(index: Index) -> None:
    nothing = alikeness(index, [], lambda: pytest.fail("no vector is wanted"))
    keywords = KeywordScores(index.catalog, nothing)
    keywords.read([1, 2], [2])
    assert keywords.scores() == {1: 0.0, 2: 0.0}


@given(
    st.lists(st.sampled_from(["hafen", "sturm", "2024", "am", "bayramow", "takei", "wetter"]), min_size=1, unique=True)
)
def test_a_vocabularys_order_changes_no_match(vocabulary: list[str]) -> None:
    words = words_of("Hafen 2024 am Bayramov")
    alike = word_matching.sounds_alike(words, vocabulary)
    assert np.array_equal(alike[:, ::-1], word_matching.sounds_alike(words, vocabulary[::-1]))
    for word, row in zip(words, alike, strict=True):
        for other, match in zip(vocabulary, row, strict=True):
            assert match == 1 if word.folded == other else match == 0 or min(len(word.folded), len(other)) >= 4


def test_what_was_compared_before_changes_nothing(index: Index, meanings: np.ndarray) -> None:
    """However a question's words were compared in parts, and whatever was met in between."""
    words = ["hafen", "am", "2024", "sturm", "bayramow", "nirgends"]
    whole = alikeness(index, QUESTION, lambda: meanings)
    parts = alikeness(index, QUESTION, lambda: meanings)
    numbers = whole.lexicon.numbers(words)
    parts.meant(numbers[[3, 1]])
    parts.lexicon.numbers([f"new{number}" for number in range(100)])
    parts.spelled(numbers[4:])
    for name in ("spelled", "cosines", "meant"):
        assert np.array_equal(getattr(whole, name)(numbers), getattr(parts, name)(numbers))
    assert np.array_equal(whole.spelled(numbers), word_matching.sounds_alike(QUESTION, words))
    assert not whole.cosines(numbers)[:, [1, 2, 5]].any(), "short words, numbers and unknown ones have no meaning"
    assert whole.cosines(numbers)[:, 0].any()


def test_numbers_of_a_question_before_are_refused(index: Index, meanings: np.ndarray) -> None:
    before = alikeness(index, QUESTION, lambda: meanings)
    numbers = before.lexicon.numbers(["hafen"])
    before.lexicon.begin(np.zeros(384, np.float32))
    with pytest.raises(RuntimeError, match="other numbers"):
        before.spelled(numbers)
