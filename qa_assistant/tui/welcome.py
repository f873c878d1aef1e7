"""What an empty session says."""

from __future__ import annotations

from textual.widgets import Static

WELCOME = """\
Ask a question in your language. The answer comes with the exact sentences it rests on.

Enter asks, Tab goes to the answers, 1–9 show a source there, Enter opens its article.
Escape stops an answer. F1 shows all keys."""


class Welcome(Static):
    def __init__(self) -> None:
        super().__init__(WELCOME, markup=False)
