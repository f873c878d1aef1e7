"""A report, and each run of it, as JSON that scripts and later evaluations read. Fields are added, never renamed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from qa_assistant import answer_json
from qa_assistant.evaluation.records import Case, CaseResult, Report, Run

SCHEMA = 1


def report_as_dict(report: Report) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "questions": report.questions,
        "started_at": report.started_at,
        "answered_with": {"kind": report.kind, "model": report.model},
        "judge": {"model": report.judge, "kappa": report.judge_kappa} if report.judge else None,
        "settings": dict(report.settings),
        "repeat": report.repeat,
        "figures": [asdict(figure) for figure in report.figures],
        "groups": {tag: [asdict(figure) for figure in figures] for tag, figures in report.groups.items()},
        "comparison": asdict(report.comparison) if report.comparison else None,
        "cases": [_result(result) for result in report.results],
    }


def run_as_dict(run: Run) -> dict[str, Any]:
    return {
        "outcome": run.outcome,
        "scores": dict(run.scores),
        "missing_facts": list(run.missing_facts),
        "missing_quotes": list(run.missing_quotes),
        "judged": run.judged,
        "judge_error": run.judge_error,
        "error": run.error,
        "answer": answer_json.as_dict(run.answer) if run.answer else None,
    }


def run_from_dict(data: Mapping[str, Any]) -> Run:
    """The run that `run_as_dict` wrote, its answer as `answer_json.from_dict` restores it."""
    return Run(
        outcome=data["outcome"],
        scores=dict(data["scores"]),
        missing_facts=tuple(data["missing_facts"]),
        missing_quotes=tuple(data["missing_quotes"]),
        answer=answer_json.from_dict(data["answer"]) if data["answer"] else None,
        error=data["error"],
        judged=data["judged"],
        judge_error=data["judge_error"],
    )


def case_as_dict(case: Case) -> dict[str, Any]:
    """What is asked and expected; not where it is written."""
    return {
        "id": case.id,
        "question": case.question,
        "history": [asdict(turn) for turn in case.history],
        "answer": case.answer,
        "facts": [list(fact) for fact in case.facts],
        "cites": [{"article": one.article, "quote": one.quote, "start": one.start} for one in case.cites],
        "answerable": case.answerable,
        "filters": asdict(case.filters),
        "tags": list(case.tags),
    }


def digest(case: Case) -> str:
    """Two cases with the same digest ask and expect the same; tags do not matter."""
    asked = case_as_dict(case) | {"tags": []}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]


def _result(result: CaseResult) -> dict[str, Any]:
    return {
        **case_as_dict(result.case),
        "digest": digest(result.case),
        "passed": result.passed,
        "runs": [run_as_dict(run) for run in result.runs],
    }
