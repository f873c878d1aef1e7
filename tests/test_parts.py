"""A question that asks for two things is answered with sentences for each."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import Corpus

from qa_assistant import Assistant
from qa_assistant.answering.parts import parts
from qa_assistant.ingestion.ingest import ingest

TWO = [
    ("Who heads the operator, and when will the refinery reopen?", "when will the refinery reopen?"),
    ("How deep is the wreck? How many people died?", "How many people died?"),
    ("Wann tritt das Abkommen in Kraft und wer hat es unterschrieben?", "wer hat es unterschrieben?"),
    ("Кто подобрал механика и в какой он больнице?", "в какой он больнице?"),
    ("Batık kaç metre derinlikte ve kaç kişi öldü?", "kaç kişi öldü?"),
    ("Görüş harada keçirilib və kim iştirak edib?", "kim iştirak edib?"),
    ("Qui dirige l'opérateur et combien de personnes emploie-t-il ?", "combien de personnes emploie-t-il ?"),
]

ONE = [
    "When and where was it?", "What did Bayramov and Takei discuss?", "Who and what was in the harbour that night?",
    "Wer und was war im Hafen?", "Was sagten Kiel und Bremen dazu?", "How many people died and were buried?", "",
]  # fmt: skip


@pytest.mark.parametrize(("question", "second"), TWO)
def test_two_things_are_asked(question: str, second: str) -> None:
    assert parts(question)[1:] == (second,)


@pytest.mark.parametrize("question", ONE)
def test_one_thing_is_asked(question: str) -> None:
    assert parts(question) == (question,)


def test_each_part_has_its_sentence(corpus: Corpus) -> None:
    corpus.write(
        "a.txt",
        "The ferry to Kiel sank on Sunday in heavy fog. Divers found the wreck at a depth of 310 metres.\n\n"
        "The harbour of Kiel stays closed to ships. The damage is put at nine million euros by the owner.\n",
    )
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes", min_confidence=0.0)) as assistant:
        quotes = [one.quote for one in assistant.answer("How deep is the wreck and how high is the damage?").citations]
    assert quotes[0] == "Divers found the wreck at a depth of 310 metres."
    assert "The damage is put at nine million euros by the owner." in quotes
