"""XLM-RoBERTa's tokenizer over the packaged model's pieces, by SentencePiece.

The library `tokenizers`, which torch's engine takes, cuts texts the same way and holds 200 MB more for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

    from qa_assistant.index.packaged_file import PackagedFile

Span = tuple[int, int]
NOWHERE: Span = (0, 0)

_SPACE = re.compile(r"[\s\u200b\u200e\u200f\u2060\ufeff]")
_JAMO = range(0x1160, 0x1200)
"""Vowels and finals that NFKC puts together with the letter before them."""


class Unigram:
    """Texts to the numbers of their pieces, with `<s>` and `</s>` around them, cut at the model's longest text."""

    def __init__(self, file: PackagedFile) -> None:
        self._longest = file.positions - 2
        self._begin, self._end = file.special["bos_token"], file.special["eos_token"]
        self._processor = _processor(file)

    def numbers(self, text: str) -> list[int]:
        """As `read` gives them, in a third of the time."""
        pieces: list[int] = self._processor.encode(_one_kind_of_space(unicodedata.normalize("NFKC", text)))
        return [self._begin, *pieces[: self._longest], self._end]

    def read(self, text: str) -> tuple[list[int], list[Span]]:
        """The numbers, and where in `text`, in code points, each piece stands; the two ends stand nowhere.

        The space before a word is its first piece's.
        """
        normal, places = _normalized(text)
        read = self._processor.encode(_one_kind_of_space(normal), return_type="offset_mapping")
        numbers, spans = read["ids"][: self._longest], read["offsets"][: self._longest]
        own = [(places[start][0], places[end - 1][1]) if end > start else NOWHERE for start, end in spans]
        return [self._begin, *numbers, self._end], [NOWHERE, *own, NOWHERE]


def _processor(file: PackagedFile) -> SentencePieceProcessor:
    from sentencepiece import SentencePieceProcessor
    from sentencepiece.sentencepiece_model_pb2 import ModelProto  # type: ignore[attr-defined] # made at run time

    model = ModelProto.FromString(_serialized_pieces(file))
    kinds = ModelProto.SentencePiece
    for role, number in file.special.items():
        model.pieces[number].type = kinds.UNKNOWN if role == "unk_token" else kinds.CONTROL
        setattr(model.trainer_spec, role.replace("_token", "_id"), number)
        setattr(model.trainer_spec, role.replace("_token", "_piece"), model.pieces[number].piece)
    model.normalizer_spec.name = "identity"
    model.normalizer_spec.precompiled_charsmap = b""
    return SentencePieceProcessor(model_proto=model.SerializeToString())


def _serialized_pieces(file: PackagedFile) -> bytes:
    """As a ModelProto has them: each is field 1, of a text (field 1) and a score (field 2).

    All at once: one by one, 250,000 take a quarter of a second, by the library's own classes twice that.
    """
    import numpy as np

    begins, ends = np.array(file.piece_ends[:-1]), np.array(file.piece_ends[1:])
    lengths = ends - begins  # below 128, a byte each
    after = np.cumsum(lengths + 9)
    starts, tails = after - lengths - 9, after - 5
    written = np.empty(int(after[-1]), np.uint8)
    written[starts], written[starts + 1], written[starts + 2], written[starts + 3] = 0x0A, lengths + 7, 0x0A, lengths
    moved = np.arange(len(file.joined_pieces)) + np.repeat(starts + 4 - begins, lengths)
    written[moved] = np.frombuffer(file.joined_pieces, np.uint8)
    written[tails] = 0x15
    written[tails[:, None] + np.arange(1, 5)] = np.array(file.scores, "<f4").view(np.uint8).reshape(-1, 4)
    return written.tobytes()


def _one_kind_of_space(text: str) -> str:
    """Of the same length; SentencePiece takes rows of them for one, and none at either end."""
    return _SPACE.sub(" ", text)


def _normalized(text: str) -> tuple[str, list[Span]]:
    """`text` in NFKC, and where in `text` each of its letters comes from."""
    if unicodedata.is_normalized("NFKC", text):
        return text, [(at, at + 1) for at in range(len(text))]
    letters: list[str] = []
    places: list[Span] = []
    for start, end in _clusters(text):
        normal = unicodedata.normalize("NFKC", text[start:end])
        letters.append(normal)
        places += [(start, end)] * len(normal)
    return "".join(letters), places


def _clusters(text: str) -> Iterator[Span]:
    """What is normalized together: a letter with the marks behind it."""
    start = 0
    for at in range(1, len(text)):
        if not unicodedata.combining(text[at]) and ord(text[at]) not in _JAMO:
            yield start, at
            start = at
    if text:
        yield start, len(text)
