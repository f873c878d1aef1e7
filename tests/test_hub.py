"""Models from disk or the hub: a hub that does not answer is asked once, and only for what it may have."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from conftest import NOBODY
from fake_ollama import FakeOllama

from qa_assistant.errors import QAError
from qa_assistant.hub import from_disk_or_hub


@dataclass
class Loader:
    """Loads models that are `on_disk`, then those `on_hub`, and remembers whether it was the disk that it looked at."""

    on_disk: bool = False
    on_hub: bool = False
    asked: list[str] = field(default_factory=list)

    def __call__(self, name: str, *, local_files_only: bool = False) -> str:
        self.asked.append("disk" if local_files_only else "hub")
        if not (self.on_disk if local_files_only else self.on_hub):
            raise OSError(name)
        return f"loaded {name}"


def loaded(name: str, loader: Loader) -> str:
    return str(from_disk_or_hub(name, loader, lambda why: QAError(f"The model {name} {why}.")))


def test_a_model_on_disk_asks_no_hub() -> None:
    loader = Loader(on_disk=True)
    assert loaded("org/name", loader) == "loaded org/name"
    assert loader.asked == ["disk"]


def test_a_hub_that_cannot_be_reached_is_said_at_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", NOBODY)
    loader = Loader(on_hub=True)
    with pytest.raises(QAError, match=r"The model org/name is not on disk, and the hub cannot be reached\."):
        loaded("org/name", loader)
    assert loader.asked == ["disk"]
    assert (caplog.text, capfd.readouterr().err) == ("", "")


def test_a_path_is_not_looked_for_on_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_assistant.hub._reach_hub", lambda: pytest.fail("the hub was asked"))
    loader = Loader(on_hub=True)
    with pytest.raises(QAError, match="is neither on disk nor on the hub"):
        loaded("/no/such/model", loader)
    assert loader.asked == ["disk"]


def test_a_hub_that_answers_is_asked(
    fake_ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", fake_ollama.host)
    assert loaded("org/name", Loader(on_hub=True)) == "loaded org/name"
    assert "Downloading the model org/name" in caplog.text
    with pytest.raises(QAError, match="is neither on disk nor on the hub"):
        loaded("org/name", Loader())
