"""Vectors held in memory find what Chroma finds, and what was added or removed since."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from conftest import Corpus
from hypothesis import given
from hypothesis import strategies as st
from nearest import nearest

from qa_assistant.index import vector_memory, vector_store
from qa_assistant.index.index import Index
from qa_assistant.index.vector_memory import HeldVectors
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.records import Filters

SENTENCES = (
    "Der Hafen von Hamburg bleibt bis Montag geschlossen.",
    "Die neue Brücke ist fertig.",
    "Am Wochenende wird es kühler.",
    "Der Verein gewann das Spiel.",
)


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 1000))
def test_the_nearest_are_those_of_a_sort(count: int, limit: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    matrix = chance.normal(size=(count, 4)).astype(np.float32)
    vector = chance.normal(size=4).astype(np.float32)
    found = HeldVectors("store", np.arange(count) + 7, matrix).nearest(vector, limit)
    cosines = matrix @ vector
    expected = sorted(range(count), key=lambda at: -cosines[at])[:limit]
    assert list(found) == [at + 7 for at in expected]
    assert list(found.values()) == pytest.approx([cosines[at] for at in expected])


@contextmanager
def asked_twice(corpus: Corpus) -> Iterator[tuple[Index, np.ndarray]]:
    """An index of which everything was loaded that is loaded beside a second question, and that question."""
    for number, sentence in enumerate(SENTENCES):
        corpus.write(f"{number}.txt", f"Berlin, {number + 1}. März 2024 (dpa) {sentence}")
    ingest(corpus.settings)
    index = Index.open(corpus.settings)
    question = index.embedder.questions(["Welcher Hafen ist geschlossen?"])[0]
    for _ in range(2):
        assert len(nearest(index, question, 10)) == len(SENTENCES)
    loaded()
    yield index, question
    index.close()


def loaded() -> None:
    for thread in threading.enumerate():
        if thread.name == "loading":
            thread.join(20)


@pytest.fixture
def without_chroma(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Chroma is asked for from now on."""
    asked: list[str] = []

    def nearest(self: object, *_: object) -> dict[str, float]:
        asked.append("nearest")
        return {}

    monkeypatch.setattr(vector_store.VectorStore, "nearest", nearest)
    return asked


def test_who_asks_a_third_time_is_answered_from_memory_with_the_same(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    with asked_twice(corpus) as (index, question):
        monkeypatch.setattr(index._memory, "of", lambda store: None)
        by_chroma = nearest(index, question, 3)
        monkeypatch.undo()
        asked = request.getfixturevalue("without_chroma")
        found = nearest(index, question, 3)
        assert not asked
        assert index._store is None, "Chroma's copy takes as much memory again"
        assert list(found) == list(by_chroma)
        assert list(found.values()) == pytest.approx(list(by_chroma.values()), abs=2e-3)  # float16 in the catalogue


def test_what_was_added_and_removed_since_is_seen(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    with asked_twice(corpus) as (index, question):
        monkeypatch.setattr("qa_assistant.index.publishing._SMALL", 0)
        monkeypatch.setattr("qa_assistant.index.publishing._SLACK", 1)
        (corpus.folder / "0.txt").unlink()
        corpus.write("new.txt", "Berlin, 9. März 2024 (dpa) Der Hafen von Kiel ist geschlossen.")
        store = index.catalog.vectors.stored().name
        ingest(corpus.settings)
        assert index.catalog.vectors.stored().name == store, "Chroma does not follow so small a change"
        found = nearest(index, question, 2)
        paths = [item.passage.article_id for item in index.catalog.passages(found, {}).values()]
        assert len(found) == len(paths) == 2
        known = {article.id: article.path for article in index.catalog.articles()}
        assert known[index.catalog.passages([next(iter(found))], {})[next(iter(found))].passage.article_id] == "new.txt"


def test_another_store_is_read_anew(corpus: Corpus) -> None:
    with asked_twice(corpus) as (index, question):
        before = index._memory.of(index.catalog.vectors.stored().name)
        assert before is not None
        corpus.write("new.txt", "Berlin, 9. März 2024 (dpa) Der Hafen von Kiel ist geschlossen.")
        ingest(corpus.settings)
        name = index.catalog.vectors.stored().name
        assert name != before.name
        for _ in range(2):
            assert len(nearest(index, question, 10)) == len(SENTENCES) + 1
        loaded()
        after = index._memory.of(name)
        assert after is not None
        assert len(after.rows) == len(SENTENCES) + 1


def test_filters_and_stores_that_are_too_large_are_left_to_chroma(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    with asked_twice(corpus) as (index, question):
        assert len(nearest(index, question, 10, Filters(since="2024-03-03"))) == 2
    monkeypatch.setattr(vector_memory, "MOST", 3)
    with asked_twice(corpus) as (index, question):
        assert index._memory.of(index.catalog.vectors.stored().name) is None


def test_an_index_that_is_gone_meanwhile_is_not_loaded(corpus: Corpus, capfd: pytest.CaptureFixture[str]) -> None:
    with asked_twice(corpus) as (index, _):
        memory = vector_memory.VectorMemory(index.folder)
        shutil.rmtree(index.folder)
        for _ in range(3):
            memory.asked("some-store")
        loaded()
        assert memory.of("some-store") is None
    assert "Traceback" not in capfd.readouterr().err
