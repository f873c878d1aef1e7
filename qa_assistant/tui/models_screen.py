"""The models Ollama has: choosing one, or none, and pulling another one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from qa_assistant.answering.llm_choice import RECOMMENDED, ModelInfo, ranked
from qa_assistant.display import one_line
from qa_assistant.errors import QAError, as_error
from qa_assistant.tui.model_pull import ModelPull, Pull
from qa_assistant.tui.model_rows import BEST, QUOTES, ModelChoice, Row, header, is_named, rows
from qa_assistant.tui.reporting import way_out
from qa_assistant.tui.text_input import TextInput

POLL_SECONDS = 2.0
"""Between two attempts to list the models while that fails."""

_LONGEST_NAME = 200


class _Choice(Option):
    def __init__(self, row: Row) -> None:
        super().__init__(row.text, disabled=row.choice is None)
        self.choice = row.choice


class _Models(OptionList):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select", "Choose", tooltip="Choose the model, or none")]


class _Name(TextInput):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "Pull", tooltip="Pull the model named")]


class ModelsScreen(Screen[ModelChoice | None]):
    """Closes with what was chosen, or with None. `current` is the name in the settings, empty: the best model;
    `translated` says that a model inside the program translates quotes.

    A download goes on only while the screen is open; pulling the same name again goes on where it stopped.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pull", "Pull a model"),
        Binding("r", "refresh", "Refresh"),
        Binding("escape", "cancel", "Cancel the download"),
        Binding("escape", "dismiss", "Back"),
    ]

    @dataclass
    class Listed(Message):
        """What the listing with this number found."""

        number: int
        models: Sequence[ModelInfo]
        error: QAError | None

    def __init__(
        self,
        list_models: Callable[[], list[ModelInfo]],
        pull: Pull,
        current: str,
        *,
        quotes_only: bool = False,
        translated: bool = False,
    ) -> None:
        super().__init__()
        self._translated = translated
        self._list_models = list_models
        self._pull = pull
        self._current = QUOTES if quotes_only else ModelChoice(current) if current else BEST
        self._models: Sequence[ModelInfo] = ()
        self._error: QAError | None = None
        self._begun = self._done = 0
        """Numbers of the last listing that began, and of the last one that is done."""
        self._pulling: ModelPull | None = None
        self._pulled = ""
        """What was pulled and is not listed yet."""

    def compose(self) -> ComposeResult:
        yield Label("Models in Ollama", markup=False, classes="title")
        yield Static(markup=False, id="models-header")
        yield _Models(markup=False)
        yield Static("Asking Ollama …", markup=False, id="models-message")
        yield Static(markup=False, id="models-hint")
        with Horizontal(id="models-name"):
            yield Label("Pull a model", markup=False)
            yield _Name(placeholder=RECOMMENDED, max_length=_LONGEST_NAME)
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(_Models).focus()
        self.action_refresh()
        self.set_interval(POLL_SECONDS, self._poll)

    def on_resize(self) -> None:
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape cancels a download if there is one."""
        return self._pulling is not None if action == "cancel" else True

    # Listing

    def action_refresh(self) -> None:
        self._begun += 1
        number = self._begun

        def work() -> None:
            models: Sequence[ModelInfo] = ()
            error: QAError | None = None
            try:
                models = self._list_models()
            except Exception as failure:  # noqa: BLE001 - the screen stays, and says it
                error = as_error(failure)
            self.post_message(self.Listed(number, models, error))

        self.run_worker(work, group="models", thread=True, exit_on_error=False)

    def _poll(self) -> None:
        if self._error and self._done == self._begun:
            self.action_refresh()

    @on(Listed)
    def _listed(self, event: Listed) -> None:
        if event.number != self._begun:
            return  # another listing began since, and may know more
        self._done, self._models, self._error = event.number, event.models, event.error
        pulled = next((model.name for model in self._models if is_named(model.name, self._pulled)), None)
        self._show(ModelChoice(pulled) if pulled else None)
        self._say_state(pulled)
        self._pulled = ""
        self._focus_what_comes_next()

    def _show(self, wanted: ModelChoice | None = None) -> None:
        """The highlight goes to `wanted`, else stays where it is, else goes to what is current."""
        models = self.query_one(_Models)
        wanted = wanted or self._highlighted() or self._current
        found = rows(self._models, self._current, self.size.width, translated=self._translated)
        self.query_one("#models-header", Static).update(header(self._models, self.size.width))
        models.set_options(map(_Choice, found))
        models.highlighted = next((at for at, row in enumerate(found) if _is(row.choice, wanted)), 0)

    def _highlighted(self) -> ModelChoice | None:
        """None if there was no model to choose from."""
        models = self.query_one(_Models)
        option = models.highlighted_option
        named = any(isinstance(one, _Choice) and one.choice and one.choice.name for one in models.options)
        return option.choice if named and isinstance(option, _Choice) else None

    def _say_state(self, pulled: str | None) -> None:
        wanted = self._current.name
        self.query_one(_Name).placeholder = one_line(self._offer())
        if self._error:
            self._say(self._error.message, f"{self._error.hint} This list fills by itself once Ollama answers.")
        elif pulled:
            self._say(f"{pulled} is ready.", "Enter chooses it.")
        elif not ranked(self._models):
            self._say("Ollama has no model that can answer.", f"Enter pulls {self._offer()}, or type another name.")
        elif self._missing():
            self._say(f"The model {wanted} is not installed.", "p and Enter pull it. Or choose another one.")
        else:
            self._say("", "“best” is the model that answers while none is chosen.")

    def _missing(self) -> bool:
        """Whether the model in the settings is not there."""
        wanted = self._current.name
        return wanted is not None and not any(is_named(model.name, wanted) for model in self._models)

    def _offer(self) -> str:
        """What Enter pulls if no name was typed."""
        return self._current.name or RECOMMENDED if self._missing() else RECOMMENDED

    def _focus_what_comes_next(self) -> None:
        """The name, if there is nothing to choose; a name that is being typed keeps the focus."""
        name = self.query_one(_Name)
        if self._error or name.value or self._pulling:
            return
        (self.query_one(_Models) if ranked(self._models) else name).focus()

    def _say(self, message: str, hint: str = "") -> None:
        for selector, text in (("#models-message", message), ("#models-hint", way_out(hint).replace(" (F4)", ""))):
            line = self.query_one(selector, Static)
            line.update(one_line(text))
            line.display = bool(text)

    # Choosing

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        if not isinstance(event.option, _Choice) or not self.is_current:
            return  # a second click, when the screen is gone already
        if self._pulling:
            text = f"The download of {one_line(self._pulling.model)} stopped. Pulling it again goes on from there."
            self.notify(text, markup=False)
        self.dismiss(event.option.choice)

    # Pulling

    def action_pull(self) -> None:
        self.query_one(_Name).focus()

    @on(Input.Submitted)
    async def _submitted(self, event: Input.Submitted) -> None:
        needed = not ranked(self._models) or self._missing()
        name = one_line(event.value) or (self._offer() if needed and not self._error else "")
        if self._pulling:
            self._say("A download is going on.", "Escape cancels it.")
        elif not name:
            self._say("Which model?", f"Type a name, such as {RECOMMENDED}. All names: https://ollama.com/library")
        else:
            self._say("")
            self._pulling = ModelPull(name, self._pull)
            await self.mount(self._pulling, after="#models-hint")
            self.query_one(_Models).focus()
            self.refresh_bindings()

    @on(ModelPull.Ended)
    async def _ended(self, event: ModelPull.Ended) -> None:
        if event.pull is not self._pulling:
            return  # cancelled
        await self._remove_pull()
        if event.error:
            self._say(event.error.message, event.error.hint)
            return
        self._pulled = event.pull.model
        self.query_one(_Name).clear()
        self.action_refresh()

    @on(ModelPull.Cancel)
    async def action_cancel(self) -> None:
        """Ollama keeps what it has; a server that hangs is not waited for."""
        if self._pulling:
            self._say(f"The download of {self._pulling.model} was cancelled.", "Pulling it again goes on from there.")
            await self._remove_pull()

    async def _remove_pull(self) -> None:
        if self._pulling:
            pulling, self._pulling = self._pulling, None
            await pulling.remove()
            self.refresh_bindings()


def _is(choice: ModelChoice | None, wanted: ModelChoice) -> bool:
    return choice is not None and (choice == wanted or is_named(choice.name or "", wanted.name))


ALL_KEYS: Sequence[BindingType] = (*_Models.BINDINGS, *_Name.BINDINGS, *ModelsScreen.BINDINGS)
"""Those of the list and of the field, then the screen's."""
