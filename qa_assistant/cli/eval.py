"""`eval`: a fixed set of test questions against expected answers."""

from __future__ import annotations

import math
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa_assistant.cli.context import Context, note
from qa_assistant.cli.eval_progress import EvalProgress
from qa_assistant.display import counted, one_line, to_json
from qa_assistant.errors import QAError
from qa_assistant.files import try_to_write, write_whole
from qa_assistant.generators import Loop
from qa_assistant.settings import ANSWER_WITH

if TYPE_CHECKING:
    from collections.abc import Callable

    from qa_assistant.evaluation.journal import Journal
    from qa_assistant.evaluation.records import Report

WORSE = 4
DEFAULT = Path("questions.yaml")
_FILE = click.Path(path_type=Path, dir_okay=False)


@dataclass(frozen=True, slots=True)
class Options:
    """The words of one call."""

    questions: Path | None
    json: Path | None
    junit: Path | None
    html: Path | None
    baseline: Path | None
    fail_under: float | None
    tag: tuple[str, ...]
    repeat: int
    restart: bool
    top_k: int | None
    model: str | None
    answer_with: str | None
    judge: str | None
    squad: Path | None
    passages: Path | None
    init: Path | None
    add: bool


@click.command("eval")
@click.argument("questions", required=False, type=click.Path(path_type=Path))
@click.option("--json", type=_FILE, metavar="FILE", help="Write everything as JSON.")
@click.option("--junit", type=_FILE, metavar="FILE", help="Write a JUnit report, a test a case.")
@click.option("--html", type=_FILE, metavar="FILE", help="Write a page with charts and every case.")
@click.option("--baseline", type=_FILE, metavar="FILE", help="Compare with what an earlier --json wrote.")
@click.option("--fail-under", type=click.FloatRange(0, 1), metavar="X", help="Least share of cases that must pass.")
@click.option("--tag", multiple=True, metavar="TAG", help="Only cases with this tag; may be repeated.")
@click.option("--repeat", type=click.IntRange(1, 100), default=1, metavar="N", help="Ask every question N times.")
@click.option("--restart", is_flag=True, help="Begin anew where an interrupted evaluation would go on.")
@click.option("--top-k", type=click.IntRange(1, 50), metavar="N", help="Passages given to the language model.")
@click.option("--model", metavar="NAME", help="Language model in Ollama.")
@click.option("--answer-with", type=click.Choice(ANSWER_WITH), help="Who answers.")
@click.option("--judge", metavar="NAME", help="Another model in Ollama that judges the answers too.")
@click.option("--squad", type=_FILE, metavar="FILE", help="Questions in SQuAD's format, over their own paragraphs.")
@click.option("--passages", type=_FILE, metavar="FILE", help="Paragraphs for --squad from this file instead.")
@click.option("--init", type=_FILE, metavar="FILE", help="Write a commented example of a question file.")
@click.option("--add", is_flag=True, help="Add the question asked last to QUESTIONS, with its answer.")
@click.pass_obj
def command(context: Context, /, **words: Any) -> int:
    """Ask every question of QUESTIONS, a YAML file or a folder of them, and compare the answers with what is expected.

    Without QUESTIONS, questions.yaml in the current folder. Interrupted, the same command goes on where it stopped.
    Exit code 4 if fewer cases pass than --fail-under, or if a figure is significantly worse than in --baseline.
    """
    options = Options(**words)
    _check(options)
    _check_files(options, context.load().settings.corpus_path)
    if options.init:
        return _init(options.init)
    if options.add:
        return _add(options.questions or DEFAULT)
    report, journal = _report(context, options)
    _write(report, options, journal)
    return _verdict(report, options)


def _check(options: Options) -> None:
    """Raises UsageError for options that do not go together, before anything takes long."""
    if Path("-") in (options.questions, options.json, options.junit, options.html, options.init):
        raise click.UsageError("Here - is neither stdin nor stdout; name a file.")
    if options.passages and not options.squad:
        raise click.UsageError("--passages goes with --squad.")
    if sum(map(bool, (options.init, options.add, options.squad))) > 1:
        raise click.UsageError("--init, --add and --squad are three different calls.")
    if options.questions and (options.squad or options.init):
        raise click.UsageError(f"QUESTIONS does not go with {'--squad' if options.squad else '--init'}.")
    if options.fail_under is not None and math.isnan(options.fail_under):
        raise click.UsageError("--fail-under takes a number.")


def _check_files(options: Options, corpus: Path) -> None:
    """Raises UsageError for files that cannot be read or written, or would be in the place of something else."""
    questions = options.questions or DEFAULT
    _check_readable(options.init or questions)
    read = [file.resolve() for file in (questions, options.squad, options.passages, options.baseline) if file]
    read += [file.resolve() for pattern in ("*.yaml", "*.yml") for file in questions.glob(pattern)]
    added = options.init or (questions if options.add else None)
    if added and added.resolve().is_relative_to(corpus.resolve()):
        raise click.UsageError(f"{added} is in the corpus {corpus}. Name another file.")
    written: list[Path] = []
    for file in filter(None, (options.json, options.junit, options.html)):
        whole = file.resolve()
        if whole in read:
            raise click.UsageError(f"{file} is read by this evaluation. Name another file.")
        if whole.is_relative_to(corpus.resolve()):
            raise click.UsageError(f"{file} is in the corpus {corpus}. Name another file.")
        if whole in written and (whole.is_file() or not whole.exists()):
            raise click.UsageError(f"{file} is named for two reports.")
        written.append(whole)
        _check_writable(file)


def _check_readable(file: Path) -> None:
    try:
        file.stat()
    except FileNotFoundError:
        pass  # said where it is read, with the way to write one
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{one_line(str(file))[:80]} cannot be read: {error.args[-1]}.") from error


def _check_writable(file: Path) -> None:
    folder = file.absolute().parent
    if not folder.is_dir():
        raise click.UsageError(f"There is no folder {folder}.")
    try:
        try_to_write(file)
    except OSError as error:
        raise click.UsageError(f"{file} cannot be written: {error.strerror}.") from error


def _init(path: Path) -> int:
    from qa_assistant.evaluation.starter import write_starter

    write_starter(path)
    click.echo(f"{path} is written. Run it: qa-assistant eval {shlex.quote(str(path))}")
    return 0


def _add(path: Path) -> int:
    from qa_assistant.evaluation.starter import add_case
    from qa_assistant.sessions.last_answer import last_answer

    last = last_answer()
    if last is None:
        raise QAError("No question was answered yet.", hint='Ask one: qa-assistant ask "…"')
    name = add_case(path, last.answer, last.history, last.filters)
    click.echo(f"{name} is added to {path}. Correct there what the answer should have been.")
    return 0


def _report(context: Context, options: Options) -> tuple[Report, Journal]:
    """Runs the evaluation, showing on stderr how it goes; its journal is to be removed once the report is kept."""
    from qa_assistant.cli.eval_subject import opened
    from qa_assistant.evaluation.comparison import load_baseline
    from qa_assistant.evaluation.evaluate import evaluate
    from qa_assistant.evaluation.judge import Judge

    baseline = load_baseline(options.baseline) if options.baseline else None
    given = {"top_k": options.top_k, "model": options.model, "answer_with": options.answer_with}
    subject = opened(context, options.questions or DEFAULT, options.squad, options.passages, options.tag, given)
    with subject.assistant as assistant:
        if not options.squad:
            context.note_changes(assistant)
        settings = assistant.settings
        judge = Judge(settings, options.judge) if options.judge else None
        if judge and judge.model == settings.model:
            raise click.UsageError(f"{judge.model} cannot judge its own answers; name another model.")
        with EvalProgress(len(subject.cases) * options.repeat) as progress:
            loop = Loop(
                evaluate(
                    assistant, subject.cases, name=subject.name, repeat=options.repeat, judge=judge,
                    baseline=baseline, restart=options.restart, say=progress.not_kept,
                )
            )  # fmt: skip
            for done in loop:
                progress(done)
    return loop.result


def _write(report: Report, options: Options, journal: Journal) -> None:
    """The files that were asked for, each whole or not at all, and the table on stdout.

    Only then is `journal` removed: if nothing can be written, the same call, or one with another file, writes it all.
    """
    from qa_assistant.evaluation.html_report import write_html
    from qa_assistant.evaluation.junit import write_junit
    from qa_assistant.evaluation.report_json import report_as_dict
    from qa_assistant.evaluation.table import table

    writers: dict[Path | None, Callable[[], str]] = {
        options.json: lambda: to_json(report_as_dict(report)) + "\n",
        options.junit: lambda: write_junit(report),
        options.html: lambda: write_html(report),
    }
    for file, write in writers.items():
        if file is None:
            continue
        try:
            write_whole(file, write())
        except OSError as error:
            raise QAError(
                f"{file} cannot be written: {error.strerror}.", hint="Name another file; no question is asked again."
            ) from error
    if any(writers):
        journal.remove()  # before the table, whose reader may be gone
    click.echo(table(report))
    journal.remove()


def _verdict(report: Report, options: Options) -> int:
    """Exit code: 4 if too few cases pass, or if a figure is worse than the baseline's."""
    from qa_assistant.evaluation.comparison import is_worse, too_few
    from qa_assistant.evaluation.table import named
    from qa_assistant.records import Filters

    code = 0
    if errors := [run.error for result in report.results for run in result.runs if run.outcome == "error"]:
        note(f"{counted(len(errors), 'run')} ended in an error, the first one: {errors[0]}")
    filtered = [one for one in report.results if one.case.filters != Filters()]
    if unmet := [one.case.id for one in filtered if one.worst.answer and not one.worst.answer.hits]:
        note(f"No article is of the dates or agency that these cases ask for: {named(unmet)}.")
    share = sum(result.passed for result in report.results) / len(report.results)
    if options.fail_under is not None and share < options.fail_under:
        note(f"{share:.3f} of the cases passed; --fail-under is {options.fail_under}.")
        code = WORSE
    if report.comparison and not report.comparison.cases:
        note(f"Nothing was compared: {report.comparison.baseline} has none of these cases as they are asked now.")
    if report.comparison and report.comparison.broken:
        note(f"Passed in {report.comparison.baseline}, not now: {named(report.comparison.broken)}.")
    if report.comparison and report.comparison.cases and too_few(report.comparison):
        note(f"{counted(report.comparison.cases, 'case')}: too few to call anything worse; use --fail-under.")
    if report.comparison and is_worse(report.comparison):
        worse = [one.name for one in report.comparison.differences if one.verdict == "worse"]
        note(f"Worse than {report.comparison.baseline}: {', '.join(worse)}.")
        code = WORSE
    return code
