"""A second language model that says whether an answer is right. Off by default; what it says is no part of passing."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING

from qa_assistant.answering.prompting import defused, fill, load_prompt
from qa_assistant.answering.reasoning import first_word
from qa_assistant.answering.tokens import estimate_messages
from qa_assistant.display import one_line
from qa_assistant.errors import ModelError
from qa_assistant.evaluation.records import Case
from qa_assistant.records import Answer
from qa_assistant.references import without_marks

if TYPE_CHECKING:
    from qa_assistant.settings import Settings

PARTS: Mapping[str, frozenset[str]] = {
    "system": frozenset(),
    "user": frozenset({"question", "expected", "given"}),
}
MOST_CHARACTERS = 4_000
"""Of a given answer."""

REPLY_TOKENS = 256
"""Room for a model that reasons before it says the word."""


class Judge:
    """Asks the model `wanted` in Ollama. Raises ModelError if it is not there, PromptError for a broken prompt."""

    def __init__(self, settings: Settings, wanted: str) -> None:
        from qa_assistant.answering.llm import Ollama

        self._settings = settings
        self._parts = load_prompt("judge", PARTS)
        with Ollama(timeout=settings.timeout) as server:
            self.model = server.choose(wanted).name
            self._context = min(settings.context_tokens, server.context_length(self.model))

    def is_right(self, case: Case, answer: Answer) -> bool | None:
        """Its verdict; None if it gave none. Raises ModelError."""
        from qa_assistant.answering.llm import Ollama

        values = {
            "question": answer.standalone_question or case.question,
            "expected": _expected(case),
            "given": without_marks(answer.text)[:MOST_CHARACTERS],
        }
        user = fill(self._parts["user"], {name: defused(one_line(text)) for name, text in values.items()})
        messages = ({"role": "system", "content": self._parts["system"]}, {"role": "user", "content": user})
        if estimate_messages(messages) > self._context - REPLY_TOKENS:
            raise ModelError(f"{self.model} has no room for the question and answer.", hint="Raise context_tokens.")
        with Ollama(timeout=self._settings.timeout) as server:
            chat = server.chat(self.model, messages, context_tokens=self._context, answer_tokens=REPLY_TOKENS)
            with closing(chat):
                return verdict("".join(chunk.text for chunk in chat))


def verdict(reply: str) -> bool | None:
    """What a model's whole reply says: CORRECT or WRONG first, once its reasoning is taken away; else None."""
    return {"CORRECT": True, "WRONG": False}.get(first_word(reply))


def _expected(case: Case) -> str:
    facts = "; ".join(" or ".join(fact) for fact in case.facts).replace("*", "")
    if case.answer and facts:
        return f"{case.answer} (It must say: {facts})"
    return case.answer or facts or " ".join(one.quote for one in case.cites)
