"""The model inside the program: put together, refused, tried; the real one where `embedded` is installed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from scripted_completer import ScriptedModel
from test_gguf_file import gguf

from qa_assistant import health
from qa_assistant.answering.local_model import embedded, llamacpp, packaged_gguf
from qa_assistant.answering.local_model.embedded import Embedded
from qa_assistant.answering.local_model.gguf_file import GgufFile, read_gguf
from qa_assistant.answering.local_model.model_trial import CONTEXT, try_model
from qa_assistant.answering.translation.gloss import translate
from qa_assistant.cli.main import run
from qa_assistant.errors import ModelError, NoModel
from qa_assistant.settings import Settings

RIGHT = {
    "Am Freitag wurden in Bergen drei neue Schulen eröffnet.": ["Three new schools opened in Bergen on Friday."],
    "Die Zeitung hat ihren Sitz seit 1921 in Porto.": ["The newspaper has been based in Porto since 1921."],
}
ANSWERS = ("It takes 38 minutes [2].", "Der Eintritt kostet 12 Euro [1].")

needs_extra = pytest.mark.skipif(
    not (llamacpp.installed() and packaged_gguf.packaged()), reason="the extra `embedded` is not installed"
)


def file(*, template: bool) -> GgufFile:
    return GgufFile(Path("scripted.gguf"), 0, "llama", 4096, template)


@pytest.mark.parametrize(
    ("template", "script", "replies", "can"),
    [
        (True, {}, ANSWERS, "answers"),
        (True, RIGHT, ("It takes 38 minutes.", ANSWERS[1]), "translations"),
        (True, RIGHT, ("Die Fahrt nach Porto dauert jetzt nur noch 38 Minuten [2].", ANSWERS[1]), "translations"),
        (False, RIGHT, (), "translations"),
        (False, {}, (), "nothing"),
        (True, {}, ("NO_ANSWER",), "nothing"),
    ],
)
def test_what_a_model_can_do_is_found_by_trying(
    template: bool, script: dict[str, list[str]], replies: tuple[str, ...], can: str
) -> None:
    model = ScriptedModel(script, replies)
    assert try_model(file(template=template), model, model).can == can


def test_a_file_that_is_no_model_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"no model at all" * 9)
    model = Embedded(Settings(gguf=str(path)))
    assert model.loaded() is None
    if llamacpp.installed():
        assert "not in the GGUF format" in " ".join(model.notices())
    assert model.notices() == []


def test_too_little_memory_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(gguf())
    monkeypatch.setattr(llamacpp, "available_bytes", lambda: 10_000_000)
    with pytest.raises(ModelError, match=r"needs 0\.4 GB of memory"):
        llamacpp.LlamaCpp(read_gguf(path), CONTEXT)


def test_parts_that_are_damaged_or_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = tmp_path / "part"
    part.write_bytes(b"something else")
    monkeypatch.setattr(packaged_gguf, "parts", lambda: [part])
    with pytest.raises(NoModel, match="damaged") as caught:
        packaged_gguf.put_together()
    assert "pip install" in caught.value.hint
    assert list(packaged_gguf.packaged_path().parent.iterdir()) == []
    monkeypatch.undo()
    monkeypatch.setattr(packaged_gguf, "PACKAGE", "no_such_package")
    with pytest.raises(NoModel, match="Part 1"):
        packaged_gguf.put_together()


def test_doctor_says_what_is_wrong_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"no model at all" * 9)
    monkeypatch.setattr(llamacpp, "installed", lambda: True)
    (check,) = health._embedded(Settings(gguf=str(path)))
    assert check.state == "warning"
    assert "not in the GGUF format" in check.found
    path.write_bytes(gguf())
    (check,) = health._embedded(Settings(gguf=str(path)))
    assert check.state == "ok"
    assert "model.gguf" in check.found
    monkeypatch.setattr(llamacpp, "available_bytes", lambda: 10_000_000)
    (check,) = health._embedded(Settings(gguf=str(path), answer_with="llamacpp"))
    assert check.state == "failed"
    assert "GB of memory" in check.found
    monkeypatch.setattr(llamacpp, "installed", lambda: False)
    assert health._embedded(Settings()) == []
    (check,) = health._embedded(Settings(answer_with="llamacpp"))
    assert "pip install" in check.mend


@pytest.mark.parametrize(
    ("gguf", "there", "said"),
    [
        ("/no/such/model.gguf", True, "The language model /no/such/model.gguf cannot be read"),
        ("", False, "There is no language model inside the program.\npip install"),
    ],
)
def test_asked_for_by_name_a_model_that_is_not_there_is_an_error(
    shipped_index: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    gguf: str,
    there: bool,
    said: str,
) -> None:
    monkeypatch.setattr(llamacpp, "installed", lambda: there)
    monkeypatch.setenv("QA_ASSISTANT_GGUF", gguf)
    question = "What did Bayramov and Takei discuss?"
    assert run(["--index", shipped_index.index, "ask", "--answer-with", "llamacpp", question]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"qa-assistant: {said}")
    assert run(["--index", shipped_index.index, "ask", question]) == 0


def test_whatever_fails_while_it_is_loaded_quotes_stand_in(
    shipped_index: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: Embedded) -> GgufFile:
        raise OSError("No space left on device")

    monkeypatch.setattr(embedded, "available", lambda _: True)
    monkeypatch.setattr(Embedded, "_found", broken)
    assert run(["--index", shipped_index.index, "ask", "What did Bayramov and Takei discuss?"]) == 0
    out, err = capsys.readouterr()
    assert "[1]" in out
    assert "No space left on device" in err


@needs_extra
def test_the_real_model_translates_and_can_be_stopped() -> None:
    assert packaged_gguf.put_together()
    assert not packaged_gguf.put_together()
    found = read_gguf(packaged_gguf.packaged_path())
    with closing(llamacpp.LlamaCpp(found, CONTEXT)) as model:
        said = translate("Die Zeitung hat ihren Sitz seit 1921 in Porto.", "de", "en", 0, model)
        assert "1921" in said.text
        assert said.logprob is not None
        assert said.least_logprob is not None
        assert said.least_logprob <= said.logprob < 0
        reply = model.complete("Once upon a time", most_tokens=1000)
        next(reply)
        reply.close()
        model.close()
