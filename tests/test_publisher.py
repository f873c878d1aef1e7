"""Who may publish a shared index: the machine that did first, whatever happened to its own index, and nobody else."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from test_chroma_server import server  # noqa: F401 - a fixture
from test_sharing import HARBOUR, client, writer  # noqa: F401 - a fixture

from qa_assistant import Assistant, ingest
from qa_assistant.errors import IndexUnusable
from qa_assistant.index import sharing
from qa_assistant.index.vector_store import EntryStore
from qa_assistant.repair import repair
from qa_assistant.settings import Settings


@pytest.mark.parametrize("rebuild", [True, False])
def test_an_index_is_not_published_over_that_of_another_machine(
    writer: Settings,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rebuild: bool,
) -> None:
    """Which has one of its own already, of other articles; nor if both begin to publish at once."""
    other = client(writer, tmp_path / "1")
    (Path(other.corpus) / "c.txt").write_text(HARBOUR.replace("Hamburg", "Rostock"), encoding="utf-8")
    ingest(replace(other, chroma="", shared_index=""))
    ingest(writer)
    for now in (True, False):
        with monkeypatch.context() as patch:
            if not now:
                patch.setattr("qa_assistant.ingestion.ingest.refuse_copy", lambda _: None)
            with pytest.raises(IndexUnusable, match="another machine"):
                ingest(other, rebuild=rebuild)
        reader = client(writer, tmp_path / f"reader-{now}")
        with Assistant(reader) as assistant:
            assert {article.path for article in assistant.articles()} == {"a.txt", "b.txt"}
    ingest(replace(other, shared_index="rostock"), rebuild=rebuild)
    ingest(writer, rebuild=rebuild)


def test_its_publisher_goes_on_whatever_happened_to_its_index(writer: Settings, tmp_path: Path) -> None:  # noqa: F811
    """Killed before a new generation was published, damaged, or begun by a program that noted no publisher."""
    ingest(writer)
    ingest(replace(writer, shared_index=""), rebuild=True)
    ingest(writer)
    for catalog in writer.index_path.glob("generation-*/catalog.sqlite*"):
        catalog.write_bytes(b"no catalogue" * 1_000)
    assert any("anew" in done for done in repair(writer))
    with Assistant(client(writer, tmp_path / "1")) as assistant:
        assert len(assistant.articles()) == 2

    (writer.index_path / "publisher").unlink()
    with pytest.raises(IndexUnusable, match="another machine"):
        ingest(writer)
    with closing(EntryStore(writer.chroma, "qa-assistant-shared-news")) as store:
        state = json.loads(store.get(["state"])["state"])
        del state["publisher"]
        store.put({"state": (state["digest"], json.dumps(state))})
    ingest(writer)
    ingest(writer, rebuild=True)
    with closing(EntryStore(writer.chroma, "qa-assistant-shared-news")) as store:
        assert json.loads(store.get(["state"])["state"])["publisher"]


def test_an_index_of_an_older_schema_can_be_shared(writer: Settings) -> None:  # noqa: F811
    ingest(replace(writer, shared_index=""))
    (catalog,) = writer.index_path.glob("generation-*/catalog.sqlite")
    with closing(sqlite3.connect(catalog)) as db, db:
        db.execute("UPDATE meta SET value = '1' WHERE key = 'schema'")
    assert not sharing.is_copy(writer)
    sharing.refuse_copy(writer)
