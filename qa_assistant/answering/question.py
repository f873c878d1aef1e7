"""What can be asked."""

from __future__ import annotations

from qa_assistant.display import one_line
from qa_assistant.errors import QuestionError

MOST_CHARACTERS = 4_000
"""Of a question; what is longer would crowd out the passages."""


def checked(question: str) -> str:
    """The question on one line, harmless. Raises QuestionError if it has no word, or far too many."""
    cleaned = one_line(question)
    if not any(char.isalnum() for char in cleaned):
        what = "has no words" if cleaned else "is empty"
        raise QuestionError(f"The question {what}.", hint="Ask one, such as: What did they discuss?")
    if len(cleaned) > MOST_CHARACTERS:
        raise QuestionError(
            f"The question has {len(cleaned)} characters; at most {MOST_CHARACTERS} are read.", hint="Shorten it."
        )
    return cleaned
