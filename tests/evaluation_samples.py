"""A report of an evaluation, made by hand: every outcome, six languages, follow-ups, several runs, hostile texts.

report()                                # 12 cases, compared with a baseline
report(repeat=3, compared=False)
report(extra=[hostile_result("html")])  # and one case all of whose texts are HOSTILE["html"]
large_report(300)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean, pstdev

from qa_assistant.answering.phrases import not_answered
from qa_assistant.evaluation.figures import FIGURES
from qa_assistant.evaluation.records import (
    Case,
    CaseResult,
    Comparison,
    Difference,
    Expected,
    Figure,
    Outcome,
    Report,
    Run,
)
from qa_assistant.records import (
    Answer,
    AnswerSentence,
    Article,
    Citation,
    Filters,
    Hit,
    Metadata,
    Passage,
    Support,
    Turn,
    Usage,
)

CLOSED = "Der Hafen von Hamburg bleibt wegen des Sturms bis Montag geschlossen."
SHIPS = "41 Schiffe warten in der Deutschen Bucht auf die Einfahrt."
LEVEL = "Der Pegel in St. Pauli stieg auf 3,12 Meter über Normalnull."
HELGOLAND = "Die Fähre nach Helgoland fährt frühestens am 16. Januar wieder."
HARBOUR = Article(
    "5f0c1d7a9e42",
    "2024/hafen.md",
    f"{CLOSED} {SHIPS} {LEVEL}\n\n{HELGOLAND} Verletzt wurde niemand.",
    Metadata("Sturm legt Hamburger Hafen still", "2024-01-12", "Hamburg", "dpa", "de"),
)
RESUMED = "The ferry between Alat and Aktau resumed service on 3 March 2024 after a pause of 12 days."
CARRIES = "It carries 52 rail cars and 150 passengers."
TICKET = "A ticket costs 70 manat."
FERRY = Article(
    "b83e06f41c95",
    "2024/ferries.csv#7",
    f"{RESUMED} {CARRIES} {TICKET}\n\nThe crossing of the Caspian Sea takes about 20 hours in calm weather.",
    Metadata("Caspian ferry back in service", "2024-03-04", "Baku", None, "en"),
)


def report(*, repeat: int = 1, compared: bool = True, extra: Sequence[CaseResult] = ()) -> Report:
    """Twelve cases; with `repeat` the last run of each is another one where that makes a difference."""
    results = tuple(replace(one, runs=_repeated(one.runs[0], repeat)) for one in _results()) + tuple(extra)
    tags = sorted({tag for one in results for tag in one.case.tags}, key=lambda tag: (len(tag) > 2, tag))
    return Report(
        questions="harbour.yaml",
        started_at="2024-05-01T12:30:59+00:00",
        kind="ollama",
        model="qwen3:4b",
        settings={"top_k": 4, "min_confidence": 0.5, "embedding_model": "packaged", "prompts": "9f31c0d2",
                  "rewrite_followups": True},
        repeat=repeat,
        figures=(*_figures(results), Figure("auroc", 0.93, 0.78, 1.0, 11)),
        groups={tag: _figures([one for one in results if tag in one.case.tags]) for tag in tags},
        results=results,
        comparison=COMPARISON if compared else None,
    )  # fmt: skip


def large_report(count: int) -> Report:
    """`count` cases: the twelve again and again, under other ids."""
    twelve = _results()
    results = tuple(
        replace(one, case=replace(one.case, id=f"{one.case.id}-{number}"))
        for number, one in ((number, twelve[number % len(twelve)]) for number in range(count))
    )
    return replace(report(), results=results)


def result_of(nasty: str) -> CaseResult:
    """A failed case all of whose texts are `nasty`."""
    article = Article(nasty, nasty, nasty, Metadata(nasty, nasty, nasty, nasty, nasty))
    other = replace(article, id=f"{nasty}2")
    citation = Citation(1, article, 0, len(nasty), 1, nasty)
    hits = tuple(_hit(Passage(one.id, 0, 0, len(nasty), nasty, ()), one, 0.9) for one in (article, other))
    sentence = AnswerSentence(nasty, (1,), "unsupported", (nasty,))
    answer = Answer(nasty, nasty, "answered", nasty, nasty, nasty, (sentence,), (citation,), hits, 0.6, Usage(),
                    {"first_token": 5, "total": 9}, nasty)  # fmt: skip
    case = Case(nasty, nasty, (Turn(nasty, nasty),), f"{nasty} and more", ((nasty, "x"), ("y", nasty)),
                (Expected(nasty, nasty),), True, Filters(agency=nasty), (nasty,), nasty)  # fmt: skip
    failed = Run("incomplete", {"passed": 0.0, nasty: 0.5}, (nasty,), (nasty,), answer)
    return CaseResult(case, (failed, Run("error", {}, error=nasty)))


COMPARISON = Comparison(
    baseline="main.json",
    cases=11,
    differences=(
        Difference("passed", 0.636, 0.545, -0.091, -0.364, 0.182, 1.0, "same"),
        Difference("citation_recall", 0.5, 0.8125, 0.3125, 0.125, 0.5, 0.031, "better"),
        Difference("facts", 0.95, 0.82, -0.13, -0.25, -0.02, 0.044, "worse"),
    ),
    fixed=("az-ticket",),
    broken=("en-ships", "tr-reopened"),
)


def _results() -> list[CaseResult]:
    no = not_answered
    return [
        _result(Case("de-closed", "Bis wann ist der Hafen von Hamburg zu?", answer="Bis Montag.",
                     facts=(("Montag",),), cites=(_quote(HARBOUR, CLOSED),), tags=("de", "fact")),
                [("Der Hafen bleibt bis Montag geschlossen.", CLOSED)], 0.97),
        _result(Case("en-ships", "How many ships are waiting, and where?",
                     answer="41 ships are waiting in the German Bight to enter the port.",
                     facts=(("41", "forty-one"), ("German Bight", "Deutsche Bucht")),
                     cites=(_quote(HARBOUR, SHIPS),), tags=("en", "number", "cross-language")),
                [("Several ships are waiting in the German Bight to enter the port of Hamburg.", SHIPS),
                 ("The port will reopen on Tuesday.", CLOSED)], 0.91, "incomplete", facts=("41",)),
        _result(Case("ru-level", "До какой отметки поднялась вода?", answer="До 3,12 метра выше нуля.",
                     facts=(("3,12", "3.12"),), cites=(_quote(HARBOUR, LEVEL),),
                     tags=("ru", "number", "cross-language")),
                [("Вода поднялась до 3,12 метра.", CLOSED)], 0.83, "uncited", quotes=(LEVEL,)),
        _result(Case("tr-reopened", "Feribot seferleri ne zaman yeniden başladı?", answer="3 Mart 2024'te.",
                     facts=(("2024-03-03", "3 Mart 2024"),), cites=(_quote(FERRY, RESUMED),),
                     tags=("tr", "date", "cross-language")),
                [], 0.43, "refused", facts=("2024-03-03",), quotes=(RESUMED,)),
        _result(Case("az-ticket", "Bilet neçəyədir?", answer="Bilet 70 manatdır.", facts=(("70",),),
                     cites=(_quote(FERRY, TICKET),), tags=("az", "number", "cross-language")),
                [("Bilet 70 manata başa gəlir.", TICKET)], 0.88),
        _result(Case("fr-carries", "Que transporte le ferry ?", answer="52 wagons et 150 passagers.",
                     facts=(("52",), ("150",)), cites=(_quote(FERRY, CARRIES),), tags=("fr", "list", "cross-language")),
                [("Le ferry transporte 52 wagons et 150 passagers.", CARRIES)], 0.94),
        _result(Case("de-followup", "Und die Fähre nach Helgoland?",
                     (Turn("Bis wann ist der Hafen von Hamburg zu?", "Bis Montag."),), "Frühestens am 16. Januar.",
                     (("2024-01-16", "16. Januar"),), (_quote(HARBOUR, HELGOLAND),), tags=("de", "date", "follow-up")),
                [("Die Fähre nach Helgoland fährt frühestens am 16. Januar wieder.", HELGOLAND)], 0.78,
                standalone="Wann fährt die Fähre nach Helgoland wieder?"),
        _result(Case("en-filtered", "When did the ferry resume?", facts=(("2024-03-03", "3 March"),),
                     cites=(_quote(FERRY, RESUMED),), filters=Filters(since="2024-02"), tags=("en", "date")),
                [("It resumed service on 3 March 2024.", RESUMED)], 0.9),
        _result(Case("en-injured", "Who was injured in the storm in Bremen?", answerable=False,
                     tags=("en", "unanswerable")), [], 0.22),
        _result(Case("de-wrong-year", "Wie hoch stieg der Pegel in St. Pauli im Januar 2023?", answerable=False,
                     tags=("de", "unanswerable")),
                [("Der Pegel in St. Pauli stieg auf 3,12 Meter über Normalnull.", LEVEL)], 0.71, "invented"),
        _result(Case("ru-price", "Сколько стоит билет на Гельголанд?", answerable=False, tags=("ru", "unanswerable")),
                [(no("ru"), "")], 0.31),
        CaseResult(Case("fr-crossing", "Combien de temps dure la traversée ?", facts=(("20",),), tags=("fr", "number"),
                        place="harbour.yaml:94"),
                   (Run("error", {"passed": 0.0}, ("20",), error="Ollama broke off its reply: connection reset"),)),
    ]  # fmt: skip


def _result(
    case: Case, said: Sequence[tuple[str, str]], confidence: float, outcome: Outcome = "passed", *,
    facts: tuple[str, ...] = (), quotes: tuple[str, ...] = (), standalone: str | None = None,
) -> CaseResult:  # fmt: skip
    """`said` are the answer's sentences, each with the sentence of an article that it cites."""
    language, answered = case.tags[0], any(quote for _, quote in said)
    citations = tuple(_citation(number, quote) for number, (_, quote) in enumerate(said, start=1) if quote)
    sentences = tuple(
        AnswerSentence(f"{text} [{number}]", (number,), *_support(text))
        for number, (text, _) in enumerate(said, start=1)
    )
    text = " ".join(sentence.text for sentence in sentences) if answered else not_answered(language)
    total = 900 + 37 * len(text)
    answer = Answer(
        case.question, language, "answered" if answered else "no_answer", "ollama", "qwen3:4b", text,
        sentences if answered else (), citations, _hits(), confidence, Usage(812, len(text) // 4, 8192),
        {"retrieval": 41, "first_token": 350 + len(case.question), "total": total}, standalone,
    )  # fmt: skip
    line = 10 + len(case.id)
    run = Run(outcome, _scores(case, answer, outcome, len(facts), len(quotes)), facts, quotes, answer)
    return CaseResult(replace(case, place=f"harbour.yaml:{line}"), (run,))


def _scores(case: Case, answer: Answer, outcome: Outcome, facts: int, quotes: int) -> Mapping[str, float]:
    """Those that apply to the case, true where the sample says so and plausible elsewhere."""
    passed = float(outcome == "passed")
    times = {"first_token_ms": float(answer.timings_ms["first_token"]), "total_ms": float(answer.timings_ms["total"])}
    tokens = {"completion_tokens": float(answer.usage.completion_tokens)}
    if not case.answerable:
        return {"passed": passed, "refused": float(answer.status == "no_answer"), **times, **tokens}
    wanted = {"f1": 0.3 + 0.4 * passed, "exact_match": 0.0, "similarity": 0.7 + 0.2 * passed} if case.answer else {}
    return {
        "passed": passed, "answered": float(answer.status == "answered"), "facts": 1 - facts / len(case.facts),
        "citation_recall": 1 - quotes / len(case.cites), "citation_precision": 1 / max(1, len(answer.citations)),
        "verbatim": 1.0, "hit@1": float(case.cites[0].article == HARBOUR.path), "hit@k": 1.0, "mrr": 0.75,
        "ndcg": 0.815, **wanted, **times, **tokens,
    }  # fmt: skip


def _figures(results: Sequence[CaseResult]) -> tuple[Figure, ...]:
    values = {name: [one.runs[0].scores[name] for one in results if name in one.runs[0].scores] for name in FIGURES}
    return tuple(_figure(name, scores) for name, scores in values.items() if scores)


def _figure(name: str, values: Sequence[float]) -> Figure:
    mean, wide = fmean(values), 1.96 * pstdev(values) / len(values) ** 0.5
    low, high = max(0.0, mean - wide), mean + wide
    return Figure(name, mean, low, high if name.endswith(("ms", "tokens")) else min(1.0, high), len(values))


def _repeated(run: Run, repeat: int) -> tuple[Run, ...]:
    """The run `repeat` times; one that passed without much confidence fails the last time."""
    if repeat == 1 or run.outcome != "passed" or not run.answer or not 0.5 < run.answer.confidence < 0.9:
        return (run,) * repeat
    quote = run.answer.citations[0].quote
    answer = replace(run.answer, citations=(), sentences=tuple(
        replace(one, text=one.text[:-4], citations=(), support="uncited") for one in run.answer.sentences
    ))  # fmt: skip
    scores = {**run.scores, "passed": 0.0, "citation_recall": 0.0}
    return (run,) * (repeat - 1) + (Run("uncited", scores, (), (quote,), answer, judged=True),)


def _support(text: str) -> tuple[Support, tuple[str, ...]]:
    return ("unsupported", ("Tuesday is not in [2]",)) if "Tuesday" in text else ("supported", ())


def _quote(article: Article, quote: str) -> Expected:
    start = article.text.index(quote)
    return Expected(article.path, quote, start)


def _citation(number: int, quote: str) -> Citation:
    article = HARBOUR if quote in HARBOUR.text else FERRY
    start = article.text.index(quote)
    return Citation(number, article, start, start + len(quote), 1 + article.text[:start].count("\n"), quote)


def _hits() -> tuple[Hit, ...]:
    """The four paragraphs of both articles."""
    hits: list[Hit] = []
    for article in (HARBOUR, FERRY):
        for ordinal, text in enumerate(article.text.split("\n\n")):
            start = article.text.index(text)
            passage = Passage(article.id, ordinal, start, start + len(text), text, ())
            hits.append(_hit(passage, article, 0.86 - 0.11 * len(hits)))
    return tuple(hits)


def _hit(passage: Passage, article: Article, score: float) -> Hit:
    return Hit(passage, article, score, ())
