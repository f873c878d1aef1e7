"""`chat`: the terminal UI."""

from __future__ import annotations

import sys

import click

from qa_assistant.cli.context import Context
from qa_assistant.errors import QAError


@click.command("chat")
@click.pass_obj
def command(context: Context) -> int:
    """Open the terminal UI: ask questions, look at sources, read articles."""
    settings = context.load().settings
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):  # Textual draws on stderr
        raise QAError("The terminal UI needs a terminal.", hint='In a pipe, use `qa-assistant ask "…"`.')
    from qa_assistant.sessions.store import SessionStore, default_path
    from qa_assistant.tui.app import QAApp
    from qa_assistant.tui.running import run_until_quit

    try:
        store = SessionStore(default_path())
    except QAError as error:
        store = SessionStore(None)
        store.notice = f"{error.message} Nothing of this session will be kept."
    return run_until_quit(QAApp(settings, store, verbose=context.verbose))
