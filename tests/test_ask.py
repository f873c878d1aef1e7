"""What `ask` shows on a terminal: no notice or error in the midst of a sentence, and the source of every citation."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import pytest
from conftest import Corpus
from fake_ollama import FakeOllama

from qa_assistant.cli.main import run
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.records import UNSURE
from qa_assistant.references import UNFINISHED
from qa_assistant.settings import Settings

Asked = Callable[..., tuple[int, list[str]]]

BORNE = "They discussed cooperation in alternative energy and investments. [1] "
BEGUN = "They also praised Japanese companies for tak"
SOURCE = "[1] 2022-12-03 · Baku · AZERTAC · 000_7a77cca594320ad7.txt:7"


@pytest.fixture
def ask(shipped_index: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Exit code and lines of a terminal, where both streams go."""

    def asked(*options: str) -> tuple[int, list[str]]:
        monkeypatch.setattr(sys, "stderr", sys.stdout)
        code = run(["--index", shipped_index.index, "ask", "What did they discuss?", *options])
        return code, capsys.readouterr().out.splitlines()

    return asked


def test_a_notice_waits_for_the_end_of_the_answer(ask: Asked, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply(BORNE, BEGUN, done_reason="length")
    code, lines = ask()
    assert code == 0
    assert lines[0].startswith(f"{BORNE}{BEGUN}")
    assert SOURCE in lines
    assert lines[-1] == "The answer was cut after 768 tokens. Raise answer_tokens for a longer one."


@pytest.mark.parametrize("options", [(), ("--strict",)])
def test_an_answer_that_breaks_off_keeps_its_sources(
    ask: Asked, fake_ollama: FakeOllama, options: tuple[str, ...]
) -> None:
    fake_ollama.reply(BORNE, BEGUN, stop_after=2)
    code, lines = ask(*options)
    assert code == 1
    assert lines[0].startswith(BORNE.strip())
    error = lines.index("qa-assistant: The model fake:4b stopped mid-answer.")
    assert SOURCE in lines[:error]
    told = lines[0].endswith(f"{BEGUN} [?]"), f"[?] “{BEGUN}”: {UNFINISHED}" in lines[:error]
    assert told == ((False, False) if options else (True, True))  # nobody looked whether a passage bears that


def test_an_answer_that_is_interrupted_keeps_its_sources(
    ask: Asked, fake_ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(sentences: Sequence[object]) -> bool:
        if sentences:
            raise KeyboardInterrupt
        return False

    monkeypatch.setattr("qa_assistant.answering.writing.repeats_itself", interrupted)
    fake_ollama.reply(BORNE, BEGUN)
    code, lines = ask()
    assert code == 130
    assert lines[0].startswith(BORNE.strip())
    assert SOURCE in lines[: lines.index("Interrupted.")]


def test_of_an_answer_that_breaks_off_before_a_borne_sentence_nothing_is_shown(
    ask: Asked, fake_ollama: FakeOllama
) -> None:
    fake_ollama.reply("They discussed the price of 45 bananas. [1] ", BEGUN, stop_after=2)
    code, lines = ask("--answer-with", "ollama")
    assert code == 1
    assert lines[0] == "qa-assistant: The model fake:4b stopped mid-answer."


@pytest.mark.parametrize("command", ["ask", "search"])
def test_files_that_changed_since_are_told(command: str, corpus: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    corpus.write("harbour.txt", "Im Hafen wurden vier Arbeiter verletzt.\n")
    ingest(corpus.settings)
    call = [
        "--corpus",
        corpus.settings.corpus,
        "--index",
        corpus.settings.index,
        command,
        "Wer wurde im Hafen verletzt?",
    ]
    run(call)
    assert "changed" not in capsys.readouterr().err
    corpus.write("harbour.txt", "Im Hafen wurden nur zwei Arbeiter verletzt.\n")
    run(call)
    told = capsys.readouterr().err
    assert "1 file changed since the index was made: qa-assistant --corpus" in told
    assert told.endswith(" ingest\n")


def test_doubt_is_told_on_stderr(
    shipped_index: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call = ["--index", shipped_index.index, "ask", "What did Bayramov and Takei discuss?", "--answer-with", "quotes"]
    for sure, told in ((0.0, False), (1.1, True)):
        monkeypatch.setattr("qa_assistant.records.SURE", sure)
        assert run(call) == 0
        out, err = capsys.readouterr()
        assert (UNSURE in err, UNSURE in out) == (told, False)
