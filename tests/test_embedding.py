"""One model, three engines: their vectors can be mixed in one index, and the fitting one is used."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from qa_assistant.errors import EmbeddingError
from qa_assistant.index import embedding
from qa_assistant.index.embedding import PackagedEmbedder
from qa_assistant.index.onnx_engine import OnnxEngine, best_precision
from qa_assistant.index.onnx_graph import Precision
from qa_assistant.index.packaged_file import packaged_model_path, read_packaged
from qa_assistant.index.torch_engine import TorchEngine, in_buckets, torch_device

TEXTS = [
    "Der Hafen von Hamburg bleibt bis Montag geschlossen.",
    "Sturm",
    "Министры говорили об энергетике. " * 12,
    "The ministers discussed energy and investment.",
    "Bakanlar enerjiyi görüştü.",
]


@pytest.fixture(scope="module")
def c_engine() -> PackagedEmbedder:
    return PackagedEmbedder()


@pytest.mark.parametrize(("precision", "least"), [("float32", 0.998), ("uint8", 0.99), ("int8", 0.99)])
def test_onnx_runtime_and_the_c_engine_agree(c_engine: PackagedEmbedder, precision: Precision, least: float) -> None:
    vectors = OnnxEngine(precision).encode(TEXTS, "passage: ")
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert ((vectors * c_engine.passages(TEXTS)).sum(axis=1) > least).all()


@pytest.mark.parametrize(("has", "precision"), [({"AVX512VNNI": True}, "int8"), ({"AVX2": True}, "uint8")])
def test_processors_that_would_saturate_are_given_numbers_that_they_add_up_exactly(
    monkeypatch: pytest.MonkeyPatch, has: dict[str, bool], precision: Precision
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("numpy._core._multiarray_umath.__cpu_features__", has)
    assert best_precision() == precision


def test_torch_and_the_c_engine_agree(c_engine: PackagedEmbedder) -> None:
    from qa_assistant.index.packaged_model import load_packaged_model

    engine = TorchEngine(load_packaged_model())
    assert ((engine.encode(TEXTS, "query: ") * c_engine.questions(TEXTS)).sum(axis=1) > 0.998).all()
    for ours, theirs in zip(
        engine.tokens(TEXTS, "query: "), OnnxEngine("float32").tokens(TEXTS, "query: "), strict=True
    ):
        assert ours.spans == theirs.spans
        assert np.allclose(ours.vectors, theirs.vectors, atol=0.02)


def test_tokens_stand_where_they_say() -> None:
    engine = OnnxEngine("float32")
    for text, tokens in zip([*TEXTS, ""], engine.tokens([*TEXTS, ""], "query: "), strict=True):
        assert tokens.vectors.shape == (len(tokens.spans), engine.dimension)
        assert all(0 <= start < end <= len(text) for start, end in tokens.spans)
        read = "".join(text[start:end] for start, end in tokens.spans)
        assert read.replace(" ", "") == text.replace(" ", "")


def test_a_text_has_the_same_vector_alone_and_among_others() -> None:
    engine = OnnxEngine("float32", threads=2)
    together = engine.encode(TEXTS * 40, "passage: ")
    alone = np.concatenate([engine.encode([text], "passage: ") for text in TEXTS])
    assert np.allclose(together, np.tile(alone, (40, 1)), atol=1e-4)
    assert engine.encode([], "passage: ").shape == (0, engine.dimension)


def test_matrices_and_rows_of_them_are_unpacked_as_by_gguf() -> None:
    from gguf import GGMLQuantizationType
    from gguf.quants import dequantize

    tensors = read_packaged().tensors
    for name in ("emb.word", "l3.fo.w"):
        matrix = tensors[name]
        whole = dequantize(np.frombuffer(matrix.stored, np.uint8), GGMLQuantizationType.Q4_0).reshape(matrix.shape)
        numbers = np.array([[0, 3], [matrix.shape[0] - 1, 17]])
        assert np.array_equal(matrix.rows(numbers), whole[numbers])
        assert np.array_equal(matrix.numbers(), whole)


def test_much_text_goes_through_the_bulk_engine_and_a_question_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    original = OnnxEngine.encode

    def encode(self: OnnxEngine, texts: Any, prefix: str) -> Any:
        calls.append(len(texts))
        return original(self, texts, prefix)

    monkeypatch.setattr(OnnxEngine, "encode", encode)
    embedder = PackagedEmbedder()
    embedder.passages(TEXTS)
    assert calls == []
    counted = embedder.count_tokens(TEXTS[0])
    embedder.passages(TEXTS * 30)
    assert calls == [150]
    embedder.questions(TEXTS[:1])
    assert calls == [150]
    assert embedder.count_tokens(TEXTS[0]) == counted


def test_words_go_through_the_bulk_engine_once_somebody_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "2.13.0+cpu")
    embedder = PackagedEmbedder()
    words = ["Hafen", "reconstruction", "министр"]
    exact = embedder.words(words)
    assert np.array_equal(exact, embedder.questions(words))
    assert not [thread for thread in threading.enumerate() if thread.name == "loading"]
    assert np.array_equal(embedder.words(words), exact)
    for thread in threading.enumerate():
        if thread.name == "loading":
            thread.join()
    later = embedder.words(words)
    assert not np.array_equal(later, exact)
    assert ((later * exact).sum(axis=1) > 0.99).all()
    assert np.array_equal(embedder.questions(words), exact)  # a question keeps the exact engine


@pytest.mark.parametrize(("build", "accelerator", "device"), [
    ("2.13.0+cpu", "cuda", "cpu"), ("2.13.0", None, "cpu"), ("2.13.0", "cuda", "cuda"), ("2.13.0", "mps", "mps"),
])  # fmt: skip
def test_a_gpu_is_used_when_torch_sees_one(
    monkeypatch: pytest.MonkeyPatch, build: str, accelerator: str | None, device: str
) -> None:
    import torch

    monkeypatch.setattr("importlib.metadata.version", lambda _: build)
    seen = SimpleNamespace(type=accelerator)
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: accelerator is not None)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: seen)
    assert torch_device() == device
    loaded: list[str] = []

    class Torch:
        def __init__(self, model: str) -> None:
            loaded.append(model)

        def encode(self, texts: list[str], prefix: str) -> Any:
            return np.ones((len(texts), 384), np.float32)

    monkeypatch.setattr("qa_assistant.index.packaged_model.load_packaged_model", lambda device: device)
    monkeypatch.setattr(embedding, "TorchEngine", Torch)
    vectors = PackagedEmbedder().passages(TEXTS * 30)
    assert loaded == ([] if device == "cpu" else [device])
    assert bool((vectors == 1).all()) is (device != "cpu")


def test_buckets_hold_texts_of_similar_length_and_keep_the_order() -> None:
    texts = ["x" * size for size in (5, 900, 7, 1000, 6, 30)]
    seen: list[list[int]] = []

    def encode(batch: Any) -> Any:
        seen.append([len(text) for text in batch])
        return np.array([[len(text)] for text in batch], np.float32)

    assert in_buckets(texts, encode, 1, 2_000).ravel().tolist() == [5, 900, 7, 1000, 6, 30]
    assert seen == [[1000, 900], [30, 7, 6, 5]]


def test_a_damaged_model_file_is_named(tmp_path: Path) -> None:
    for data in (b"", b"GGUF" + bytes(100), packaged_model_path().read_bytes()[:5_000]):
        file = tmp_path / "e5-small-q4.bin"
        file.write_bytes(data)
        with pytest.raises(EmbeddingError, match="cannot be read") as caught:
            read_packaged(file)
        assert "pip install" in caught.value.hint
