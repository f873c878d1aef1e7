"""`doctor`: checks everything an answer needs; each failed check prints the command that mends it."""

from __future__ import annotations

from dataclasses import asdict, replace

import click

from qa_assistant.cli.context import Context
from qa_assistant.display import one_line, to_json
from qa_assistant.settings import Settings


@click.command("doctor")
@click.option("--repair", "mend", is_flag=True, help="Bring the index back in line first, and say what was done.")
@click.option("--json", "as_json", is_flag=True, help="Checks as JSON.")
@click.pass_obj
def command(context: Context, mend: bool, as_json: bool) -> int:
    """Check corpus, index, embedding model, Ollama, model and disk; say how to mend what fails.

    Exit code 1 if something is missing without which no question can be answered.
    """
    from qa_assistant.health import check_all

    settings = context.load().settings
    repairs = _repaired(settings) if mend else None
    checks = [replace(check, mend=context.as_called(check.mend)) for check in check_all(settings)]
    if as_json:
        repaired = {} if repairs is None else {"repairs": repairs}
        click.echo(to_json({"schema": 1, **repaired, "checks": [asdict(check) for check in checks]}))
    else:
        for done in repairs or (["Nothing was to be repaired."] if mend else []):
            click.echo(one_line(done))
        for check in checks:
            click.echo(f"{check.state:<7} {check.name:<16} {one_line(check.found)}")
            if check.mend:
                click.echo(f"{'':<7} {'':<16} → {one_line(check.mend)}")
    return 1 if any(check.state == "failed" for check in checks) else 0


def _repaired(settings: Settings) -> list[str]:
    from qa_assistant.cli.progress import IngestProgress
    from qa_assistant.repair import repair

    with IngestProgress() as progress:
        return repair(settings, progress)
