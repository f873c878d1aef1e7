"""The index of a SQuAD file's paragraphs: built once, gone on with, mended."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from squad_samples import DE, EN

import qa_assistant
from qa_assistant.errors import IndexUnusable
from qa_assistant.evaluation.squad import CODE, FILE, index_folder
from qa_assistant.index.index import Index
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.settings import Settings


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_the_index_is_built_once(embedded: list[str]) -> None:
    settings = index_folder([DE, EN], Settings())
    assert ingest(settings).articles == 2
    assert set(embedded) >= {DE, EN}
    embedded.clear()
    assert not ingest(index_folder([DE, EN], Settings(model="other", top_k=7))).changes
    assert embedded == []
    index = Index.open(settings)
    try:
        assert {article.path: article.text for article in index.catalog.articles()} == {
            f"{FILE}#1": DE,
            f"{FILE}#2": EN,
        }
    finally:
        index.close()


def test_an_interrupted_build_is_gone_on_with(embedded: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    settings = index_folder([DE], Settings())
    with monkeypatch.context() as patch:
        patch.setattr("qa_assistant.index.vector_store.VectorStore.add", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            ingest(settings)
    assert index_folder([DE], Settings()) == settings
    assert ingest(settings).articles == 1
    assert embedded.count(DE) == 1


def test_the_folder_is_named_after_what_the_index_depends_on() -> None:
    settings = Settings(corpus="x", index="y", chroma="http://host:1", shared_index="news", text_column="body", top_k=3)
    same = [index_folder([DE], settings), index_folder([DE], replace(settings, model="m", text_column="text"))]
    assert {one.index for one in same} == {same[0].index}
    assert (same[0].chroma, same[0].text_column, same[0].top_k) == ("", "text", 3)
    others = [
        index_folder([DE, EN], settings),
        index_folder([EN, DE], settings),
        index_folder([DE], replace(settings, passage_tokens=200)),
        index_folder([DE], replace(settings, embedding_model="other")),
        index_folder([DE], replace(settings, passage_prefix="text: ")),
    ]
    assert len({one.index for one in [same[0], *others]}) == 6
    assert len({one.corpus for one in [same[0], *others]}) == 6


def test_the_folder_depends_on_all_code_that_makes_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    package = Path(qa_assistant.__file__).parent
    sources = [file.read_text("utf-8") for name in ("ingestion", "index") for file in (package / name).glob("*.py")]
    used = set(re.findall(r"from qa_assistant(?:\.| import )(\w+)", "\n".join(sources)))
    decides_nothing = {"environment", "errors", "files", "hub", "records", "settings", "dates"}
    assert used - decides_nothing - {"ingestion", "index"} <= set(CODE)
    assert "letters" in CODE  # what `months` uses in turn

    before = index_folder([DE], Settings()).index
    splitting = package / "ingestion/splitting.py"
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + b"#" if path == splitting else read(path))
    assert index_folder([DE], Settings()).index != before


def test_a_damaged_corpus_is_mended() -> None:
    file = Path(index_folder([DE], Settings()).corpus) / FILE
    whole = file.read_bytes()
    file.write_bytes(whole[:10])
    index_folder([DE], Settings())
    assert file.read_bytes() == whole


def test_nothing_half_written_is_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(IndexUnusable, match="No space left"):
        index_folder([DE], Settings())
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_a_cache_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    with pytest.raises(IndexUnusable, match="cannot be written"):
        index_folder([DE], Settings())
