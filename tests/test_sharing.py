"""One index on a Chroma server, for several machines: the writer publishes, clients with folders of their own ask."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import Corpus
from test_chroma_server import server  # noqa: F401 - a fixture
from test_many_processes import another_writer

from qa_assistant import Assistant, ingest
from qa_assistant.cli.main import run
from qa_assistant.errors import IndexMissing, IndexUnusable
from qa_assistant.health import check_all
from qa_assistant.index import sharing
from qa_assistant.index.embedding import PackagedEmbedder
from qa_assistant.index.vector_store import EntryStore, VectorStore
from qa_assistant.repair import repair
from qa_assistant.settings import Settings
from qa_assistant.tui.backend import Backend

HARBOUR = "Hamburg, 4. Dezember 2022 (dpa) - Der Hafen von Hamburg bleibt bis Montag geschlossen. Ein Sturm kam auf."
ENERGY = "Berlin, 3. Dezember 2022 (dpa) - Die Minister sprachen über Energie. Sie trafen sich in Berlin."


@pytest.fixture
def writer(corpus: Corpus, server: Any) -> Settings:  # noqa: F811
    corpus.write("a.txt", HARBOUR)
    corpus.write("b.txt", ENERGY)
    return replace(corpus.settings, chroma=server[0], shared_index="news", answer_with="quotes")


def client(writer: Settings, folder: Path) -> Settings:
    (folder / "nothing").mkdir(parents=True)
    return replace(writer, corpus=str(folder / "nothing"), index=str(folder / "index"))


def generations(settings: Settings) -> int:
    return len(list(settings.index_path.glob("generation-*")))


def test_clients_follow_the_writer_without_embedding_anything(
    corpus: Corpus, writer: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = client(writer, tmp_path / "1"), client(writer, tmp_path / "2")
    with pytest.raises(IndexMissing, match="published"):
        Assistant(first)
    ingest(writer)
    embedded: list[str] = []

    def passages(self: PackagedEmbedder, texts: Sequence[str]) -> Any:
        embedded.extend(texts)
        raise AssertionError("a client embeds questions only")

    question = "Wie lange bleibt der Hafen geschlossen?"
    with Assistant(writer) as assistant:
        expected = [(hit.passage, hit.score) for hit in assistant.search(question)]
    with monkeypatch.context() as patch:
        patch.setattr(PackagedEmbedder, "passages", passages)
        for settings in (first, second):
            with Assistant(settings) as assistant:
                found = [(hit.passage, hit.score) for hit in assistant.search(question)]
                assert [passage for passage, _ in found] == [passage for passage, _ in expected]
                assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=1e-3)
                assert {article.path for article in assistant.articles()} == {"a.txt", "b.txt"}
                assert "Montag" in assistant.answer(question).text

    corpus.write("a.txt", HARBOUR.replace("Montag", "Freitag"))
    (corpus.folder / "b.txt").rename(corpus.folder / "c.txt")
    ingest(writer)
    with monkeypatch.context() as patch:
        patch.setattr(PackagedEmbedder, "passages", passages)
        with Assistant(first) as assistant:
            assert "Freitag" in assistant.answer(question).text
            assert {article.path for article in assistant.articles()} == {"a.txt", "c.txt"}
    assert embedded == []


def test_a_client_asks_its_copy_while_another_process_fetches(corpus: Corpus, writer: Settings, tmp_path: Path) -> None:
    ingest(writer)
    reader = client(writer, tmp_path / "1")
    Assistant(reader).close()
    corpus.write("a.txt", HARBOUR.replace("Montag", "Freitag"))
    ingest(writer)
    question = "Wie lange bleibt der Hafen geschlossen?"
    with another_writer(reader.index_path), Assistant(reader) as assistant:
        assert any("Montag" in article.text for article in assistant.articles())
        assert assistant.search(question)
    with Assistant(reader) as assistant:
        assert "Freitag" in assistant.answer(question).text


def test_half_a_publication_is_never_seen(
    corpus: Corpus, writer: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(writer)
    reader = client(writer, tmp_path / "1")
    Assistant(reader).close()
    corpus.write("a.txt", HARBOUR.replace("Montag", "Freitag"))
    with monkeypatch.context() as patch:
        patch.setattr("qa_assistant.index.vector_store.EntryStore.remove", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ingest(writer)
    with Assistant(reader) as assistant:
        assert any("Montag" in article.text for article in assistant.articles())
    with pytest.raises(IndexUnusable, match="being published"):
        Assistant(client(writer, tmp_path / "2"))
    ingest(writer)
    for number in (1, 2):
        settings = replace(writer, corpus=str(tmp_path / f"{number}/nothing"), index=str(tmp_path / f"{number}/index"))
        with Assistant(settings) as assistant:
            assert any("Freitag" in article.text for article in assistant.articles())


def test_an_index_that_was_built_anew_is_fetched_anew(corpus: Corpus, writer: Settings, tmp_path: Path) -> None:
    """With other passages of the same files, and with fewer words."""
    corpus.write("c.txt", " ".join(f"Satz {number} nennt Wort{number * 7919}." for number in range(400)))
    ingest(writer)
    reader = client(writer, tmp_path / "1")

    def held(settings: Settings) -> tuple[int, set[str]]:
        with Assistant(settings) as assistant:
            counts = assistant.index.catalog.keywords.vector_count()
            found = assistant.index.catalog.passages_of(assistant.articles()[0].id)
            return counts, {item.passage.text for item in found}

    assert held(reader) == held(writer)
    (corpus.folder / "c.txt").unlink()
    anew = replace(writer, passage_tokens=64)
    ingest(anew, rebuild=True)
    assert held(replace(reader, passage_tokens=64)) == held(anew)
    assert held(replace(reader, passage_tokens=64)) == held(anew)
    with Assistant(replace(reader, passage_tokens=64)) as assistant:
        assert "Montag" in assistant.answer("Wie lange bleibt der Hafen geschlossen?").text


@pytest.mark.parametrize("rebuild", [True, False])
def test_clients_search_while_another_collection_is_published(
    corpus: Corpus, writer: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rebuild: bool
) -> None:
    """The one that they search in goes last, also if the publication breaks off."""
    ingest(writer)
    reader = client(writer, tmp_path / "1")
    put = EntryStore.put
    broken = [ConnectionError()]

    def searched() -> tuple[int, str]:
        with Assistant(reader) as assistant:
            return len(assistant.search("Hafen")), assistant.index.collection

    before = searched()
    for number in range(5):  # so that the passages are centred anew
        corpus.write(f"{number}.txt", f"{number}. Dezember 2022 (dpa) - Der Hafen {number} ist zu.")

    def slow(self: EntryStore, entries: Any) -> None:
        if "state" in entries:
            assert searched() == before
            if broken:
                raise broken.pop()
        put(self, entries)

    monkeypatch.setattr(EntryStore, "put", slow)
    with pytest.raises(ConnectionError):
        ingest(writer, rebuild=rebuild)
    assert repair(writer) == []
    ingest(writer)
    after = searched()
    assert after[0] > before[0]
    with pytest.raises(IndexUnusable, match="not exist"):
        VectorStore(tmp_path, writer.chroma, before[1], create=False)
    VectorStore(tmp_path, writer.chroma, after[1], create=False).close()
    assert generations(writer) == 1


def test_who_has_a_client_open_while_the_index_is_built_anew(corpus: Corpus, writer: Settings, tmp_path: Path) -> None:
    ingest(writer)
    with Assistant(client(writer, tmp_path / "1")) as assistant:
        assert len(assistant.search("Hafen")) == 2
        corpus.write("c.txt", "Köln (dpa) - Der Dom bleibt offen.")
        ingest(writer, rebuild=True)
        assert len(assistant.search("Hafen")) == 3
        assert "Montag" in assistant.answer("Wie lange bleibt der Hafen geschlossen?").text


def test_repairing_a_client_takes_nothing_from_the_server(
    writer: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(writer)
    reader = client(writer, tmp_path / "1")
    Assistant(reader).close()
    ingest(writer, rebuild=True)
    with monkeypatch.context() as patch:  # a copy that breaks off
        patch.setattr("qa_assistant.index.generations.make_current", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            Assistant(reader)
    with pytest.raises(IndexUnusable, match="copy"):  # the one there is, of what is not published any more
        repair(reader)
    assert generations(reader) == 1
    with Assistant(reader) as assistant:
        assert assistant.search("Hafen")
    assert generations(reader) == 1


def test_an_index_that_changes_while_it_is_fetched(
    writer: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Entries of the next build come under the names of those of the last."""
    ingest(writer)
    get = EntryStore.get

    def late(self: EntryStore, names: Sequence[str]) -> dict[str, str]:
        if list(names) != ["state"]:
            with monkeypatch.context() as patch:
                patch.setattr(EntryStore, "get", get)
                patch.setattr(EntryStore, "remove", lambda *_: 1 / 0)  # the state is not written any more
                with pytest.raises(ZeroDivisionError):
                    ingest(writer, rebuild=True)
        return get(self, names)

    reader = client(writer, tmp_path / "1")
    with monkeypatch.context() as patch:
        patch.setattr(EntryStore, "get", late)
        with pytest.raises(IndexUnusable, match="being published"):
            Assistant(reader)
    ingest(writer)
    with Assistant(reader) as assistant, Assistant(writer) as published:
        assert assistant.index.catalog.meta("build") == published.index.catalog.meta("build")
        assert assistant.search("Hafen")


def test_a_client_has_no_files_to_index(corpus: Corpus, writer: Settings, tmp_path: Path) -> None:
    """Neither has the chat, which builds what is missing, nor do files beside it count as changed."""
    reader = client(writer, tmp_path / "1")
    (tmp_path / "1/nothing/mine.txt").write_text(HARBOUR, encoding="utf-8")
    with pytest.raises(IndexMissing, match="published"):
        Backend(reader).open(lambda _: None)
    assert sharing.published_collection(writer) == ""
    ingest(writer)
    backend = Backend(reader)
    backend.open(lambda _: None)
    assert {article.path for article in backend.articles()} == {"a.txt", "b.txt"}
    assert backend.status().pending == 0
    index = next(check for check in check_all(reader) if check.name == "index")
    assert (index.state, index.mend) == ("ok", "")


def test_what_chroma_says_of_a_collection_that_is_gone(writer: Settings, tmp_path: Path) -> None:
    with closing(VectorStore(tmp_path, writer.chroma, "gone")) as one:
        one.drop()
        with pytest.raises(IndexUnusable, match="cannot be used"):
            one.drop()


def test_only_the_machine_that_published_it_writes_a_shared_index(writer: Settings, tmp_path: Path) -> None:
    ingest(writer)
    other = client(writer, tmp_path / "1")
    with pytest.raises(IndexUnusable, match="another machine"):
        ingest(other)
    Assistant(other).close()
    assert sharing.is_copy(other)
    with pytest.raises(IndexUnusable, match="another machine"):
        ingest(other, rebuild=True)


def test_a_client_needs_only_the_address_and_the_name(
    writer: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest(writer)
    monkeypatch.setenv("QA_ASSISTANT_CHROMA", writer.chroma)
    monkeypatch.setenv("QA_ASSISTANT_SHARED_INDEX", "news")
    assert run(["--index", str(tmp_path / "fresh"), "search", "Worüber sprachen die Minister?"]) == 0
    assert "Energie" in capsys.readouterr().out
