"""Files in SQuAD's format, made by hand, and what must hold for what is read of any."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qa_assistant.evaluation.records import Case
from qa_assistant.evaluation.squad import FILE, SquadSet, index_folder
from qa_assistant.ingestion import corpus
from qa_assistant.records import Article
from qa_assistant.settings import Settings

EN = "The harbour of Hamburg stays closed until Monday. A storm came up."
DE = "Der Hafen von Hamburg bleibt bis Montag geschlossen. Ein Sturm kam auf."


def answer(context: str, text: str, start: int | None = None, **more: Any) -> dict[str, Any]:
    return {"text": text, "answer_start": context.index(text) if start is None else start, **more}


def qa(id_: Any, question: str, *answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": id_, "question": question, "answers": list(answers), **more}


def paragraph(context: str, *qas: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"context": context, "qas": list(qas), **more}


def write(path: Path, *paragraphs: dict[str, Any], **more: Any) -> Path:
    """A file with one article for each paragraph."""
    data = [{"title": "Hamburg", "paragraphs": [one], **more} for one in paragraphs]
    path.write_text(json.dumps({"version": "1.1", "data": data}), encoding="ascii")
    return path


def indexed(paragraphs: Sequence[str]) -> dict[str, Article]:
    """The articles that ingestion reads from the folder, by path."""
    settings = index_folder(paragraphs, Settings())
    found = corpus.scan(settings.corpus_path)
    (file,) = found.files
    assert file.path == FILE
    assert not found.skipped
    articles, problems = corpus.read(file, (settings.corpus_path / FILE).read_bytes(), settings)
    assert problems == []
    return {article.path: article for article in articles}


def assert_consistent(squad: SquadSet) -> None:
    """Every paragraph is an article to the letter, every expected quote stands where it is said to."""
    articles = indexed(squad.paragraphs)
    assert [article.text for article in articles.values()] == list(squad.paragraphs)
    assert len({article.id for article in articles.values()}) == len(squad.paragraphs)
    for case in squad.cases:
        assert len(case.cites) == case.answerable == bool(case.facts) == (case.answer is not None)
        for expected in case.cites:
            assert expected.start is not None
            text = articles[expected.article].text
            assert text[expected.start : expected.start + len(expected.quote)] == expected.quote
            assert expected.quote == expected.quote.strip() != ""


def shown(case: Case) -> tuple[Any, ...]:
    cites = [(one.article, one.quote, one.start) for one in case.cites]
    return case.id, case.question, case.answer, case.facts, cites, case.answerable
