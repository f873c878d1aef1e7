"""What workers tell the screen."""

from __future__ import annotations

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


class Opening(Message):
    """The index and the embedding model are being opened; `progress` if the index is being built for that."""

    def __init__(self, progress: Progress | None = None) -> None:
        super().__init__()
        self.progress = progress


class Opened(Message):
    """Questions can be answered, unless there is an `error`."""

    def __init__(self, error: QAError | None = None) -> None:
        super().__init__()
        self.error = error


class AnswerEvent(Message):
    """One event of `Assistant.ask()` for the turn shown by `view`."""

    def __init__(self, view: TurnView, event: Event) -> None:
        super().__init__()
        self.view = view
        self.event = event


class AnswerFailed(Message):
    def __init__(self, view: TurnView, error: QAError) -> None:
        super().__init__()
        self.view = view
        self.error = error


class CorpusSeen(Message):
    """What the index holds, and how many files changed since."""

    def __init__(self, status: CorpusStatus) -> None:
        super().__init__()
        self.status = status


class CorpusGone(Message):
    """The corpus cannot be read; the index, if there is one, can be asked nevertheless."""

    def __init__(self, error: QAError) -> None:
        super().__init__()
        self.error = error


class ModelSeen(Message):
    """Whether a language model can answer, and which."""

    def __init__(self, state: ModelState) -> None:
        super().__init__()
        self.state = state


class Updating(Message):
    """How far an update of the index is."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress


class Updated(Message):
    """An update of the index ended: with a `report`, or with an `error`."""

    def __init__(self, report: Report | None, error: QAError | None = None) -> None:
        super().__init__()
        self.report = report
        self.error = error
