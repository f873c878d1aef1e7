"""What every command shares: the settings, the assistant, and how things are said on stderr."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa_assistant.dates import day_range
from qa_assistant.records import Filters
from qa_assistant.settings import Loaded, load

if TYPE_CHECKING:
    from collections.abc import Callable

    from qa_assistant.assistant import Assistant


@dataclass(frozen=True, slots=True)
class Context:
    """The global options of one call."""

    options: Mapping[str, Any]
    config: Path | None
    verbose: bool

    def load(self, **options: Any) -> Loaded:
        return load({**self.options, **options}, config=self.config)

    def assistant(self, *, build: bool = True, **options: Any) -> Assistant:
        """An assistant over the index, which with `build` is built first if there is none yet."""
        from qa_assistant.assistant import Assistant
        from qa_assistant.cli.progress import IngestProgress
        from qa_assistant.index.index import current_generation

        settings = self.load(**options).settings
        if build and current_generation(settings.index_path) is None:
            from qa_assistant.ingestion.ingest import ingest

            note(f"There is no index for {settings.corpus_path} yet; building it …")
            with IngestProgress() as progress:
                report = ingest(settings, progress=progress)
            for problem in report.problems:
                note(f"{problem.path} {problem.reason}")
        return Assistant(settings)


def note(text: str) -> None:
    """Something to know that is not the answer: one line on stderr."""
    from qa_assistant.display import one_line

    click.echo(one_line(text), err=True)


Dates = tuple[str, str] | None
"""First and last day of the date that an option names."""


class Date(click.ParamType[tuple[str, str]]):
    """A date such as 2022-12-03, 2022-12 or 2022."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        try:
            return day_range(str(value))
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that retrieves: `--since`, `--until`, `--agency`."""
    for option in (
        click.option("--agency", metavar="NAME", help="Only articles of this news agency."),
        click.option("--until", type=Date(), help="Only articles of this date or earlier."),
        click.option("--since", type=Date(), help="Only articles of this date (2022-12-03, 2022-12, 2022) or later."),
    ):
        command = option(command)
    return command


def filters(since: tuple[str, str] | None, until: tuple[str, str] | None, agency: str | None) -> Filters:
    """`--since 2022-12` begins with that month's first day, `--until 2022-12` ends with its last."""
    if since and until and since[0] > until[1]:
        raise click.UsageError(f"--since {since[0]} is later than --until {until[1]}.")
    return Filters(since[0] if since else None, until[1] if until else None, agency)
