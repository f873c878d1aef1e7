"""The top line: filters and choices in force, whether files changed since the index was made, and what that holds."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from qa_assistant.display import counted, one_line

if TYPE_CHECKING:
    from qa_assistant.ingestion.status import CorpusStatus


class CorpusBar(Static):
    """What bears on the answers stands first, after the name: a narrow screen shows no more. `notice` is what the user
    may want to act on."""

    def __init__(self, name: str) -> None:
        super().__init__(markup=False)
        self._corpus = one_line(name)
        self._parts = {"filters": "", "followups": "", "notice": "", "status": ""}

    def on_mount(self) -> None:
        self.show()

    def show(self, **parts: str) -> None:
        """Replaces some of `filters`, `followups`, `notice` and `status`."""
        self._parts |= parts
        shown = [(f"{self._corpus}", Style(bold=True))]
        for key, text in self._parts.items():
            if text:
                shown += [(" │ ", Style(dim=True)), (one_line(text), Style(bold=key == "notice"))]
        self.update(Content.assemble(*shown))


def describe_status(status: CorpusStatus) -> str:
    """One line for the bar, times as the machine's clock shows them."""
    parts = [counted(status.articles, "article")]
    if status.first and status.last:
        parts.append(status.first if status.first == status.last else f"{status.first} to {status.last}")
    if status.indexed_at:
        when = datetime.fromisoformat(status.indexed_at).astimezone()
        parts.append(f"indexed {when.day} {when:%b %Y %H:%M}")
    return " · ".join(parts)
