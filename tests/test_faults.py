"""A full disk, a read-only folder, files that change under our eyes, files of every size: said, and nothing lost.

Elsewhere: links in a circle and names that are no UTF-8 (`test_corpus.py`, `test_ingest.py`), damaged files of the
index (`test_repair.py`), Ollama slow, silent, refusing or dying (`test_llm.py`, `test_model_state.py`).
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Corpus

from qa_assistant import Assistant
from qa_assistant.errors import IndexUnusable
from qa_assistant.health import check_all
from qa_assistant.index.catalog import Catalog
from qa_assistant.index.generations import current_generation
from qa_assistant.index.index import Index
from qa_assistant.index.integrity import examine
from qa_assistant.ingestion import changes as reading
from qa_assistant.ingestion import corpus as files
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.settings import Settings

HARBOUR = "Hamburg, 4. Dezember 2022 (dpa) - Der Hafen von Hamburg bleibt bis Montag geschlossen."
BRIDGE = "Dresden, 3. Juni 2019 (AFP) - Die neue Brücke über die Elbe hat 40 Millionen Euro gekostet."
SMALL_FILES = int(os.environ.get("SMALL_FILES", "3000"))
"""100,000 of them: `SMALL_FILES=100000 python -m pytest tests/test_faults.py -k small_files`."""


def mount(*how: str) -> None:
    """Mounts, or skips the test where that is not allowed."""
    try:
        done = subprocess.run(["mount", *how], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no `mount` here")
    if done.returncode:
        pytest.skip(f"mounting is not allowed here: {done.stderr.strip()}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder))
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def held(settings: Settings) -> set[str]:
    """Texts of the articles in an index that is sound."""
    index = Index.open(settings)
    assert examine(index, thorough=True).sound
    found = {article.text for article in index.catalog.articles()}
    index.close()
    return found


@pytest.mark.parametrize("left", [0, 20_000, 120_000, 400_000, 900_000])
def test_a_full_disk_keeps_what_was_done(corpus: Corpus, small_disk: Path, embedded: list[str], left: int) -> None:
    """With `left` bytes to go: the catalogue fails, or Chroma, or nothing."""
    settings = replace(corpus.settings, index=str(small_disk / "index"))
    corpus.write("a.txt", HARBOUR)
    ingest(settings)
    texts = {HARBOUR} | {BRIDGE.replace("40", str(number)) for number in range(15)}
    for number in range(15):
        corpus.write(f"{number}.txt", BRIDGE.replace("40", str(number)))
    free = os.statvfs(small_disk)
    filler = small_disk / "filler"
    filler.write_bytes(bytes(max(0, free.f_bavail * free.f_frsize - left)))
    try:
        ingest(settings)
    except IndexUnusable as error:
        assert "full" in error.message.lower() or "space" in error.message.lower(), error.message
        assert "room" in error.hint
    with Assistant(settings) as assistant:  # questions are answered with no byte to spare
        assert HARBOUR in {hit.article.text for hit in assistant.search("Hafen")}
    filler.unlink()
    done = held(settings)
    embedded.clear()
    ingest(settings)
    assert held(settings) == texts
    assert done.isdisjoint(embedded)


def test_read_only_folders(corpus: Corpus, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    corpus.write("a.txt", HARBOUR)
    ingest(corpus.settings)
    frozen = tmp_path / "frozen"
    frozen.mkdir()
    mount("--bind", str(corpus.settings.index_path), str(frozen))
    try:
        mount("-o", "remount,bind,ro", str(frozen))
        settings = replace(corpus.settings, index=str(frozen), answer_with="quotes")
        with Assistant(settings) as assistant:
            assert "bis Montag" in assistant.answer("Wie lange bleibt der Hafen geschlossen?").text
        corpus.write("b.txt", BRIDGE)
        with pytest.raises(IndexUnusable, match="cannot be written: Read-only file system") as caught:
            ingest(settings)
        assert "--index DIR" in caught.value.hint
        assert "questions work" in caught.value.hint
        assert "Mend it" not in caplog.text, "nothing can be mended there"
        (check,) = (check for check in check_all(settings) if check.name == "index")
        assert (check.state, check.mend) == ("warning", "qa-assistant --index DIR ingest")
        assert check.found.endswith("the folder read-only. Questions work.")
        mount("-o", "remount,bind,rw", str(frozen))
        mount("--bind", "-o", "ro", str(corpus.folder), str(corpus.folder))  # a corpus that cannot be written to
        try:
            assert ingest(settings).articles == 2
        finally:
            subprocess.run(["umount", str(corpus.folder)], check=True)
    finally:
        subprocess.run(["umount", "-l", str(frozen)], check=True)


def test_only_what_fails_to_be_written_is_blamed_on_the_index_folder(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.write("a.txt", HARBOUR)

    def fails(error: OSError) -> Callable[..., None]:
        def raised(*_: object, **__: object) -> None:
            raise error

        return raised

    with pytest.raises(OSError, match="No space"):  # where our progress is written to
        ingest(corpus.settings, progress=fails(OSError(28, "No space left on device")))
    for write in ("publishing.sizes", "generations.write_whole", "lock.write_whole"):
        with monkeypatch.context() as patch:
            patch.setattr(f"qa_assistant.index.{write}", fails(OSError(28, "No space left on device")))
            with pytest.raises(IndexUnusable, match=r"index folder .* cannot be written: No space"):
                ingest(corpus.settings)
    ingest(corpus.settings)
    assert held(corpus.settings) == {HARBOUR}


def test_a_read_only_index_stays_open_until_it_changes(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus.write("a.txt", HARBOUR)
    ingest(corpus.settings)
    with monkeypatch.context() as patch:
        patch.setattr("os.access", lambda *_: False)
        assistant = Assistant(corpus.settings)
    with assistant:
        opened = assistant.index
        assert opened.catalog.only_read
        assistant.search("Hafen")
        assert assistant.index is opened
        corpus.write("b.txt", BRIDGE)
        ingest(corpus.settings)
        assert BRIDGE in {hit.article.text for hit in assistant.search("Brücke")}


def test_what_a_killed_writer_committed_is_read_where_nothing_can_be_written(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.write("a.txt", HARBOUR)
    ingest(corpus.settings)
    folder = current_generation(corpus.settings.index_path)
    assert folder is not None
    with closing(Catalog(folder)) as writer:
        with writer.transaction():
            writer.set_meta("build", "committed")  # in the write-ahead log alone
        monkeypatch.setattr("os.access", lambda *_: False)
        with closing(Catalog(folder)) as reader:
            assert reader.only_read
            assert reader.meta("build") == "committed"


def test_a_file_that_vanishes_while_it_is_read(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus.write("a.txt", HARBOUR)
    gone = corpus.write("b.txt", BRIDGE)
    original = files.read_bytes

    def vanished(path: Path) -> bytes:
        if path == gone:
            gone.unlink()
        return original(path)

    with monkeypatch.context() as patch:
        patch.setattr(files, "read_bytes", vanished)
        report = ingest(corpus.settings)
    assert [(problem.path, problem.reason) for problem in report.problems] == [
        ("b.txt", "cannot be read: No such file or directory")
    ]
    assert held(corpus.settings) == {HARBOUR}
    assert not ingest(corpus.settings).problems


def test_a_file_that_changes_while_it_is_read(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was read, the next ingest sees that the file is another one."""
    corpus.write("a.txt", HARBOUR)
    original = files.read_bytes

    def half(path: Path) -> bytes:
        data = original(path)
        corpus.write("a.txt", HARBOUR.replace("Montag", "Freitag, zwei Wochen lang"))
        return data[: len(data) // 2]

    with monkeypatch.context() as patch:
        patch.setattr(files, "read_bytes", half)
        ingest(corpus.settings)
    assert ingest(corpus.settings).changes.updated == ["a.txt"]
    assert held(corpus.settings) == {HARBOUR.replace("Montag", "Freitag, zwei Wochen lang")}


def pdf_of(pages: int) -> bytes:
    """A PDF whose page N says `Seite N`."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for page in range(1, pages + 1):
        said = f"BT /F1 12 Tf 50 700 Td (Seite {page} vom Hafen.) Tj ET"
        objects.append(f"<< /Length {len(said)} >>\nstream\n{said}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /Contents {len(objects)} 0 R /Resources << /Font << /F1 3 0 R >> >>"
            " /MediaBox [0 0 595 842] >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Count {pages} /Kids [{' '.join(kids)}] >>"
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(places) + 1} /Root 1 0 R >>\n"
    return out + f"{end}startxref\n{len(out)}\n%%EOF".encode("latin-1")


def test_a_pdf_of_2000_pages_is_one_article(corpus: Corpus) -> None:
    file = corpus.folder / "long.pdf"
    file.write_bytes(pdf_of(2_000))
    (found,) = files.scan(corpus.folder).files
    (article,), problems = files.read(found, (corpus.folder / found.path).read_bytes(), Settings())
    assert problems == []
    assert article.text.split("\n\n") == [f"Seite {page} vom Hafen." for page in range(1, 2_001)]


def test_an_article_of_50_megabytes_is_named_and_stops_no_other(corpus: Corpus) -> None:
    corpus.write("a.txt", HARBOUR)
    corpus.write("huge.txt", "Der Hafen ist geschlossen. " * (50_000_000 // 27))
    corpus.write("rows.jsonl", f'{{"text": "{"Wort " * 1_100_000}"}}\n{{"text": "{BRIDGE}"}}\n')
    report = ingest(corpus.settings)
    assert [problem.path for problem in report.problems] == ["huge.txt", "rows.jsonl#1"]
    assert all("split it" in problem.reason for problem in report.problems)
    assert held(corpus.settings) == {HARBOUR, BRIDGE}


def test_small_files_by_the_thousand(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(SMALL_FILES):
        file = corpus.folder / f"{number % 100}"
        file.mkdir(exist_ok=True)
        path = file / f"{number}.txt"
        path.write_text(HARBOUR, encoding="utf-8")
        os.utime(path, (1_600_000_000, 1_600_000_000))
    report = ingest(corpus.settings)
    assert (len(report.changes.added), report.articles, report.problems) == (SMALL_FILES, 1, [])
    monkeypatch.setattr(reading.Comparison, "_read", lambda *_: pytest.fail("a file was read again"))
    assert not ingest(corpus.settings).changes


def test_an_index_folder_cannot_be_a_file(corpus: Corpus) -> None:
    corpus.write("a.txt", HARBOUR)
    corpus.settings.index_path.write_text("no folder", encoding="utf-8")
    with pytest.raises(IndexUnusable, match="cannot be written") as caught:
        ingest(corpus.settings)
    assert "questions work" not in caught.value.hint
    assert current_generation(corpus.settings.index_path) is None


@pytest.mark.parametrize("dry_run", [True, False])
def test_ingest_into_a_damaged_catalogue(corpus: Corpus, dry_run: bool) -> None:
    corpus.write("a.txt", "Der Hafen ist zu.")
    ingest(corpus.settings)
    generation = current_generation(corpus.settings.index_path)
    assert generation
    file = generation / "catalog.sqlite"
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = db.execute("PRAGMA page_size").fetchone()
        (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'files'").fetchone()
    data = bytearray(file.read_bytes())
    data[(root - 1) * size : root * size] = b"x" * size
    file.write_bytes(data)
    with pytest.raises(IndexUnusable, match="malformed") as refused:
        ingest(corpus.settings, dry_run=dry_run)
    assert "doctor --repair" in str(refused.value.hint)


def test_a_passage_whose_article_is_missing_is_damage(corpus: Corpus) -> None:
    """A byte that is wrong in an index of SQLite's can hide a row that is there."""
    corpus.write("a.txt", "Der Hafen ist zu.")
    ingest(corpus.settings)
    generation = current_generation(corpus.settings.index_path)
    assert generation
    with closing(sqlite3.connect(generation / "catalog.sqlite")) as db:
        db.execute("UPDATE articles SET id = 'other'")
        db.commit()
    with Assistant(corpus.settings) as assistant, pytest.raises(IndexUnusable, match="has no article") as refused:
        assistant.search("Hafen")
    assert "doctor --repair" in str(refused.value.hint)
