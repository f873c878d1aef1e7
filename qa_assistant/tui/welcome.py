"""What an empty session says."""

from __future__ import annotations

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

_KEYS = (
    ("Enter", "asks"),
    ("Tab", "goes to the answer: 1–9 show its sources, Enter the article"),
    ("F2", "earlier sessions"),
    ("F3", "the articles there are"),
    ("F6", "only articles of some dates, of one agency"),
    ("F1", "all keys"),
)


class Welcome(Static):
    def __init__(self) -> None:
        bold = Style(bold=True)
        about = (
            ("Ask a question in your language.", bold),
            "\nThe answer comes with the exact sentences it rests on.\n",
        )
        keys = (Content.assemble("\n", (f"{key:<7}", bold), what) for key, what in _KEYS)
        super().__init__(Content.assemble(*about, *keys), markup=False)
