"""`models`: what Ollama has, and pulling one more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from qa_assistant.cli.context import Context
from qa_assistant.cli.progress import is_animated
from qa_assistant.display import one_line

if TYPE_CHECKING:
    from qa_assistant.answering.llm import PullProgress


@click.group("models")
def command() -> None:
    """Show or pull language models in Ollama."""


@command.command("list")
@click.pass_obj
def list_models(context: Context) -> None:
    """List what Ollama has; * marks the one that answers if no other is named."""
    from qa_assistant.answering.llm import Ollama
    from qa_assistant.answering.llm_choice import RECOMMENDED, size_text
    from qa_assistant.errors import ModelError

    settings = context.load().settings
    with Ollama(timeout=settings.timeout) as server:
        models = server.models()
        try:
            chosen = server.choose(settings.model).name
        except ModelError:
            chosen = None
    for model in models:
        mark = "*" if model.name == chosen else " "
        click.echo(f"{mark} {one_line(model.name):<40} {one_line(model.parameter_size):>8} {size_text(model.size):>9}")
    if not models:
        click.echo(f"Ollama has no model yet. Get one: qa-assistant models pull {RECOMMENDED}", err=True)


@command.command("pull")
@click.argument("name")
@click.pass_obj
def pull(context: Context, name: str) -> None:
    """Pull NAME from Ollama's library, with a progress bar."""
    from qa_assistant.answering.llm import Ollama

    name = one_line(name)
    if not name:
        raise click.UsageError("The name is empty.")
    with Ollama(timeout=context.load().settings.timeout) as server:
        if is_animated():
            _pull_with_bar(server.pull(name))
        else:
            _pull_with_lines(server.pull(name))
    click.echo(f"{name} is ready.", err=True)


def _pull_with_bar(steps: Iterator[PullProgress]) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    status = TextColumn("{task.description}", markup=False)
    with Progress(
        status, BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task("", total=None)
        for step in steps:
            bar.update(task, description=one_line(step.status), total=step.total or None, completed=step.completed)


def _pull_with_lines(steps: Iterator[PullProgress]) -> None:
    said = ""
    for step in steps:
        percent = f" {10 * (10 * step.completed // step.total)} %" if step.total else ""
        line = f"{one_line(step.status)}{percent}"
        if line != said:
            click.echo(line, err=True)
            said = line
