"""The top line: what the index holds, whether files changed since, and the filters in force."""

from __future__ import annotations

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from qa_assistant.display import one_line


class CorpusBar(Static):
    """`notice` is what the user may want to act on; it stands first, after the name."""

    def __init__(self, name: str) -> None:
        super().__init__(markup=False)
        self._corpus = one_line(name)
        self._parts = {"notice": "", "status": "", "filters": ""}

    def on_mount(self) -> None:
        self.show()

    def show(self, **parts: str) -> None:
        """Replaces some of `notice`, `status` and `filters`."""
        self._parts |= parts
        shown = [(f"{self._corpus}", Style(bold=True))]
        for key, text in self._parts.items():
            if text:
                shown += [(" │ ", Style(dim=True)), (one_line(text), Style(bold=key == "notice"))]
        self.update(Content.assemble(*shown))
