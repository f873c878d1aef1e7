"""One process writes, others read: real processes, a real Chroma store, and the chat."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Corpus
from pilot import chatting, in_loop, plain, until

from qa_assistant import Assistant, ingest
from qa_assistant.errors import IndexUnusable
from qa_assistant.index import generations, publishing
from qa_assistant.index.generations import current_generation
from qa_assistant.index.index import Index
from qa_assistant.index.lock import current_writer, stale_holder, writer_lock
from qa_assistant.settings import Settings
from qa_assistant.tui.corpus_bar import CorpusBar

HARBOUR = "Hamburg, 4. Dezember 2022 (dpa) - Der Hafen von Hamburg bleibt bis Montag geschlossen."
BRIDGE = "Dresden, 3. Juni 2019 (AFP) - Die neue Brücke über die Elbe hat 40 Millionen Euro gekostet."
HOLD = """
import sys
from pathlib import Path
from qa_assistant.index.index import Index
from qa_assistant.index.lock import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def in_another_process(settings: Settings, *how: str) -> None:
    """`qa-assistant ingest`, as from another terminal."""
    call = ["--corpus", settings.corpus, "--index", settings.index, "ingest", *how]
    program = [sys.executable, "-c", "from qa_assistant.cli.main import main; main()"]
    subprocess.run([*program, *call], check=True, capture_output=True, env=environment())


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(publishing.__file__).parents[2])}


@contextmanager
def another_writer(root: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock until its stdin is closed, or it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=environment(),
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def quotes(assistant: Assistant, question: str) -> str:
    return " ".join(citation.quote for citation in assistant.answer(question).citations)


@pytest.fixture
def settings(corpus: Corpus) -> Settings:
    corpus.write("a.txt", HARBOUR)
    ingest(corpus.settings)
    return replace(corpus.settings, answer_with="quotes")


def test_the_lock_names_its_holder_and_ends_with_it(corpus: Corpus) -> None:
    root = corpus.settings.index_path
    corpus.write("a.txt", HARBOUR)
    with another_writer(root) as process:
        writer = current_writer(root)
        assert writer is not None
        assert writer.pid == process.pid
        with pytest.raises(IndexUnusable, match=rf"being written by process {process.pid} \(.*, since \d\d:\d\d:\d\d"):
            ingest(corpus.settings)
        process.kill()
        process.wait()
        assert current_writer(root) is None
        killed = stale_holder(root)
        assert killed is not None
        assert killed.pid == process.pid
    assert ingest(corpus.settings).articles == 1
    assert stale_holder(root) is None


def test_a_reader_sees_what_another_process_wrote(corpus: Corpus, settings: Settings) -> None:
    with Assistant(settings) as assistant:
        assert "bis Montag" in quotes(assistant, "Wie lange bleibt der Hafen geschlossen?")
        corpus.write("a.txt", HARBOUR.replace("Montag", "Freitag"))
        corpus.write("b.txt", BRIDGE)
        in_another_process(settings)
        assert "bis Freitag" in quotes(assistant, "Wie lange bleibt der Hafen geschlossen?")
        assert "40 Millionen" in quotes(assistant, "Wie viel hat die neue Brücke gekostet?")
        (corpus.folder / "a.txt").unlink()
        in_another_process(settings)
        assert [hit.article.text for hit in assistant.search("Hafen")] == [BRIDGE]


def test_a_reader_outlives_the_generation_it_opened(corpus: Corpus, settings: Settings) -> None:
    with Assistant(settings) as assistant:
        assert "bis Montag" in quotes(assistant, "Wie lange bleibt der Hafen geschlossen?")
        before = current_generation(settings.index_path)
        events = assistant.ask("Wie lange bleibt der Hafen geschlossen?")
        next(events)
        corpus.write("b.txt", BRIDGE)
        in_another_process(settings, "--rebuild")
        assert current_generation(settings.index_path) != before
        assert before is not None
        assert not before.exists()
        assert list(events)  # the question that was going on is answered from what it began with
        assert "40 Millionen" in quotes(assistant, "Wie viel hat die neue Brücke gekostet?")
        assert len(assistant.articles()) == 2


def test_an_index_that_is_replaced_while_it_is_opened(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was current when it was looked up is gone when it is opened."""
    real, asked = generations.current_generation, []

    def stale(root: Path) -> Path | None:
        asked.append(root)
        return root / "generation-gone" if len(asked) == 1 else real(root)

    monkeypatch.setattr(generations, "current_generation", stale)
    index = Index.open(settings)
    assert index.catalog.counts() == (1, 1)
    index.close()


def test_a_store_that_readers_know_is_never_written_again(corpus: Corpus, settings: Settings) -> None:
    folder = current_generation(settings.index_path)
    assert folder is not None
    (store,) = folder.glob("chroma-*")
    graph = {file: file.read_bytes() for file in store.rglob("*.bin")}
    kept = {file: store.parent.parent / f"kept-{number}" for number, file in enumerate(graph)}
    for file, link in kept.items():
        link.hardlink_to(file)  # a write in place would show through the link, even once the store is gone
    corpus.write("b.txt", BRIDGE)
    ingest(settings)
    assert not store.exists()
    assert graph
    assert {file: link.read_bytes() for file, link in kept.items()} == graph


def test_what_chroma_does_not_have_yet_is_found_all_the_same(
    corpus: Corpus, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "_SMALL", 0)
    monkeypatch.setattr(publishing, "_SLACK", 1)  # Chroma follows once as much is new as it holds
    corpus.write("b.txt", BRIDGE)
    ingest(settings)
    with Assistant(settings) as assistant:
        stored = assistant.index.catalog.vectors.stored()
        assert (assistant.index.catalog.vectors.unstored(), stored.row) == (1, 1)
        assert "40 Millionen" in quotes(assistant, "Wie viel hat die neue Brücke gekostet?")
        corpus.write("a.txt", HARBOUR.replace("Montag", "Freitag"))
        ingest(settings)
        assert "bis Freitag" in quotes(assistant, "Wie lange bleibt der Hafen geschlossen?")


@in_loop
async def test_the_chat_notices_an_ingest_from_another_terminal(corpus: Corpus, settings: Settings) -> None:
    async with chatting(settings) as chat:
        bar = chat.app.chat.query_one(CorpusBar)
        await until(chat.pilot, lambda: "1 article " in plain(bar))
        with another_writer(settings.index_path) as process:
            chat.app.upkeep.look()
            await until(chat.pilot, lambda: f"process {process.pid} is updating the index" in plain(bar))
        corpus.write("b.txt", BRIDGE)
        in_another_process(settings)
        chat.app.upkeep.look()
        await until(chat.pilot, lambda: "2 articles" in plain(bar))
        assert "updating" not in plain(bar)
        assert any(article.text == BRIDGE for article in chat.app.backend.articles())


@in_loop
async def test_the_chat_opens_the_index_once_another_process_has_built_it(corpus: Corpus) -> None:
    corpus.write("a.txt", HARBOUR)
    with writer_lock(corpus.settings.index_path):
        pass
    with another_writer(corpus.settings.index_path) as process:
        async with chatting(corpus.settings) as chat:
            await until(chat.pilot, lambda: chat.app.backend.failed)
            process.kill()
            process.wait()
            in_another_process(corpus.settings)
            chat.app.upkeep.look()
            await until(chat.pilot, lambda: not chat.app.backend.failed)
            assert len(chat.app.backend.articles()) == 1
