"""The command `qa-assistant`: global options, the commands by name, and errors as exit codes."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from qa_assistant.cli.context import Context
from qa_assistant.display import one_line
from qa_assistant.errors import QAError

_COMMANDS = {
    "ask": "Answer one question, with cited passages.",
    "search": "Find passages, without an answer.",
    "ingest": "Bring the index in line with the corpus.",
    "articles": "Show what is indexed.",
    "models": "Show or pull language models in Ollama.",
    "config": "Show the settings and where they come from.",
    "doctor": "Check everything an answer needs.",
}
"""Each command stands in the module of its name, which is imported when the command is called."""


class _Commands(click.Group):
    """Lists the commands without importing them: `--help` must not wait for anything."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"qa_assistant.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--corpus", metavar="DIR", help="Folder of articles.")
@click.option("--index", metavar="DIR", help="Folder of the index.")
@click.option("--config", metavar="FILE", type=click.Path(path_type=Path), help="Config file (TOML).")
@click.option("--verbose", is_flag=True, help="Say more on stderr; show tracebacks.")
@click.version_option(package_name="qa_assistant", prog_name="qa-assistant", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, corpus: str | None, index: str | None, config: Path | None, verbose: bool) -> None:
    """Ask a folder of news articles questions in your language, and get the exact sentences that answer."""
    ctx.obj = Context({"corpus": corpus, "index": index}, config, verbose)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and exits."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit code: 0 done, 1 failed, 2 wrong call, 3 no answer, 130 interrupted."""
    _write_utf8()
    verbose = "--verbose" in arguments
    try:
        result: Any = cli.main(list(arguments), prog_name="qa-assistant", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except QAError as error:
        return _failed(error, error.message, error.hint, verbose)
    except (KeyboardInterrupt, click.Abort):
        click.echo("\nInterrupted.", err=True)
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output is gone; nobody is left to tell
        return 1
    except Exception as error:  # noqa: BLE001 - the last resort: a bug must not show a traceback unasked
        return _failed(error, f"{type(error).__name__}: {error}", "This is a bug. --verbose shows where.", verbose)
    return result if isinstance(result, int) else 0


def _failed(error: BaseException, message: str, hint: str, verbose: bool) -> int:
    """What went wrong and the way out, in at most three lines."""
    if verbose:
        import traceback

        click.echo("".join(traceback.format_exception(error)), err=True)
    click.echo(f"qa-assistant: {one_line(message)[:600]}", err=True)
    if hint:
        click.echo(one_line(hint)[:600], err=True)
    return 1


def _write_utf8() -> None:
    """Whatever the locale says: an answer may be in any script."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="replace")
