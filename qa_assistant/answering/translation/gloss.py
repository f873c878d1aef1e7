"""Quotes in the reader's language: each translated, checked, tried once more with other examples, else left out."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from qa_assistant.answering.engine import Completer
from qa_assistant.answering.tokens import estimate_tokens
from qa_assistant.answering.translation.gloss_checks import Translation, TranslationChecker
from qa_assistant.answering.translation.gloss_prompt import ATTEMPTS, STOP, languages, prompt
from qa_assistant.display import one_line
from qa_assistant.errors import ModelError, QAError
from qa_assistant.language import detect
from qa_assistant.records import Answer, Citation, Glossed, Glossing, Notice

if TYPE_CHECKING:
    from qa_assistant.answering.local_model.embedded import Embedded

MOST_WORDS = 35
"""Of a quote; no translation of a longer one was good enough to be shown."""

TIMES_AS_LONG = 2
"""Tokens that a translation may have for each (estimated) token of its quote."""


def with_glosses(
    answer: Answer, embedded: Embedded, checker: Callable[[], TranslationChecker]
) -> Generator[Glossing | Glossed | Notice, None, Answer]:
    """`answer` with the translations of its quotes that bear comparison with them; as it was if there is no model."""
    todo = [citation.number for citation in answer.citations if needs_gloss(citation, answer.language)]
    if not todo:
        return answer
    yield Glossing(answer)
    model = embedded.loaded()
    yield from map(Notice, embedded.notices())
    if model is None:
        return answer
    try:
        comparing = checker()
    except QAError as error:  # what is not checked is not shown
        yield Notice(f"{error.message} {error.hint}")
        return answer
    return (yield from _translated(answer, todo, model, comparing))


def _translated(
    answer: Answer, todo: list[int], model: Completer, checker: TranslationChecker
) -> Generator[Glossed | Notice, None, Answer]:
    found: dict[int, str | None] = {}
    try:
        for citation in answer.citations:
            if citation.number in todo:
                text = gloss(citation.quote, language_of(citation), answer.language, model, checker)
                found[citation.number] = text
                yield Glossed(citation.number, text)
    except ModelError as error:
        yield Notice(f"{error.message} {error.hint}")
    citations = tuple(replace(citation, gloss=found.get(citation.number)) for citation in answer.citations)
    return replace(answer, citations=citations)


def needs_gloss(citation: Citation, language: str) -> bool:
    """Whether a quote is in another language than the reader's, and there are examples in both."""
    source = language_of(citation)
    return source != language and {source, language} <= languages() and len(citation.quote.split()) <= MOST_WORDS


def language_of(citation: Citation) -> str:
    """ISO 639-1: of the quote itself, else of its article; empty if nobody knows."""
    return detect(citation.quote, default=citation.article.metadata.language) or ""


def gloss(quote: str, source: str, target: str, model: Completer, checker: TranslationChecker) -> str | None:
    """`quote` (in `source`) in `target`, or None if no attempt bears comparison with it. Raises ModelError."""
    for attempt in range(len(ATTEMPTS)):
        found = translate(quote, source, target, attempt, model)
        if not any(checker.faults(found, quote, source, target)):
            return found.text
    return None


def translate(quote: str, source: str, target: str, attempt: int, model: Completer) -> Translation:
    """What the model writes, on one line, unchecked; without text if it did not come to an end."""
    most = TIMES_AS_LONG * estimate_tokens(quote) + 16
    with closing(model.complete(prompt(quote, source, target, attempt), most_tokens=most, stop=STOP)) as reply:
        chunks = list(reply)
    last = chunks[-1]
    text = "" if last.done_reason == "length" else one_line("".join(chunk.text for chunk in chunks))
    return Translation(text, last.logprob, last.least_logprob)
