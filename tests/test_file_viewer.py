"""Which file an article came from, and the system's viewer, which is never waited for."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from qa_assistant.errors import CorpusError, QAError
from qa_assistant.ingestion.corpus import read, scan
from qa_assistant.records import Article
from qa_assistant.settings import Settings
from qa_assistant.tui.file_viewer import file_of, open_file

POSIX = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="xdg-open")
# fmt: off
HOSTILE = [b"a.txt", b"a#1.txt", b"b#c.csv", b"caf\xe9.txt", b"d\xe9/e\xe9.txt", b"es\x1b[31mc.txt", b"li\nne.txt",
           "r\u202elr.txt".encode(), b"\\xe9.txt", b"[@click=app.quit]x.txt", b"-e.txt", b"$(touch x) ;.txt"]
# fmt: on


def articles_of(corpus: Path, names: list[bytes]) -> dict[Path, Article]:
    """An article of each file that has one of these names, as indexing reads it; a table has three."""
    for name in names:
        file = Path(os.fsdecode(os.fsencode(corpus) + b"/" + name))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("text\nOne.\nTwo.\nThree.\n" if name.endswith(b".csv") else "A word.", encoding="utf-8")
    found = {}
    for source in scan(corpus).files:
        articles, problems = read(source, (corpus / source.path).read_bytes(), Settings())
        assert not problems
        found[corpus / source.path] = articles[-1]
    assert len(found) == len(names)
    return found


@POSIX
def test_every_article_leads_back_to_its_file(tmp_path: Path) -> None:
    for file, article in articles_of(tmp_path, HOSTILE).items():
        assert file_of(tmp_path, article) == file


def test_a_row_of_a_table_leads_to_the_table(tmp_path: Path) -> None:
    ((file, article),) = articles_of(tmp_path, [b"x#y.csv"]).items()
    assert article.path == "x#y.csv#4"
    assert file_of(tmp_path, article) == file


@POSIX
def test_names_that_look_alike_are_not_guessed_at(tmp_path: Path) -> None:
    one, _ = articles_of(tmp_path, [b"a\x01.txt", b"a\\x01.txt"]).values()
    with pytest.raises(CorpusError, match="Several files"):
        file_of(tmp_path, one)


@pytest.mark.parametrize("path", ["gone.txt", "gone.csv#3", "a/b.txt", "x" * 5000, "\\xff.txt", "\ufffd/\ufffd.txt"])
def test_a_file_that_is_gone(tmp_path: Path, path: str) -> None:
    with pytest.raises(CorpusError, match="not in the corpus any more"):
        file_of(tmp_path, Article("0" * 16, path, "A word."))
    with pytest.raises(CorpusError):
        file_of(tmp_path / "gone", Article("0" * 16, path, "A word."))


def viewer(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str, name: str = "xdg-open") -> None:
    """A program of that name, alone in PATH, and a display."""
    program = folder / "bin" / name
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.setenv("DISPLAY", ":0")


@POSIX
@pytest.mark.parametrize("name", ["a.txt", "-e; $(touch x) `y` \"z\" 'q'.txt", os.fsdecode(b"caf\xe9\x1b.txt")])
def test_the_viewer_gets_the_name_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    seen = tmp_path / "seen"
    viewer(tmp_path, monkeypatch, f'printf %s "$#:$1" >"{seen}.part" && /bin/mv "{seen}.part" "{seen}"')
    monkeypatch.chdir(tmp_path)
    open_file(Path(name))
    wait_for(seen)
    assert seen.read_bytes() == b"1:" + os.fsencode(tmp_path / name)


@POSIX
def test_a_viewer_is_neither_heard_nor_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    done, stop = tmp_path / "done", tmp_path / "stop"
    loop = f'echo noise; echo noise >&2; while [ ! -e "{stop}" ]; do /bin/sleep 0.05; done; : >"{done}"'
    viewer(tmp_path, monkeypatch, loop)
    open_file(tmp_path / "a.txt")
    assert not done.exists()  # it is still running
    stop.touch()
    wait_for(done)
    assert capfd.readouterr() == ("", "")


@POSIX
def test_below_windows_its_viewer_is_used_without_a_display(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = tmp_path / "seen"
    viewer(tmp_path, monkeypatch, f': >"{seen}"', name="wslview")
    monkeypatch.delenv("DISPLAY")
    open_file(tmp_path / "a.txt")
    wait_for(seen)


@POSIX
@pytest.mark.parametrize(("missing", "message"), [("PATH", "no program"), ("DISPLAY", "no display")])
def test_what_is_missing_is_said_and_where_the_file_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str, message: str
) -> None:
    viewer(tmp_path, monkeypatch, "exit 1")
    monkeypatch.setenv(missing, "")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(QAError, match=message) as caught:
        open_file(tmp_path / "a.txt")
    assert str(tmp_path / "a.txt") in caught.value.hint


@POSIX
def test_a_viewer_that_cannot_be_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer(tmp_path, monkeypatch, "")
    (tmp_path / "bin" / "xdg-open").write_bytes(b"\0")
    with pytest.raises(QAError, match="cannot be opened"):
        open_file(tmp_path / "a.txt")


def wait_for(file: Path) -> None:
    end = time.monotonic() + 20
    while not file.exists():
        assert time.monotonic() < end, f"no {file.name}"
        time.sleep(0.01)
