"""The command `qa-assistant`: global options, the commands by name, and errors as exit codes."""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from qa_assistant.cli.context import Context
from qa_assistant.cli.streams import open_streams
from qa_assistant.display import harmless, one_line, shortened
from qa_assistant.errors import QAError, QuestionError, QuestionsError
from qa_assistant.threads import let_waiting_threads_sleep

_COMMANDS = {
    "ask": "Answer one question, with cited passages.",
    "chat": "Ask and read in the terminal.",
    "search": "Find passages, without an answer.",
    "ingest": "Bring the index in line with the corpus.",
    "articles": "Show what is indexed.",
    "eval": "Run test questions against expected answers.",
    "models": "Show or pull language models in Ollama.",
    "config": "Show the settings and where they come from.",
    "doctor": "Check everything an answer needs.",
}
"""Each command stands in the module of its name, which is imported when the command is called."""

_LONGEST_LINE = 600
"""Characters of an error's line: it may quote anything."""

_MOST_MISTAKES = 20
"""Of a question file that are listed, besides the first."""


class _Commands(click.Group):
    """Lists the commands without importing them: `--help` must not wait for anything."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"qa_assistant.cli.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except QAError as error:
            error.hint = ctx.obj.as_called(error.hint)
            raise

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
    """Runs the command line, on the process' own streams, and exits."""
    open_streams()
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit code.

    0 done, 1 failed, 2 wrong call, 3 no answer (`ask`), 4 too few passed or worse (`eval`), 130 interrupted.
    """
    _write_utf8()
    let_waiting_threads_sleep()
    verbose = "--verbose" in arguments
    try:
        result: Any = cli.main(list(arguments), prog_name="qa-assistant", standalone_mode=False)
    except click.ClickException as error:
        return _wrong_call(error)
    except QuestionsError as error:
        return _no_questions(error, verbose)
    except QAError as error:
        failed = _failed(error, error.message, error.hint, verbose)
        return 2 if isinstance(error, QuestionError) else failed
    except (KeyboardInterrupt, click.Abort):
        click.echo("\nInterrupted.", err=True)
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output is gone; nobody is left to tell
        return 1
    except Exception as error:  # noqa: BLE001 - the last resort: a bug must not show a traceback unasked
        return _failed(error, f"{type(error).__name__}: {error}", "This is a bug. --verbose shows where.", verbose)
    return result if isinstance(result, int) else 0


def _wrong_call(error: click.ClickException) -> int:
    """What click says, which may quote the words of the call."""
    said = io.StringIO()
    error.show(said)
    for line in harmless(said.getvalue()).splitlines():
        _say(line)
    return error.exit_code


def _no_questions(error: QuestionsError, verbose: bool) -> int:
    """Every mistake of a question file on a line of its own, up to some number."""
    more = error.more[:_MOST_MISTAKES]
    left = len(error.more) - len(more)
    _failed(error, error.message, "", verbose)
    for line in (*more, f"… and {left} more mistakes." if left else "", error.hint):
        if line:
            _say(one_line(line))
    return 2


def _failed(error: BaseException, message: str, hint: str, verbose: bool) -> int:
    """What went wrong and the way out, in at most three lines."""
    if verbose:
        import traceback

        click.echo(harmless("".join(traceback.format_exception(error))), err=True)
    _say(f"qa-assistant: {one_line(message)}")
    if hint:
        _say(one_line(hint))
    return 1


def _say(line: str) -> None:
    click.echo(shortened(line, _LONGEST_LINE), err=True)


def _write_utf8() -> None:
    """Whatever the locale says: an answer may be in any script."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="replace")
