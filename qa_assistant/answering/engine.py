"""What a language model is to the rest of the program, whoever runs it: Ollama, or llama.cpp inside this process."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from qa_assistant.answering.llm_choice import ModelInfo


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a model's reply. The last one has `done_reason` (`stop`, `length`, …) and the counts of tokens."""

    text: str = ""
    thinking: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    done_reason: str | None = None
    logprob: float | None = None
    """Mean log probability (natural) of the reply's tokens, where it was asked for and is told."""
    least_logprob: float | None = None
    """That of the least likely of them."""
    top_logprobs: Mapping[str, float] = field(default_factory=dict)
    """Log probabilities (natural) of what the first token of `text` might have been, itself included, where they were
    asked for and are told."""


Chunks = Generator[Chunk, None, None]
"""A reply as it is written, the same for the same prompt. Closing it stops the model. Raises ModelError, also in the
midst of it."""


class Engine(Protocol):
    """Writes answers. Every failure is a ModelError with a hint."""

    @property
    def kind(self) -> str:
        """What `answered_with.kind` calls it."""

    def choose(self, wanted: str = "") -> ModelInfo:
        """The model that answers: the one named `wanted`, else the best one there is."""

    def context_length(self, model: str) -> int:
        """The most tokens of prompt and reply together."""

    def chat(
        self,
        model: str,
        messages: Sequence[Mapping[str, str]],
        *,
        context_tokens: int,
        answer_tokens: int,
        top_logprobs: int = 0,
    ) -> Chunks:
        """What `model` replies to `messages`. `top_logprobs`: how many of them each chunk is to tell, if it can."""


class Completer(Protocol):
    """Goes on with a text: all that a model without a chat template can do."""

    def complete(self, prompt: str, *, most_tokens: int, stop: Sequence[str] = ()) -> Chunks:
        """What follows `prompt`, up to one of `stop`; the last chunk has the `logprob`."""
