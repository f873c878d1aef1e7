"""Rows of tables are quoted where they answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import Corpus

from qa_assistant import Assistant
from qa_assistant.ingestion.ingest import ingest

FERRIES = """Kocaeli'de etkili olan kuvvetli lodos nedeniyle feribot seferleri iptal edildi.

| Hat | Saat | Durum |
|---|---|---|
| Eskihisar–Topçular | 08.00 | iptal |
| Kabataş–Adalar | 10.15 | yapılıyor |

- Yolculara bilet ücretleri iade edilecek.
"""
PLANTS = """L'usine du Nord emploie 1.350 salariés.

Usine\tProduction (t)\tSalariés
Sud\t27.500\t1.700
"""


@pytest.mark.parametrize(
    ("text", "question", "row"),
    [
        (FERRIES, "Is the Kabataş ferry running?", "| Kabataş–Adalar | 10.15 | yapılıyor |"),
        (PLANTS, "Combien de salariés compte l'usine du Sud ?", "Sud\t27.500\t1.700"),
    ],
)
def test_the_row_that_has_what_is_asked_for_is_quoted(corpus: Corpus, text: str, question: str, row: str) -> None:
    corpus.write("a.md", text)
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes", min_confidence=0.0)) as assistant:
        assert row in [citation.quote for citation in assistant.answer(question).citations]
