"""The language model behind Ollama's protocol: which models there are, what one writes, and what goes wrong.

`ollama` is imported inside functions only, because that import costs more than a whole search; `reachable()` asks
with a bare socket first, so that nothing is paid where no server runs. Prompts go to the configured address and
nowhere else: proxy variables are not read and redirects are not followed.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import sys
import urllib.parse
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from qa_assistant.answering.engine import Chunk, Chunks
from qa_assistant.answering.llm_choice import RECOMMENDED, ModelInfo, ranked
from qa_assistant.answering.llm_errors import cut_short, explained
from qa_assistant.answering.reasoning import opened_by
from qa_assistant.errors import ModelError, NoModel

if TYPE_CHECKING:
    import ollama

DEFAULT_CONTEXT = 4096
"""Tokens of context of a model that does not tell its limit; what Ollama itself starts from."""

SEED = 1
CONNECT_SECONDS = 5.0
PROBE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class PullProgress:
    """One step of a download; `completed` and `total` are bytes of the layer being fetched, 0 if not told."""

    status: str
    completed: int = 0
    total: int = 0


def address() -> str:
    """The base URL that OLLAMA_HOST means: read exactly as Ollama's own client reads it.

    Raises ValueError for what is no address, a port out of range for instance.
    """
    given = os.environ.get("OLLAMA_HOST", "")
    scheme, _, rest = given.partition("://")
    port = {"http": 80, "https": 443}.get(scheme, 11434) if rest else 11434
    split = urllib.parse.urlsplit(f"{scheme}://{rest}" if rest else f"http://{given}")
    name = split.hostname or "127.0.0.1"
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(name).version == 6:
            name = f"[{name}]"
    path = split.path.strip("/")
    return f"{scheme if rest else 'http'}://{name}:{split.port or port}" + (f"/{path}" if path else "")


def reachable() -> bool:
    """Whether something accepts a TCP connection at Ollama's address. Never raises."""
    try:
        split = urllib.parse.urlsplit(address())
        with socket.create_connection((split.hostname or "", split.port or 0), timeout=PROBE_SECONDS):
            return True
    except (OSError, ValueError):  # UnicodeError of an impossible host name is a ValueError
        return False


class Ollama:
    """A server that speaks Ollama's protocol. Every failure is a ModelError with a hint.

    It is where OLLAMA_HOST says. `timeout`: seconds to wait for the server's next sign of life.
    """

    kind = "ollama"

    def __init__(self, timeout: float = 120) -> None:
        self.timeout = timeout
        try:
            self.address = address()
        except ValueError as error:
            given = os.environ.get("OLLAMA_HOST")
            raise ModelError(f"“{given}” is not an address: {error}", hint="Mend OLLAMA_HOST.") from None
        self._client: ollama.Client | None = None
        self._shown: dict[str, ollama.ShowResponse] = {}

    def __enter__(self) -> Ollama:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._client is not None:
            self._client.close()  # type: ignore[no-untyped-call]
            self._client = None

    def models(self) -> list[ModelInfo]:
        """The installed models, by name."""
        with explained(self.address, self.timeout):
            entries = self._connected().list().models
        return sorted((_model_info(entry) for entry in entries), key=lambda model: model.name)

    def choose(self, wanted: str = "") -> ModelInfo:
        """The model named `wanted` (as it is, or with `:latest`); with nothing wanted, the best one installed.

        The best: models that only embed or rerank, and cloud models, which would send the articles to a third
        machine, are left out. Models for code and base models come last. Of the rest, the one with the most
        parameters up to 14 billion; if all are larger, the smallest; of equals, the first by name.

        Raises NoModel if the one named is not installed, or none is that can answer.
        """
        installed = self.models()
        if wanted:
            for name in (wanted, f"{wanted}:latest"):
                if found := next((model for model in installed if model.name == name), None):
                    return found
            raise _not_installed(wanted, installed)
        for model in ranked(installed):
            # A server that does not tell capabilities leaves the judgement to the name and family.
            if "completion" in (self._show(model.name).capabilities or ["completion"]):
                return model
        raise NoModel(
            "No language model is installed in Ollama.",
            hint=f"Get one with `qa-assistant models pull {RECOMMENDED}`, or use --answer-with quotes.",
        )

    def context_length(self, model: str) -> int:
        """The most tokens of context that `model` was made for; 4096 if the server does not tell."""
        info = self._show(model).modelinfo or {}
        told = info.get(f"{info.get('general.architecture')}.context_length")
        if told is None:
            told = next((value for key, value in info.items() if key.endswith(".context_length")), None)
        return told if isinstance(told, int) and told > 0 else DEFAULT_CONTEXT

    def chat(
        self,
        model: str,
        messages: Sequence[Mapping[str, str]],
        *,
        context_tokens: int,
        answer_tokens: int,
        top_logprobs: int = 0,
    ) -> Chunks:
        """What `model` replies to `messages`, as it writes it; always the same for the same messages.

        Closing the generator closes the connection, and the server stops writing. Raises ModelError, also in the
        midst of a reply.
        """
        shown = self._show(model)
        # A model that cannot think rejects the whole request if it is told whether to.
        think = opened_by(shown.template or "") if "thinking" in (shown.capabilities or ()) else None
        options = {"temperature": 0, "seed": SEED, "num_ctx": context_tokens, "num_predict": answer_tokens}
        done = False
        with explained(self.address, self.timeout, model, answering=True):
            stream = self._connected().chat(
                model, list(messages), stream=True, think=think, options=options,
                logprobs=True if top_logprobs else None, top_logprobs=top_logprobs or None,
            )  # fmt: skip
            # A generator, which the client declares as an iterator: closed, it closes the HTTP response.
            with contextlib.closing(cast("Generator[ollama.ChatResponse]", stream)) as parts:
                for part in _until_it_breaks(parts, model):
                    done = bool(part.done)
                    yield Chunk(
                        text=part.message.content or "",
                        thinking=part.message.thinking or "",
                        prompt_tokens=part.prompt_eval_count if done else None,
                        completion_tokens=part.eval_count if done else None,
                        done_reason=(part.done_reason or "stop") if done else None,
                        top_logprobs=_likely(part.logprobs or ()),
                    )
        if not done:
            raise cut_short(model)

    def pull(self, name: str) -> Generator[PullProgress, None, None]:
        """Downloads `name` into Ollama, step by step; the last status of a complete download is `success`."""
        status = ""
        with explained(self.address, self.timeout, name, pulling=True):
            stream = self._connected().pull(name, stream=True)
            with contextlib.closing(cast("Generator[ollama.ProgressResponse]", stream)) as parts:
                for part in parts:
                    status = part.status or ""
                    yield PullProgress(status, _bytes(part.completed), _bytes(part.total))
        if status != "success":
            raise ModelError(
                f"The download of {name} broke off.", hint=f"Go on where it stopped: `qa-assistant models pull {name}`."
            )

    def _show(self, model: str) -> ollama.ShowResponse:
        if model not in self._shown:
            with explained(self.address, self.timeout, model):
                self._shown[model] = self._connected().show(model)
        return self._shown[model]

    def _connected(self) -> ollama.Client:
        if self._client is None:
            import httpx
            import ollama

            self._client = ollama.Client(
                self.address,
                timeout=httpx.Timeout(self.timeout, connect=min(CONNECT_SECONDS, self.timeout)),
                trust_env=False,
                follow_redirects=False,
            )
        return self._client


def _until_it_breaks(parts: Iterator[ollama.ChatResponse], model: str) -> Iterator[ollama.ChatResponse]:
    """`parts`; what is none of them after one that was is a reply that broke off, no other protocol."""
    begun = False
    try:
        for part in parts:
            begun = True
            yield part
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        if begun:
            raise cut_short(model) from error
        raise


def _model_info(entry: ollama.ListResponse.Model) -> ModelInfo:
    details = entry.details
    return ModelInfo(
        name=entry.model or "",
        size=_bytes(entry.size),
        parameter_size=(details and details.parameter_size) or "",
        family=(details and details.family) or "",
        families=tuple((details and details.families) or ()),
        quantization=(details and details.quantization_level) or "",
    )


def _likely(tokens: Sequence[ollama._types.Logprob]) -> Mapping[str, float]:
    """`Chunk.top_logprobs`; empty from Ollama before 0.12.11, which does not tell them."""
    return {likely.token: likely.logprob for token in tokens[:1] for likely in token.top_logprobs or ()}


def _bytes(told: int | None) -> int:
    """A number of bytes that can be counted with, whatever the server tells."""
    return max(0, min(int(told or 0), sys.maxsize))


def _not_installed(wanted: str, installed: Sequence[ModelInfo]) -> NoModel:
    import difflib

    names = [model.name for model in installed]
    shown = difflib.get_close_matches(wanted, names, n=3, cutoff=0.0)
    there = f" Installed: {', '.join(shown)}{', …' if len(names) > len(shown) else ''}." if names else ""
    return NoModel(f"The model {wanted} is not installed.{there}", hint=f"qa-assistant models pull {wanted}")
