"""What an index holds, and what changed since."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import Corpus

from qa_assistant.cli.main import run
from qa_assistant.errors import CorpusError, IndexMissing
from qa_assistant.health import check_all
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.ingestion.status import CorpusStatus, corpus_status
from qa_assistant.settings import Settings
from qa_assistant.tui.corpus_bar import describe_status


def article(text: str, **known: str) -> str:
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in known.items()) + f"---\n{text}\n"


def test_the_shipped_index(shipped_index: Settings) -> None:
    with ThreadPoolExecutor(1) as thread:
        status = thread.submit(corpus_status, shipped_index).result()
    assert (status.articles, status.first, status.last, status.pending) == (1, "2022-12-03", "2022-12-03", 0)
    assert status.passages > 0
    assert status.agencies == ("AZERTAC",)
    assert describe_status(status).startswith("1 article · 2022-12-03 · indexed ")


def test_no_index_and_no_corpus(corpus: Corpus) -> None:
    with pytest.raises(IndexMissing):
        corpus_status(corpus.settings)
    file = corpus.write("a.txt", "Der Hafen von Hamburg ist geschlossen.")
    ingest(corpus.settings)
    file.unlink()
    corpus.folder.rmdir()
    with pytest.raises(CorpusError):
        corpus_status(corpus.settings)


def test_doctor_counts_what_changed(corpus: Corpus) -> None:
    corpus.write("a.txt", "Der Hafen von Hamburg ist geschlossen.")
    ingest(corpus.settings)
    for name, said in (("b", "; 1 file changed since"), ("c", "; 2 files changed since")):
        corpus.write(f"{name}.txt", "Der Hafen von Kiel ist offen.")
        assert [check.found.endswith(said) for check in check_all(corpus.settings) if check.name == "index"] == [True]


def test_doctor_counts_what_could_not_be_read(corpus: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    corpus.write("a.txt", "Der Hafen von Hamburg ist geschlossen.")
    bad = {"bad.pdf": "no PDF at all", "empty.txt": "", "rows.csv": "text\nDer Hafen von Kiel ist offen.\none,two\n"}
    for name, text in bad.items():
        corpus.write(name, text)
    ingest(corpus.settings)
    (check,) = (check for check in check_all(corpus.settings) if check.name == "index")
    assert check.found.endswith("; 3 files could not be read, or not whole")
    assert (check.state, check.mend) == ("warning", "qa-assistant ingest --dry-run")
    assert run(["--corpus", corpus.settings.corpus, "--index", corpus.settings.index, "ingest", "--dry-run"]) == 1
    told = capsys.readouterr().err
    assert all(name in told for name in bad), told


def test_files_that_are_new_changed_and_gone_are_pending(corpus: Corpus) -> None:
    changed, gone = (corpus.write(f"{name}.txt", f"Der Hafen von {name} ist geschlossen.") for name in "ab")
    corpus.write("c.txt", "Der Hafen von Hamburg ist offen.")
    ingest(corpus.settings)
    assert corpus_status(corpus.settings).pending == 0
    corpus.write("new/d.txt", "Der Hafen von Kiel ist offen.")
    corpus.write("e.exe", "of another format")
    changed.write_text("Der Hafen von Rostock ist geschlossen.", encoding="utf-8")
    gone.unlink()
    assert corpus_status(corpus.settings).pending == 3
    ingest(corpus.settings)
    assert corpus_status(corpus.settings).pending == 0


def test_a_file_indexed_right_after_it_was_written_is_not_pending_until_it_changes(corpus: Corpus) -> None:
    file = corpus.folder / "a.txt"
    file.write_text("Der Hafen von Hamburg ist geschlossen.", encoding="utf-8")
    ingest(corpus.settings)
    assert corpus_status(corpus.settings).pending == 0
    file.write_text("Der Hafen von Hamburg ist aufgemacht.", encoding="utf-8")
    later = time.time_ns() + 60_000_000_000
    os.utime(file, ns=(later, later))
    assert corpus_status(corpus.settings).pending == 1


def test_a_file_dated_in_the_future_is_pending_only_when_it_changes(corpus: Corpus) -> None:
    file = corpus.write("a.txt", "Der Hafen von Hamburg ist geschlossen.")
    ingest(corpus.settings)
    for year in (1, 2):
        later = time.time_ns() + year * 365 * 86_400 * 1_000_000_000
        os.utime(file, ns=(later, later))
        assert corpus_status(corpus.settings).pending == 1
        ingest(corpus.settings)
        assert corpus_status(corpus.settings).pending == 0


def test_dates_as_exact_as_they_are_known(corpus: Corpus) -> None:
    for number, date in enumerate(("2022-12-03", "2021", "2022-12", "2021-05-01")):
        corpus.write(f"{number}.md", article(f"Der Hafen ist seit {number} Tagen geschlossen.", date=date))
    ingest(corpus.settings)
    status = corpus_status(corpus.settings)
    assert (status.first, status.last) == ("2021", "2022-12")


def test_each_agency_once(corpus: Corpus) -> None:
    for number, agency in enumerate(("dpa", "dpa", "DPA", "dpa/AFP", "Reuters", "АПА")):
        corpus.write(f"{number}.md", article(f"Der Hafen ist seit {number} Tagen geschlossen.", agency=agency))
    corpus.write("none.txt", "Der Hafen ist geschlossen.")
    ingest(corpus.settings)
    assert corpus_status(corpus.settings).agencies == ("AFP", "dpa", "Reuters", "АПА")


def test_neither_numpy_nor_chroma_is_loaded(shipped_index: Settings) -> None:
    code = (
        "import sys; from qa_assistant.settings import Settings; "
        "from qa_assistant.ingestion.status import corpus_status; "
        f"assert corpus_status(Settings(index={shipped_index.index!r})).articles; "
        "print([name for name in ('numpy', 'chromadb', 'torch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (
            CorpusStatus(1, 2, "2022-12-03", "2022-12-03", "2026-11-24T00:40:00+00:00", 0, ()),
            "1 article · 2022-12-03 · indexed 24 Nov 2026 02:40",
        ),
        (
            CorpusStatus(1340, 9, "2019", "2022-12", "2026-11-04T22:05:09+00:00", 3, ("dpa",)),
            "1,340 articles · 2019 to 2022-12 · indexed 5 Nov 2026 00:05",
        ),
        (CorpusStatus(0, 0, None, None, None, 0, ()), "0 articles"),
    ],
)
def test_one_line_in_local_time(monkeypatch: pytest.MonkeyPatch, status: CorpusStatus, expected: str) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC-2")
        time.tzset()
        assert describe_status(status) == expected
    time.tzset()


def test_a_file_that_cannot_be_read_is_not_said_to_have_changed(corpus: Corpus) -> None:
    corpus.write("a.txt", "Die Donau führt Hochwasser.")
    corpus.write("empty.txt", "")
    for _ in range(2):
        report = ingest(corpus.settings)
        assert [problem.path for problem in report.problems] == ["empty.txt"]
        assert corpus_status(corpus.settings).pending == 0
