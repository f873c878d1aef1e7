"""What a GGUF file says of itself, read before llama.cpp sees it, so that what is no model is said to be none.

The format is described at https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Reading a file of 250 MB with a
quarter of a million tokens takes about 0.2 s: only its header is looked at.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_assistant.display import one_line
from qa_assistant.errors import NoModel

_SCALARS = ("B", "b", "H", "h", "I", "i", "f", "?", None, None, "Q", "q", "d")
"""struct's letter for each of the format's types of value; strings (8) and arrays (9) are read otherwise."""
_STRING, _ARRAY = 8, 9
_VERSIONS = (2, 3)
_MOST_ENTRIES = 1_000_000
_LONGEST_KEPT = 200
"""Characters kept of a text: names are shorter, and of a chat template only its being there matters."""


@dataclass(frozen=True, slots=True)
class GgufFile:
    """A language model on disk; what the file does not tell is empty or 0."""

    path: Path
    size: int
    """Bytes."""
    architecture: str
    context_length: int
    """Tokens of context that the model was made for."""
    chat_template: bool
    """Whether it was made for conversations; a base model has no template for them."""


class _Damaged(Exception):
    """What is wrong with the file, in a few words."""


def read_gguf(path: Path) -> GgufFile:
    """Raises NoModel if there is no such file, or if it cannot be a whole language model."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _read(path, data)
    except (_Damaged, struct.error, UnicodeDecodeError) as error:
        why = str(error) if isinstance(error, _Damaged) else "its header is damaged or cut off"
        raise NoModel(
            f"{one_line(str(path))} is no language model: {why}.",
            hint="Name a whole GGUF file in the setting gguf, or leave that empty for the packaged model.",
        ) from None
    except (OSError, ValueError) as error:  # ValueError: an empty file cannot be mapped
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is empty"
        raise NoModel(
            f"The language model {one_line(str(path))} cannot be read: {why}.", hint="Name a GGUF file in `gguf`."
        ) from None


def _read(path: Path, data: mmap.mmap) -> GgufFile:
    if data[:4] != b"GGUF":
        raise _Damaged("it is not in the GGUF format")
    version, tensors, entries = struct.unpack_from("<IQQ", data, 4)
    if version not in _VERSIONS:
        raise _Damaged(f"it is GGUF version {version}, and only {' and '.join(map(str, _VERSIONS))} are read")
    if not 0 < tensors < _MOST_ENTRIES or not 0 < entries < _MOST_ENTRIES:
        raise _Damaged("its header is damaged")
    reader = _Reader(data, 24)
    told: dict[str, Any] = {}
    for _ in range(entries):
        key = reader.text()
        told[key] = reader.value(reader.scalar("I"))
    _check_tensors(reader, tensors, told.get("general.alignment", 32), len(data))
    architecture = str(told.get("general.architecture", ""))
    length = told.get(f"{architecture}.context_length", 0)
    return GgufFile(
        path, len(data), architecture, length if isinstance(length, int) else 0, "tokenizer.chat_template" in told
    )


def _check_tensors(reader: _Reader, tensors: int, alignment: object, size: int) -> None:
    """Every tensor must lie inside the file."""
    from gguf.constants import GGML_QUANT_SIZES

    sizes = {int(kind): figures for kind, figures in GGML_QUANT_SIZES.items()}
    end = 0
    for _ in range(tensors):
        reader.text()
        elements = 1
        for _ in range(min(reader.scalar("I"), 8)):
            elements *= reader.scalar("Q")
        kind, offset = reader.scalar("I"), reader.scalar("Q")
        if kind not in sizes:
            raise _Damaged(f"it has tensors of the unknown type {kind}")
        block, block_bytes = sizes[kind]
        end = max(end, offset + elements // block * block_bytes)
    step = alignment if isinstance(alignment, int) and alignment > 0 else 32
    start = -(-reader.at // step) * step
    if start + end > size:
        raise _Damaged(f"it is cut off: {size} bytes of {start + end} are there")


class _Reader:
    """Reads the header's parts one after the other. Raises struct.error at the end of the file."""

    def __init__(self, data: mmap.mmap, at: int) -> None:
        self._data = data
        self.at = at

    def scalar(self, letter: str) -> Any:
        found = struct.unpack_from("<" + letter, self._data, self.at)[0]
        self.at += struct.calcsize("<" + letter)
        return found

    def text(self) -> str:
        length = self.scalar("Q")
        start, self.at = self.at, self.at + length
        if self.at > len(self._data):
            raise _Damaged("its header is damaged or cut off")
        return self._data[start : start + min(length, _LONGEST_KEPT)].decode("utf-8", "replace")

    def value(self, kind: int) -> Any:
        """A value; of an array only how long it is."""
        if kind == _STRING:
            return self.text()
        if kind != _ARRAY:
            return self.scalar(self._letter(kind))
        inner, count = self.scalar("I"), self.scalar("Q")
        if inner == _ARRAY:
            raise _Damaged("its header is damaged")
        if inner == _STRING:
            self._skip_texts(count)
        else:
            self.at += count * struct.calcsize("<" + self._letter(inner))
        if self.at > len(self._data):
            raise _Damaged("its header is damaged or cut off")
        return count

    def _skip_texts(self, count: int) -> None:
        at, end, length_at = self.at, len(self._data), struct.Struct("<Q").unpack_from
        for _ in range(count):
            if at + 8 > end:
                raise _Damaged("its header is damaged or cut off")
            at += 8 + length_at(self._data, at)[0]
        self.at = at

    @staticmethod
    def _letter(kind: int) -> str:
        letter = _SCALARS[kind] if kind < len(_SCALARS) else None
        if letter is None:
            raise _Damaged("its header is damaged")
        return letter
