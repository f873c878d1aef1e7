"""Which installed model answers when none is named. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

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
    return sorted(filter(_answers, models), key=_rank)


def _answers(model: ModelInfo) -> bool:
    name = model.name.casefold()
    embeds = _NOT_FOR_TEXT.search(name) or any("bert" in family for family in (model.family, *model.families))
    return not embeds and not _CLOUD.search(name)


def _rank(model: ModelInfo) -> tuple[bool, bool, float, str]:
    too_large = model.parameters > MOST_PARAMETERS
    return (
        _SPECIALISED.search(model.name.casefold()) is not None,
        too_large,
        model.parameters if too_large else -model.parameters,
        model.name,
    )
