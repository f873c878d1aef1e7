"""What hints say to do can be done where they are shown: in the chat with its keys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_ollama import FakeOllama
from pilot import QUESTION, chatting, in_loop, plain

from qa_assistant.answering.llm_errors import AGAIN, LOGS, START
from qa_assistant.settings import Settings
from qa_assistant.tui.reporting import way_out


@pytest.mark.parametrize(
    ("hint", "here"),
    [
        (START, "Start it with `ollama serve`, or choose quotes (F4)."),
        (AGAIN, "Ask again, or choose quotes (F4)."),
        (LOGS, "Look at Ollama's log, or try another model (F4)."),
        (
            "Wait longer with QA_ASSISTANT_TIMEOUT, or choose a smaller model with --model.",
            "Wait longer with `timeout` in the settings file, or choose a smaller model (F4).",
        ),
        ("qa-assistant models pull fake:9b", "F4 pulls it or chooses another."),
        ("No x. There: y. qa-assistant models pull x", "No x. There: y. F4 pulls it or chooses another."),
        ("Get one with `qa-assistant models pull a:1`, or wait.", "Get one with F4, or wait."),
        ("Make it: qa-assistant ingest", "F5 makes it."),
        ("Make it: qa-assistant ingest --rebuild", "Make it: qa-assistant ingest --rebuild"),
        ("Shorten it.", "Shorten it."),
    ],
)  # fmt: skip
def test_commands_and_options_become_keys(hint: str, here: str) -> None:
    assert way_out(hint) == here


@in_loop
async def test_an_error_in_the_chat_names_its_keys(shipped_index: Settings, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply(status=500, error="out of memory")
    async with chatting(replace(shipped_index, answer_with="ollama")) as chat:
        view = await chat.ask(QUESTION)
        await chat.until(lambda: "another model (F4)" in plain(view))
        assert "--" not in plain(view)
