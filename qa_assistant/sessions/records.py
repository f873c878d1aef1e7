"""What a chat session is made of: frozen records. Times are UTC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from qa_assistant.records import Answer, Turn


@dataclass(frozen=True, slots=True)
class Session:
    """A titled row of questions and answers; `updated` is when the last question was asked."""

    id: int
    title: str
    created: datetime
    updated: datetime
    turns: int
    """How many questions it has."""


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A question and what came of it; `ordinal` counts from 1 in its session."""

    ordinal: int
    question: str
    answer: Answer | None
    """As `answer_json.from_dict` restores it, finished or not; None if nothing came."""
    stopped: bool
    """Whether the user stopped it."""
    asked_at: datetime


def history_of(answers: Iterable[Answer | None]) -> tuple[Turn, ...]:
    """What a question after these answers of a session may refer to, oldest first."""
    return tuple(
        Turn(answer.standalone_question or answer.question, answer.text)
        for answer in answers
        if answer and answer.status == "answered"
    )
