"""Which installed model answers when none is named, and how large models are. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

RECOMMENDED = "qwen3:4b-instruct"
"""What to pull where no model is installed."""

MOST_PARAMETERS = 14.99e9
"""Up to “14B” (14.8 billion, as such models really have): what a machine without a large GPU can still run."""

BYTES_PER_PARAMETER = 0.6
"""Of a model in 4 bits, as most of Ollama's are, with its embeddings and tables."""

_UNITS = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
_NOT_FOR_TEXT = re.compile(r"embed|rerank|minilm|^(?:[^/]+/)*(?:bge|gte|e5|paraphrase)[-_:]")
_SPECIALISED = re.compile(r"code|codestral|devstral|starcoder|sql|math|[-:_](?:base|text)\b")
_CLOUD = re.compile(r"[-:]cloud$")


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """An installed model as the server lists it; what it does not tell is empty."""

    name: str
    size: int = 0
    """Bytes on disk."""
    parameter_size: str = ""
    """As the server writes it: `7.6B`, `494.03M`."""
    family: str = ""
    families: tuple[str, ...] = ()
    quantization: str = ""

    @property
    def parameters(self) -> float:
        """The number of parameters: what the server says, else estimated from the file's size."""
        if told := re.fullmatch(r"(?:(\d+)x)?(\d+(?:\.\d+)?)\s*([KMBT])", self.parameter_size.strip().upper()):
            return float(told[1] or 1) * float(told[2]) * _UNITS[told[3]]
        return self.size / BYTES_PER_PARAMETER


def ranked(models: Iterable[ModelInfo]) -> list[ModelInfo]:
    """The models that can answer, best first, by the rule in `Ollama.choose`."""
    return sorted((model for model in models if not why_unusable(model)), key=_rank)


def why_unusable(model: ModelInfo) -> str:
    """Why a model is left out of the ranking, in a few words; empty if it can answer."""
    name = model.name.casefold()
    if _CLOUD.search(name):
        return "runs in the cloud, not on this machine"
    if _NOT_FOR_TEXT.search(name) or any("bert" in family for family in (model.family, *model.families)):
        return "only embeds or reranks"
    return ""


def size_text(size: int) -> str:
    """A number of bytes for people: `2.5 GB`, `274 MB`, `11 kB`."""
    if size >= 10**9:
        return f"{size / 10**9:.1f} GB"
    return f"{size // 10**6} MB" if size >= 10**6 else f"{size // 1000} kB"


def _rank(model: ModelInfo) -> tuple[bool, bool, float, str]:
    too_large = model.parameters > MOST_PARAMETERS
    return (
        _SPECIALISED.search(model.name.casefold()) is not None,
        too_large,
        model.parameters if too_large else -model.parameters,
        model.name,
    )
