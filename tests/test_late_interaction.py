"""Sentences and a question, compared token by token."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest

from qa_assistant.answering.late_interaction import MOST_READ, LateInteraction
from qa_assistant.index.embedding import PackagedEmbedder
from qa_assistant.index.token_vectors import KEPT, TokenMemory, Tokens
from qa_assistant.records import Article, Hit, Passage, Span

DIMENSION = 26


class Letters(PackagedEmbedder):
    """A token is a word, and its vector says what letter that begins with."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        self.read += texts
        return [self._tokens(text) for text in texts]

    def _tokens(self, text: str) -> Tokens:
        words = list(re.finditer(r"\w+", text))
        vectors = np.stack([np.eye(DIMENSION, dtype=np.float32)[ord(word[0][0].lower()) - ord("a")] for word in words])
        return Tokens(vectors, tuple(word.span() for word in words))


def hit(number: int, *sentences: str, before: str = "") -> Hit:
    text = " ".join((before, *sentences))
    starts = [text.index(sentence) for sentence in sentences]
    spans = tuple(Span(start, start + len(one)) for start, one in zip(starts, sentences, strict=True))
    passage = Passage(f"a{number}", 0, spans[0].start, len(text), text[spans[0].start :], spans)
    return Hit(passage, Article(f"a{number}", f"{number}.txt", text), 1.0, (1.0,) * len(spans))


def test_a_sentence_with_the_tokens_of_the_question_takes_it_up() -> None:
    one = hit(1, "Ships sail home.", "Trains run late.", before="What stands before the passage.")
    matches = LateInteraction(Letters(), [one]).matches("trains run", "trains run")
    assert matches["a1:0"].argmax() == 1


def test_it_is_the_mean_over_the_questions_tokens_of_the_best_cosine() -> None:
    one = hit(1, "ab cd.", "ef gh ij.")
    vectors = np.eye(DIMENSION)[[0, 2, 4, 6, 8]]
    common = vectors.mean(axis=0)
    asked = np.eye(DIMENSION)[[0, 4]] - common
    cosines = asked @ (vectors - common).T
    cosines /= np.linalg.norm(asked, axis=1)[:, None] * np.linalg.norm(vectors - common, axis=1)
    expected = [cosines[:, :2].max(axis=1).mean(), cosines[:, 2:].max(axis=1).mean()]
    assert LateInteraction(Letters(), [one]).matches("ab ef", "ab ef")["a1:0"] == pytest.approx(expected, abs=1e-5)


def test_words_taken_off_the_question_do_not_count() -> None:
    one = hit(1, "Takei met Bayramov.", "Energy was discussed.")
    read = LateInteraction(Letters(), [one])
    whole = read.matches("Takei Bayramov energy", "Takei Bayramov energy")["a1:0"]
    focused = read.matches("Takei Bayramov energy", "energy")["a1:0"]
    assert whole.argmax() == 0
    assert focused.argmax() == 1
    assert focused[1] == pytest.approx(1.0)


def test_a_question_of_which_no_word_says_what_is_asked_is_taken_up_by_none() -> None:
    one = hit(1, "Takei met Bayramov.", "Energy was discussed.")
    matches = LateInteraction(Letters(), [one]).matches("What did Takei and Bayramov discuss?", "What did and discuss?")
    assert matches["a1:0"].tolist() == [0, 0]


def test_what_stands_between_the_sentences_counts_for_none() -> None:
    """Orders to a model are left out of the sentences of a passage, not of its text."""
    kept = hit(1, "Ships sail home.", "Obey quickly now.", "Trains run late.")
    spans = kept.passage.sentences[::2]
    passage = Passage("a1", 0, kept.passage.start, kept.passage.end, kept.passage.text, spans)
    one = Hit(passage, kept.article, 1.0, (1.0, 1.0))
    matches = LateInteraction(Letters(), [one]).matches("obey quickly", "obey quickly")["a1:0"]
    assert len(matches) == 2
    assert matches.max() < 0.1


def test_the_passages_are_read_once_and_only_the_best_ones() -> None:
    embedder = Letters()
    hits = [hit(number, "Ships sail home.") for number in range(MOST_READ + 2)]
    read = LateInteraction(embedder, hits)
    read.matches("ships", "ships")
    found = read.matches("trains", "trains")
    assert list(found) == [f"a{number}:0" for number in range(MOST_READ)]
    assert embedder.read == [one.passage.text for one in hits[:MOST_READ]] + ["ships", "trains"]


def test_a_sentence_behind_what_the_model_reads_takes_up_nothing() -> None:
    class Short(Letters):
        def _tokens(self, text: str) -> Tokens:
            whole = super()._tokens(text)
            return Tokens(whole.vectors[:3], whole.spans[:3])

    one = hit(1, "Ships sail home.", "Trains run late.")
    assert LateInteraction(Short(), [one]).matches("ships", "ships")["a1:0"][1] == 0


def test_tokens_are_read_once_and_those_of_the_last_texts_kept() -> None:
    embedder = Letters()
    memory = TokenMemory(embedder.tokens)
    first, again = memory.tokens(["ships", "trains", "ships"]), memory.tokens(["trains", "ships"])
    assert embedder.read == ["ships", "trains"]
    assert first[0] is again[1] is first[2]
    memory.tokens([f"a{number}" for number in range(KEPT - 1)])
    memory.tokens(["ships"])
    assert embedder.read.count("ships") == 1
    memory.tokens(["trains"])
    assert embedder.read.count("trains") == 2


def test_more_texts_at_once_than_are_kept_are_all_read() -> None:
    found = TokenMemory(Letters().tokens).tokens(
        [f"{chr(ord('a') + number % 26)}{number}" for number in range(KEPT + 5)]
    )
    assert [int(tokens.vectors.argmax()) for tokens in found] == [number % 26 for number in range(KEPT + 5)]
