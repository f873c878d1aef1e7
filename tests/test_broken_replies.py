"""A reply that breaks off: what is complete is shown, and where nothing is, `auto` quotes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fake_ollama import FakeOllama, Line, Raw

from qa_assistant import Assistant
from qa_assistant.errors import ModelError
from qa_assistant.records import Checked, Cited, Event, Finished, Notice, TextDelta, Withdrawn
from qa_assistant.settings import Settings

QUESTION = "What did Bayramov and Takei discuss?"
ENERGY = "They discussed cooperation in the field of alternative energy sources and investments"


@pytest.fixture
def assistant(shipped_index: Settings) -> Iterator[Assistant]:
    with Assistant(replace(shipped_index, answer_with="ollama", timeout=5)) as opened:
        yield opened


@pytest.mark.parametrize("end", [Raw(b'{"model":"fa'), Raw(b"garbage\n"), Line({"error": "out of memory"})])
def test_a_complete_sentence_is_shown_if_the_reply_breaks_off_behind_it(
    assistant: Assistant, fake_ollama: FakeOllama, end: Raw | Line
) -> None:
    fake_ollama.reply(f"{ENERGY} [1]. ", end, finished=False)
    events: list[Event] = []
    with pytest.raises(ModelError) as caught:
        events.extend(assistant.ask(QUESTION))
    assert caught.value.message in ("The model fake:4b stopped mid-answer.", "Ollama failed: out of memory")
    assert [event.sentence.text for event in events if isinstance(event, Checked)] == [f"{ENERGY}. [1]"]


def test_half_a_sentence_is_not_judged_if_the_reply_breaks_off_in_it(
    assistant: Assistant, fake_ollama: FakeOllama
) -> None:
    fake_ollama.reply(f"{ENERGY} [1]. And they", Line({"error": "out of memory"}))
    events: list[Event] = []
    with pytest.raises(ModelError):
        events.extend(assistant.ask(QUESTION))
    assert [event.sentence.text for event in events if isinstance(event, Checked)] == [f"{ENERGY}. [1]"]


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("first", ["They discussed coo", "The World Cup was won by France in 2018. And so"])
def test_auto_quotes_if_the_model_fails_before_a_passage_bears_a_sentence(
    shipped_index: Settings, fake_ollama: FakeOllama, first: str, strict: bool
) -> None:
    fake_ollama.reply(first, Line({"error": "out of memory"}))
    with Assistant(shipped_index) as assistant:
        events = list(assistant.ask(QUESTION, strict=strict))
    (answer,) = (event.answer for event in events if isinstance(event, Finished))
    assert (answer.kind, answer.status) == ("quotes", "answered")
    assert any(isinstance(event, Notice) and "out of memory" in event.text for event in events)
    withdrawn = [isinstance(event, Withdrawn) for event in events]
    shown = events[withdrawn.index(True) :]
    assert "".join(event.text for event in shown if isinstance(event, TextDelta)) == answer.text
    assert [event.citation for event in shown if isinstance(event, Cited)] == list(answer.citations)
