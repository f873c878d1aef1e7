"""A folder of files → articles: what is found, what an article's id stands on, and that no file stops the others."""

from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa_assistant.display import BLANK_LETTERS, harmless
from qa_assistant.errors import CorpusError
from qa_assistant.ingestion.corpus import Problem, SourceFile, read, scan
from qa_assistant.ingestion.readers import READERS
from qa_assistant.records import Article, Metadata
from qa_assistant.settings import Settings, shipped

SETTINGS = Settings()
SELECTORS = [chr(point) for point in range(0xE0100, 0xE01F0)]


def read_as(name: str, data: bytes) -> tuple[list[Article], list[Problem]]:
    return read(SourceFile(name, len(data), 0), data, SETTINGS)


def paths(corpus: Path) -> list[str]:
    return [file.path for file in scan(corpus).files]


def test_the_shipped_corpus() -> None:
    found = scan(shipped("corpus"))
    assert [file.path for file in found.files] == ["000_7a77cca594320ad7.txt"]
    assert (found.skipped, found.problems) == ((), ())
    data = (shipped("corpus") / "000_7a77cca594320ad7.txt").read_bytes()
    articles, problems = read(found.files[0], data, SETTINGS)
    assert problems == []
    (article,) = articles
    assert article.text == data.decode()
    assert article.text.startswith(" date 2022-12 Baku")
    assert article.metadata == Metadata(None, "2022-12-03", "Baku", "AZERTAC", "de")


def test_scan_sorts_and_keeps_apart(tmp_path: Path) -> None:
    for name in ("b.TXT", "a/z.md", "a/.hidden.txt", ".git/x.txt", "a/note.xyz", "c.html", "~$open.docx", "é.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("words")
    found = scan(tmp_path)
    assert [file.path for file in found.files] == ["a/z.md", "b.TXT", "c.html", "é.csv"]
    assert found.skipped == ("a/note.xyz", "~$open.docx")
    assert found.problems == ()
    file = found.files[0]
    status = (tmp_path / "a/z.md").stat()
    assert (file.size, file.mtime_ns) == (status.st_size, status.st_mtime_ns)


def test_scan_of_an_empty_folder(tmp_path: Path) -> None:
    assert scan(tmp_path) == type(scan(tmp_path))((), (), ())


def test_no_folder_and_a_file_are_errors_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("words")
    for wrong in (tmp_path / "missing", tmp_path / "file.txt", tmp_path / "file.txt" / "below", Path("nul\0")):
        with pytest.raises(CorpusError) as caught:
            scan(wrong)
        assert "--corpus" in caught.value.hint


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_links_are_followed_once_and_loops_end(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    corpus = tmp_path / "corpus"
    for folder in (outside, corpus / "a"):
        folder.mkdir(parents=True)
    (outside / "far.txt").write_text("words")
    (corpus / "a" / "near.txt").write_text("words")
    (corpus / "a" / "loop").symlink_to(corpus)
    (corpus / "b").symlink_to(corpus / "a")
    (corpus / "far").symlink_to(outside)
    (corpus / "self.txt").symlink_to(corpus / "self.txt")
    (corpus / "gone.txt").symlink_to(corpus / "missing.txt")
    os.mkfifo(corpus / "pipe.txt")
    found = scan(corpus)
    assert [file.path for file in found.files] == ["a/near.txt", "far/far.txt"]
    assert found.skipped == ("pipe.txt",)
    assert [problem.path for problem in found.problems] == ["gone.txt", "self.txt"]
    assert all(str(tmp_path) not in problem.reason for problem in found.problems)


def test_an_unreadable_folder_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "open.txt").write_text("words")
    scandir = os.scandir

    def refuse(path: Path) -> object:  # Permissions do not hold the superuser back, whom tests may run as.
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = scan(tmp_path)
    assert [file.path for file in found.files] == ["open.txt"]
    assert found.problems == (Problem("closed", "cannot be read: Permission denied"),)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_no_utf8(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"m\xfcller\n\x1b.txt")).write_text("Words enough to read.")
    (file,) = scan(tmp_path).files
    assert os.fsencode(file.path) == b"m\xfcller\n\x1b.txt"
    articles, problems = read(file, (tmp_path / file.path).read_bytes(), SETTINGS)
    assert (articles[0].path, problems) == ("m\\xfcller\\n\\x1b.txt", [])


def test_the_id_stands_on_text_and_metadata_only() -> None:
    text = b"Berlin (dpa) - Der Minister sprach."
    one, moved = read_as("a.txt", text)[0][0], read_as("b/c.txt", text)[0][0]
    assert one.id == moved.id
    assert len(one.id) == 16
    assert set(one.id) <= set("0123456789abcdef")
    titled = read_as("a.md", b"---\ntitle: Neu\n---\n" + text)[0][0]
    assert titled.text == one.text
    assert titled.id != one.id
    other_language = read_as("a.md", b"---\nlanguage: fr\n---\n" + text)[0][0]
    assert other_language.metadata == dataclasses.replace(one.metadata, language="fr")
    assert other_language.id == one.id
    assert read_as("a.txt", text + b"\n")[0][0].id != one.id


def test_what_the_file_states_goes_before_the_dateline() -> None:
    text = b"---\ndate: 2021-01-02\nplace: Bonn\nagency: AFP\nlanguage: German\n---\nBerlin, 3. Mai 2022 (dpa) - Ja."
    assert read_as("a.md", text)[0][0].metadata == Metadata(None, "2021-01-02", "Bonn", "AFP", "de")
    text = b"---\ndate: 03/04/2022\nplace: ~\nlanguage: xx\n---\nBerlin, 3. Mai 2022 (dpa) - Der Minister sagte das."
    assert read_as("a.md", text)[0][0].metadata == Metadata(None, "2022-05-03", "Berlin", "dpa", "de")


@pytest.mark.parametrize(("name", "data"), [("a.jsonl", b"\n\n"), ("a.csv", b""), ("a.csv", b"text,title\n")])
def test_tables_without_rows_are_problems(name: str, data: bytes) -> None:
    assert read_as(name, data) == ([], [Problem(name, "is empty")])


@pytest.mark.parametrize("data", [b"", b" \r\n\t\n", b"\xef\xbb\xbf", b"\xff\xfe", "\u00a0\u2028".encode()])
def test_empty_files_are_problems(data: bytes) -> None:
    assert read_as("a.txt", data) == ([], [Problem("a.txt", "is empty")])


def test_a_bug_in_a_library_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("one\n\n\x1b[31mtwo " + "x" * 500)

    monkeypatch.setattr("qa_assistant.dateline.read", fail)
    articles, (problem,) = read_as("a.txt", b"words")
    assert articles == []
    assert problem.reason.startswith("cannot be read: one [31mtwo xxx")
    assert len(problem.reason) == 200


def check(articles: list[Article], problems: list[Problem], name: str) -> None:
    """What holds whatever the file was."""
    for article in articles:
        assert article.text.strip()
        assert not {"\r", "\0"} & set(article.text)
        article.text.encode("utf-8")
        assert article.path == name or article.path.startswith(f"{name}#")
    for problem in problems:
        assert problem.reason.isprintable()
        assert problem.reason.strip()
        assert len(problem.reason) <= 200


SUFFIXES = st.sampled_from(sorted(READERS))
STARTS = st.sampled_from([b"", b"%PDF-1.4\n", b"PK\x03\x04", b"---\n", b"text,date\n", b"{", b"\xff\xfe", b"<html><p>"])


@settings(deadline=None, max_examples=200)
@given(SUFFIXES, STARTS, st.binary(max_size=300))
def test_no_bytes_make_read_raise(suffix: str, start: bytes, data: bytes) -> None:
    articles, problems = read_as(f"f{suffix}", start + data)
    check(articles, problems, f"f{suffix}")
    assert articles or problems


@settings(deadline=None)
@given(SUFFIXES, st.text(max_size=300))
def test_no_text_makes_read_raise(suffix: str, text: str) -> None:
    check(*read_as(f"f{suffix}", text.encode("utf-8", "surrogatepass")), f"f{suffix}")


@given(
    st.text(
        alphabet=st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters=[*BLANK_LETTERS, *SELECTORS])
        | st.sampled_from("\n\t"),
        max_size=200,
    )
)
@example(
    "می\u200cخواهم 👩\u200d💻 ❤\ufe0f 1\ufe0f\u20e3 葛\U000e0100城 קו\u05b8\u034f\u05bd \u200fשלום\u200e \u061cقال"
)
def test_text_is_kept_to_the_letter(text: str) -> None:
    articles, _ = read_as("a.txt", text.encode())
    assert [article.text for article in articles] == ([text] if text.strip() else [])


@given(st.text(max_size=200))
def test_nothing_a_terminal_obeys_or_nobody_sees_enters_a_text(text: str) -> None:
    articles, _ = read_as("a.txt", text.encode("utf-8", "surrogatepass"))
    for article in articles:
        assert article.text == harmless(article.text)
        assert not set("\xad\u200b\u202e\u2066\ufeff") & set(article.text)


def test_letters_that_nobody_sees_are_dropped() -> None:
    selectors = "".join(SELECTORS[byte] for byte in b"ignore")
    articles, _ = read_as("a.txt", f"Der {BLANK_LETTERS}Haf\u3164en ist zu.{selectors} 葛{selectors}".encode())
    assert articles[0].text == "Der Hafen ist zu. 葛" + selectors[0]


def test_escape_sequences_stay_visible_as_text() -> None:
    articles, _ = read_as("a.txt", "Rot \x1b[31mund\u202e zurück".encode())
    assert articles[0].text == "Rot \ufffd[31mund zurück"


@given(
    st.lists(st.text(alphabet="abc äß", min_size=1).filter(str.strip), min_size=1),
    st.sampled_from(["\r\n", "\r", "\n"]),
)
def test_every_kind_of_line_end_becomes_lf(lines: list[str], end: str) -> None:
    (article,) = read_as("a.txt", end.join(lines).encode())[0]
    assert article.text == "\n".join(lines)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_names_that_differ_in_what_nobody_sees_stay_two(tmp_path: Path) -> None:
    for name in ("a\x1b.txt", "a\x07.txt", "a\u200b.txt"):
        (tmp_path / name).write_text("Words enough to read.")
    assert {file.label for file in scan(tmp_path).files} == {r"a\x1b.txt", r"a\x07.txt", r"a\u200b.txt"}
