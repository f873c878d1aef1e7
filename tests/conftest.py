"""Fixtures for all tests. No test reaches a live model: OLLAMA_HOST names an address where nothing listens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fake_ollama import FakeOllama

NOBODY = "http://127.0.0.1:9"
"""Port 9 (discard): the connection is refused at once."""


@pytest.fixture(autouse=True)
def _no_live_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", NOBODY)
    monkeypatch.delenv("OLLAMA_API_KEY", raising=False)


@pytest.fixture
def fake_ollama(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOllama]:
    """A scripted server with one model installed, `fake:4b`; OLLAMA_HOST names it."""
    with FakeOllama() as fake:
        fake.install()
        monkeypatch.setenv("OLLAMA_HOST", fake.host)
        yield fake
