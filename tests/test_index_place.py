"""Where an index may be: not in the corpus, unless it is there already."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from conftest import Corpus

from qa_assistant.errors import IndexUnusable, SettingsError
from qa_assistant.ingestion.ingest import ingest

ENERGY = "Berlin, 3. Dezember 2022 (dpa) - Die Minister sprachen über Energie."
HARBOUR = "Hamburg, 4. Dezember 2022 (dpa) - Der Hafen bleibt geschlossen."


@pytest.mark.parametrize("inside", ["", "deep/index", ".index"])
def test_no_new_index_is_made_in_the_corpus(corpus: Corpus, inside: str) -> None:
    corpus.write("a.txt", ENERGY)
    settings = replace(corpus.settings, index=str(corpus.folder / inside))
    for dry_run in (True, False):
        with pytest.raises(SettingsError, match="would be in the corpus") as caught:
            ingest(settings, dry_run=dry_run)
        assert "--index" in caught.value.hint
    assert [file.name for file in corpus.folder.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("inside", ["", "index"])
def test_one_that_is_there_works_on_and_is_no_part_of_the_corpus(corpus: Corpus, inside: str) -> None:
    corpus.write("a.txt", ENERGY)
    ingest(corpus.settings)
    settings = replace(corpus.settings, index=str(corpus.folder / inside))
    shutil.copytree(corpus.settings.index_path, settings.index_path, dirs_exist_ok=True)
    corpus.write("b.txt", HARBOUR)
    corpus.write("current.xyz", "mine")
    for rebuild in (False, True):
        report = ingest(settings, rebuild=rebuild)
        assert (report.articles, report.skipped) == (2, ["current.xyz"])


def test_a_link_to_itself_is_no_folder(corpus: Corpus) -> None:
    corpus.write("a.txt", ENERGY)
    corpus.settings.index_path.symlink_to(corpus.settings.index_path)
    with pytest.raises(IndexUnusable, match="cannot be written"):
        ingest(corpus.settings)
