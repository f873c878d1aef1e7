"""Whether a language model can answer, as the status line tells it: against a scripted server, or none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_ollama import FakeOllama, Line, Pause, Raw, Reply
from hostile import HOSTILE, assert_harmless

from qa_assistant.answering import model_state as module
from qa_assistant.answering.model_state import ModelState, ModelWatch
from qa_assistant.settings import Settings

AUTO = Settings()


def found(settings: Settings) -> ModelState:
    return ModelWatch().check(settings)


def asked(fake: FakeOllama) -> list[str]:
    """The paths that were asked for since the last call."""
    paths = [request.path for request in fake.requests]
    fake.requests.clear()
    return paths


def test_ready(fake_ollama: FakeOllama) -> None:
    assert found(AUTO) == ModelState("ready", "fake:4b")


def test_quotes_only_asks_nobody(fake_ollama: FakeOllama) -> None:
    state = found(Settings(answer_with="quotes"))
    assert (state.state, state.text) == ("off", "Quotes only")
    assert asked(fake_ollama) == []


@pytest.mark.parametrize(("answer_with", "says"), [("auto", "answers are quotes"), ("ollama", "not running")])
def test_absent(answer_with: str, says: str) -> None:
    state = found(Settings(answer_with=answer_with))
    assert state.state == "absent"
    assert says in state.text


def test_no_model_at_all_and_not_the_one_wanted(fake_ollama: FakeOllama) -> None:
    state = found(Settings(model="other:7b"))
    assert state.state == "no_model"
    assert "other:7b is not installed" in state.text
    fake_ollama.models.clear()
    assert found(AUTO).state == "no_model"


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
    state = found(AUTO)
    assert state.state == "error"
    assert state.text


def test_a_model_that_cannot_be_shown_is_an_error(fake_ollama: FakeOllama) -> None:
    fake_ollama.overrides["/api/show"] = Reply((), status=500, error="corrupt")
    state = found(AUTO)
    assert state.state == "error"
    assert "corrupt" in state.text


def test_a_server_that_hangs_is_not_waited_for_long(fake_ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TIMEOUT_SECONDS", 0.2)
    fake_ollama.overrides["/api/tags"] = Reply((Pause(3),), finished=False)
    state = found(AUTO)
    assert state.state == "error"
    assert "no sign of life" in state.text


def test_an_address_that_is_none_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:99999999")
    state = found(AUTO)
    assert state.state == "error"
    assert "OLLAMA_HOST" in state.text


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "lone_surrogates"])
def test_hostile_names_and_errors_are_one_short_harmless_line(fake_ollama: FakeOllama, name: str) -> None:
    nasty = HOSTILE[name]
    fake_ollama.models.clear()
    fake_ollama.install(nasty, size=10**400, parameter_size=nasty)
    named = found(Settings(model=nasty))
    missing = found(Settings(model=f"other {nasty}"))
    fake_ollama.overrides["/api/tags"] = Reply((), status=500, error=nasty)
    failed = found(AUTO)
    assert (named.state, missing.state, failed.state) == ("ready", "no_model", "error")
    for state in (named, missing, failed):
        assert_harmless(state.text)
        assert "\n" not in state.text
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
    assert watch.check(AUTO).text == "fake:4b"
    assert watch.check(replace(AUTO, model="small:1b")).text == "small:1b"
    assert watch.check(replace(AUTO, model="new:1b")).state == "no_model"
    fake_ollama.install("new:1b")
    assert watch.check(replace(AUTO, model="new:1b")).text == "new:1b"
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    assert watch.check(AUTO).state == "absent"
    monkeypatch.setenv("OLLAMA_HOST", fake_ollama.host)
    del fake_ollama.models["fake:4b"]
    assert watch.check(AUTO).text == "new:1b"
