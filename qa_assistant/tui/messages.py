"""What workers tell the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from qa_assistant.answering.model_state import ModelState
    from qa_assistant.errors import QAError
    from qa_assistant.ingestion.changes import Progress
    from qa_assistant.ingestion.ingest import Report
    from qa_assistant.ingestion.status import CorpusStatus
    from qa_assistant.records import Event
    from qa_assistant.tui.turn_view import TurnView


@dataclass
class Opening(Message):
    """The index and the embedding model are being opened; `progress` if the index is being built for that."""

    progress: Progress | None = None


@dataclass
class Opened(Message):
    """Questions can be answered, unless there is an `error`; with a `report` if the index was built for that."""

    error: QAError | None = None
    report: Report | None = None


@dataclass
class AnswerEvent(Message):
    """One event of `Assistant.ask()` for the turn shown by `view`."""

    view: TurnView
    event: Event


@dataclass
class AnswerFailed(Message):
    view: TurnView
    error: QAError


@dataclass
class CorpusSeen(Message):
    """What the index holds, and how many files changed since."""

    status: CorpusStatus


@dataclass
class CorpusGone(Message):
    """The corpus cannot be read; the index, if there is one, can be asked nevertheless."""

    error: QAError


@dataclass
class ModelSeen(Message):
    """Whether a language model can answer, and which."""

    state: ModelState


@dataclass
class Updating(Message):
    """How far an update of the index is."""

    progress: Progress


@dataclass
class Updated(Message):
    """An update of the index ended: with a `report`, or with an `error`."""

    report: Report | None
    error: QAError | None = None
