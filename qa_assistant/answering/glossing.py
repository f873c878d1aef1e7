"""An answer of quotes, translated quote by quote while it is already read."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import TYPE_CHECKING

from qa_assistant.answering.gloss import gloss, language_of, needs_gloss
from qa_assistant.errors import ModelError, QAError
from qa_assistant.records import Answer, Glossed, Glossing, Notice

if TYPE_CHECKING:
    from qa_assistant.answering.embedded import Embedded
    from qa_assistant.answering.engine import Completer
    from qa_assistant.answering.gloss_checks import Judge


def with_glosses(
    answer: Answer, embedded: Embedded, judge: Callable[[], Judge]
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
        comparing = judge()
    except QAError as error:  # what is not checked is not shown
        yield Notice(f"{error.message} {error.hint}")
        return answer
    return (yield from _translated(answer, todo, model, comparing))


def _translated(
    answer: Answer, todo: list[int], model: Completer, judge: Judge
) -> Generator[Glossed | Notice, None, Answer]:
    found: dict[int, str | None] = {}
    try:
        for citation in answer.citations:
            if citation.number in todo:
                text = gloss(citation.quote, language_of(citation), answer.language, model, judge)
                found[citation.number] = text
                yield Glossed(citation.number, text)
    except ModelError as error:
        yield Notice(f"{error.message} {error.hint}")
    citations = tuple(replace(citation, gloss=found.get(citation.number)) for citation in answer.citations)
    return replace(answer, citations=citations)
