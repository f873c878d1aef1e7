"""The vectors on a real Chroma server, started from the package."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from chroma_server import free_port, serving
from conftest import Corpus

from qa_assistant import Assistant, ingest
from qa_assistant.errors import IndexUnusable
from qa_assistant.health import check_all
from qa_assistant.index.embedding import PackagedEmbedder
from qa_assistant.index.index import Index
from qa_assistant.index.integrity import examine
from qa_assistant.index.vector_store import VectorStore
from qa_assistant.repair import repair

TEXT = "Hamburg, 4. Dezember 2022 (dpa) - Der Hafen von Hamburg bleibt bis Montag geschlossen. Ein Sturm kam auf."


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Address and process of a server with an empty store."""
    port = free_port()
    with serving(tmp_path, port) as process:
        yield f"http://127.0.0.1:{port}", process


def test_ingest_and_ask_over_a_chroma_server(corpus: Corpus, server: tuple[str, subprocess.Popen[bytes]]) -> None:
    address, process = server
    settings = replace(corpus.settings, chroma=address, answer_with="quotes")
    corpus.write("a.txt", TEXT)
    ingest(settings)
    assert not list(settings.index_path.rglob("chroma"))
    with Assistant(settings) as assistant:
        answer = assistant.answer("How long will the port of Hamburg stay closed?")
        assert "bis Montag" in answer.citations[0].quote
    corpus.write("a.txt", TEXT.replace("Montag", "Freitag"))
    ingest(settings)
    with Assistant(settings) as assistant:
        assert "bis Freitag" in assistant.answer("Wie lange bleibt der Hafen geschlossen?").text
        store = assistant.index.store()
        assert store is not None
        assert store.count() == 1
        process.kill()
        process.wait()
        with pytest.raises(IndexUnusable, match=r"127\.0\.0\.1"):
            assistant.answer("Wie lange bleibt der Hafen geschlossen?")


def test_without_its_server_doctor_says_that_nothing_can_be_asked(corpus: Corpus, tmp_path: Path) -> None:
    port = free_port()
    settings = replace(corpus.settings, chroma=f"http://127.0.0.1:{port}")
    corpus.write("a.txt", TEXT)
    with serving(tmp_path, port):
        ingest(settings)
        assert next(check for check in check_all(settings) if check.name == "index").state == "ok"
    for named in (settings, replace(settings, shared_index="news")):
        found = next(check for check in check_all(named) if check.name == "index")
        assert (found.state, found.mend) == ("failed", f"chroma run --host 127.0.0.1 --port {port}")


def test_a_server_that_goes_away_in_the_midst_of_an_ingest(
    corpus: Corpus, server: tuple[str, subprocess.Popen[bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, process = server
    settings = replace(corpus.settings, chroma=address, answer_with="quotes")
    corpus.write("a.txt", TEXT)
    add: Any = VectorStore.add

    def killed(self: VectorStore, *what: Any) -> None:
        add(self, *what)
        process.kill()
        process.wait()
        add(self, *what)

    with monkeypatch.context() as patch:
        patch.setattr(VectorStore, "add", killed)
        with pytest.raises(IndexUnusable, match=address.removeprefix("http://")):
            ingest(settings)
    monkeypatch.setattr(PackagedEmbedder, "passages", lambda *_: pytest.fail("embedded again"))
    with serving(tmp_path, int(address.rpartition(":")[2])):
        assert ingest(settings).articles == 1
        index = Index.open(settings)
        assert examine(index).sound
        index.close()
        assert len(list(settings.index_path.glob("generation-*"))) == 1


def test_repair_over_a_server(corpus: Corpus, server: tuple[str, subprocess.Popen[bytes]]) -> None:
    """Somebody removed vectors there, or the whole collection; nothing of the old one stays behind."""
    address, _ = server
    settings = replace(corpus.settings, chroma=address)
    corpus.write("a.txt", TEXT)
    ingest(settings)
    for damage in ("vectors", "collection"):
        index = Index.open(settings)
        before = index.collection
        store = VectorStore(index.folder, address, before)
        store.remove(store.keys()) if damage == "vectors" else store.drop()
        index.close()
        (line,) = repair(settings)
        assert ("Put 1 passages' vectors back" if damage == "vectors" else "Built Chroma's store anew") in line
        index = Index.open(settings)
        assert examine(index).sound
        index.close()
        with pytest.raises(IndexUnusable):
            VectorStore(index.folder, address, before, create=False)
