"""`config`: every setting, its value, where it came from and what it means."""

from __future__ import annotations

from dataclasses import asdict

import click

from qa_assistant.cli.context import Context
from qa_assistant.display import harmless, one_line
from qa_assistant.settings import default_config_path, explanations


@click.group("config")
def command() -> None:
    """Show the settings and where they come from."""


@command.command("show")
@click.pass_obj
def show(context: Context) -> None:
    """Show every setting, its value and where it came from."""
    loaded = context.load()
    for key, value in asdict(loaded.settings).items():
        shown = f'"{one_line(value)}"' if isinstance(value, str) else str(value).lower()
        click.echo(f"{key} = {shown}  # {one_line(loaded.origins[key])}")
        click.echo(f"    {explanations()[key]}")


@command.command("path")
@click.pass_obj
def path(context: Context) -> None:
    """Show where the config file is looked for."""
    click.echo(harmless(str(context.config or default_config_path())))
