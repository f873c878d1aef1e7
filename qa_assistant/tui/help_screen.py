"""All keys, by place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widgets import Footer, Label, Static

_KEYS_SHOWN = 3
"""Keys of one action that are all named; of more only the first and the last."""
_COLUMN = 18

_HEADING = Style(bold=True, underline=True)
_KEYS = Style(bold=True)


class HelpScreen(Screen[None]):
    """Made of the bindings themselves; those without a description are left out."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,f1,question_mark", "dismiss", "Back", key_display="esc")]

    def __init__(self, sections: Sequence[tuple[str, Sequence[BindingType]]]) -> None:
        super().__init__()
        self._sections = sections

    def compose(self) -> ComposeResult:
        yield Label("Keys", markup=False, classes="title")
        with VerticalScroll():
            yield Static(Content.assemble(*self._content()), markup=False)
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def _content(self) -> Iterator[tuple[str, Style]]:
        for place, bindings in self._sections:
            yield f"{place}\n", _HEADING
            described = [binding for binding in Binding.make_bindings(bindings) if binding.description]
            for _, same in groupby(described, key=_action):
                group = list(same)
                yield f"  {self._keys(group):<{_COLUMN}}", _KEYS
                yield f" {group[0].tooltip or group[0].description}\n", Style()
            yield "\n", Style()

    def _keys(self, bindings: Sequence[Binding]) -> str:
        keys = list(dict.fromkeys(self.app.get_key_display(binding) for binding in bindings))
        return f"{keys[0]} … {keys[-1]}" if len(keys) > _KEYS_SHOWN else " ".join(keys)


def _action(binding: Binding) -> tuple[str, str]:
    """What bindings have in common that are one line of help: the action without its argument, and the words."""
    return binding.action.partition("(")[0], binding.description
