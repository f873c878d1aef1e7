"""An answer beside what was expected of it."""

from __future__ import annotations

from qa_assistant.evaluation.locating import Place
from qa_assistant.evaluation.measuring import measured
from qa_assistant.evaluation.records import Case, Expected
from qa_assistant.records import Answer, Article, Hit, Passage, Span, Usage

TEXT = "The port is closed."


def test_a_sentence_that_is_expected_twice_is_found_once() -> None:
    expected = Expected("a.txt", TEXT, place="questions.yaml:4")  # `cites: [The port is closed., The port is closed.]`
    article = Article("a", "a.txt", TEXT * 3)
    spans = [Span(start, start + len(TEXT)) for start in range(0, 3 * len(TEXT), len(TEXT))]
    passages = [Passage("a", number, span.start, span.end, TEXT, (span,)) for number, span in enumerate(spans)]
    hits = tuple(Hit(passage, article, 1.0, (1.0,)) for passage in passages)
    answer = Answer("Is it?", "en", "answered", "quotes", None, TEXT, (), (), hits, 1.0, Usage(), {"total": 1})
    places = {expected: (Place("a", 0, len(TEXT)),)}
    for cites in ((expected,), (expected, expected)):
        run = measured(Case("port", "Is it?", cites=cites), answer, places, {}, lambda *_: 1.0)
        assert run.scores["ndcg"] == 1


def test_a_missing_fact_is_named_whole() -> None:
    answer = Answer("Is it?", "en", "answered", "ollama", "m", TEXT, (), (), (), 1.0, Usage(), {"total": 1})
    run = measured(Case("port", "Is it?", facts=(("41 ships", "forty"), ("closed",))), answer, {}, {}, lambda *_: 1.0)
    assert (run.outcome, run.missing_facts) == ("incomplete", ("41 ships",))
