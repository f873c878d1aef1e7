"""Where Ollama is, and which of its models answers: what needs no conversation with it."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from fake_ollama import FakeOllama
from hypothesis import example, given
from hypothesis import strategies as st

from qa_assistant.answering import llm
from qa_assistant.answering.llm_choice import ModelInfo, ranked

ADDRESSES = [
    "", "localhost", "127.0.0.1", "0.0.0.0", "example.com", "example.com:56789", "http://example.com",
    "https://example.com", "http://1.2.3.4", "1.2.3.4:1", "example.com/", "example.com/path/",
    "https://example.com:5/a/b/", "[::1]", "[::1]:9", "http://[0001:002:003:0004::1]/path",
    "https://[::1]:56789/path", ":11434", "http://:8080", "http://", "://x", "ftp://h", "HTTP://Example.com",
    "user:secret@host:7", "host:0", "host?x=1", "  host  ",
]  # fmt: skip


def same_as_client(host: str) -> None:
    from ollama._client import _parse_host

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OLLAMA_HOST", host)
        try:
            expected = _parse_host(host or None)
        except ValueError:
            with pytest.raises(ValueError):
                llm.address()
        else:
            assert llm.address() == expected


@pytest.mark.parametrize("host", ADDRESSES)
def test_address_is_what_the_official_client_makes_of_it(host: str) -> None:
    same_as_client(host)


@given(st.text("ht:/ps.[]19a@?#-_ ", min_size=1, max_size=20))
@example("http://h:99999")
@example("h:x")
def test_address_of_anything_is_the_official_clients(host: str) -> None:
    same_as_client(host)


def test_address_without_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OLLAMA_HOST")
    assert llm.address() == "http://127.0.0.1:11434"


def test_reachable_asks_the_address_and_nothing_else(fake_ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch) -> None:
    assert llm.reachable()
    assert not fake_ollama.requests
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{unused.getsockname()[1]}")
        assert not llm.reachable()


@pytest.mark.parametrize("host", ["http://h:99999", "a..b", "x" * 300, "[::1"])
def test_reachable_never_raises(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", host)
    assert not llm.reachable()


def test_reachable_and_the_module_import_no_client() -> None:
    code = (
        "import sys; from qa_assistant.answering import llm, prompting, citations; llm.reachable(); "
        "print([name for name in ('ollama', 'httpx', 'pydantic', 'pysbd') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_rule_of_choice() -> None:
    def info(name: str, parameters: str = "", size: int = 0, family: str = "llama") -> ModelInfo:
        return ModelInfo(name, size, parameters, family)

    models = [
        info("llama3:70b", "70.6B"), info("phi4:14b", "14.7B"), info("b:7b", "7B"), info("a:7b", "7B"),
        info("mixtral:8x7b", "8x7B"), info("unknown", size=2_400_000_000), info("tiny:0.5b", "494.03M"),
        info("qwen2.5-coder:7b", "7.6B"), info("llama2:7b-text", "7B"), info("gemma:2b-base", "2B"),
        info("all-minilm", "23M", family="bert"), info("hf.co/x/bge-m3", "566M"), info("qwen3-embedding:8b", "7.6B"),
        info("deepseek:671b-cloud", "671B"), info("glm:cloud", "300B"),
    ]  # fmt: skip
    assert [model.name for model in ranked(reversed(models))] == [
        "phi4:14b", "a:7b", "b:7b", "unknown", "tiny:0.5b", "mixtral:8x7b", "llama3:70b",
        "qwen2.5-coder:7b", "llama2:7b-text", "gemma:2b-base",
    ]  # fmt: skip
