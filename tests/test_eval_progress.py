"""What `eval` shows on stderr while it runs."""

from __future__ import annotations

import io
import sys
import weakref

import pytest
from rich.console import Console

from qa_assistant.cli.eval_progress import EvalProgress
from qa_assistant.cli.progress import IngestProgress
from qa_assistant.evaluation.records import Case, Outcome, Run
from qa_assistant.evaluation.runner import Done


class Scores(dict[str, float]):
    """A weak reference tells whether somebody keeps them."""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(number: int, outcome: Outcome, **scores: float) -> Done:
    return Done(Case(f"case-{number}", "Why?"), Run(outcome, Scores(passed=float(outcome == "passed"), **scores)))


def test_figures_so_far_and_the_last_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    with EvalProgress(20) as progress:
        for number in range(4):
            progress(run(number, "passed", facts=1.0, total_ms=100))
        for number in range(4, 12):
            progress(run(number, "incomplete", facts=0.5))
        progress(run(12, "error"))
        console = Console(width=80, file=io.StringIO(), record=True)
        console.print(progress._screen())
        shown = console.export_text()
    rows = [line.split() for line in shown.splitlines()]
    assert ["passed", "0.308", "13"] in rows
    assert ["facts", "covered", "0.667", "12"] in rows
    assert ["whole", "answer", "100", "ms", "4"] in rows
    assert "13/20" in shown
    assert "8 incomplete, 1 error" in shown
    assert [row[1] for row in rows if row[1:] and row[1].startswith("case-")] == [f"case-{n}:" for n in range(7, 13)]


@pytest.mark.parametrize("where", [io.StringIO, Terminal])
def test_no_run_is_looked_at_again(where: type[io.StringIO], monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of a whole evaluation would grow with the square of its runs."""
    monkeypatch.setattr(sys, "stderr", where())
    with EvalProgress(100) as progress:
        done = run(1, "passed")
        scores = weakref.ref(done.run.scores)
        progress(done)
        del done
        assert scores() is None


@pytest.mark.parametrize("progress", [EvalProgress(3), IngestProgress()])
def test_no_color_turns_animation_off(progress: EvalProgress | IngestProgress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    with progress:
        pass
    assert terminal.getvalue() == ""


def test_runs_that_ended_in_an_error_are_not_kept(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt), EvalProgress(20) as progress:
        progress(run(1, "passed"))
        progress(run(2, "error"))
        raise KeyboardInterrupt
    assert "1 of 20 runs are kept" in capsys.readouterr().err
