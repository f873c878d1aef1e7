"""The packaged embedding model on ONNX Runtime: what embeds a corpus on a machine without a GPU.

Twice as fast as torch on the same weights, loaded in 0.7 s instead of nine, and of flat memory
(`tests/benchmarks/engines.py` has the table).
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

from qa_assistant.index.onnx_graph import Precision, encoder_graph
from qa_assistant.index.packaged_file import read_packaged
from qa_assistant.index.token_vectors import Tokens
from qa_assistant.index.unigram import Unigram

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array, Mask

_BATCH_TOKENS = 512
"""Tokens of one run, padding included. What a layer makes of them stays in a core's cache: 256 measures the same, 1,024
is a tenth slower, 4,096 a third."""


class OnnxEngine:
    """Vectors of texts. Texts of similar length run together; each core works on a run of its own."""

    def __init__(
        self, precision: Precision | None = None, threads: int | None = None, layers: int | None = None
    ) -> None:
        """Of the first `layers` only, if that is given. Raises EmbeddingError if the packaged file is missing or
        damaged."""
        with ThreadPoolExecutor(1) as beside:
            tokenizer = beside.submit(_tokenizer)  # half of it is SentencePiece's own work, beside Python
            self._load(precision or best_precision(), layers)
        self._tokenizer = tokenizer.result()
        self._cores = ThreadPoolExecutor(threads or usable_cores(), thread_name_prefix="embedding")

    def _load(self, precision: Precision, layers: int | None) -> None:
        onnxruntime = _onnxruntime()
        file = read_packaged()
        self.dimension = file.hidden
        self._words = file.tensors["emb.word"]
        self._positions = file.tensors["emb.pos"].numbers() + file.tensors["emb.type"].numbers()[0]
        self._padding = file.special["pad_token"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        graph = encoder_graph(file, precision, layers)
        self._session: Any = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def encode(self, texts: Sequence[str], prefix: str) -> Array:
        """Vectors of unit length of `texts` with `prefix` in front of each, shape `(len(texts), dimension)`."""
        import numpy as np

        tokens = [self._tokenizer.numbers(prefix + text) for text in texts]
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for batch, (encoded, inside) in self._runs(tokens):
            sums = np.einsum("tld,tl->td", encoded, inside.astype(np.float32))
            vectors[batch] = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return vectors

    def tokens(self, texts: Sequence[str], prefix: str) -> list[Tokens]:
        """The tokens of each text, with `prefix` in front of it when they are computed."""
        read = [self._tokenizer.read(prefix + text) for text in texts]
        found: dict[int, Tokens] = {}
        for batch, (encoded, inside) in self._runs([numbers for numbers, _ in read]):
            for number, states, own in zip(batch, encoded, inside, strict=True):
                found[number] = Tokens.behind(prefix, states[own], read[number][1])
        return [found[number] for number in range(len(texts))]

    def count_tokens(self, text: str) -> int:
        return len(self._tokenizer.numbers(text))

    def _runs(self, tokens: Sequence[Sequence[int]]) -> Iterator[tuple[list[int], tuple[Array, Mask]]]:
        """Places of texts, and what the model makes of them; each core works on a run of its own.

        A single run stays where it is: the words of a question take another thread 14 ms, and this one 10.
        """
        batches = list(_batches([len(one) for one in tokens]))
        several = map if len(batches) == 1 else self._cores.map
        runs = several(lambda batch: self._run([tokens[number] for number in batch]), batches)
        yield from zip(batches, runs, strict=True)

    def _run(self, tokens: Sequence[Sequence[int]]) -> tuple[Array, Mask]:
        """The tokens' vectors, shape `(texts, length, dimension)`, and which of them are no padding."""
        import numpy as np

        lengths = np.array([len(one) for one in tokens], np.int32)
        inside = np.arange(lengths.max()) < lengths[:, None]
        numbers = np.full(inside.shape, self._padding, np.int64)
        numbers[inside] = [number for one in tokens for number in one]
        states = self._words.rows(numbers) + self._positions[: inside.shape[1]]
        (encoded,) = self._session.run(None, {"states": states, "lengths": lengths})
        return encoded, inside


def _onnxruntime() -> Any:
    """The library, which since 1.29 tells its maker of every model that is loaded unless it is told not to at once."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read once, at the import; its function comes too late for the first
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # where somebody else imported it before, and on Windows
    return onnxruntime


def best_precision() -> Precision:
    """int8 where the processor multiplies it exactly; x86 processors without VNNI would saturate."""
    import platform

    if platform.machine().lower() in ("arm64", "aarch64"):
        return "int8"
    with suppress(ImportError, AttributeError):
        features = import_module("numpy._core._multiarray_umath").__cpu_features__
        return "int8" if features.get("AVX512VNNI") or features.get("AVX512_ICL") else "uint8"
    return "uint8"


def usable_cores() -> int:
    """Those this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of texts of similar length, the longest first, `_BATCH_TOKENS` tokens together."""
    order = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    at = 0
    while at < len(order):
        size = max(1, _BATCH_TOKENS // max(1, lengths[order[at]]))
        yield order[at : at + size]
        at += size


@functools.cache
def _tokenizer() -> Unigram:
    """One for the whole process: all engines cut texts alike."""
    return Unigram(read_packaged())
