"""An answer beside what was expected of it."""

from __future__ import annotations

from qa_assistant.evaluation.locating import Place
from qa_assistant.evaluation.measuring import measured
from qa_assistant.evaluation.records import Case, Expected
from qa_assistant.records import Answer, AnswerSentence, Article, Citation, Hit, Metadata, Passage, Span, Usage

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


def test_quotes_are_measured_in_the_languages_of_their_articles() -> None:
    texts = {"de": "Die Schulden stiegen auf 1 Billion Euro.", "tr": "Yüz kişi öldü."}
    citations = tuple(
        Citation(number, Article(language, f"{language}.txt", text, Metadata(language=language)), 0, len(text), 1, text)
        for number, (language, text) in enumerate(texts.items(), start=1)
    )
    sentences = tuple(AnswerSentence(f"{one.quote} [{one.number}]", (one.number,), "supported") for one in citations)
    text = "\n".join(one.text for one in sentences)
    answer = Answer("How much?", "en", "answered", "quotes", None, text, sentences, citations, (), 1.0, Usage(),
                    {"total": 1})  # fmt: skip
    case = Case("debts", "How much?", answer="Schulden stiegen auf 1 Billion Euro. Yüz kişi öldü.",
                facts=(("1 trillion",), ("1 billion",), ("100",)))  # fmt: skip
    run = measured(case, answer, {}, {}, lambda *_: 1.0)
    assert run.missing_facts == ("1 billion",)
    assert run.scores["exact_match"] == 1  # German articles do not count
