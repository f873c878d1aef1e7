"""The catalogue's tables, and the steps that bring those of an older program up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from types import MappingProxyType

from qa_assistant.index.keyword_index import KEYWORD_TABLES
from qa_assistant.index.means import MEAN_TABLES
from qa_assistant.index.passage_vectors import VECTOR_TABLES

SCHEMA_VERSION = 2

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE files (path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, digest TEXT NOT NULL);
CREATE TABLE articles (
    id TEXT PRIMARY KEY, title TEXT, date TEXT, first_day TEXT, last_day TEXT, place TEXT, agency TEXT,
    agencies TEXT NOT NULL, language TEXT, text TEXT NOT NULL, ingested_at TEXT NOT NULL
);
CREATE TABLE sources (
    path TEXT PRIMARY KEY, file TEXT NOT NULL REFERENCES files (path), article_id TEXT NOT NULL REFERENCES articles (id)
);
CREATE INDEX sources_article ON sources (article_id);
CREATE INDEX sources_file ON sources (file);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles (id), ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, length INTEGER NOT NULL, sentences TEXT NOT NULL,
    sentence_vectors BLOB NOT NULL, UNIQUE (article_id, ordinal)
);
CREATE INDEX passages_length ON passages (length);
"""


def create(db: sqlite3.Connection) -> None:
    """All tables, empty. To be called in a transaction."""
    _run(db, _TABLES + KEYWORD_TABLES + MEAN_TABLES + VECTOR_TABLES)
    _stamp(db, SCHEMA_VERSION)


def version(db: sqlite3.Connection) -> int:
    """The schema of the open catalogue; 0 if it does not say. Raises sqlite3.Error."""
    row = db.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    return int(row[0]) if row and str(row[0]).isdigit() else 0


def migrate(db: sqlite3.Connection) -> None:
    """From any older schema to this one, step by step. To be called in a transaction."""
    for step in range(version(db), SCHEMA_VERSION):
        MIGRATIONS[step](db)
        _stamp(db, step + 1)


def _vectors_join_the_catalogue(db: sqlite3.Connection) -> None:
    """1 → 2: the catalogue keeps the passages' vectors. `Index` copies them from Chroma, which alone had them."""
    _run(db, VECTOR_TABLES)
    db.execute("INSERT INTO meta SELECT 'store', 'chroma'")
    db.execute("INSERT INTO meta SELECT 'stored_row', ifnull(max(id), 0) FROM passages")
    db.execute("INSERT INTO meta SELECT 'touched_row', value FROM meta WHERE key = 'stored_row'")
    db.execute("INSERT INTO meta SELECT 'vectors_in', 'chroma'")
    db.execute("DELETE FROM meta WHERE key = 'writing'")


MIGRATIONS: Mapping[int, Callable[[sqlite3.Connection], None]] = MappingProxyType({1: _vectors_join_the_catalogue})
"""By the schema that each step begins with."""


def _run(db: sqlite3.Connection, statements: str) -> None:
    for statement in statements.split(";\n"):
        db.execute(statement)


def _stamp(db: sqlite3.Connection, schema: int) -> None:
    db.execute("INSERT OR REPLACE INTO meta VALUES ('schema', ?)", (str(schema),))
