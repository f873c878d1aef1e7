"""What an index refuses, and what it finds again to the letter."""

from __future__ import annotations

import gc
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread

import numpy as np
import pytest
from conftest import Corpus
from nearest import nearest

from qa_assistant import Assistant
from qa_assistant.errors import FiltersError, IndexMissing, IndexUnusable, NotFound
from qa_assistant.index import vector_store
from qa_assistant.index.catalog import Catalog
from qa_assistant.index.filtering import VectorRow, filter_condition
from qa_assistant.index.generations import current_generation
from qa_assistant.index.index import Index
from qa_assistant.index.lock import writer_lock
from qa_assistant.index.vector_store import VectorStore
from qa_assistant.index.words import Word
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.records import Article, Filters, Metadata, Passage, Retrieved, Span
from qa_assistant.settings import Settings


def vectors_in(index: Index) -> int:
    store = index.store()
    assert store is not None
    return store.count()


@pytest.fixture
def catalog(tmp_path: object) -> Catalog:
    return Catalog(tmp_path, create=True)  # type: ignore[arg-type]


def add(catalog: Catalog, number: int, date: str | None, agency: str | None = None) -> None:
    article = Article(f"{number:016x}", f"{number}.txt", f"Satz {number}.", Metadata(date=date, agency=agency))
    catalog.add_article(article)
    passage = Passage(article.id, 0, 0, len(article.text), article.text, (Span(0, len(article.text)),))
    catalog.add_passage(passage, article.text, np.ones(4, np.float32), np.ones((1, 4), np.float32))


def test_there_is_no_index_before_an_ingest(corpus: Corpus) -> None:
    with pytest.raises(IndexMissing) as caught:
        Index.open(corpus.settings)
    assert "qa-assistant ingest" in caught.value.hint


def test_another_embedding_model_is_refused_with_the_command_that_rebuilds(corpus: Corpus) -> None:
    corpus.write("a.txt", "Ein Satz.")
    ingest(corpus.settings)
    with pytest.raises(IndexUnusable, match="made with") as caught:
        Index.open(replace(corpus.settings, embedding_model="another/model"))
    assert "ingest --rebuild" in caught.value.hint


def test_a_newer_schema_is_refused(corpus: Corpus) -> None:
    corpus.write("a.txt", "Ein Satz.")
    ingest(corpus.settings)
    folder = current_generation(corpus.settings.index_path)
    assert folder is not None
    with sqlite3.connect(folder / "catalog.sqlite") as db:
        db.execute("UPDATE meta SET value = '999' WHERE key = 'schema'")
    with pytest.raises(IndexUnusable, match="schema 999"):
        Index.open(corpus.settings)


def test_a_damaged_catalogue_is_refused_with_the_way_out(corpus: Corpus) -> None:
    corpus.write("a.txt", "Ein Satz.")
    ingest(corpus.settings)
    folder = current_generation(corpus.settings.index_path)
    assert folder is not None
    (folder / "catalog.sqlite").write_bytes(b"not a database at all" * 500)
    with pytest.raises(IndexUnusable) as caught:
        Index.open(corpus.settings)
    assert "doctor --repair" in caught.value.hint
    ingest(corpus.settings, rebuild=True)
    Index.open(corpus.settings).close()


def test_a_catalogue_that_is_damaged_while_a_question_is_answered_names_the_way_out(corpus: Corpus) -> None:
    corpus.write("a.txt", "Hamburg (dpa) - Der Hafen bleibt geschlossen.")
    ingest(corpus.settings)
    folder = current_generation(corpus.settings.index_path)
    assert folder is not None
    with Assistant(corpus.settings, answer_with="quotes") as assistant:
        events = assistant.ask("Bleibt der Hafen geschlossen?", Filters(since="2100-01-01"))
        assert isinstance(next(events), Retrieved)
        with sqlite3.connect(folder / "catalog.sqlite") as db:
            db.execute("DROP TABLE passages")
        with pytest.raises(IndexUnusable, match="cannot be read") as caught:
            next(events)
    assert "doctor --repair" in caught.value.hint


def test_an_article_is_found_by_the_beginning_of_its_id(catalog: Catalog) -> None:
    add(catalog, 0xAAAA1, "2022-12-03")
    assert catalog.article("00000000000aaaa1").metadata.date == "2022-12-03"
    for beginning in ("00000000000a", "0"):
        assert catalog.article(beginning).id == "00000000000aaaa1"
    with pytest.raises(NotFound, match="no article"):
        catalog.article("")
    add(catalog, 0xAAAA2, None)
    for wrong, said in {"00000000000a": "more than one", "0": "more than one", "ffff": "no article"}.items():
        with pytest.raises(NotFound, match=said):
            catalog.article(wrong)


def test_articles_come_in_order_of_date_with_unknown_ones_last(catalog: Catalog) -> None:
    for number, date in enumerate([None, "2022-12", "2021", "2022-12-03"]):
        add(catalog, number, date)
    assert [article.metadata.date for article in catalog.articles()] == ["2021", "2022-12", "2022-12-03", None]


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        ("12/2022", None, "'12/2022' is not a date such as"),
        (None, "2022-02-30", "is no date that exists"),
        ("2023", "2022-12", "since 2023 is later than until 2022-12"),
    ],
)
def test_filters_with_a_wrong_date_are_refused_with_the_way_out(
    since: str | None, until: str | None, said: str
) -> None:
    with pytest.raises(FiltersError, match=said) as caught:
        Filters(since, until)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {0, 1, 2, 3}),
        (Filters(since="2022-12-02"), {1, 2}),
        (Filters(until="2022-12-02"), {1, 3}),
        (Filters(since="2022-12-03", until="2022-12-03"), {1, 2}),
        (Filters(since="2022-12"), {1, 2}),
        (Filters(until="2022-12"), {1, 2, 3}),
        (Filters(since="2022", until="2022"), {1, 2}),
        (Filters(agency="DPA"), {2}),
        (Filters(agency="dpa/LHE"), {2}),
        (Filters(agency="lhe/dpa"), {2}),
        (Filters(agency="dpa/afp"), set()),
        (Filters(agency="/"), set()),
        (Filters(agency=" // "), set()),
        (Filters(agency="dpa", until="2022-01-01"), set()),
    ],
)
def test_filters_mean_the_same_to_chroma_and_to_sqlite(
    catalog: Catalog, tmp_path: object, filters: Filters, expected: set[int]
) -> None:
    for number, (date, agency) in enumerate(
        [(None, None), ("2022-12", "AFP"), ("2022-12-03", "dpa/lhe"), ("2021", "APA")]
    ):
        add(catalog, number, date, agency)
    found = catalog.keywords.candidates([Word("Satz", "satz")], 10, *filter_condition(filters))
    assert {row - 1 for row in found} == expected

    store = VectorStore(tmp_path / "chroma", "", "test-passages")  # type: ignore[operator]
    rows = [
        VectorRow("0", 0, 0, ()),
        VectorRow("1", 20221201, 20221231, ("afp",)),
        VectorRow("2", 20221203, 20221203, ("dpa", "lhe")),
        VectorRow("3", 20210101, 20211231, ("apa",)),
    ]
    store.add(rows, np.eye(4, dtype=np.float32))
    assert {int(key) for key in store.nearest(np.ones(4, np.float32), 10, filters)} == expected


@pytest.mark.parametrize("stored", [None, "i̇ha/azərtac"])
@pytest.mark.parametrize("agency", ["İHA", "azərtac/İHA", "iha", "IHA", "Azertac"])
def test_agencies_are_found_however_their_i_and_e_are_written(
    catalog: Catalog, tmp_path: object, agency: str, stored: str | None
) -> None:
    """An index of an older program keeps its letters, and is found by them."""
    add(catalog, 0, None, "İHA/AZƏRTAC")
    add(catalog, 1, None, "dpa")
    row = VectorRow.of("0", None, "İHA/AZƏRTAC")
    if stored:
        catalog._db.execute("UPDATE articles SET agencies = ? WHERE agency LIKE '%HA%'", (f"/{stored}/",))
        row = VectorRow("0", 0, 0, tuple(stored.split("/")))
    store = VectorStore(tmp_path / "chroma", "", "test-passages")  # type: ignore[operator]
    store.add([row, VectorRow.of("1", None, "dpa")], np.eye(2, dtype=np.float32))
    filters = Filters(agency=agency)
    expected = [] if stored and agency in ("iha", "IHA", "Azertac") else ["0"]
    assert list(store.nearest(np.ones(2, np.float32), 10, filters)) == expected
    found = catalog.keywords.candidates([Word("Satz", "satz")], 10, *filter_condition(filters))
    assert [str(row - 1) for row in found] == expected


def test_vectors_are_replaced_removed_and_compared(tmp_path: object) -> None:
    store = VectorStore(tmp_path / "chroma", "", "test-passages")  # type: ignore[operator]
    rows = [VectorRow(f"a:{number}", 0, 0, ()) for number in range(3)]
    store.add(rows, np.eye(3, dtype=np.float32))
    store.add(rows[:1], np.array([[0, 0, 1]], np.float32))
    assert store.count() == 3
    found = store.nearest(np.array([0, 0, 1], np.float32), 2, Filters())
    assert set(found) == {"a:0", "a:2"}
    assert found["a:0"] == pytest.approx(1.0, abs=1e-6)
    stored = store.vectors(["a:1", "b:9"])
    assert {key: vector.tolist() for key, vector in stored.items()} == {"a:1": [0, 1, 0]}
    store.remove(["a:1", "b:9"])
    assert store.keys() == {"a:0", "a:2"}


def test_an_index_that_is_open_twice_serves_on_when_one_is_closed(shipped_index: Settings) -> None:
    first, second = Index.open(shipped_index), Index.open(shipped_index)
    count = vectors_in(first)
    assert vectors_in(second) == count > 0
    first.close()
    first.close()
    assert vectors_in(second) == count
    third = Index.open(shipped_index)
    second.close()
    assert vectors_in(third) == count
    third.close()
    with Assistant(shipped_index) as assistant:
        assert vectors_in(assistant.index) == count


def test_a_store_that_a_writer_replaces_is_done_without_and_a_damaged_one_is_reported(
    corpus: Corpus, caplog: pytest.LogCaptureFixture
) -> None:
    corpus.write("a.txt", "Der Hafen von Hamburg bleibt bis Montag geschlossen.")
    ingest(corpus.settings)
    index = Index.open(corpus.settings)
    question = index.embedder.questions(["Welcher Hafen ist geschlossen?"])[0]
    with index.catalog.reading():
        name = index.catalog.vectors.stored().name
        corpus.write("b.txt", "Die neue Brücke ist fertig.")
        ingest(corpus.settings)  # another process' work: this one still reads the state before
        (index.folder / name).mkdir()  # Chroma makes what it cannot find
        assert len(nearest(index, question, 3)) == 1
    assert not caplog.records
    (index.folder / index.catalog.vectors.stored().name / "chroma.sqlite3").write_bytes(b"no database" * 1_000)
    assert len(nearest(index, question, 3)) == 2
    assert "doctor --repair" in caplog.text
    index.close()


@pytest.mark.parametrize("filters", [Filters(), Filters(since="2024-03-02")])
def test_a_few_vectors_are_compared_and_chroma_finds_the_same(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, filters: Filters
) -> None:
    for day, sentence in enumerate(("Der Hafen bleibt geschlossen.", "Die Brücke ist fertig.", "Es wird kühler."), 1):
        corpus.write(f"{day}.txt", f"Berlin, {day}. März 2024 (dpa) {sentence}")
    ingest(corpus.settings)
    index = Index.open(corpus.settings)
    question = index.embedder.questions(["Welcher Hafen ist geschlossen?"])[0]
    by_chroma = nearest(index, question, 3, filters)
    assert len(by_chroma) == (2 if filters else 3)
    monkeypatch.setattr("qa_assistant.index.index.COMPARED", max(by_chroma))
    monkeypatch.setattr(VectorStore, "nearest", lambda *_: 1 / 0)
    compared = nearest(index, question, 3, filters)
    assert list(compared) == list(by_chroma)
    assert list(compared.values()) == pytest.approx(list(by_chroma.values()), abs=2e-3)  # float16 in the catalogue
    index.close()


def test_a_small_corpus_is_searched_without_loading_chroma(shipped_index: Settings) -> None:
    code = (
        "import sys; from qa_assistant import Assistant, Settings\n"
        f"with Assistant(Settings(index={shipped_index.index!r})) as assistant:\n"
        "    assert assistant.search('Bayramov')\n"
        "print('chromadb' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_threads_open_and_close_the_same_store(tmp_path: Path) -> None:
    """Without a lock around Chroma's clients, some of these find an engine that has not started or is gone."""
    together = Barrier(6)

    def open_and_close(_: int) -> None:
        for _ in range(15):
            together.wait(20)
            store = VectorStore(tmp_path / "chroma", "", "test-passages")
            store.count()
            store.close()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(open_and_close, range(6)))


def test_a_store_that_is_found_to_be_garbage_while_another_is_opened_waits_for_no_lock(tmp_path: Path) -> None:
    """A soak hung for good once: the collector closed a forgotten store in the thread that was opening the next."""
    closed: list[str] = []

    def collect_while_opening() -> None:
        gc.disable()  # or it may be collected before
        try:
            store = VectorStore(tmp_path / "forgotten", "", "test-passages")
            store._client.close = lambda: closed.append("forgotten")
            cycle: list[object] = [store]
            cycle.append(cycle)
            del store, cycle
            with vector_store._one_at_a_time():
                gc.collect()
                assert not closed
        finally:
            gc.enable()

    thread = Thread(target=collect_while_opening, daemon=True)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    VectorStore(tmp_path / "next", "", "test-passages").close()
    assert closed == ["forgotten"]


def test_threads_that_ask_at_once_share_one_embedding_model(
    shipped_index: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []

    def open_slowly(_: Settings) -> object:
        time.sleep(0.05)
        opened.append(object())
        return opened[-1]

    monkeypatch.setattr("qa_assistant.index.embedding.open_embedder", open_slowly)
    index = Index.open(shipped_index)
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(lambda _: index.embedder, range(4))) == set(opened)
    assert len(opened) == 1
    index.close()


def test_a_chroma_server_that_is_not_there_is_named() -> None:
    with pytest.raises(IndexUnusable, match=r"127\.0\.0\.1:9"):
        VectorStore(Settings().index_path, "http://127.0.0.1:9", "test-passages")


def test_a_reader_that_is_gone_is_no_fault_of_the_index(tmp_path: Path) -> None:
    """Whoever writes says how it goes, to a pipe for instance."""
    with pytest.raises(BrokenPipeError), writer_lock(tmp_path):
        raise BrokenPipeError


def test_a_dry_run_closes_the_index_that_it_compares_with(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus.write("a.txt", "Der Hafen ist zu.")
    ingest(corpus.settings)
    closed: list[Index] = []
    monkeypatch.setattr(Index, "close", lambda index: closed.append(index))
    assert ingest(corpus.settings, dry_run=True).articles == 1
    assert len(closed) == 1
