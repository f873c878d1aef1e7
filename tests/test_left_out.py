"""Files of other formats are counted wherever an index is made or looked at, and what is read is named."""

from __future__ import annotations

import pytest
from conftest import Corpus
from pilot import chatting, in_loop
from test_cli import Run, call  # noqa: F401 - a fixture

from qa_assistant.health import check_all
from qa_assistant.ingestion.left_out import left_out

READ = "only .txt, .md, .html, .htm, .pdf, .docx, .jsonl and .csv are read"
ONE = f"2 files are left out (2 .doc): {READ}"


@pytest.fixture
def mixed(corpus: Corpus) -> Corpus:
    corpus.write("a.txt", "Der Hafen von Hamburg bleibt wegen des Sturms bis Montag geschlossen.")
    corpus.write("b.doc", "old")
    corpus.write("x/c.DOC", "older")
    return corpus


def test_endings_are_counted_and_odd_ones_are_not_repeated() -> None:
    assert left_out([]) == ""
    assert left_out(["a/b.doc"]) == f"1 file is left out (1 .doc): {READ}"
    odd = ["Makefile", "~$open.docx", "x.\x1b[2J", "notes. And a sentence", "a.rtf", "b.RTF"]
    assert left_out(odd) == f"6 files are left out (4 other, 2 .rtf): {READ}"
    many = [f"{number}.{ending}" for number, ending in enumerate("abcdef")]
    assert "(1 .a, 1 .b, 1 .c, 1 .d, 1 .e, …)" in left_out(many)


def test_the_command_line_says_it_once(call: Run, mixed: Corpus) -> None:  # noqa: F811
    place = ("--corpus", mixed.settings.corpus, "--index", mixed.settings.index)
    err = call(*place, "ask", "Wie lange bleibt der Hafen von Hamburg geschlossen?")[2]
    assert err.count(ONE) == 1
    assert ONE not in call(*place, "search", "Hafen")[2]
    assert call(*place, "ingest")[1:] == ("Nothing to do. The index holds 1 article in 1 passage.\n", f"{ONE}\n")
    assert call(*place, "--verbose", "ingest")[1].startswith("left out: b.doc\nleft out: x/c.DOC\n")


def test_doctor_says_it(mixed: Corpus) -> None:
    check = check_all(mixed.settings)[0]
    assert (check.state, check.found) == ("ok", f"1 files in {mixed.folder}; {ONE}")
    (mixed.folder / "a.txt").unlink()
    check = check_all(mixed.settings)[0]
    assert (check.state, check.found) == ("failed", f"0 files in {mixed.folder}; {ONE}")


@in_loop
async def test_the_chat_says_it_of_an_index_that_it_builds(mixed: Corpus) -> None:
    async with chatting(mixed.settings) as chat:
        await chat.until(lambda: "2 files are left out" in chat.said())
        assert ONE in " ".join(chat.said().split())
        assert "1 added" in chat.said()
