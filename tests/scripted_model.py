"""A small corpus, questions about it, and a model for `FakeOllama` that reads its prompt as a real one would."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from conftest import Corpus

from qa_assistant.answering.markers import NO_ANSWER

ARTICLES = {
    "hafen.txt": "Hamburg, 5. Mai 2021, dpa\n\nDer Hafen von Hamburg hat im ersten Quartal 2,1 Millionen Container "
    "umgeschlagen. Die Reederei Maersk verlegt zwei Linien nach Rotterdam.",
    "bruecke.txt": "Dresden, 3. Juni 2019, AFP\n\nDie neue Brücke über die Elbe hat 40 Millionen Euro gekostet. "
    "Eröffnet wurde sie von Ministerpräsident Michael Kretschmer.",
    "zoo.txt": "Leipzig, 9. August 2020, dpa\n\nIm Zoo von Leipzig ist ein Elefant geboren worden. "
    "Das Jungtier wiegt 112 Kilogramm.",
}
QUESTIONS = """\
cases:
  - id: containers
    question: Wie viele Container hat der Hafen von Hamburg umgeschlagen?
    facts: [2.1 Millionen]
    cites:
      - article: hafen.txt
        quote: Der Hafen von Hamburg hat im ersten Quartal 2,1 Millionen Container umgeschlagen.
    tags: [de, port]
  - id: lines
    question: Wohin verlegt die Reederei Maersk zwei Linien?
    answer: Nach Rotterdam.
    facts: [Rotterdam]
    cites: [{article: hafen.txt, quote: Die Reederei Maersk verlegt zwei Linien nach Rotterdam.}]
    tags: [de, port]
  - id: bridge-cost
    question: Wie viel hat die neue Brücke über die Elbe gekostet?
    facts: [40 Millionen]
    cites: [{article: bruecke.txt, quote: Die neue Brücke über die Elbe hat 40 Millionen Euro gekostet.}]
    tags: [de, bridge]
  - id: bridge-opened
    question: Welcher Ministerpräsident hat die neue Brücke eröffnet?
    facts: [Kretschmer]
    cites: [{article: bruecke.txt, quote: Eröffnet wurde sie von Ministerpräsident Michael Kretschmer.}]
    tags: [de, bridge]
  - id: elephant
    question: Wie viel wiegt das Jungtier im Zoo von Leipzig?
    facts: [112]
    cites: [{article: zoo.txt, quote: Das Jungtier wiegt 112 Kilogramm.}]
    tags: [de, zoo]
  - id: no-lottery
    question: Wie lauten die Lottozahlen vom Samstag?
    answerable: false
    tags: [de, unanswerable]
  - id: no-recipe
    question: Wie lange muss ein Kuchen backen?
    answerable: false
    tags: [de, unanswerable]
"""
_KNOWN = {
    "Wie viele Container": ("2,1 Millionen", "Container umgeschlagen"),
    "Wohin verlegt": ("Rotterdam", "Rotterdam"),
    "Wie viel hat die neue": ("40 Millionen", "40 Millionen"),
    "Welcher Minister": ("Kretschmer", "Kretschmer"),
    "Wie viel wiegt": ("112", "wiegt 112"),
}
"""Beginning of a question: the short answer, and words of the passage that has it."""

_PASSAGE = re.compile(r"<<\w+ passage (\d+)[^\n]*>>\n(.*?)\n<<", re.DOTALL)


def obedient(body: Any) -> str:
    """Answers shortly from the passages, and with their numbers if its prompt asks for them; else it declines."""
    system, prompt = body["messages"][0]["content"], body["messages"][-1]["content"]
    asked = prompt.rpartition("Question: ")[2]
    for beginning, (answer, words) in _KNOWN.items():
        for number, text in _PASSAGE.findall(prompt):
            if asked.startswith(beginning) and words in text:
                return f"{answer} [{number}]." if "[1]" in system else f"{answer}."
    return NO_ANSWER


def write_corpus(corpus: Corpus) -> Path:
    """The articles in `corpus`, and beside it the question file, which is returned."""
    for name, text in ARTICLES.items():
        corpus.write(name, text)
    path = corpus.folder.parent / "questions.yaml"
    path.write_text(QUESTIONS, encoding="utf-8")
    return path
