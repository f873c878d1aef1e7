"""What F5 says of an update."""

from __future__ import annotations

from qa_assistant.ingestion.changes import Changes
from qa_assistant.ingestion.corpus import Problem
from qa_assistant.ingestion.ingest import Report
from qa_assistant.tui.upkeep import summary

FLAWED = Problem("a.md", "has front matter that is not valid YAML; it is kept as text", lost=False)
LOST = Problem("b.docx", "is not a Word file (.docx), or is damaged")


def said(*problems: Problem) -> list[str]:
    return summary(Report(Changes(["a.md"], [], [], []), list(problems), [], 1, 1)).split("\n")


def test_a_file_that_was_read_with_a_flaw_does_not_count_as_not_read() -> None:
    assert said() == ["1 added"]
    assert said(FLAWED) == ["1 added", f"1 read with a flaw: a.md {FLAWED.reason}"]
    assert said(FLAWED, LOST, LOST) == [
        "1 added",
        f"2 not read: b.docx {LOST.reason}",
        f"1 read with a flaw: a.md {FLAWED.reason}",
    ]
