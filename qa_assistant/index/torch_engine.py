"""Texts to vectors by torch: any sentence-transformers model, on a GPU if torch sees one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array
    from qa_assistant.index.token_vectors import Tokens


_CPU_CHARACTERS, _GPU_CHARACTERS = 4_000, 64_000
"""Characters of one torch batch. What a CPU computes of more leaves its caches: half as fast at 64,000."""


class TorchEngine:
    """A sentence-transformers model, on whatever device it was loaded."""

    def __init__(self, model: Any) -> None:
        import torch

        self._model = model
        self.dimension = int(model.get_embedding_dimension() or 0)
        self._on_cpu = model.device.type == "cpu"
        instructions = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
        self._bfloat16 = self._on_cpu and any(getattr(torch.cpu, name, lambda: False)() for name in instructions)

    def encode(self, texts: Sequence[str], prefix: str) -> Array:
        """Vectors of `texts` with `prefix` in front of each, shape `(len(texts), dimension)`.

        On CPUs that multiply bfloat16 in hardware (AMX, AVX-512) that is used: 2 to 2.7 times as fast, and the vectors
        keep a cosine of 0.99998 to float32's (`tests/benchmarks/engines.py`).
        """
        import torch

        def run(batch: Sequence[str]) -> Array:
            vectors: Array = self._model.encode(
                [prefix + text for text in batch],
                batch_size=len(batch),
                prompt="",
                normalize_embeddings=True,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
            return vectors

        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self._bfloat16):
            return in_buckets(texts, run, self.dimension, _CPU_CHARACTERS if self._on_cpu else _GPU_CHARACTERS)

    def tokens(self, texts: Sequence[str], prefix: str) -> list[Tokens]:
        """The tokens of each text, with `prefix` in front of it when they are computed."""
        import numpy as np

        from qa_assistant.index.token_vectors import Tokens

        found = []
        for text in texts:
            vectors = self._model.encode(prefix + text, output_value="token_embeddings", prompt="")
            spans = self._model.tokenizer(prefix + text, return_offsets_mapping=True)["offset_mapping"]
            known = min(len(vectors), len(spans))  # the model reads no more of a long text
            found.append(Tokens.behind(prefix, np.asarray(vectors.float().cpu(), np.float32)[:known], spans[:known]))
        return found


def in_buckets(
    texts: Sequence[str], encode: Callable[[Sequence[str]], Array], dimension: int, characters: int = _CPU_CHARACTERS
) -> Array:
    """Embeds texts in batches of similar length, so that little is wasted on padding; keeps their order.

    `characters` is the size of a batch. Shape `(len(texts), dimension)`, float32.
    """
    import numpy as np

    vectors = np.empty((len(texts), dimension), dtype=np.float32)
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]), reverse=True)
    while order:
        size = max(1, min(512, characters // max(1, len(texts[order[0]]))))
        batch, order = order[:size], order[size:]
        vectors[batch] = encode([texts[index] for index in batch])
    return vectors


def may_have_gpu() -> bool:
    """Whether torch is there, and not as a build for CPUs alone; it is not imported."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return not version("torch").endswith("+cpu")
    except PackageNotFoundError:
        return False


def torch_device() -> str:
    """Where torch computes: `cuda`, `mps` or the like, else `cpu`; a build for CPUs alone is not imported to say so."""
    if not may_have_gpu():
        return "cpu"
    try:
        import torch
    except ImportError:
        return "cpu"
    accelerator = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    return accelerator.type if accelerator else "cpu"
