"""The whole of an evaluation on one screen: locate what is expected, run every case, sum up, compare."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from qa_assistant.evaluation.records import Case, Report

if TYPE_CHECKING:
    from qa_assistant.assistant import Assistant
    from qa_assistant.evaluation.comparison import Baseline
    from qa_assistant.evaluation.journal import Journal
    from qa_assistant.evaluation.judge import Judge
    from qa_assistant.evaluation.runner import Done

Evaluation = Generator["Done", None, "tuple[Report, Journal]"]

SHOWN_SETTINGS = ("embedding_model", "passage_tokens", "top_k", "min_confidence", "context_tokens", "answer_tokens")


def evaluate(
    assistant: Assistant,
    cases: Sequence[Case],
    *,
    name: str,
    repeat: int,
    judge: Judge | None,
    baseline: Baseline | None,
    restart: bool,
    say: Callable[[str], None],
) -> Evaluation:
    """Each finished run as it comes, and the report when all are done, with the journal of the runs.

    Whoever has kept the report removes the journal: until then the same evaluation gives the report again. `name` is
    what the questions are called. What answers must be settled: `assistant`'s settings name `quotes`, `llamacpp`, or
    `ollama` and a model, so that no failure in the middle changes it. Interrupted, the same evaluation goes on where it
    stopped, unless `restart`; `say` is told if it could not. Raises QuestionsError if an expected sentence stands
    nowhere, ModelError if the language model fails time after time.
    """
    from qa_assistant.evaluation.comparison import compare
    from qa_assistant.evaluation.journal import open_journal
    from qa_assistant.evaluation.locating import locate
    from qa_assistant.evaluation.runner import Runner, by_case
    from qa_assistant.evaluation.summary import by_tag, figures, judge_kappa
    from qa_assistant.ingestion.corpus import scan

    settings, catalog = assistant.settings, assistant.index.catalog
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    with catalog.reading():
        articles, sources = catalog.articles(), catalog.sources()
    places = locate(cases, articles, sources, [file.path for file in scan(settings.corpus_path).files])
    depends_on = {**asdict(settings), "repeat": repeat, "judge": judge.model if judge else None,
                  "index": [catalog.meta("updated_at"), *catalog.counts()]}  # fmt: skip
    journal = open_journal(cases, depends_on, say)
    if restart:
        journal.remove()
    runs: list[Done] = []
    try:
        for done in Runner(assistant, places, journal, judge).runs(cases, repeat):
            runs.append(done)
            yield done
    finally:
        journal.close()
    results = by_case(runs)
    report = Report(
        questions=name,
        started_at=started_at,
        kind=settings.answer_with,
        model=settings.model or None,
        settings={key: value for key, value in asdict(settings).items() if key in SHOWN_SETTINGS},
        repeat=repeat,
        figures=figures(results),
        groups=by_tag(results),
        results=results,
        comparison=compare(results, baseline) if baseline else None,
        judge=judge.model if judge else None,
        judge_kappa=judge_kappa(results),
    )
    return report, journal
