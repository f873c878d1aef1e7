"""An index whose Chroma moves: from the index folder to a server, to another one, and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest
from chroma_server import free_port, serving
from conftest import Corpus

from qa_assistant import Assistant, ingest
from qa_assistant.cli.main import run
from qa_assistant.health import Check, check_all
from qa_assistant.index.index import Index
from qa_assistant.index.integrity import examine
from qa_assistant.repair import repair
from qa_assistant.settings import Settings

TOWNS = ("Hamburg", "Rostock", "Kiel", "Bremen")
QUESTION = "Welcher Hafen ist geschlossen?"


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The addresses of two."""
    with ExitStack() as running:
        ports = free_port(), free_port()
        for port in ports:
            running.enter_context(serving(tmp_path / str(port), port))
        yield f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}"


@pytest.fixture
def local(corpus: Corpus) -> Settings:
    """An index of several articles, with Chroma in its folder."""
    for town in TOWNS:
        write(corpus, town)
    settings = replace(corpus.settings, answer_with="quotes")
    ingest(settings)
    return settings


def write(corpus: Corpus, town: str, more: str = "") -> None:
    corpus.write(f"{town}.txt", f"{town}, 4. Dezember 2022 (dpa) - Der Hafen von {town} bleibt geschlossen.{more}")


def found(settings: Settings) -> set[str]:
    """The files of all passages that a search finds by their vectors."""
    with closing(Index.open(settings)) as index, Assistant(settings) as assistant:
        near = assistant.search(QUESTION)
        assert index.catalog.counts()[0] == len(TOWNS)
        return {Path(hit.article.path).stem for hit in near}


def sound(settings: Settings) -> bool:
    """Whether Chroma, where the settings say, holds every passage, and the index folder no other store."""
    with closing(Index.open(settings)) as index:
        store = index.store()
        assert store is not None
        folders = [folder.name for folder in index.folder.glob("chroma*")]
        stored = index.catalog.vectors.stored().name
        return examine(index).sound and store.count() == len(TOWNS) and folders == ([] if settings.chroma else [stored])


def index_check(settings: Settings) -> Check:
    return next(check for check in check_all(settings) if check.name == "index")


@pytest.mark.parametrize("edited", [False, True], ids=["as it is", "edited"])
def test_every_passage_goes_where_the_settings_name_another_place(
    corpus: Corpus, local: Settings, servers: tuple[str, str], edited: bool
) -> None:
    for number, address in enumerate((servers[0], servers[1], "")):
        moved = replace(local, chroma=address)
        if edited:
            write(corpus, TOWNS[0], f" Es ist der {number}. Sturm.")
        report = ingest(moved)
        assert (bool(report.changes), report.published) == (edited, True)
        assert found(moved) == set(TOWNS)
        assert sound(moved)
        assert not ingest(moved).published


def test_until_then_every_vector_is_compared_and_doctor_says_what_to_do(
    local: Settings, servers: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    moved = replace(local, chroma=servers[0])
    nobody = replace(local, chroma=f"http://127.0.0.1:{free_port()}")
    for settings, before in ((moved, local), (nobody, local), (local, moved)):
        ingest(before)
        caplog.clear()
        assert found(settings) == set(TOWNS)
        place = f"at {settings.chroma}" if settings.chroma else "in the index folder"
        assert any(f"not made {place}. All vectors are compared" in record.message for record in caplog.records)
        check = index_check(settings)
        port = settings.chroma.rpartition(":")[2]
        mend = f"chroma run --host 127.0.0.1 --port {port}" if settings is nobody else "qa-assistant ingest"
        assert (check.state, check.mend) == ("warning", mend)
        assert f"not made {place}" in check.found


def test_ingest_says_what_it_did_where_no_article_changed(
    local: Settings, servers: tuple[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_ASSISTANT_CHROMA", servers[0])
    command = ["--corpus", local.corpus, "--index", local.index, "ingest"]
    for options, said in ((["--dry-run"], "Would be: Chroma brought in line."), ([], "Chroma brought in line."),
                          ([], "Nothing to do.")):  # fmt: skip
        assert run([*command, *options]) == 0
        assert capsys.readouterr().out == f"{said} The index holds 4 articles in 4 passages.\n"


def test_what_an_older_program_put_on_a_server_is_put_there_anew(local: Settings, servers: tuple[str, str]) -> None:
    """It noted no address, and may have put an edit there and nothing else."""
    moved = replace(local, chroma=servers[0])
    ingest(moved)
    with closing(Index.open(moved)) as index:
        store = index.store()
        assert store is not None
        store.remove(sorted(store.keys())[1:])
        with index.catalog.transaction():
            index.catalog.set_meta("store_address", "")
    assert ingest(moved).published
    assert sound(moved)


def test_repair_moves_it_too(local: Settings, servers: tuple[str, str]) -> None:
    moved = replace(local, chroma=servers[0])
    (line,) = repair(moved)
    assert line == f"Built Chroma's store anew from the catalogue: it was not made at {servers[0]}"
    assert sound(moved)


def test_an_index_that_is_shared_from_now_on(local: Settings, servers: tuple[str, str], tmp_path: Path) -> None:
    """Its clients find all of it, and go along to another server."""
    (tmp_path / "nothing").mkdir()
    for address in servers:
        writer = replace(local, chroma=address, shared_index="news")
        client = replace(writer, corpus=str(tmp_path / "nothing"), index=str(tmp_path / "copy"))
        ingest(writer)
        for settings in (writer, client):
            assert found(settings) == set(TOWNS)
            check = index_check(settings)
            assert (check.state, check.mend) == ("ok", "")
