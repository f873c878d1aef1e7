"""A follow-up question to one that stands alone: a rule says whether it is one, a language model says how.

Left to say it itself, a model of 1.5 billion parameters repeated every follow-up word for word.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from qa_assistant.answering.followup_rule import by_rule, is_follow_up
from qa_assistant.answering.question_language import known_language, likely_language
from qa_assistant.answering.reasoning import Reasoning
from qa_assistant.display import harmless, one_line
from qa_assistant.errors import ModelError
from qa_assistant.language import detect
from qa_assistant.records import Turn
from qa_assistant.references import without_marks
from qa_assistant.settings import Settings

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from qa_assistant.answering.engine import Engine

TURNS = 3
"""How many of the last turns a question may refer to."""

REPLY_TOKENS = 96
MOST_ANSWER_CHARACTERS = 600
"""Of each earlier answer: enough for the names in it."""

MOST_TIMES_AS_LONG = 3
"""A rewriting longer than so many times the question and the one before is chatter."""

STANDALONE_PARTS: Mapping[str, frozenset[str]] = {
    "system": frozenset(),
    "user": frozenset({"history", "question", "language"}),
}

_QUOTED = re.compile(r'["“„«](.+)["“”»]')
_QUESTION_MARKS = ("?", "؟", "？", "\u037e")


def language_of(question: str, history: Sequence[Turn]) -> str:
    """ISO 639-1: the language of `question`; if so few words do not tell, of the latest question that does."""
    asked = (question, *(turn.question for turn in reversed(history)))
    return next(filter(None, map(known_language, asked)), None) or likely_language(question) or "en"


def standalone(
    question: str,
    language: str,
    history: Sequence[Turn],
    settings: Settings,
    engine: Callable[[], AbstractContextManager[Engine] | None],
) -> str:
    """`question` with what it leaves to `history` (oldest first) put in; unchanged if it already stands alone.

    Only for a follow-up an `engine` is looked for. Without one, or if it fails, or writes what is a follow-up still,
    the question is put together by rule.
    """
    if not history or not is_follow_up(question):
        return question
    found = engine()
    rewritten = _by_model(question, language, history[-TURNS:], settings, found) if found else None
    return rewritten if rewritten and not is_follow_up(rewritten) else by_rule(question, history)


def accepted(reply: str, question: str, language: str, before: str) -> str | None:
    """The question that a model's whole `reply` is, or None if it is anything else.

    It must be one harmless line in `language`, a question if `question` was one, and not far longer than that and
    the question `before`.
    """
    reasoning = Reasoning()
    text = (reasoning.feed(reply) + reasoning.close()).strip()
    if reasoning.restarted or "\n" in text or harmless(text) != text:
        return None
    text = one_line(text)
    text = quoted[1].strip() if (quoted := _QUOTED.fullmatch(text)) else text
    fits = len(text) <= MOST_TIMES_AS_LONG * (len(question) + len(before))
    asks = text.endswith(_QUESTION_MARKS) or not question.endswith(_QUESTION_MARKS)
    says = any(char.isalnum() for char in text)
    return text if fits and asks and says and detect(text, default=language) == language else None


def _by_model(
    question: str,
    language: str,
    history: Sequence[Turn],
    settings: Settings,
    engine: AbstractContextManager[Engine],
) -> str | None:
    """What the model makes of the question; None if it cannot, or not within its bounds."""
    try:
        with engine as server:
            model = server.choose(settings.model).name
            # As for the answer: with another context Ollama would load the model anew.
            context = min(settings.context_tokens, server.context_length(model))
            messages = _messages(question, language, history, context - REPLY_TOKENS)
            if not messages:
                return None
            with closing(server.chat(model, messages, context_tokens=context, answer_tokens=REPLY_TOKENS)) as chat:
                chunks = list(chat)
    except ModelError:
        return None  # what is wrong is said when the answer is asked for
    if not chunks or chunks[-1].done_reason == "length":
        return None
    reply = "".join(chunk.text for chunk in chunks)
    return accepted(reply, question, language, history[-1].question)


def _messages(question: str, language: str, history: Sequence[Turn], room: int) -> list[dict[str, str]]:
    """The prompt with as many of the last turns as fit into `room` tokens; empty if not even one does."""
    from qa_assistant.answering.languages import language_name
    from qa_assistant.answering.prompting import defused, fill
    from qa_assistant.answering.tokens import estimate_messages

    parts = _load_prompt()
    turns = [f"Question: {_line(turn.question)}\nAnswer: {_line(turn.answer)}" for turn in history]
    values = {"question": defused(question), "language": language_name(language)}
    for first in range(len(turns)):
        user = fill(parts["user"], values | {"history": defused("\n\n".join(turns[first:]))})
        messages = [{"role": "system", "content": parts["system"]}, {"role": "user", "content": user}]
        if estimate_messages(messages) <= room:
            return messages
    return []


def _line(text: str) -> str:
    return one_line(without_marks(text))[:MOST_ANSWER_CHARACTERS]


@functools.lru_cache(maxsize=1)
def _load_prompt() -> Mapping[str, str]:
    from qa_assistant.answering.prompting import load_prompt

    return load_prompt("standalone", STANDALONE_PARTS)
