"""What every command shares: the settings, the assistant, and how things are said on stderr."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa_assistant.dates import day_range
from qa_assistant.display import counted, one_line
from qa_assistant.errors import FiltersError, QAError
from qa_assistant.records import Filters
from qa_assistant.settings import Loaded, Settings, load

if TYPE_CHECKING:
    from collections.abc import Callable

    from qa_assistant.assistant import Assistant
    from qa_assistant.ingestion.corpus import Problem


_CALL = re.compile(r"\bqa-assistant (?=(?:--verbose )?(?:ask|search|ingest|articles|config|doctor)\b)")
"""The beginning of a command that depends on corpus, index or config file."""
_ROWS_NAMED = 3
"""Rows of one file that could not be read and are named: where one is wrong, thousands may be."""


@dataclass(frozen=True, slots=True)
class Context:
    """The global options of one call."""

    options: Mapping[str, Any]
    config: Path | None
    verbose: bool

    def load(self, **options: Any) -> Loaded:
        return load({**self.options, **options}, config=self.config)

    def as_called(self, hint: str) -> str:
        """`hint`, its commands with the options of this call: without them they would work on another index."""
        given = {**self.options, "config": self.config}
        words = "".join(f"--{name} {shlex.quote(str(value))} " for name, value in given.items() if value is not None)
        return _CALL.sub(lambda found: found[0] + words, hint)

    def note_changes(self, assistant: Assistant) -> None:
        """Says whether files changed since the index was made: what was printed may not be in them any more."""
        from qa_assistant.ingestion.status import pending_files

        if assistant.settings.shared_index:
            return  # the files are elsewhere
        with suppress(QAError):  # the answer stands; `doctor` says what is wrong
            if pending := pending_files(assistant.index, assistant.settings):
                changed = f"{counted(pending, 'file')} changed since the index was made"
                note(self.as_called(f"{changed}: qa-assistant ingest"))

    def assistant(self, *, build: bool = True, **options: Any) -> Assistant:
        """An assistant over the index, which with `build` is built first if there is none yet."""
        from qa_assistant.assistant import Assistant

        settings = self.load(**options).settings
        return Assistant(ingested(settings) if build else settings)


def ingested(settings: Settings, *, always: bool = False) -> Settings:
    """The same settings, once their index is built if there is none yet, or with `always` brought in line."""
    from qa_assistant.cli.progress import IngestProgress
    from qa_assistant.index.generations import is_to_be_built
    from qa_assistant.ingestion.ingest import ingest
    from qa_assistant.ingestion.left_out import left_out

    missing = is_to_be_built(settings)
    if missing:
        note(f"There is no index for {settings.corpus_path} yet; building it …")
    if missing or always:
        with IngestProgress() as progress:
            report = ingest(settings, progress=progress)
        note_problems(report.problems)
        if report.skipped:
            note(left_out(report.skipped))
    return settings


def note_problems(problems: Iterable[Problem], *, every: bool = False) -> None:
    """What could not be read, a line each; of a file's rows the first few, unless `every` one is asked for."""
    rows: Counter[str] = Counter()
    for problem in problems:
        file, _, row = problem.path.rpartition("#")
        rows[file] += bool(file) and row.isdecimal()
        if every or not row.isdecimal() or rows[file] <= _ROWS_NAMED:
            note(f"{problem.path} {problem.reason}")
    for file, count in rows.items():
        if count > _ROWS_NAMED and not every:
            note(f"… and {counted(count - _ROWS_NAMED, 'more row')} of {file}")


def note(text: str) -> None:
    """Something to know that is not the answer: one line on stderr."""
    click.echo(one_line(text), err=True)


class Date(click.ParamType[str]):
    """A date such as 2022-12-03, 2022-12 or 2022."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            day_range(str(value))
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)
        return str(value)


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that retrieves: `--since`, `--until`, `--agency`."""
    for option in (
        click.option("--agency", metavar="NAME", help="Only articles of this news agency."),
        click.option("--until", type=Date(), help="Only articles of this date or earlier."),
        click.option("--since", type=Date(), help="Only articles of this date (2022-12-03, 2022-12, 2022) or later."),
    ):
        command = option(command)
    return command


def filters(since: str | None, until: str | None, agency: str | None) -> Filters:
    """`--since 2022-12` begins with that month's first day, `--until 2022-12` ends with its last."""
    try:
        return Filters(since, until, one_line(agency) if agency else None)
    except FiltersError as error:
        raise click.UsageError(error.message) from error
