"""Whether a language model can answer, as the status line tells it: against a scripted server, or none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_ollama import FakeOllama, Line, Pause, Raw, Reply
from hostile import HOSTILE, assert_harmless

from qa_assistant.answering import model_state as module
from qa_assistant.answering.model_state import ModelState, ModelWatch, model_state
from qa_assistant.settings import Settings

AUTO = Settings()


def asked(fake: FakeOllama) -> list[str]:
    """The paths that were asked for since the last call."""
    paths = [request.path for request in fake.requests]
    fake.requests.clear()
    return paths


def test_ready(fake_ollama: FakeOllama) -> None:
    assert model_state(AUTO) == ModelState("ready", "fake:4b", fake_ollama.host, "fake:4b")


def test_quotes_only_asks_nobody(fake_ollama: FakeOllama) -> None:
    state = model_state(Settings(answer_with="quotes"))
    assert (state.state, state.model) == ("off", None)
    assert asked(fake_ollama) == []


@pytest.mark.parametrize(("answer_with", "says"), [("auto", "answers are quotes"), ("ollama", "not running")])
def test_absent(answer_with: str, says: str) -> None:
    state = model_state(Settings(answer_with=answer_with))
    assert (state.state, state.model, state.address) == ("absent", None, "http://127.0.0.1:9")
    assert says in state.text
    assert "ollama serve" in state.hint


def test_no_model_at_all_and_not_the_one_wanted(fake_ollama: FakeOllama) -> None:
    state = model_state(Settings(model="other:7b"))
    assert (state.state, state.model) == ("no_model", None)
    assert "other:7b is not installed" in state.text
    assert "pull other:7b" in state.hint
    fake_ollama.models.clear()
    state = model_state(AUTO)
    assert state.state == "no_model"
    assert "pull qwen3:4b-instruct" in state.hint


@pytest.mark.parametrize(
    "reply",
    [
        Reply((), status=500, error="disk on fire"),
        Reply((Raw(b"<html>\n"),), finished=False),
        Reply((Line({"models": "none"}),), finished=False),
        Reply((Line({"models": [{"model": "\ud800", "size": 1}]}),), finished=False),
    ],
)
def test_a_server_that_fails_is_an_error(fake_ollama: FakeOllama, reply: Reply) -> None:
    fake_ollama.overrides["/api/tags"] = reply
    state = model_state(AUTO)
    assert (state.state, state.model) == ("error", None)
    assert state.text
    assert state.hint


def test_a_model_that_cannot_be_shown_is_an_error(fake_ollama: FakeOllama) -> None:
    fake_ollama.overrides["/api/show"] = Reply((), status=500, error="corrupt")
    state = model_state(AUTO)
    assert state.state == "error"
    assert "corrupt" in state.text


def test_a_server_that_hangs_is_not_waited_for_long(fake_ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TIMEOUT_SECONDS", 0.2)
    fake_ollama.overrides["/api/tags"] = Reply((Pause(3),), finished=False)
    state = model_state(AUTO)
    assert state.state == "error"
    assert "no sign of life" in state.text


def test_an_address_that_is_none_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:99999999")
    state = model_state(AUTO)
    assert state.state == "error"
    assert "OLLAMA_HOST" in state.text


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "lone_surrogates"])
def test_hostile_names_and_errors_are_one_short_harmless_line(fake_ollama: FakeOllama, name: str) -> None:
    nasty = HOSTILE[name]
    fake_ollama.models.clear()
    fake_ollama.install(nasty, size=10**400, parameter_size=nasty)
    named = model_state(Settings(model=nasty))
    missing = model_state(Settings(model=f"other {nasty}"))
    fake_ollama.overrides["/api/tags"] = Reply((), status=500, error=nasty)
    failed = model_state(AUTO)
    assert (named.state, named.model) == ("ready", nasty)
    assert (missing.state, failed.state) == ("no_model", "error")
    for state in (named, missing, failed):
        assert_harmless(state.text, state.hint)
        assert "\n" not in state.text + state.hint
        assert 0 < len(state.text) <= 60


def test_a_watch_asks_once_and_then_only_looks_whether_somebody_listens(
    fake_ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = ModelWatch()
    first = watch.check(AUTO)
    assert "/api/tags" in asked(fake_ollama)
    assert watch.check(AUTO) == first
    assert asked(fake_ollama) == []
    monkeypatch.setattr(module, "KNOWN_SECONDS", -1.0)
    expired = ModelWatch()
    assert [expired.check(AUTO), expired.check(AUTO)] == [first, first]
    assert asked(fake_ollama).count("/api/tags") == 2


def test_a_watch_sees_at_once_what_changed(fake_ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = ModelWatch()
    fake_ollama.install("small:1b", parameter_size="1B")
    assert watch.check(AUTO).model == "fake:4b"
    assert watch.check(replace(AUTO, model="small:1b")).model == "small:1b"
    assert watch.check(replace(AUTO, model="new:1b")).state == "no_model"
    fake_ollama.install("new:1b")
    assert watch.check(replace(AUTO, model="new:1b")).model == "new:1b"
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    assert watch.check(AUTO).state == "absent"
    monkeypatch.setenv("OLLAMA_HOST", fake_ollama.host)
    del fake_ollama.models["fake:4b"]
    assert watch.check(AUTO).model == "new:1b"
