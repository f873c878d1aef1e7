"""`doctor` about Ollama, which answers can do without."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_ollama import FakeOllama, Raw, Reply

from qa_assistant.health import Check, _ollama
from qa_assistant.settings import Settings

QUOTES = Settings(answer_with="quotes")

ODD = {
    "status": Reply((), status=500, error="boom"),
    "page": Reply((Raw(b"<html>hi</html>"),), finished=False),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_an_odd_server_fails_only_where_it_must_answer(fake_ollama: FakeOllama, odd: Reply) -> None:
    fake_ollama.overrides["/api/tags"] = odd
    for settings, state in ((QUOTES, "warning"), (replace(QUOTES, answer_with="ollama"), "failed")):
        (check,) = _ollama(settings)
        assert (check.name, check.state) == ("ollama", state)
        assert check.found and check.mend


@pytest.mark.parametrize(
    ("answer_with", "end"),
    [("auto", "; answers are quotes"), ("quotes", "; answers are quotes"), ("ollama", ""), ("llamacpp", "")],
)
def test_answers_are_said_to_be_quotes_only_where_they_are(answer_with: str, end: str) -> None:
    (check,) = _ollama(Settings(answer_with=answer_with))
    assert check.found == f"nothing answers at http://127.0.0.1:9{end}"


def test_an_address_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "foo:99999")
    (check,) = _ollama(QUOTES)
    assert (check.name, check.state, check.mend) == ("ollama", "warning", "Mend OLLAMA_HOST.")
    assert "foo:99999" in check.found


def test_pulling_is_advised_only_where_a_model_is_missing(fake_ollama: FakeOllama) -> None:
    fake_ollama.overrides["/api/show"] = Reply((), status=500, error="boom")
    server, model = _ollama(QUOTES)
    assert (server.state, model.name, model.state) == ("ok", "model", "warning")
    assert "pull" not in model.mend
    assert _ollama(replace(QUOTES, model="other:1b"))[1] == Check(
        "model", "warning", "The model other:1b is not installed. Installed: fake:4b.",
        "qa-assistant models pull other:1b",
    )  # fmt: skip
