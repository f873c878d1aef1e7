"""What all texts have in common is taken off: as a function, and in the vectors that Chroma holds."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest
from conftest import Corpus
from hypothesis import given
from hypothesis import strategies as st
from nearest import nearest

from qa_assistant.index import centring, publishing
from qa_assistant.index.filtering import VectorRow
from qa_assistant.index.generations import current_generation
from qa_assistant.index.index import Index
from qa_assistant.ingestion.ingest import ingest

HARBOUR = "Hamburg, 4. Dezember 2022 (dpa) - Der Hafen von Hamburg bleibt bis Montag geschlossen."
BRIDGE = "Dresden, 3. Juni 2019 (AFP) - Die neue Brücke über die Elbe hat 40 Millionen Euro gekostet."
MATCH = "Wien, 7. Mai 2020 (APA) - Die Mannschaft gewann das Spiel mit zwei Toren."


@given(st.integers(1, 20), st.integers(0, 1000), st.integers(0, 2**31))
def test_centred_vectors_have_length_1(count: int, seen: int, seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32)
    found = centring.centred(vectors, centring.offset(vectors.mean(axis=0), seen))
    assert found.shape == vectors.shape
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


def test_little_is_taken_off_for_few_texts_and_a_fixed_share_for_many() -> None:
    mean = np.ones(4, np.float32)
    few, many = centring.offset(mean, 1), centring.offset(mean, 1_000_000)
    assert (few < 0.05).all()
    assert np.allclose(many, centring.CENTRING, atol=1e-3)


def test_a_vector_that_is_the_offset_is_no_division_by_zero() -> None:
    assert np.array_equal(centring.centred(np.ones(4, np.float32), np.ones(4, np.float32)), np.zeros(4, np.float32))


def in_chroma(index: Index) -> dict[str, np.ndarray]:
    store = index.store()
    assert store is not None
    return store.vectors([key for _, key in index.catalog.keys()])  # noqa: SIM118 - no mapping


def expected(index: Index) -> dict[str, np.ndarray]:
    off = index.catalog.vectors.centre().offset
    (rows, vectors) = next(index.catalog.vector_rows(0, 100))
    return dict(zip([key for key, _, _ in rows], centring.centred(vectors, off), strict=True))


def assert_centred(index: Index, counted: int) -> None:
    centre = index.catalog.vectors.centre()
    assert centre.counted == counted
    assert centre.offset.any()
    held, due = in_chroma(index), expected(index)
    assert held.keys() == due.keys()
    assert all(np.allclose(held[key], due[key], atol=1e-3) for key in due)


def test_chroma_holds_centred_vectors_and_is_centred_anew_once_there_are_twice_as_many(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, (text, counted) in enumerate([(HARBOUR, 1), (BRIDGE, 2), (MATCH, 2)]):
        corpus.write(f"{number}.txt", text)
        ingest(corpus.settings)
        index = Index.open(corpus.settings)
        assert_centred(index, counted)
        index.close()
    monkeypatch.setattr(publishing, "_ENOUGH", 2)
    corpus.write("3.txt", "Ein Satz über nichts.")
    ingest(corpus.settings)
    index = Index.open(corpus.settings)
    assert index.catalog.vectors.centre().counted == 2  # 4 are twice as many, but 2 were enough
    index.close()


def test_a_store_that_an_older_program_did_not_centre_is_searched_and_then_replaced(corpus: Corpus) -> None:
    corpus.write("a.txt", HARBOUR)
    corpus.write("b.txt", BRIDGE)
    ingest(corpus.settings)
    generation = current_generation(corpus.settings.index_path)
    assert generation is not None
    index = Index.open(corpus.settings)
    store = index.store()
    assert store is not None
    for rows, vectors in index.catalog.vector_rows(0, 10):
        store.add([VectorRow.of(*row) for row in rows], vectors)
    index.close()
    with sqlite3.connect(generation / "catalog.sqlite") as db:
        db.execute("DELETE FROM meta WHERE key IN ('store_offset', 'store_counted', 'store_sizes')")
    index = Index.open(corpus.settings)
    bridge = index.embedder.questions(["Wie viel hat die neue Brücke gekostet?"])[0]
    first, cosine = next(iter(nearest(index, bridge, 2).items()))
    raw = index.catalog.vectors.of([first])[first]
    assert cosine == pytest.approx(float(raw @ bridge) / float(np.linalg.norm(raw)), abs=1e-3)
    index.close()
    corpus.write("c.txt", MATCH)
    ingest(corpus.settings)
    index = Index.open(corpus.settings)
    assert_centred(index, 3)
    index.close()
