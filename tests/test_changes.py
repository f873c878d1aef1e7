"""What counts as changed: tables read from other columns, files that are empty now."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Corpus
from test_ingest import ENERGY, HARBOUR, changes

from qa_assistant.errors import CorpusError
from qa_assistant.index.index import Index
from qa_assistant.ingestion import changes as ingestion_changes
from qa_assistant.ingestion.changes import Progress
from qa_assistant.ingestion.corpus import Problem
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.ingestion.status import corpus_status
from qa_assistant.settings import Settings


def languages(settings: Settings) -> dict[str, str | None]:
    index = Index.open(settings)
    try:
        return {article.path: article.metadata.language for article in index.catalog.articles()}
    finally:
        index.close()


def test_other_columns_have_tables_read_anew_and_nothing_else(corpus: Corpus, embedded: list[str]) -> None:
    corpus.write("a.txt", ENERGY)
    corpus.write("b.jsonl", json.dumps({"text": "Kurz.", "body": HARBOUR}))
    corpus.write("c.csv", "text;body\nKurz.;Der Dom bleibt offen.\n")
    ingest(corpus.settings)
    embedded.clear()
    other = replace(corpus.settings, text_column="body")
    assert (corpus_status(corpus.settings).pending, corpus_status(other).pending) == (0, 2)
    assert changes(ingest(other, dry_run=True)) == {"updated": ["b.jsonl#1", "c.csv#2"]}
    assert changes(ingest(other, paths=[corpus.folder / "c.csv"])) == {"updated": ["c.csv#2"]}
    assert changes(ingest(other)) == {"updated": ["b.jsonl#1"]}
    assert ENERGY not in embedded
    assert corpus_status(other).pending == 0
    assert changes(ingest(other)) == {}
    assert changes(ingest(corpus.settings)) == {"updated": ["b.jsonl#1", "c.csv#2"]}


def test_another_column_of_languages_changes_them_without_embedding(corpus: Corpus, embedded: list[str]) -> None:
    corpus.write("a.jsonl", json.dumps({"text": HARBOUR, "language": "de", "code": "fr"}))
    ingest(corpus.settings)
    assert languages(corpus.settings) == {"a.jsonl#1": "de"}
    embedded.clear()
    ingest(replace(corpus.settings, language_column="code"))
    assert languages(corpus.settings) == {"a.jsonl#1": "fr"}
    assert embedded == []


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("b.txt", HARBOUR, b""),
        ("b.txt", HARBOUR, b" \n\xef\xbb\xbf"),
        ("b.txt", HARBOUR, bytes(100)),
        ("b.html", f"<html><body><article><p>{HARBOUR}</p></article></body></html>", bytes(100)),
        ("b.csv", f'text\n"{HARBOUR}"\n', b"text\n"),
        ("b.jsonl", json.dumps({"text": HARBOUR}), b'{"text": " "}\n{"text": ""}\n'),
    ],
)
def test_a_file_that_is_empty_now_has_no_articles_any_more(
    corpus: Corpus, name: str, before: str, after: bytes
) -> None:
    corpus.write("a.txt", ENERGY)
    file = corpus.write(name, before)
    path = next(path for path in changes(ingest(corpus.settings))["added"] if path != "a.txt")
    file.write_bytes(after)
    for dry_run in (True, False):
        report = ingest(corpus.settings, dry_run=dry_run)
        assert changes(report) == {"removed": [path]}
        assert report.problems == [Problem(name, "is empty, so it has no article any more")]
    assert list(languages(corpus.settings)) == ["a.txt"]
    report = ingest(corpus.settings)
    assert changes(report) == {}
    assert {one.reason for one in report.problems} == {"is empty"}
    corpus.write(name, before)
    assert changes(ingest(corpus.settings)) == {"added": [path]}


@pytest.mark.parametrize("after", [b"not a word of PDF", b"\0" * 50 + bytes(range(1, 9)) * 10])
def test_a_file_that_cannot_be_read_is_not_empty(corpus: Corpus, after: bytes) -> None:
    corpus.write("a.txt", ENERGY)
    corpus.write("b.jsonl", json.dumps({"text": HARBOUR}))
    ingest(corpus.settings)
    (corpus.folder / "b.jsonl").write_bytes(after)
    report = ingest(corpus.settings)
    assert changes(report) == {}
    assert {one.path.partition("#")[0] for one in report.problems} == {"b.jsonl"}
    assert len(languages(corpus.settings)) == 2


def rows(*numbers: int) -> str:
    return "text\n" + "".join(f"Im Hafen von Emden liegt das Schiff Nummer {number}.\n" for number in numbers)


def test_an_interrupted_table_goes_on_where_it_was(
    corpus: Corpus, embedded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingestion_changes, "_BATCH_CHARACTERS", 100)
    corpus.write("a.csv", rows(*range(30)))
    steps: list[int] = []

    def stop(step: Progress) -> None:
        steps.append(step.percent)
        if len(steps) == 3:
            raise KeyboardInterrupt

    corpus.write("b.txt", ENERGY)
    with pytest.raises(KeyboardInterrupt):
        ingest(corpus.settings, progress=stop)
    assert steps == sorted(set(steps))
    assert steps[-1] < 100
    done = set(embedded)
    assert 0 < len([text for text in done if "Nummer" in text]) < 30
    embedded.clear()
    ingest(corpus.settings)
    assert len(languages(corpus.settings)) == 31
    again = [text for text in embedded if text in done and "Nummer" in text]
    assert len(again) <= 2 * 3  # of the batch that was being written when it was stopped, and the one read ahead
    assert changes(ingest(corpus.settings)) == {}


def test_rows_that_move_within_a_large_table_are_not_embedded_again(
    corpus: Corpus, embedded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingestion_changes, "_BATCH_CHARACTERS", 100)
    corpus.write("a.csv", rows(*range(12)))
    ingest(corpus.settings)
    embedded.clear()
    corpus.write("a.csv", rows(100, 101, 102, *range(3), *range(4, 12)))
    report = ingest(corpus.settings)
    assert report.problems == []
    assert {text for text in embedded if "Nummer" in text} == {
        f"Im Hafen von Emden liegt das Schiff Nummer {number}." for number in (100, 101, 102)
    }
    index = Index.open(corpus.settings)
    texts = sorted(int(article.text.split()[-1].rstrip(".")) for article in index.catalog.articles())
    index.close()
    assert texts == [*range(3), *range(4, 12), 100, 101, 102]
    assert changes(ingest(corpus.settings)) == {}


def test_a_file_with_a_flaw_that_loses_no_text_is_not_read_again_for_it(corpus: Corpus) -> None:
    corpus.write("a.md", "---\ntitle: [1\n---\nDer Hafen von Hamburg ist geschlossen.")
    corpus.write("b.jsonl", '{"text": "Der Hafen von Kiel ist offen."}\n{"text": 7}\n')
    assert [problem.path for problem in ingest(corpus.settings).problems] == ["a.md", "b.jsonl#2"]
    assert [problem.path for problem in ingest(corpus.settings).problems] == ["b.jsonl#2"]
    assert [problem.path for problem in ingest(corpus.settings, rebuild=True).problems] == ["a.md", "b.jsonl#2"]


@pytest.mark.parametrize("name", ["b.txt", ""])
def test_another_corpus_does_not_empty_the_index_of_the_first(corpus: Corpus, tmp_path: Path, name: str) -> None:
    corpus.write("a.txt", ENERGY)
    ingest(corpus.settings)
    (tmp_path / "other").mkdir()
    if name:
        (tmp_path / "other" / name).write_text(HARBOUR, encoding="utf-8")
    other = replace(corpus.settings, corpus=str(tmp_path / "other"))
    for settings in (other, replace(other, passage_tokens=100)):  # the second would build the index anew
        for dry_run in (True, False):
            with pytest.raises(CorpusError) as refused:
                ingest(settings, dry_run=dry_run)
            assert refused.value.message == (
                f"{other.corpus} has none of the files of this index, which was made from {corpus.folder}; the index "
                "was left as it is."
            )
    assert list(languages(corpus.settings)) == ["a.txt"]
    if name:
        assert changes(ingest(other, rebuild=True)) == {"added": ["b.txt"]}


def test_a_corpus_may_move_and_then_change_altogether(corpus: Corpus, tmp_path: Path, embedded: list[str]) -> None:
    corpus.write("a.txt", ENERGY)
    ingest(corpus.settings)
    embedded.clear()
    moved = replace(corpus.settings, corpus=str(corpus.folder.rename(tmp_path / "moved")))
    assert changes(ingest(moved)) == {}
    assert embedded == []
    (tmp_path / "moved/a.txt").rename(tmp_path / "moved/b.txt")
    assert changes(ingest(moved)) == {"moved": ["b.txt"]}
