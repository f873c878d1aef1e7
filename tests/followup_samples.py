"""A conversation, and a question that builds on it."""

from __future__ import annotations

from qa_assistant.records import Turn

FIRST = "What did Bayramov and Takei discuss?"
FOLLOW_UP = "And what about energy?"
BY_RULE = f"{FIRST} {FOLLOW_UP}"
HISTORY = (Turn(FIRST, "They discussed energy and investments. [1][2]"),)
