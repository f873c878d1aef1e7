"""Files of exports: never overwritten, safely named, readable by the user alone."""

from __future__ import annotations

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_assistant.errors import SessionError
from qa_assistant.sessions.export import LONGEST_NAME, export_folder, export_path, slug, write_export


def test_an_export_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "energy.md"
    path.write_text("mine")
    (tmp_path / "energy-3.md").mkdir()
    written = [write_export(path, f"text {number} ü\n") for number in range(3)]
    assert [file.name for file in written] == ["energy-2.md", "energy-4.md", "energy-5.md"]
    assert path.read_text() == "mine"
    assert [file.read_bytes() for file in written] == [f"text {number} ü\n".encode() for number in range(3)]
    assert len(list(tmp_path.iterdir())) == 5, "nothing else is left"


def test_exports_at_once_do_not_meet(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(lambda number: write_export(tmp_path / "a.md", str(number)), range(40)))
    assert [file.read_text() for file in written] == [str(number) for number in range(40)]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to(tmp_path / "elsewhere")
    assert write_export(tmp_path / "a.md", "text").name == "a-2.md"
    assert not (tmp_path / "elsewhere").exists()


def test_an_export_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    for path in (tmp_path / "none" / "a.md", tmp_path / ("x" * 300 + ".md")):
        with pytest.raises(SessionError, match="cannot be written") as caught:
            write_export(path, "text")
        assert caught.value.hint
        assert "Errno" not in caught.value.message
    with pytest.raises(UnicodeEncodeError):
        write_export(tmp_path / "a.md", "\ud800")
    assert list(tmp_path.iterdir()) == []


def test_only_the_user_may_read_an_export(tmp_path: Path) -> None:
    assert stat.S_IMODE(write_export(tmp_path / "a.md", "text").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("What did they discuss?", "what-did-they-discuss"),
        ("Müller und Байрамов: 東京", "müller-und-байрамов-東京"),
        ("../../etc/passwd", "etc-passwd"),
        (".hidden", "hidden"),
        ("a\\b/c:d*e?f\"g<h>i|j\0k\nl", "a-b-c-d-e-f-g-h-i-j-k-l"),
        ("CON", "chat-con"),
        ("com1.", "chat-com1"),
        ("COM¹", "chat-com1"),
        ("", "chat"),
        ("?!", "chat"),
        ("\u202egpj.exe", "gpj-exe"),
        ("x" * 79 + " y", "x" * 79),
    ],
)  # fmt: skip
def test_a_title_as_a_file_name(title: str, name: str) -> None:
    assert slug(title) == name


@given(st.text(max_size=300) | st.text("\U00010330\U00020000é", min_size=80))
def test_any_title_makes_a_safe_file_name(title: str) -> None:
    name = slug(title)
    assert 1 <= len(name) <= LONGEST_NAME
    assert len(f"{name}-999.json".encode()) <= 255
    assert not re.search(r'[\s\\/:*?"<>|.\x00-\x1f]', name)
    assert name.strip("-") == name
    assert name.casefold() not in {"con", "prn", "aux", "nul", "com1", "lpt9"}
    assert Path(name).name == name


def test_the_longest_names_can_be_written(tmp_path: Path) -> None:
    for title in ("\U00020000" * 100, "x" * 100, "й" * 100):
        path = tmp_path / f"{slug(title)}.json"
        assert {write_export(path, "x").parent for _ in range(2)} == {tmp_path}


@pytest.mark.parametrize("typed", [".", "/", "~nobodyhere/x.md", "corpus/x.md", "x\0.md", "x" * 5000])
def test_a_path_that_takes_no_export_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus").mkdir()
    with pytest.raises(SessionError):
        export_path(typed, tmp_path / "corpus")
    assert export_path("x.md", tmp_path / "corpus") == Path("x.md")


def test_exports_go_to_the_home_folder_from_within_the_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus, home, gone = tmp_path / "corpus", tmp_path / "home", tmp_path / "gone"
    for folder in (corpus, home, gone):
        folder.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home.parent)
    assert export_folder(corpus) == tmp_path
    monkeypatch.chdir(corpus)
    assert export_folder(corpus) == home
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert export_folder(corpus) == home
