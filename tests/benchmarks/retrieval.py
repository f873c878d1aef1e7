"""How often the right passage is found: R@k and MRR@10 of four methods over the same index.

    python tests/benchmarks/retrieval.py --questions xquad.en.json --passages xquad.de.json \\
        [--distractors articles.csv] [--index DIR] [--json FILE]

Two SQuAD files with corresponding paragraphs: questions in one language, passages in the other. The index is built by
the project's own `ingest()`, kept in DIR if one is named, so that other questions over the same passages start at once.
Figures are given for articles with even numbers, on which every constant was chosen, for odd ones, and for all.

Whether the corpus answers at all is measured by `answerability.py`, over the same index.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from corpora import Question, news, squad

from qa_assistant.answering.retrieval import Retrieval, retrieve
from qa_assistant.index.index import Index
from qa_assistant.index.words import words_of
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.language import detect
from qa_assistant.records import Filters
from qa_assistant.settings import Settings

DEPTH = 10
RRF_K = 60
"""Cormack, Clarke and Buettcher (2009), Reciprocal Rank Fusion outperforms Condorcet."""
NO_FILTERS = Filters()


def build(folder: Path, args: argparse.Namespace) -> tuple[Index, list[Question]]:
    passages, questions = squad(args.questions, args.passages, "de")
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for article in [*passages, *(news(args.distractors) if args.distractors else [])]:
        file = corpus / f"{article.path}.txt"
        if not file.exists():
            file.write_text(article.text, encoding="utf-8")
    settings = Settings(corpus=str(corpus), index=str(folder / "index"))
    started = time.perf_counter()
    report = ingest(settings)
    print(f"{report.articles} articles in {report.passages} passages, {time.perf_counter() - started:.0f} s")
    return Index.open(settings), questions


class Methods:
    """Rankings of passages for one question, as the paths of their articles, best first."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.paths = {article.id: article.path.removesuffix(".txt") for article in index.catalog.articles()}
        self.keys = dict(index.catalog.keys())
        rows = list(index.catalog.vector_rows(0, 10_000))
        self.stored = [key for part, _ in rows for key, _, _ in part]
        self.vectors = np.concatenate([vectors for _, vectors in rows])

    def bm25(self, question: str) -> list[str]:
        query = " OR ".join(dict.fromkeys(f'"{word.folded}"' for word in words_of(question)))
        ranked = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT 100"
        return [self.keys[row] for (row,) in self.index.catalog._db.execute(ranked, (query,))] if query else []

    def dense(self, found: Retrieval) -> list[str]:
        return [self.stored[at] for at in np.argsort(-(self.vectors @ found.asked.vector))[:100]]

    def fused(self, rankings: Sequence[Sequence[str]]) -> list[str]:
        scores: dict[str, float] = {}
        for ranking in rankings:
            for rank, key in enumerate(ranking, start=1):
                scores[key] = scores.get(key, 0.0) + 1 / (RRF_K + rank)
        return sorted(scores, key=lambda key: -scores[key])

    def articles(self, keys: Sequence[str]) -> list[str]:
        return [self.paths[key.rpartition(":")[0]] for key in keys]


def figures(ranks: Sequence[int | None]) -> dict[str, float]:
    count = max(1, len(ranks))
    report = {f"R@{k}": sum(rank is not None and rank <= k for rank in ranks) / count for k in (1, 3, 5, 10)}
    report["MRR@10"] = sum(1 / rank for rank in ranks if rank is not None and rank <= DEPTH) / count
    return {name: round(value, 4) for name, value in report.items()}


def halves(values: Sequence[Any], questions: Sequence[Question], measure: Callable[[Sequence[Any]], Any]) -> Any:
    even = [value for value, question in zip(values, questions, strict=True) if question.article % 2 == 0]
    odd = [value for value, question in zip(values, questions, strict=True) if question.article % 2]
    return {"even": measure(even), "odd": measure(odd), "all": measure(values)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--passages", type=Path, required=True)
    parser.add_argument("--distractors", type=Path)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        index, questions = build(args.index or Path(temporary), args)
        report = measured(index, questions)
        index.close()
    for method, rows in report.items():
        for half, row in rows.items():
            print(f"{method:<22} {half:<5} " + "  ".join(f"{name} {value:.3f}" for name, value in row.items()))
    if args.json:
        args.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def measured(index: Index, questions: Sequence[Question]) -> dict[str, Any]:
    methods = Methods(index)
    ranks: dict[str, list[int | None]] = {"BM25": [], "dense": [], "rank fusion": [], "qa_assistant": []}
    milliseconds: list[float] = []
    for number, question in enumerate(questions, start=1):
        started = time.perf_counter()
        found = retrieve(index, question.text, detect(question.text, default="en"), DEPTH, NO_FILTERS)
        milliseconds.append(1000 * (time.perf_counter() - started))
        bm25, dense = methods.bm25(question.text), methods.dense(found)
        rankings = {
            "BM25": methods.articles(bm25),
            "dense": methods.articles(dense),
            "rank fusion": methods.articles(methods.fused([bm25, dense])),
            "qa_assistant": [hit.article.path.removesuffix(".txt") for hit in found.hits],
        }
        for method, ranking in rankings.items():
            right = question.paragraph
            ranks[method].append(ranking.index(right) + 1 if right in ranking else None)
        if number % 100 == 0:
            print(f"{number} of {len(questions)} questions", file=sys.stderr)
    report: dict[str, Any] = {method: halves(values, questions, figures) for method, values in ranks.items()}
    milliseconds.sort()
    report["milliseconds"] = {"all": {"p50": milliseconds[len(milliseconds) // 2],
                                      "p95": milliseconds[int(len(milliseconds) * 0.95)]}}  # fmt: skip
    return report


if __name__ == "__main__":
    main()
