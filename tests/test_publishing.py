"""A store is copied whole, whatever its readers do meanwhile."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from qa_assistant.errors import IndexUnusable
from qa_assistant.index.publishing import _copy


def store(folder: Path) -> Path:
    (folder / "graph").mkdir(parents=True)
    (folder / "graph" / "data.bin").write_bytes(b"vectors")
    with closing(sqlite3.connect(folder / "chroma.sqlite3")) as db, db:
        db.execute("CREATE TABLE t (x)")
        db.execute("INSERT INTO t VALUES ('whole')")
    return folder


def rows(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "chroma.sqlite3")) as db:
        return [row[0] for row in db.execute("SELECT x FROM t")]


def test_a_write_that_is_under_way_is_waited_for_and_its_journal_left_out(tmp_path: Path) -> None:
    source, target = store(tmp_path / "source"), tmp_path / "target"
    with closing(sqlite3.connect(source / "chroma.sqlite3", check_same_thread=False)) as writer:
        writer.execute("PRAGMA cache_size = 1")  # so that half of it is in the file already
        writer.execute("BEGIN EXCLUSIVE")
        writer.executemany("INSERT INTO t VALUES (?)", [("half" * 2_000,)] * 50)
        assert (source / "chroma.sqlite3-journal").exists()
        undo = threading.Timer(0.3, writer.rollback)
        undo.start()
        _copy(source, target)
        undo.join()
    assert rows(target) == ["whole"]
    assert (target / "graph" / "data.bin").read_bytes() == b"vectors"
    assert sorted(path.name for path in target.iterdir()) == ["chroma.sqlite3", "graph"]


def test_a_store_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    source = store(tmp_path / "source")
    (source / "chroma.sqlite3").write_bytes(b"no database" * 1_000)
    with pytest.raises(IndexUnusable, match="cannot be copied"):
        _copy(source, tmp_path / "target")
