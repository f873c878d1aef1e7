"""One question and its answer: a single widget, however long the answer, so that hundreds of them cost nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

from qa_assistant.answering.phrases import NONE_INDEXED, NONE_PASSES
from qa_assistant.answering.writing import HOW_TO_GET_WRITTEN_ANSWERS
from qa_assistant.display import one_line
from qa_assistant.errors import QAError
from qa_assistant.records import (
    SURE,
    UNSURE,
    Answer,
    AnswerSentence,
    Checked,
    Citation,
    Cited,
    Event,
    Finished,
    Glossed,
    Glossing,
    Held,
    Hit,
    Notice,
    Retrieved,
    Rewritten,
    Started,
    TextDelta,
    Usage,
    Withdrawn,
)
from qa_assistant.references import DOUBTED, doubts, unfinished, with_doubts
from qa_assistant.sessions.records import StoredTurn
from qa_assistant.tui.answer_text import literal, markdown, summed_up
from qa_assistant.tui.reporting import way_out
from qa_assistant.tui.sources_pane import chosen_of

_REPAINT_SECONDS = 0.05
"""Text that streams in is shown this often: a reader sees no difference, a key press comes in between."""

_FAILED = "This question failed. ↑ brings it back, to be asked again."

_WAYS_OUT = {
    NONE_INDEXED: " F5 indexes the files of the corpus.",
    NONE_PASSES: " F6, Ctrl+L, Enter: ask all of them.",
}

_QUESTION = Style(bold=True)
_ASIDE = Style(dim=True)
_WARNING = Style(italic=True)
_COUNTED = "{} marks what no passage bears: {}. {} tells why."


class TurnView(Static, can_focus=True):
    """Shows a turn while it is answered, and after. `hits` and `citations` are what the sources beside it show."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(n), f"cite({n})", "Source", show=n == 1, key_display="1–9") for n in range(1, 10)),
        Binding("left", "beside(-1)", "Source before, after", show=False),
        Binding("right", "beside(1)", "Source before, after", show=False),
        Binding("enter", "act('article')", "Article"),
        Binding("o", "act('open')", "Open file"),
        Binding("y", "act('copy')", "Copy quote"),
        Binding("c", "act('answer')", "Copy answer", tooltip="Copy answer with its references", show=False),
        Binding("w", "why", "Why marked"),
        Binding("tab", "screen.focus_sources", "Sources"),
        Binding("p", "screen.step(-1)", "Previous answer", show=False),
        Binding("n", "screen.step(1)", "Next answer", show=False),
    ]

    @dataclass
    class Chosen(Message):
        """A citation was chosen by key or mouse; `number` is None if only the turn was."""

        view: TurnView
        number: int | None

    @dataclass
    class Act(Message):
        """`article`, `open`, `copy` or `answer` is asked for, for the chosen citation or the answer."""

        view: TurnView
        what: str

    def __init__(self, question: str, state: str = "", filters: str = "") -> None:
        """`state` is what is done first; without it nothing is. `filters` says in words which articles are asked."""
        super().__init__(markup=False)
        self.question = question
        self.rewritten: str | None = None
        self.hits: tuple[Hit, ...] = ()
        self.citations: list[Citation] = []
        self.answer: Answer | None = None
        self.stopped = False
        self.selected: int | None = None
        self._text: list[str] = []
        self._sentences: list[AnswerSentence] = []
        self._explained = False
        self._kind = "quotes"
        self._model: str | None = None
        self._confidence = 0.0
        self._state = state
        self._filters = filters
        self._notices: list[str] = []
        self._scheduled = False

    @classmethod
    def stored(cls, turn: StoredTurn) -> TurnView:
        """A turn of an earlier session."""
        view = cls(turn.question)
        if turn.answer:
            view._finish(turn.answer)
        elif not turn.stopped:
            view._notices.append(_FAILED)
        view.stopped = turn.stopped
        return view

    @property
    def running(self) -> bool:
        return not self.stopped and bool(self._state)

    @property
    def text(self) -> str:
        """What was answered so far."""
        return self.answer.text if self.answer else "".join(self._text)

    def on_mount(self) -> None:
        self._repaint()

    def on_resize(self) -> None:
        if self._kind != "quotes":
            self._schedule()  # items of lists are wrapped to this width

    def take(self, event: Event) -> None:
        """Shows one event. After `stop()` nothing more is taken."""
        if self.stopped:
            return
        match event:
            case Rewritten(question):
                self.rewritten = question
            case Retrieved(hits, confidence):
                self.hits, self._confidence = hits, confidence
                self._state = f"Reading {len(hits)} passages …"
            case Started(kind, model):
                self._kind, self._model = kind, model
                self._state = f"{one_line(model)} is reading {len(self.hits)} passages …" if model else self._state
            case Held() | TextDelta():
                self._writes(event)
            case Cited(citation):
                self.citations.append(citation)
            case Checked(sentence):
                self._sentences.append(sentence)
            case Withdrawn():
                self._text, self._sentences, self.citations = [], [], []
            case Notice(text) if text != HOW_TO_GET_WRITTEN_ANSWERS:  # the status line says it all the time
                self._notices.append(way_out(text) + _WAYS_OUT.get(text, ""))
            case Glossing(answer) | Finished(answer):
                self._finish(answer)
                self._state = "Translating the quotes …" if isinstance(event, Glossing) else ""
            case Glossed(number, gloss):
                self._gloss(number, gloss)
        self._schedule()

    def _writes(self, event: Held | TextDelta) -> None:
        if isinstance(event, TextDelta):
            self._text.append(event.text)
        self._state = f"{one_line(self._model)} is writing …" if self._model else self._state

    def fail(self, error: QAError) -> None:
        """What came stays; what happened and the way out are below it."""
        self._break_off()
        self._notices += [part for part in (error.message, way_out(error.hint)) if part]
        self._state = ""
        self._schedule()

    def stop(self) -> None:
        """What came stays. An answer whose quotes were being translated is complete without that."""
        self.stopped = self.answer is None
        self._break_off()
        self._state = ""
        self._schedule()

    def _break_off(self) -> None:
        if self.answer is None:
            self._sentences += unfinished(self.text, self._sentences)

    def kept(self) -> Answer | None:
        """The answer, or what came of one that was stopped or broke off; None if nothing came."""
        if self.answer or not self._text:
            return self.answer
        return Answer(
            question=self.question,
            language="",
            status="answered",
            kind=self._kind,
            model=self._model,
            text=self.text,
            sentences=tuple(self._sentences),
            citations=tuple(self.citations),
            hits=self.hits,
            confidence=self._confidence,
            usage=Usage(),
            timings_ms={},
            standalone_question=self.rewritten,
        )

    def select(self, number: int | None) -> None:
        """Shows citation `number` as the chosen one."""
        if number != self.selected:
            self.selected = number
            self._schedule()

    def chosen(self) -> Citation | None:
        """The chosen citation, else the first."""
        return chosen_of(self.citations, self.selected)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would do nothing are not in the footer."""
        if action == "why":
            return bool(doubts(self._sentences))
        needs_citation = action == "cite" or (action == "act" and parameters != ("answer",))
        return bool(self.citations) if needs_citation else super().check_action(action, parameters)

    def on_focus(self) -> None:
        self._schedule()
        self.post_message(self.Chosen(self, self.selected))

    def on_blur(self) -> None:
        self._schedule()

    def action_cite(self, number: int) -> None:
        if any(citation.number == number for citation in self.citations):
            self.post_message(self.Chosen(self, number))

    def action_beside(self, by: int) -> None:
        """Chooses the citation before or after the chosen one: there may be more than there are digits."""
        numbers = sorted(citation.number for citation in self.citations)
        at = numbers.index(self.selected) + by if self.selected in numbers else min(by, 0)
        if numbers:
            self.post_message(self.Chosen(self, numbers[at % len(numbers)]))

    def action_why(self) -> None:
        """Shows or hides why sentences are marked."""
        self._explained = not self._explained
        self._schedule()

    def action_act(self, what: str) -> None:
        self.post_message(self.Act(self, what))

    def _finish(self, answer: Answer) -> None:
        self.answer, self.hits = answer, answer.hits
        self.citations = list(answer.citations)
        self._sentences = list(answer.sentences)
        self.refresh_bindings()
        self._kind, self._state = answer.kind, ""
        self.rewritten = answer.standalone_question

    def _gloss(self, number: int, gloss: str | None) -> None:
        self.citations = [replace(one, gloss=gloss) if one.number == number else one for one in self.citations]
        self.answer = self.answer and replace(self.answer, citations=tuple(self.citations))

    def _schedule(self) -> None:
        """Repaints soon, and once for all that happens until then."""
        if self.is_mounted and not self._scheduled:
            self._scheduled = True
            self.set_timer(_REPAINT_SECONDS, self._repaint)

    def _repaint(self) -> None:
        self._scheduled = False
        self.update(self._content())

    def _content(self) -> Content:
        parts: list[Content | tuple[str, Style] | str] = [(f"❯ {one_line(self.question)}\n", _QUESTION)]
        if self.rewritten:
            parts.append((f"  asked as: {one_line(self.rewritten)}\n", _ASIDE))
        if self.answer.unsure if self.answer else self.citations and self._confidence < SURE:
            parts.append((f"\n! {UNSURE}\n", _WARNING))
        if self.text:
            parts += ["\n", self._body(), "\n"]
        if aside := self._aside():
            parts += ["\n", (aside, _ASIDE)]
        if doubtful := doubts(self._sentences):
            keys = "w" if self.has_focus else "Tab, w"  # in the question `w` is a letter
            told = doubtful if self._explained else [_COUNTED.format(DOUBTED, len(doubtful), keys)]
            parts += [(f"\n{line}", _WARNING) for line in told]
        parts += [(f"\n! {one_line(notice)}", _WARNING) for notice in self._notices]
        return Content.assemble(*parts)

    def _body(self) -> Content:
        numbers = {citation.number for citation in self.citations}
        if self._kind != "quotes":
            doubted = with_doubts(self.text, self._sentences)
            return markdown(doubted, numbers, self.selected, width=self.content_size.width)
        glosses = {citation.number: citation.gloss for citation in self.citations if citation.gloss}
        return literal(self.text, numbers, self.selected, glosses=glosses)

    def _aside(self) -> str:
        """Who answered, from what and how fast; or what is going on."""
        if self.stopped:
            return "Stopped."
        return self._state if self.answer is None or self._state else summed_up(self.answer, self._filters)
