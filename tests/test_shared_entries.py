"""What a Chroma server says of a shared index is hostile: nothing is taken that ingestion would not have stored."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from qa_assistant.errors import IndexUnusable
from qa_assistant.index import shared_entries, sharing
from qa_assistant.index.catalog import Catalog

if TYPE_CHECKING:
    from qa_assistant.index.vector_store import EntryStore

UNSAFE_PATHS = (
    "..\\..\\secret.txt", "../../secret.txt", "x/../../secret.txt", "/etc/passwd", "C:/secret.txt", "a\x1b[2J.txt",
)  # fmt: skip


def numbers(*values: float) -> str:
    return shared_entries._text(np.array(values, "<f2").tobytes())


@pytest.mark.parametrize(
    "unsafe",
    [
        {"text": "Der Hafen \x1b]0;owned\x07 ist zu."},
        {"text": "Der Hafen \u202eist zu."},
        {"text": None},
        {"name": "a" * 15 + "\x1b"},
        {"title": 0},
        *({place: path} for place in ("path", "file") for path in UNSAFE_PATHS),
        *({"span": span} for span in ([0, 99], [-1, 5], [5, 4], [0, 1e400], [0, True], [0])),
        *({"sentences": [span]} for span in ([0, 99], [1, 0], [0, 2**70], ["0", 5])),
        *({"vector": vector} for vector in (numbers(1), numbers(1, 0, 0), numbers(1, float("nan")), "", None)),
        *({"sentence_vectors": vector} for vector in (numbers(1), numbers(1, float("inf")), "")),
        {"words": ["\x1b"]},
        {"words": [7]},
    ],
)
def test_what_a_server_says_is_not_trusted(tmp_path: Path, unsafe: dict[str, Any]) -> None:
    def entry(**said: Any) -> str:
        return shared_entries._packed({
            "text": said["text"], "metadata": [said["title"], *[None] * 4], "sources": [[said["path"], said["file"]]],
            "passages": [{key: said[key] for key in ("span", "sentences", "words", "vector", "sentence_vectors")}],
        })  # fmt: skip

    sound: dict[str, Any] = {
        "name": "a" * 16, "text": "Der Hafen ist zu.", "title": None, "path": "a.txt", "file": "a.txt",
        "span": [0, 17], "sentences": [[0, 17]], "words": ["hafen"], "vector": numbers(1, 0),
        "sentence_vectors": numbers(1, 0),
    }  # fmt: skip
    with closing(Catalog(tmp_path, create=True)) as catalog:
        with pytest.raises(IndexUnusable, match="damaged"), catalog.transaction():
            shared_entries.unpack(catalog, (sound | unsafe)["name"], entry(**sound | unsafe), 2)
        assert catalog.counts() == (0, 0)
        shared_entries.unpack(catalog, sound["name"], entry(**sound), 2)
        assert catalog.counts() == (1, 1)


@pytest.mark.parametrize(
    "words",
    [[["hafen", numbers(1)]], [["hafen", numbers(1, float("nan"))]], [["\x1b", numbers(1, 0)]], [[None, ""]], []],
)
def test_words_of_a_server_are_not_trusted(tmp_path: Path, words: list[Any]) -> None:
    with closing(Catalog(tmp_path, create=True)) as catalog:
        with pytest.raises(IndexUnusable, match="damaged"):
            shared_entries.unpack(catalog, "words:0", shared_entries._packed({"words": words}), 2)
        assert catalog.keywords.vector_count() == 0


def test_an_entry_is_unpacked_only_as_far_as_one_may_be_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_entries, "_LARGEST", 1_000)
    with closing(Catalog(tmp_path, create=True)) as catalog:
        for entry in (
            shared_entries._packed({"words": [["a" * 2_000, numbers(1, 0)]]}),
            shared_entries._text(zlib.compress(b"[" * 2_000)),
        ):
            with pytest.raises(IndexUnusable, match="too large"):
                shared_entries.unpack(catalog, "words:0", entry, 2)
        monkeypatch.undo()
        deep = shared_entries._text(zlib.compress(b"[" * 200_000))
        with pytest.raises(IndexUnusable, match="damaged"):
            shared_entries.unpack(catalog, "words:0", deep, 2)


@pytest.mark.parametrize(
    "changed",
    [
        "no JSON", "{}", "[]", "null", "[" * 200_000,
        {"digest": 1}, {"means": None}, {"means": [["passages", 0, ""]]}, {"means": [["passages", 1, "AAAA"]]},
        {"means": [[{}, 1, ""]]}, {"collection": None}, {"build": {}}, {"updated_at": "yesterday"},
        {"store_offset": "zz"}, {"store_offset": "00" * 12}, {"store_counted": "-1"}, {"passage_tokens": "9" * 5_000},
    ],
)  # fmt: skip
def test_a_state_of_a_server_is_not_trusted(changed: Any) -> None:
    sound = {"digest": "d", "collection": "c", "means": [["passages", 1, shared_entries._text(bytes(16))]]}

    class Said:
        def get(self, _: Sequence[str]) -> dict[str, str]:
            return {"state": changed if isinstance(changed, str) else json.dumps(sound | changed)}

    with pytest.raises(IndexUnusable, match="damaged"):
        sharing._state(cast("EntryStore", Said()))
    changed = {}
    assert sharing._state(cast("EntryStore", Said())) == sound
