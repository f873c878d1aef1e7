"""An index follows its corpus: adds, updates, moves, removes, and loses nothing to a bad file or an interruption."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from conftest import Corpus

from qa_assistant import Assistant
from qa_assistant.errors import CorpusError, IndexMissing, IndexUnusable
from qa_assistant.index.catalog import FileState
from qa_assistant.index.index import Index
from qa_assistant.index.lock import writer_lock
from qa_assistant.ingestion.changes import Changes, Comparison
from qa_assistant.ingestion.ingest import Report, ingest
from qa_assistant.ingestion.status import corpus_status

ENERGY = "Berlin, 3. Dezember 2022 (dpa) - Die Minister sprachen über Energie. Sie trafen sich in Berlin."
HARBOUR = "Hamburg, 4. Dezember 2022 (dpa) - Der Hafen bleibt geschlossen. Ein Sturm kam auf."


def changes(report: Report) -> dict[str, list[str]]:
    found = report.changes
    named = {"added": found.added, "updated": found.updated, "moved": found.moved, "removed": found.removed}
    return {name: paths for name, paths in named.items() if paths}


def stored(corpus: Corpus) -> tuple[set[str], int, int]:
    """Paths of the articles, passages in the catalogue, vectors in Chroma."""
    index = Index.open(corpus.settings)
    try:
        paths = {article.path for article in index.catalog.articles()}
        store = index.store()
        assert store is not None
        return paths, index.catalog.counts()[1], store.count()
    finally:
        index.close()


def test_it_adds_updates_moves_and_removes(corpus: Corpus, embedded: list[str]) -> None:
    corpus.write("a.txt", ENERGY)
    corpus.write("b.txt", HARBOUR)
    assert changes(ingest(corpus.settings)) == {"added": ["a.txt", "b.txt"]}
    assert stored(corpus) == ({"a.txt", "b.txt"}, 2, 2)

    embedded.clear()
    assert changes(ingest(corpus.settings)) == {}
    (corpus.folder / "old").mkdir()
    (corpus.folder / "b.txt").rename(corpus.folder / "old/c.txt")
    assert changes(ingest(corpus.settings)) == {"moved": ["old/c.txt"]}
    assert embedded == []

    corpus.write("a.txt", ENERGY.replace("Energie", "Gas"))
    assert changes(ingest(corpus.settings)) == {"updated": ["a.txt"]}
    assert not any("Hafen" in text for text in embedded)
    (corpus.folder / "old/c.txt").unlink()
    assert changes(ingest(corpus.settings)) == {"removed": ["old/c.txt"]}
    assert stored(corpus) == ({"a.txt"}, 1, 1)


def test_nothing_to_do_opens_neither_chroma_nor_the_model(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus.write("a.txt", ENERGY)
    ingest(corpus.settings)

    def forbidden(*_: object) -> None:
        raise AssertionError("opened without need")

    monkeypatch.setattr("qa_assistant.index.vector_store.VectorStore.__init__", forbidden)
    monkeypatch.setattr("qa_assistant.index.embedding.open_embedder", forbidden)
    assert changes(ingest(corpus.settings)) == {}


def test_a_touched_file_costs_no_embedding(corpus: Corpus, embedded: list[str]) -> None:
    file = corpus.write("a.txt", ENERGY)
    ingest(corpus.settings)
    embedded.clear()
    os.utime(file, ns=(1_600_000_000_000_000_000, 1_600_000_000_000_000_000))
    assert changes(ingest(corpus.settings)) == {}
    assert embedded == []


def test_a_file_edited_right_after_it_was_read_is_noticed(corpus: Corpus) -> None:
    file = corpus.folder / "a.txt"
    file.write_text(ENERGY, encoding="utf-8")
    ingest(corpus.settings)
    times = file.stat()
    file.write_text(ENERGY.replace("Energie", "Steuern"), encoding="utf-8")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert changes(ingest(corpus.settings)) == {"updated": ["a.txt"]}


def test_two_files_with_the_same_words_are_one_article(corpus: Corpus) -> None:
    corpus.write("a.txt", ENERGY)
    corpus.write("b.txt", ENERGY)
    ingest(corpus.settings)
    assert stored(corpus) == ({"a.txt"}, 1, 1)
    (corpus.folder / "a.txt").unlink()
    ingest(corpus.settings)
    assert stored(corpus) == ({"b.txt"}, 1, 1)


def test_an_article_may_move_from_one_batch_to_the_next(
    corpus: Corpus, embedded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa_assistant.ingestion.changes._BATCH_FILES", 1)
    corpus.write("a.txt", ENERGY)
    ingest(corpus.settings)
    embedded.clear()
    corpus.write("a.txt", HARBOUR)
    for name in ("b.txt", "c.txt", "d.txt"):
        corpus.write(name, ENERGY)
    corpus.write("e.txt", HARBOUR)
    progress: list[int] = []
    ingest(corpus.settings, progress=lambda step: progress.append(step.percent))
    assert stored(corpus) == ({"a.txt", "b.txt"}, 2, 2)
    assert not any("Energie" in text for text in embedded)
    assert sum("Hafen" in text for text in embedded) == 2  # its passage and its sentence, once
    assert progress == sorted(progress)
    assert progress[-1] == 100


def test_a_bad_file_is_named_every_time_and_stops_no_other(corpus: Corpus) -> None:
    corpus.write("a.txt", ENERGY)
    corpus.write("bad.pdf", "no PDF at all")
    for _ in range(2):
        report = ingest(corpus.settings)
        assert [problem.path for problem in report.problems] == ["bad.pdf"]
    assert stored(corpus)[0] == {"a.txt"}


def test_a_file_that_became_unreadable_keeps_what_was_indexed(corpus: Corpus) -> None:
    corpus.write("a.txt", ENERGY)
    corpus.write("b.txt", HARBOUR)
    ingest(corpus.settings)
    (corpus.folder / "b.txt").write_bytes(bytes(range(1, 9)) * 100)
    report = ingest(corpus.settings)
    assert [problem.path for problem in report.problems] == ["b.txt"]
    assert changes(report) == {}
    assert stored(corpus)[0] == {"a.txt", "b.txt"}


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_folder_that_cannot_be_read_keeps_what_was_indexed(corpus: Corpus, embedded: list[str]) -> None:
    corpus.write("a.txt", ENERGY)
    corpus.write("su\u202eb/deep/b.txt", HARBOUR)
    corpus.write("su/c.txt", "Köln (dpa) - Der Dom bleibt offen.")
    ingest(corpus.settings)
    embedded.clear()
    share = corpus.folder / "su\u202eb"
    share.rename(corpus.folder / ".away")
    share.symlink_to("unmounted")
    (corpus.folder / "su/c.txt").unlink()
    report = ingest(corpus.settings)
    assert [problem.path for problem in report.problems] == ["su\\u202eb"]
    assert changes(report) == {"removed": ["su/c.txt"]}
    assert corpus_status(corpus.settings).pending == 0
    assert stored(corpus)[0] == {"a.txt", "su\\u202eb/deep/b.txt"}
    share.unlink()
    (corpus.folder / ".away").rename(share)
    assert changes(ingest(corpus.settings)) == {}
    assert embedded == []


def test_hundreds_of_thousands_of_files_may_go_at_once(corpus: Corpus) -> None:
    corpus.write("a.txt", ENERGY)
    names = [f"old/{number}.txt" for number in range(300_000)]
    known = {name: FileState(name, 1, 1, "") for name in names}
    comparison = Comparison(corpus.settings, known, {name: {name: name} for name in names})
    assert comparison.changes() == Changes(added=[], updated=[], moved=[], removed=sorted(names))


def test_an_emptied_corpus_does_not_empty_the_index(corpus: Corpus) -> None:
    file = corpus.write("a.txt", ENERGY)
    ingest(corpus.settings)
    file.unlink()
    with pytest.raises(CorpusError, match="left as it is"):
        ingest(corpus.settings)
    assert stored(corpus)[0] == {"a.txt"}


def test_a_dry_run_says_what_would_be_done_and_does_nothing(corpus: Corpus) -> None:
    corpus.write("a.txt", ENERGY)
    assert changes(ingest(corpus.settings, dry_run=True)) == {"added": ["a.txt"]}
    with pytest.raises(IndexMissing):
        Index.open(corpus.settings)
    assert not corpus.settings.index_path.exists()


def test_paths_limit_what_is_looked_at(corpus: Corpus) -> None:
    corpus.write("x/a.txt", ENERGY)
    corpus.write("y/b.txt", HARBOUR)
    assert changes(ingest(corpus.settings, paths=[corpus.folder / "x"])) == {"added": ["x/a.txt"]}
    assert changes(ingest(corpus.settings)) == {"added": ["y/b.txt"]}
    (corpus.folder / "y" / "b.txt").unlink()
    assert changes(ingest(corpus.settings, paths=[corpus.folder / "x"])) == {}
    assert stored(corpus) == ({"x/a.txt", "y/b.txt"}, 2, 2)


def test_a_path_outside_the_corpus_is_an_error_with_the_folder_to_name_instead(corpus: Corpus, tmp_path: Path) -> None:
    corpus.write("a.txt", ENERGY)
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside/b.txt").write_text(HARBOUR, encoding="utf-8")
    for path in (tmp_path / "beside", tmp_path / "beside/b.txt", corpus.folder / "../beside/b.txt"):
        with pytest.raises(CorpusError, match="is not in the corpus") as caught:
            ingest(corpus.settings, paths=[path])
        folder = Path(caught.value.hint.split()[-2])
        assert folder.samefile(tmp_path / "beside")
    with pytest.raises(CorpusError, match="There is no"):
        ingest(corpus.settings, paths=[tmp_path / "beside/c.txt"])


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_paths_go_through_links_as_the_corpus_does(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = tmp_path / "away"
    away.mkdir()
    (away / "far.txt").write_text(HARBOUR, encoding="utf-8")
    corpus.write("a/near.txt", ENERGY)
    corpus.write("odd\u202ename.txt", "Köln (dpa) - Der Dom bleibt offen.")
    (corpus.folder / "far").symlink_to(away)
    (corpus.folder / "b").symlink_to(corpus.folder / "a")
    (corpus.folder / "loop").symlink_to(corpus.folder)
    (tmp_path / "corpus by another name").symlink_to(corpus.folder)
    (away / "back").symlink_to(corpus.folder)
    monkeypatch.chdir(corpus.folder)

    def added(*paths: Path) -> list[str]:
        return ingest(corpus.settings, paths=paths, dry_run=True).changes.added

    far, near = ["far/far.txt"], ["a/near.txt"]
    assert [added(corpus.folder / path) for path in ("far/far.txt", "far", "loop/far")] == [far] * 3
    assert [added(corpus.folder / path) for path in ("a", "b", "b/near.txt", "a/../b", "far/back/a")] == [near] * 5
    assert added(tmp_path / "corpus by another name/far") == far
    assert added(Path("far/far.txt")) == far
    assert added(Path("odd\u202ename.txt")) == ["odd\\u202ename.txt"]
    assert len(added(corpus.folder / "loop")) == len(added(Path())) == 3
    with pytest.raises(CorpusError, match="is not in the corpus"):
        added(corpus.folder / "far/../away/far.txt")


def test_an_interrupted_run_is_finished_by_the_next_without_orphans(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.write("a.txt", ENERGY)
    ingest(corpus.settings)
    corpus.write("b.txt", HARBOUR)
    with monkeypatch.context() as patch:
        patch.setattr("qa_assistant.index.catalog.Catalog.add_passage", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ingest(corpus.settings)
    assert stored(corpus) == ({"a.txt"}, 1, 1)
    (corpus.folder / "b.txt").unlink()
    ingest(corpus.settings)
    assert stored(corpus) == ({"a.txt"}, 1, 1)


def test_a_name_that_is_no_utf8_is_indexed_under_a_readable_one(corpus: Corpus) -> None:
    corpus.write("caf\udce9.txt", ENERGY)
    assert changes(ingest(corpus.settings)) == {"added": ["caf\\xe9.txt"]}
    assert changes(ingest(corpus.settings)) == {}
    assert stored(corpus)[0] == {"caf\\xe9.txt"}


def test_only_one_process_writes(corpus: Corpus) -> None:
    corpus.write("a.txt", ENERGY)
    for hint in ("Wait until it is done.", "Wait until it is done; questions work meanwhile."):
        with (
            writer_lock(corpus.settings.index_path),
            pytest.raises(IndexUnusable, match=r"being written by process \d+ \(") as caught,
        ):
            ingest(corpus.settings)
        assert caught.value.hint == hint
        ingest(corpus.settings)  # from now on there is an index to ask


def test_a_rebuild_that_fails_leaves_the_old_index(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus.write("a.txt", ENERGY)
    ingest(corpus.settings)
    with monkeypatch.context() as patch:
        patch.setattr("qa_assistant.index.catalog.Catalog.add_passage", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ingest(corpus.settings, rebuild=True)
    assert stored(corpus) == ({"a.txt"}, 1, 1)
    ingest(corpus.settings, rebuild=True)
    assert stored(corpus) == ({"a.txt"}, 1, 1)
    assert len(list(corpus.settings.index_path.glob("generation-*"))) == 1


def test_the_corpus_is_never_written_to(corpus: Corpus) -> None:
    corpus.write("x/a.txt", ENERGY)
    before = {path: path.stat().st_mtime_ns for path in corpus.folder.rglob("*")}
    ingest(corpus.settings)
    assert {path: path.stat().st_mtime_ns for path in corpus.folder.rglob("*")} == before


def test_two_files_that_swap_their_words_keep_both(corpus: Corpus, embedded: list[str]) -> None:
    corpus.write("a.txt", ENERGY)
    corpus.write("b.txt", HARBOUR)
    ingest(corpus.settings)
    embedded.clear()
    for name, words in (("a.txt", HARBOUR), ("b.txt", ENERGY)):
        later = corpus.write(name, words)
        os.utime(later, ns=(0, later.stat().st_mtime_ns - 5_000_000_000))
    ingest(corpus.settings)
    assert stored(corpus) == ({"a.txt", "b.txt"}, 2, 2)
    assert embedded == []


def test_without_settings_the_corpus_is_the_one_that_an_assistant_asks(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.write("a.txt", "Der Hafen von Hamburg bleibt bis Montag geschlossen.")
    monkeypatch.setenv("QA_ASSISTANT_CORPUS", corpus.settings.corpus)
    assert ingest().articles == 1
    with Assistant() as assistant:
        assert [article.path for article in assistant.articles()] == ["a.txt"]
