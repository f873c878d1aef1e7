"""Whatever stands in a file, a row or a reply: an answer or an error that says what is wrong, never a traceback.

More of the kind stand beside what they are about (`test_corpus.py`, `test_splitting.py`, `test_cases.py` …). More
inputs: `tests/benchmarks/fuzz.py`.
"""

from __future__ import annotations

import io
import json
import os
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import docx
import numpy as np
import pytest
from conftest import Corpus
from fake_ollama import FakeOllama, Line, Part, Raw, Reply
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_corpus import check, read_as
from test_readers import pdf

from qa_assistant.answering.llm import Ollama
from qa_assistant.errors import IndexUnusable, ModelError, QAError, QuestionsError, SessionError
from qa_assistant.evaluation.cases import load_cases
from qa_assistant.index.catalog import FILE_NAME, Catalog
from qa_assistant.index.generations import current_generation
from qa_assistant.index.index import Index
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.records import Filters
from qa_assistant.sessions.store import SessionStore
from qa_assistant.settings import Settings

TRIES = int(os.environ.get("FUZZ", "40"))
tries = settings(deadline=None, max_examples=TRIES, suppress_health_check=[HealthCheck.function_scoped_fixture])

SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=20)
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


# Readers


@cache
def valid() -> dict[str, bytes]:
    """A small file of each format that has a structure."""
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph("Berlin, 3. Dezember 2022 (dpa) - Der Hafen ist geschlossen.")
    document.save(out)
    return {
        ".pdf": pdf("Der Hafen ist geschlossen."),
        ".docx": out.getvalue(),
        ".html": b"<html><title>Hafen</title><body><article><p>Der Hafen ist zu.</p></article></body></html>",
        ".md": b"---\ntitle: Hafen\ndate: 2022-12-03\n---\nDer Hafen ist zu.\n",
        ".jsonl": b'{"text": "Der Hafen ist zu.", "date": "2022-12-03"}\n' * 2,
        ".csv": b'date,text\n2022-12-03,"Der Hafen ist zu."\n',
    }


CHANGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=4)


def changed(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    """`data` with some parts replaced: (where, how many bytes, by what)."""
    for place, length, new in edits:
        at = int(place * len(data))
        data = data[:at] + new + data[at + length :]
    return data


@tries
@given(st.sampled_from(sorted(valid())), CHANGES)
def test_no_damage_to_a_file_makes_read_raise(suffix: str, edits: list[tuple[float, int, bytes]]) -> None:
    check(*read_as(f"f{suffix}", changed(valid()[suffix], edits)), f"f{suffix}")


@tries
@given(CHANGES)
def test_no_damage_inside_a_word_file_makes_read_raise(edits: list[tuple[float, int, bytes]]) -> None:
    """The archive is whole; the document in it is not."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(valid()[".docx"])) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            after.writestr(name, changed(data, edits) if name == "word/document.xml" else data)
    check(*read_as("f.docx", out.getvalue()), "f.docx")


# Question files

KEYS = st.sampled_from(
    ["cases", "article", "id", "question", "facts", "cites", "answerable", "tags", "history", "quote"]
)
CASES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=4)
)


@tries
@given(st.binary(max_size=200) | CASES.map(lambda data: json.dumps(data).encode()) | st.lists(
    CASES, max_size=3
).map(lambda cases: json.dumps({"cases": cases}).encode()))  # fmt: skip
def test_any_question_file_is_read_or_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "q.yaml"
    path.write_bytes(data)
    try:
        load_cases(path)
    except QuestionsError as error:
        assert "q.yaml" in error.message


# Stored rows

COLUMNS = [
    ("articles", name)
    for name in ("id", "title", "date", "first_day", "place", "agency", "agencies", "language", "text")
] + [("passages", name) for name in ("ordinal", "start", "end", "length", "sentences", "sentence_vectors")]
COLUMNS += [("vectors", "vector"), ("sources", "path"), ("files", "size"), ("files", "digest"), ("files", "mtime_ns")]
COLUMNS += [
    ("vocabulary", "block"),
    ("word_vectors", "vector"),
    ("means", "total"),
    ("means", "count"),
    ("words", "text"),
]
META = ["store", "store_offset", "store_counted", "stored_row", "touched_row", "store_sizes", "updated_at", "corpus"]
META += ["passage_tokens", "collection"]
COLUMNS += [("meta", f"value = ? WHERE key = '{key}' --") for key in META]
VALUES = st.none() | st.integers(-(2**62), 2**62) | st.text(max_size=20) | st.binary(max_size=40) | JSON.map(json.dumps)


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("rows")
    corpus = Corpus(folder)
    corpus.write("a.txt", "Hamburg, 4. Dezember 2022 (dpa) - Der Hafen ist bis Montag zu. Ein Sturm kam auf.")
    ingest(corpus.settings)
    yield corpus.settings


@tries
@given(st.sampled_from(COLUMNS), VALUES)
def test_any_row_of_the_catalogue_is_read_or_said_to_be_damaged(
    indexed: Settings, column: tuple[str, str], value: object
) -> None:
    from qa_assistant.answering.retrieval import retrieve
    from qa_assistant.ingestion.status import corpus_status

    table, name = column
    folder = current_generation(indexed.index_path)
    assert folder is not None
    before = (folder / FILE_NAME).read_bytes()
    try:
        with sqlite3.connect(folder / FILE_NAME) as db:
            db.execute("PRAGMA ignore_check_constraints = ON")
            try:
                db.execute(f"UPDATE {table} SET {name} = ?", (value,))
            except sqlite3.IntegrityError:
                return  # SQLite refuses it itself
        db.close()
        index = Index.open(indexed)
        for call in (
            lambda: retrieve(index, "Wie lange ist der Hafen zu?", "de", 4, Filters()),
            lambda: retrieve(index, "How long is the port closed?", "en", 4, Filters(agency="dpa", since="2022-01-01")),
            index.catalog.articles,
            lambda: index.catalog.article("0000"),
            lambda: corpus_status(indexed),
            lambda: index.passage_tokens,
        ):
            try:
                call()
            except QAError as error:
                assert error.message
        index.close()
    finally:
        for file in folder.glob(f"{FILE_NAME}*"):
            file.unlink()
        (folder / FILE_NAME).write_bytes(before)


def test_the_damaged_notes_of_a_catalogue_that_has_no_passage_yet_are_said_to_be_damaged(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path, create=True)
    assert catalog.check(thorough=False) == ""
    catalog.set_meta("passage_tokens", "many")
    assert "rows of meta" in catalog.check(thorough=False)
    with pytest.raises(IndexUnusable, match="damaged"), catalog.reading():
        int(catalog.meta("passage_tokens") or 0)
    catalog.close()


@tries
@given(st.binary(min_size=1, max_size=60), st.floats(0, 1))
def test_a_catalogue_with_other_bytes_is_read_or_said_to_be_damaged(
    indexed: Settings, tmp_path: Path, data: bytes, place: float
) -> None:
    folder = current_generation(indexed.index_path)
    assert folder is not None
    whole = (folder / FILE_NAME).read_bytes()
    at = int(place * len(whole))
    (tmp_path / FILE_NAME).write_bytes(whole[:at] + data + whole[at + len(data) :])
    try:
        catalog = Catalog(tmp_path)
    except IndexUnusable as error:
        assert error.hint
        return
    try:
        with catalog.reading():
            rows = dict(catalog.keys())
            catalog.passages(rows, {})
            catalog.vectors.nearest(np.ones(384, np.float32), 3, 0)
    except IndexUnusable as error:
        assert error.hint
    finally:
        catalog.close()


@tries
@given(st.sampled_from(["answer", "asked_at", "question"]), st.text(max_size=20) | JSON.map(json.dumps))
def test_any_row_of_a_session_is_read_or_said_to_be_damaged(tmp_path: Path, column: str, value: str) -> None:
    path = tmp_path / "chat.sqlite"
    store = SessionStore(path)
    session = store.create("Hafen").id
    store.add_turn(session, "Wie lange?", None, stopped=True)
    store.close()
    with sqlite3.connect(path) as db:
        db.execute(f"UPDATE turns SET {column} = ?", (value,))
    db.close()
    store = SessionStore(path)
    try:
        store.open(session)
    except SessionError as error:
        assert error.hint
    finally:
        store.close()
        path.unlink()


# Ollama's replies

MESSAGE = st.dictionaries(
    st.sampled_from(["message", "done", "done_reason", "eval_count", "prompt_eval_count", "error", "model"]),
    JSON | st.fixed_dictionaries({"role": st.just("assistant"), "content": st.text(max_size=10)}),
    max_size=4,
)
PARTS: st.SearchStrategy[Part] = (
    st.text(max_size=10) | st.binary(min_size=1, max_size=30).map(Raw) | (MESSAGE | JSON).map(Line)
)


@pytest.fixture(scope="module")
def server() -> Iterator[FakeOllama]:
    with FakeOllama() as fake:
        fake.install()
        yield fake


@contextmanager
def asking(server: FakeOllama) -> Iterator[Ollama]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OLLAMA_HOST", server.host)
        with Ollama(timeout=10) as ollama:
            yield ollama


@tries
@given(st.lists(PARTS, max_size=4), st.booleans(), st.none() | st.integers(0, 3))
def test_any_reply_is_text_or_an_error(
    server: FakeOllama, parts: list[Part], finished: bool, stop_after: int | None
) -> None:
    server.replies.clear()
    server.reply(*parts, finished=finished, stop_after=stop_after)
    with asking(server) as ollama:
        try:
            chunks = list(
                ollama.chat("fake:4b", [{"role": "user", "content": "Wie?"}], context_tokens=1024, answer_tokens=8)
            )
        except ModelError as error:
            assert error.message
        else:
            assert all(isinstance(chunk.text, str) for chunk in chunks)


@tries
@given(st.sampled_from(["/api/tags", "/api/show"]), PARTS)
def test_any_list_of_models_is_read_or_an_error(server: FakeOllama, path: str, part: Part) -> None:
    server.overrides = {path: Reply((part,), finished=False)}
    try:
        with asking(server) as ollama:
            for call in (ollama.models, ollama.choose, lambda: ollama.context_length("fake:4b")):
                try:
                    call()
                except ModelError as error:
                    assert error.message
    finally:
        server.overrides = {}
