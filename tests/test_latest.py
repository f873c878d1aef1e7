"""Where the latest is asked for, what the newest article says comes first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from conftest import Corpus

from qa_assistant import Assistant
from qa_assistant.ingestion.ingest import ingest

FELL = "Benzinin litre fiyatı 1,20 lira indi ve 20,05 liraya düştü."
ROSE = "Benzinin litre fiyatı 0,80 lira arttı ve 20,85 liraya çıktı."


@pytest.fixture
def assistant(corpus: Corpus) -> Iterator[Assistant]:
    corpus.write("a.txt", f"ANKARA, 11 Mayıs 2023 (AA) - {FELL}\n\nMotorin fiyatı değişmedi.\n")
    corpus.write("b.txt", f"ANKARA, 20 Mayıs 2023 (AA) - {ROSE}\n\nMotorin fiyatı 19,40 lira oldu.\n")
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Benzin fiyatı ne kadar indi?", FELL),  # fell, though Azerbaijani for “now”
        ("Benzin fiyatı indi mi?", FELL),
        ("Benzinin litr qiyməti indi nə qədərdir?", ROSE),
        ("En son benzin fiyatı ne kadar?", ROSE),
        ("Benzinin son fiyatı nedir?", ROSE),
        ("Benzinin son qiyməti nə qədərdir?", ROSE),
    ],
)
def test_in_turkish_and_azerbaijani(assistant: Assistant, question: str, first: str) -> None:
    assert assistant.answer(question).citations[0].quote.endswith(first)
