"""`doctor --repair` brings an index back from whatever state, says what it did, and embeds nothing that is known."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Corpus

from qa_assistant import Assistant
from qa_assistant.cli.main import run
from qa_assistant.errors import IndexUnusable
from qa_assistant.health import check_all
from qa_assistant.index import schema
from qa_assistant.index.catalog import Catalog
from qa_assistant.index.embedding import PackagedEmbedder
from qa_assistant.index.filtering import VectorRow
from qa_assistant.index.generations import current_generation
from qa_assistant.index.index import Index
from qa_assistant.index.integrity import examine
from qa_assistant.index.vector_store import VectorStore
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.repair import repair
from qa_assistant.settings import Settings

HARBOUR = "Hamburg, 4. Dezember 2022 (dpa) - Der Hafen von Hamburg bleibt bis Montag geschlossen."
BRIDGE = "Dresden, 3. Juni 2019 (AFP) - Die neue Brücke über die Elbe hat 40 Millionen Euro gekostet."


@pytest.fixture
def indexed(corpus: Corpus) -> Corpus:
    corpus.write("a.txt", HARBOUR)
    corpus.write("b.txt", BRIDGE)
    ingest(corpus.settings)
    return corpus


@pytest.fixture
def nothing_is_embedded(indexed: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise AssertionError("embedded without need")

    monkeypatch.setattr(PackagedEmbedder, "passages", forbidden)


def generation(corpus: Corpus) -> Path:
    found = current_generation(corpus.settings.index_path)
    assert found is not None
    return found


def store_folder(corpus: Corpus) -> Path:
    (found,) = generation(corpus).glob("chroma*")
    return found


def finding(corpus: Corpus, name: str = "index") -> tuple[str, str, str]:
    """State, text and mend of one of doctor's checks."""
    check = next(check for check in check_all(corpus.settings) if check.name == name)
    return check.state, check.found, check.mend


def assert_sound(corpus: Corpus) -> None:
    index = Index.open(corpus.settings)
    assert examine(index, thorough=True).sound
    assert index.catalog.counts() == (2, 2)
    index.close()
    with Assistant(replace(corpus.settings, answer_with="quotes")) as assistant:
        assert "40 Millionen" in assistant.answer("Wie viel hat die neue Brücke gekostet?").text
    assert [path.name for path in corpus.settings.index_path.glob("generation-*")] == [generation(corpus).name]
    assert repair(corpus.settings) == []


def _orphan(corpus: Corpus) -> None:
    index = Index.open(corpus.settings)
    store = VectorStore(store_folder(corpus), "", index.collection)
    store.add([VectorRow("0123456789abcdef:0", 0, 0, ())], np.ones((1, 384), np.float32))
    store.close()
    with index.catalog.transaction():  # as if it had been published so
        index.catalog.set_meta("store_sizes", "{}")
    index.close()


def _absent(corpus: Corpus) -> None:
    index = Index.open(corpus.settings)
    store = VectorStore(store_folder(corpus), "", index.collection)
    store.remove(list(dict(index.catalog.keys()).values())[:1])
    store.close()
    with index.catalog.transaction():
        index.catalog.set_meta("store_sizes", "{}")
    index.close()


def _cut_short(corpus: Corpus) -> None:
    (graph,) = store_folder(corpus).rglob("data_level0.bin")
    graph.write_bytes(graph.read_bytes()[:1000])


def _no_sizes(corpus: Corpus) -> None:
    """What crashes Chroma, and nothing that would tell beforehand."""
    with sqlite3.connect(generation(corpus) / "catalog.sqlite") as db:
        db.execute("DELETE FROM meta WHERE key = 'store_sizes'")
    for file in store_folder(corpus).rglob("*.bin"):
        file.write_bytes(b"\xff" * file.stat().st_size)


def _garbage(corpus: Corpus) -> None:
    (store_folder(corpus) / "chroma.sqlite3").write_bytes(b"not a database" * 1000)


def _gone(corpus: Corpus) -> None:
    shutil.rmtree(store_folder(corpus))


DAMAGES: dict[str, tuple[Callable[[Corpus], None], str, str]] = {
    "orphan": (_orphan, "1 vectors in Chroma belong to no passage", "Removed 1 vectors"),
    "absent": (_absent, "1 passages are missing in Chroma", "Put 1 passages' vectors back"),
    "cut short": (_cut_short, "is damaged", "Built Chroma's store anew from the catalogue"),
    "overwritten": (_no_sizes, "cannot be used", "Built Chroma's store anew from the catalogue"),
    "no database": (_garbage, "cannot be used", "Built Chroma's store anew from the catalogue"),
    "gone": (_gone, "cannot be used", "Built Chroma's store anew from the catalogue"),
}


@pytest.mark.usefixtures("nothing_is_embedded")
@pytest.mark.parametrize("name", DAMAGES)
def test_chroma_is_brought_in_line_from_the_catalogue(indexed: Corpus, name: str) -> None:
    damage, said, done = DAMAGES[name]
    damage(indexed)
    state, found, mend = finding(indexed)
    assert (state, mend) == ("warning", "qa-assistant doctor --repair")
    assert said in found
    if name not in ("overwritten", "absent"):  # a graph overwritten byte by byte crashes whoever searches it
        with Assistant(replace(indexed.settings, answer_with="quotes")) as assistant:
            assert "40 Millionen" in assistant.answer("Wie viel hat die neue Brücke gekostet?").text
    assert any(done in line for line in repair(indexed.settings))
    assert_sound(indexed)


def test_a_damaged_catalogue_is_built_anew_from_the_corpus(indexed: Corpus) -> None:
    catalog = generation(indexed) / "catalog.sqlite"
    for file in generation(indexed).glob("catalog.sqlite-*"):
        file.unlink()
    catalog.write_bytes(catalog.read_bytes()[:5000] + bytes(3000) + b"x" * 20_000)
    assert finding(indexed)[2].endswith("doctor --repair") or "doctor --repair" in finding(indexed)[2]
    (line,) = repair(indexed.settings)
    assert line.startswith("Built the index anew from the corpus, 2 articles in 2 passages")
    assert_sound(indexed)


def test_vectors_that_the_catalogue_lost_are_embedded_from_its_texts(indexed: Corpus) -> None:
    with sqlite3.connect(generation(indexed) / "catalog.sqlite") as db:
        db.execute("DELETE FROM vectors WHERE passage = 1")
    for file in indexed.folder.iterdir():
        file.unlink()  # the corpus is not needed
    assert "1 passages have no vector" in finding(indexed)[1]
    assert repair(indexed.settings) == ["Embedded 1 passages that had no vector."]
    assert_sound(indexed)


def test_leftovers_and_a_killed_holder_are_removed(indexed: Corpus) -> None:
    root = indexed.settings.index_path
    (root / "generation-00000000").mkdir()
    (generation(indexed) / "chroma-00000000").mkdir()
    (root / ".0123456789abcdef.json").write_text("half", encoding="utf-8")
    holder = {"pid": 4_000_000, "command": "qa-assistant ingest", "host": "h", "since": "2026-01-02T03:04:05+00:00"}
    (root / "writer.json").write_text(json.dumps(holder), encoding="utf-8")
    assert finding(indexed, "writer")[:2][0] == "warning"
    done = "\n".join(repair(indexed.settings))
    for part in ("process 4000000", "generation-00000000", "chroma-00000000", ".0123456789abcdef.json"):
        assert part in done
    assert_sound(indexed)


def test_articles_of_a_damaged_catalogue(indexed: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(generation(indexed) / "catalog.sqlite") as db:
        db.execute("DROP TABLE sources")
    where = ["--corpus", indexed.settings.corpus, "--index", indexed.settings.index]
    for call in (["list"], ["show", "a"]):
        assert run([*where, "articles", *call]) == 1
        said = capsys.readouterr().err
        assert "The catalogue cannot be read" in said
        assert "doctor --repair" in said


def test_the_command_says_what_it_did(indexed: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    _gone(indexed)
    where = ["--corpus", indexed.settings.corpus, "--index", indexed.settings.index]
    assert run([*where, "doctor", "--repair", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["repairs"][0].startswith("Built Chroma's store anew")
    assert next(check for check in said["checks"] if check["name"] == "index")["state"] == "ok"
    assert run([*where, "doctor", "--repair"]) == 0
    assert capsys.readouterr().out.startswith("Nothing was to be repaired.\n")


def test_nothing_is_repaired_that_a_newer_program_made(indexed: Corpus) -> None:
    with sqlite3.connect(generation(indexed) / "catalog.sqlite") as db:
        db.execute("UPDATE meta SET value = '999' WHERE key = 'schema'")
    with pytest.raises(IndexUnusable, match=f"schema 999; this program reads {schema.SCHEMA_VERSION}") as caught:
        repair(indexed.settings)
    assert "update this one" in caught.value.hint
    with pytest.raises(IndexUnusable, match="schema 999"):
        ingest(indexed.settings)


# Schemas


def as_schema_1(corpus: Corpus) -> None:
    """The index as the program of schema 1 left it: vectors in Chroma alone, as the model gave them."""
    folder = generation(corpus)
    index = Index.open(corpus.settings)
    store = VectorStore(store_folder(corpus), "", index.collection)
    for rows, stored in index.catalog.vector_rows(0, 10):
        store.add([VectorRow.of(*row) for row in rows], stored)
    store.close()
    index.close()
    store_folder(corpus).rename(folder / "chroma")
    with sqlite3.connect(folder / "catalog.sqlite") as db:
        for table in ("vectors", "removed"):
            db.execute(f"DROP TABLE {table}")
        keys = "'store', 'stored_row', 'touched_row', 'store_sizes', 'store_offset', 'store_counted', 'building'"
        db.execute(f"DELETE FROM meta WHERE key IN ({keys})")
        db.execute("UPDATE meta SET value = '1' WHERE key = 'schema'")
        db.execute("INSERT OR REPLACE INTO meta VALUES ('writing', '1')")


def test_every_older_schema_has_a_step() -> None:
    assert sorted(schema.MIGRATIONS) == list(range(1, schema.SCHEMA_VERSION))


@pytest.mark.usefixtures("nothing_is_embedded")
def test_schema_1_is_migrated_by_whoever_opens_it(indexed: Corpus) -> None:
    before = vectors(indexed)
    _orphan(indexed)  # which an interrupted run of that program could leave
    as_schema_1(indexed)
    with pytest.raises(IndexUnusable, match="schema 1"):
        Catalog(generation(indexed))
    with Assistant(replace(indexed.settings, answer_with="quotes")) as assistant:
        assert "40 Millionen" in assistant.answer("Wie viel hat die neue Brücke gekostet?").text
        assert assistant.index.catalog.vectors.removed() == ["0123456789abcdef:0"]
    assert np.allclose(vectors(indexed), before, atol=1e-3)
    assert not ingest(indexed.settings).changes
    assert_sound(indexed)


def test_schema_1_without_its_chroma_is_embedded_anew(indexed: Corpus) -> None:
    as_schema_1(indexed)
    shutil.rmtree(generation(indexed) / "chroma")
    ingest(indexed.settings)
    assert_sound(indexed)


def vectors(corpus: Corpus) -> np.ndarray[Any, Any]:
    """Of both passages, shape `(2, dimension)`."""
    index = Index.open(corpus.settings)
    found = index.catalog.vectors.of([1, 2])
    index.close()
    return np.stack([found[1], found[2]])


@pytest.mark.parametrize("changed", [{"passage_tokens": 64}, {"embedding_model": "another/model"}])
def test_other_settings_build_beside_and_take_over_when_complete(
    indexed: Corpus, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any]
) -> None:
    from qa_assistant.index import embedding

    monkeypatch.setattr(embedding, "open_embedder", lambda _: PackagedEmbedder())
    before = generation(indexed)
    settings = replace(indexed.settings, **changed)
    with monkeypatch.context() as patch:
        patch.setattr("qa_assistant.index.index.Index.take_over", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ingest(settings)
    assert generation(indexed) == before  # which serves until the new one is complete
    assert Index.open(indexed.settings).catalog.counts() == (2, 2)
    with monkeypatch.context() as patch:
        patch.setattr(PackagedEmbedder, "passages", lambda *_: 1 / 0)  # nothing is embedded twice
        ingest(settings)
    assert generation(indexed) != before
    assert not before.exists()
    index = Index.open(settings)
    assert index.catalog.counts() == (2, 2)
    assert index.passage_tokens == settings.passage_tokens
    index.close()


def test_other_rules_for_sentences_build_beside(indexed: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    before = generation(indexed)
    monkeypatch.setattr("qa_assistant.sentences.VERSION", "another")
    index = [check for check in check_all(indexed.settings) if check.name == "index"]
    assert [(one.state, one.mend) for one in index] == [("warning", "qa-assistant ingest")]
    assert "an older program told where its sentences end" in index[0].found
    ingest(indexed.settings, paths=[indexed.folder])  # of some files: the rest stays
    assert generation(indexed) == before
    ingest(indexed.settings)
    assert generation(indexed) != before
    anew = generation(indexed)
    ingest(indexed.settings)
    assert generation(indexed) == anew


@pytest.mark.parametrize("pointer", [None, "", "generation-00000000"])
@pytest.mark.parametrize("by", [repair, ingest])
def test_an_index_that_nothing_points_to_is_found_again(
    indexed: Corpus, nothing_is_embedded: None, pointer: str | None, by: Callable[[Settings], object]
) -> None:
    """It was taken for what an interrupted run left, and removed."""
    file = indexed.settings.index_path / "current"
    name = file.read_text(encoding="utf-8")
    file.unlink()
    if pointer is not None:
        file.write_text(pointer, encoding="utf-8")
    done = by(indexed.settings)
    assert file.read_text(encoding="utf-8") == name
    if by is repair:
        assert done == [f"Found {name}, which is complete and nothing pointed to any more."]
