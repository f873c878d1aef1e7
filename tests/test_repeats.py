"""A small model that says the same sentence again and again is stopped, and what it said is kept."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from fake_ollama import FakeOllama, Pause

from qa_assistant import Assistant
from qa_assistant.answering.writing import repeats_itself
from qa_assistant.records import AnswerSentence, Notice
from qa_assistant.settings import Settings

BORNE = "They discussed alternative energy sources and investments [1]. "


def test_a_model_that_goes_on_and_on_is_stopped(shipped_index: Settings, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply("They met in Baku [1]. ", *[BORNE] * 4, Pause(60), BORNE)
    started = time.monotonic()
    with Assistant(replace(shipped_index, answer_with="ollama", timeout=90)) as assistant:
        events = list(assistant.ask("What did Bayramov and Takei discuss?"))
    assert time.monotonic() - started < 50
    said = [event.text for event in events if isinstance(event, Notice)]
    assert any("began to repeat itself and was stopped" in text for text in said)
    answer = events[-1].answer  # type: ignore[union-attr]
    assert answer.status == "answered"
    assert answer.text.count("alternative energy") == 4  # the last one was on its way


@pytest.mark.parametrize(
    ("sentences", "repeats"),
    [
        ([], False),
        (["The talks went on for two hours. [1]"] * 2, False),
        (["The talks went on for two hours. [1]"] * 3, True),
        (["Yes. [1]"] * 5, False),
        (["The talks went on for two hours. [1]"] * 3 + ["They were then broken off. [1]"], False),
    ],
)
def test_only_a_whole_sentence_said_three_times_counts(sentences: list[str], repeats: bool) -> None:
    assert repeats_itself([AnswerSentence(text, (1,), "supported") for text in sentences]) is repeats
