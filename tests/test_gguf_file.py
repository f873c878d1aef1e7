"""What is no language model is said to be none before llama.cpp sees it."""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_assistant.answering.local_model.gguf_file import read_gguf
from qa_assistant.errors import NoModel


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def gguf(*, template: bool = True, kind: int = 0, data: int = 64, version: int = 3) -> bytes:
    """A file with the tokens, the template and one tensor of 16 float32 of a model."""
    entries = [
        text("general.architecture") + struct.pack("<I", 8) + text("llama"),
        text("llama.context_length") + struct.pack("<II", 4, 2048),
        text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 3) + text("a") + text("") + text("ü"),
        text("tokenizer.ggml.scores") + struct.pack("<IIQ3f", 9, 6, 3, 0.0, 1.0, 2.0),
    ]
    if template:
        entries.append(text("tokenizer.chat_template") + struct.pack("<I", 8) + text("{{ messages }}" * 50))
    header = b"GGUF" + struct.pack("<IQQ", version, 1, len(entries)) + b"".join(entries)
    header += text("token_embd.weight") + struct.pack("<IQIQ", 1, 16, kind, 0)
    return header + b"\0" * (-len(header) % 32) + b"\0" * data


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.gguf"


def test_what_a_file_says_of_itself(path: Path) -> None:
    path.write_bytes(gguf())
    found = read_gguf(path)
    assert (found.architecture, found.context_length, found.chat_template) == ("llama", 2048, True)
    assert found.size == len(gguf())
    path.write_bytes(gguf(template=False))
    assert not read_gguf(path).chat_template


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"GGUF", "damaged or cut off"),
        (b"<!doctype html>" * 50, "not in the GGUF format"),
        (gguf(version=9), "version 9"),
        (gguf(kind=4242), "unknown type 4242"),
        (gguf(data=63), "cut off"),
        (gguf()[:200], "cut off"),
        (b"GGUF" + struct.pack("<IQQ", 3, 2**60, 2**60) + b"\0" * 99, "damaged"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + text("a") + struct.pack("<IIQ", 9, 8, 2**62), "damaged or cut off"),
    ],
)
def test_what_is_no_model(path: Path, content: bytes, why: str) -> None:
    path.write_bytes(content)
    with pytest.raises(NoModel, match=why) as caught:
        read_gguf(path)
    assert "gguf" in caught.value.hint


def test_what_is_not_there(path: Path, tmp_path: Path) -> None:
    for missing in (path, tmp_path):
        with pytest.raises(NoModel, match="cannot be read"):
            read_gguf(missing)


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, len(gguf()) - 1), byte=st.integers(0, 255), cut=st.integers(0, len(gguf())))
def test_a_damaged_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: int, cut: int
) -> None:
    content = bytearray(gguf())
    content[at] = byte
    path = tmp_path_factory.getbasetemp() / "damaged.gguf"
    path.write_bytes(content[:cut])
    with suppress(NoModel):
        assert read_gguf(path).size == cut == len(content)
