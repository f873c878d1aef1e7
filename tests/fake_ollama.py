"""An HTTP server that speaks Ollama's protocol with scripted replies: the only fake in the tests.

    fake.reply("Hello ", "world [1].")                     # the next chat streams these two pieces
    fake.reply("Hm", stop_after=1)                         # the connection breaks after the first piece
    fake.reply(status=500, error="out of memory")          # an HTTP error instead of a stream
    fake.reply(Line({"error": "boom"}), Raw(b"garbage\\n"))  # lines of the stream as they are

`fake.requests` holds what came in, in order; `fake.aborted` is set once a client went away in the midst of a reply.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Thinking:
    """A piece of reasoning, sent in its own field."""

    text: str


@dataclass(frozen=True)
class Line:
    """A line of the stream, as JSON."""

    body: object


@dataclass(frozen=True)
class Raw:
    """Bytes of the stream, as they are."""

    data: bytes


@dataclass(frozen=True)
class Pause:
    """Nothing is sent for so long."""

    seconds: float


@dataclass(frozen=True)
class Until:
    """Nothing is sent until it is set."""

    event: threading.Event


Part = str | Thinking | Line | Raw | Pause | Until


@dataclass(frozen=True)
class Reply:
    parts: tuple[Part, ...]
    status: int = 200
    error: str = ""
    stop_after: int | None = None
    """Break the connection after so many parts."""
    finished: bool = True
    """Whether the line with `done: true` is sent."""
    done_reason: str = "stop"
    prompt_tokens: int = 100
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    body: Any
    headers: Mapping[str, str]


class FakeOllama:
    """The server and its script. `with FakeOllama() as fake:` runs it; `fake.host` is its address.

    `port` 0 is any that is free.
    """

    def __init__(self, port: int = 0) -> None:
        self.requests: list[Request] = []
        self.replies: deque[Reply] = deque()
        self.pulls: deque[Reply] = deque()
        self.models: dict[str, dict[str, Any]] = {}
        self.aborted = threading.Event()
        self.closing = threading.Event()
        """Set when the server is shut down: it ends every pause."""
        self.model: Callable[[Any], str] | None = None
        """Answers each chat from the body of its request, where no reply is queued."""
        self.overrides: dict[str, Reply] = {}
        """A path answered with that instead."""
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.fake = self
        self.host = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> FakeOllama:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def install(
        self,
        name: str = "fake:4b",
        *,
        parameter_size: str = "4.0B",
        family: str = "qwen3",
        size: int = 2_500_000_000,
        context: int | None = 32768,
        capabilities: tuple[str, ...] | None = ("completion",),
        template: str = "",
        quantization: str = "Q4_K_M",
    ) -> None:
        details = {
            "parent_model": "",
            "format": "gguf",
            "family": family,
            "families": [family],
            "parameter_size": parameter_size,
            "quantization_level": quantization,
        }
        info: dict[str, Any] = {"general.architecture": family}
        if context is not None:
            info[f"{family}.context_length"] = context
        self.models[name] = {
            "size": size, "details": details, "info": info, "capabilities": capabilities, "template": template,
        }  # fmt: skip

    def reply(self, *parts: Part, **how: Any) -> None:
        """Queues what the next chat answers; without a queue `model` answers, or `OK.`"""
        self.replies.append(Reply(parts, **how))

    def asked(self, path: str = "/api/chat") -> list[Any]:
        """The bodies of the requests to `path`, in order."""
        return [request.body for request in self.requests if request.path == path]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    fake: FakeOllama

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is part of the tests and no reason to print a traceback."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self._record(None)
        fake = self.server.fake
        if self.path in fake.overrides:
            return self._stream(fake.overrides[self.path], {})
        if self.path == "/api/version":
            return self._json({"version": "0.13.0"})
        if self.path == "/api/tags":
            return self._json({"models": [self._entry(name, model) for name, model in fake.models.items()]})
        return self._json({"error": "not found"}, 404)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        self._record(body)
        fake = self.server.fake
        if self.path in fake.overrides:
            return self._stream(fake.overrides[self.path], {})
        if self.path == "/api/pull":
            return self._pull()
        name = body.get("model", "")
        model = fake.models.get(name) or fake.models.get(f"{name}:latest")
        if model is None:
            return self._json({"error": f"model '{name}' not found"}, 404)
        if self.path == "/api/show":
            return self._show(model)
        if self.path == "/api/chat":
            if body.get("think") is not None and "thinking" not in (model["capabilities"] or ()):
                return self._json({"error": f'"{name}" does not support thinking'}, 400)
            said = fake.model(body) if fake.model and not fake.replies else "OK."
            return self._stream(fake.replies.popleft() if fake.replies else Reply((said,)), {"model": name})
        return self._json({"error": "not found"}, 404)

    def _record(self, body: object) -> None:
        self.server.fake.requests.append(Request(self.command, self.path, body, dict(self.headers.items())))

    @staticmethod
    def _entry(name: str, model: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "name": name,
            "model": name,
            "modified_at": "2026-01-02T03:04:05Z",
            "size": model["size"],
            "digest": "0" * 64,
            "details": model["details"],
        }

    def _show(self, model: Mapping[str, Any]) -> None:
        body = {"details": model["details"], "model_info": model["info"], "template": model["template"]}
        if model["capabilities"] is not None:
            body["capabilities"] = list(model["capabilities"])
        self._json(body)

    def _pull(self) -> None:
        fake = self.server.fake
        steps: tuple[Part, ...] = (
            Line({"status": "pulling manifest"}),
            Line({"status": "pulling 0123", "digest": "sha256:0123", "total": 100, "completed": 0}),
            Line({"status": "pulling 0123", "digest": "sha256:0123", "total": 100, "completed": 100}),
            Line({"status": "success"}),
        )
        self._stream(fake.pulls.popleft() if fake.pulls else Reply(steps, finished=False), {})

    def _json(self, body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, reply: Reply, head: Mapping[str, Any]) -> None:
        if reply.status != 200:
            return self._json({"error": reply.error}, reply.status, reply.headers)
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for number, part in enumerate(reply.parts):
                if number == reply.stop_after:
                    return self._break_off()
                self._part(part, head)
            if reply.stop_after is not None:
                return self._break_off()
            if reply.finished:
                self._part(Line(self._last(reply, head)), head)
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.server.fake.aborted.set()
            self.close_connection = True
        return None

    def _part(self, part: Part, head: Mapping[str, Any]) -> None:
        if isinstance(part, Pause):
            self.server.fake.closing.wait(part.seconds)
            return
        if isinstance(part, Until):
            part.event.wait(120)
            return
        if isinstance(part, Raw):
            data = part.data
        else:
            if isinstance(part, Line):
                body = part.body
            else:
                written = {"thinking": part.text, "content": ""} if isinstance(part, Thinking) else {"content": part}
                body = {**head, "message": {"role": "assistant", **written}, "done": False}
            data = json.dumps(body).encode() + b"\n"
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    @staticmethod
    def _last(reply: Reply, head: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **head,
            "message": {"role": "assistant", "content": ""},
            "done": True,
            "done_reason": reply.done_reason,
            "prompt_eval_count": reply.prompt_tokens,
            "eval_count": sum(isinstance(part, str) for part in reply.parts),
        }

    def _break_off(self) -> None:
        """Ends the connection without the end of the stream, as a server that dies does."""
        self.close_connection = True
        self.wfile.flush()
        self.connection.close()
