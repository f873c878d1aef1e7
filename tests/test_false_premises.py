"""A question that takes for granted what never happened, asked of a model that plays along."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_ollama import FakeOllama

from qa_assistant import Assistant
from qa_assistant.records import Finished, Withdrawn
from qa_assistant.settings import Settings


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Why did Takei resign?", "Takei resigned because he was not invited to join the OSZE [2]."),
        ("Why did Takei resign?", "Takei resigned [1]."),
        ("When will Takei visit Baku again?", "Takei will visit Baku again [1]."),
        ("Takei neden tutuklandı?", "Takei, Bakü'de casusluk nedeniyle tutuklandı [1]."),
        ("Bayramov müqaviləni nə üçün imzalamadı?", "Bayramov müqaviləni minalara görə imzalamadı [1]."),
    ],
)
def test_it_is_not_answered_as_if_true(
    shipped_index: Settings, fake_ollama: FakeOllama, question: str, said: str
) -> None:
    """Whatever the confidence is: the model is asked, and the checks withdraw what it says."""
    with Assistant(replace(shipped_index, answer_with="ollama", timeout=5, min_confidence=0.0)) as assistant:
        fake_ollama.reply(said)
        events = list(assistant.ask(question))
    assert len(fake_ollama.asked()) == 1
    assert any(isinstance(event, Withdrawn) for event in events)
    last = events[-1]
    assert isinstance(last, Finished)
    assert (last.answer.status, last.answer.sentences, last.answer.citations) == ("no_answer", (), ())
