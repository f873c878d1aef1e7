"""llama.cpp inside this process, through `xllamacpp`: a GGUF file that writes answers or goes on with a text.

`xllamacpp` is imported inside functions only. Its server object also listens; here that is a socket in a folder that
only the user may enter, removed at once, and behind a random key, so that nobody else can ask the model anything.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import queue
import secrets
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

from qa_assistant.answering.engine import Chunk, Chunks
from qa_assistant.answering.llm_choice import ModelInfo
from qa_assistant.answering.local_model.free_memory import available_bytes
from qa_assistant.answering.local_model.gguf_file import GgufFile
from qa_assistant.display import one_line
from qa_assistant.errors import ModelError
from qa_assistant.index.onnx_engine import usable_cores

SEED = 1
SLOTS = 2
"""Prompts whose beginning is remembered, in the same memory: the examples of a first attempt and of a second."""

BYTES_BESIDE = 400_000_000
"""Of memory that llama.cpp takes beside the file: buffers and 2,048 tokens of context of a small model."""

_QUOTES = "Answers are quotes without it; name another file in the setting gguf."


def installed() -> bool:
    """Whether the extra `embedded` is."""
    return importlib.util.find_spec("xllamacpp") is not None


class LlamaCpp:
    """A loaded model; loading takes about a second for each GB. Every failure is a ModelError with a hint.

    It may be used from any thread; one reply is written at a time.
    """

    kind = "llamacpp"

    def __init__(self, file: GgufFile, context_tokens: int) -> None:
        self._file = file
        self._context = min(context_tokens, file.context_length or context_tokens)
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server: Any = _loaded(file, self._context)

    def close(self) -> None:
        """Stops what is being written, and frees the memory."""
        self._closing.set()
        with self._lock:
            self._server = None

    def choose(self, wanted: str = "") -> ModelInfo:
        """The one model there is, whatever is wanted: a file is named by its path in the settings."""
        return ModelInfo(self._file.path.name, self._file.size, family=self._file.architecture)

    def context_length(self, model: str) -> int:
        return self._context

    def chat(
        self,
        model: str,
        messages: Sequence[Mapping[str, str]],
        *,
        context_tokens: int,
        answer_tokens: int,
        top_logprobs: int = 0,
    ) -> Chunks:
        """What the model replies, the messages in the form of the file's own chat template."""
        body = {"messages": [dict(message) for message in messages], "max_tokens": answer_tokens}
        if top_logprobs:
            body |= {"logprobs": True, "top_logprobs": top_logprobs}
        return self._reply("handle_chat_completions", body)

    def complete(self, prompt: str, *, most_tokens: int, stop: Sequence[str] = ()) -> Chunks:
        body = {"prompt": prompt, "max_tokens": most_tokens, "stop": list(stop), "logprobs": 1}
        return self._reply("handle_completions", body)

    def _reply(self, handler: str, body: Mapping[str, Any]) -> Chunks:
        """Runs the server's blocking call in a thread, which ends at the next token once nobody listens any more."""
        request = {**body, "temperature": 0, "seed": SEED, "stream": True, "cache_prompt": True,
                   "stream_options": {"include_usage": True}}  # fmt: skip
        parts: queue.SimpleQueue[Mapping[str, Any] | Exception | None] = queue.SimpleQueue()
        left = threading.Event()

        def take(part: Mapping[str, Any]) -> bool:
            parts.put(part)
            return left.is_set() or self._closing.is_set()

        def run() -> None:
            try:
                with self._lock:
                    if self._server is not None and not left.is_set():
                        getattr(self._server, handler)(request, take)
            except Exception as error:  # noqa: BLE001 - handed on to whoever waits
                parts.put(error)
            finally:
                parts.put(None)

        threading.Thread(target=run, daemon=True, name="llama.cpp").start()
        try:
            yield from self._chunks(parts.get)
        finally:
            left.set()

    def _chunks(self, following: Callable[[], Mapping[str, Any] | Exception | None]) -> Generator[Chunk, None, None]:
        reason: str | None = None
        usage: Mapping[str, int] = {}
        logprobs: list[float] = []
        while (part := following()) is not None:
            if isinstance(part, Exception) or "error" in part:
                raise ModelError(f"{self._file.path.name} failed: {_reason(part)}", hint=_QUOTES)
            usage = part.get("usage") or usage
            for choice in part.get("choices") or []:
                reason = choice.get("finish_reason") or reason
                tokens = (choice.get("logprobs") or {}).get("content") or []
                logprobs += [token["logprob"] for token in tokens if token.get("logprob") is not None]
                chunk = _chunk(choice, tokens)
                if chunk.text or chunk.thinking:
                    yield chunk
        if reason is None:
            raise ModelError(f"{self._file.path.name} stopped mid-answer.", hint="Ask again.")
        yield Chunk(
            prompt_tokens=usage.get("prompt_tokens"),
            completion_tokens=usage.get("completion_tokens"),
            done_reason=reason,
            logprob=sum(logprobs) / len(logprobs) if logprobs else None,
            least_logprob=min(logprobs, default=None),
        )


def _chunk(choice: Mapping[str, Any], tokens: Sequence[Mapping[str, Any]]) -> Chunk:
    """A piece of a chat's reply, or of a completion's; `tokens` are what is told of each of its tokens."""
    delta = choice.get("delta") or {}
    likely = (tokens[0].get("top_logprobs") or []) if tokens else []
    return Chunk(
        text=delta.get("content") or choice.get("text") or "",
        thinking=delta.get("reasoning_content") or "",
        top_logprobs={each["token"]: each["logprob"] for each in likely},
    )


def threads() -> int:
    """Cores that are idle now, at least one: llama.cpp's threads wait for each other by spinning, so that on a busy
    machine two of them are many times slower than one."""
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return max(1, usable_cores() - int(busy))


def require_memory(name: str, size: int) -> None:
    """Raises ModelError if a GGUF file of `size` bytes does not fit into what is free."""
    needed, there = size + BYTES_BESIDE, available_bytes()
    if there is not None and needed > there:
        raise ModelError(
            f"{name} needs {needed / 1e9:.1f} GB of memory, and {there / 1e9:.1f} GB are free.", hint=_QUOTES
        )


def _loaded(file: GgufFile, context_tokens: int) -> Any:
    require_memory(file.path.name, file.size)
    try:
        import xllamacpp
    except ImportError as error:
        raise ModelError(
            f"llama.cpp cannot be loaded: {one_line(str(error))}", hint="pip install 'qa_assistant[embedded]'"
        ) from error
    params = xllamacpp.CommonParams()
    params.model.path = str(file.path)
    params.n_ctx, params.n_parallel, params.kv_unified = context_tokens, SLOTS, True
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads()
    params.verbosity = -1  # it logs to stderr, which is ours
    params.warmup = params.fit_params = params.endpoint_slots = False
    params.swa_full = True  # else a prompt's beginning is read anew each time by models with a sliding window
    params.cache_ram_mib = 0
    params.api_keys = [secrets.token_hex(32)]
    with _private_socket() as address:
        if address:
            params.hostnames = [address]
        try:
            return xllamacpp.Server(params)
        except RuntimeError as error:
            raise ModelError(f"llama.cpp cannot load {file.path.name}: {one_line(str(error))}", hint=_QUOTES) from error


@contextlib.contextmanager
def _private_socket() -> Generator[str, None, None]:
    """A path for a socket that is gone again after; empty on Windows, where it is a port of this machine."""
    if sys.platform == "win32":
        yield ""
        return
    with tempfile.TemporaryDirectory(prefix="qa-") as folder:  # mode 0700
        yield str(Path(folder, "llama.sock"))


def _reason(part: Mapping[str, Any] | Exception) -> str:
    error = part if isinstance(part, Exception) else part["error"]
    return one_line(str(error.get("message", error) if isinstance(error, Mapping) else error))[:160]
