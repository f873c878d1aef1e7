"""What an evaluation is of: which questions, over which index, answered by whom."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa_assistant.cli.context import Context, note
from qa_assistant.errors import NoModel, QuestionsError

if TYPE_CHECKING:
    from qa_assistant.assistant import Assistant
    from qa_assistant.evaluation.records import Case
    from qa_assistant.settings import Settings


@dataclass(frozen=True, slots=True)
class Subject:
    """`name` is what the questions are called; the settings of `assistant` say who answers, and never `auto`."""

    name: str
    cases: tuple[Case, ...]
    assistant: Assistant


def opened(
    context: Context,
    questions: Path,
    squad: Path | None,
    passages: Path | None,
    tags: Collection[str],
    options: Mapping[str, str | int | None],
) -> Subject:
    """The cases that have one of `tags` (all of them without any), and an assistant over the index they are about.

    With `squad` the index is one of the file's own paragraphs, or those of `passages`, built if need be. Raises
    QuestionsError for a file that holds no questions, ModelError if a language model is asked for and is not there.
    """
    from qa_assistant.assistant import Assistant
    from qa_assistant.cli.context import ingested
    from qa_assistant.evaluation.cases import load_cases

    settings = context.load(**options).settings
    name = str(squad or questions)
    if squad:
        from qa_assistant.evaluation.squad import index_folder, load

        found = load(squad, passages)
        cases, settings = found.cases, index_folder(found.paragraphs, settings)
    elif questions.exists():
        cases = load_cases(questions)
    else:
        write = f"qa-assistant eval --init {shlex.quote(str(questions))}"
        raise QuestionsError(f"There is no {questions}.", hint=f"Write one: {write}")
    if tags:
        cases = tuple(case for case in cases if set(tags) & set(case.tags))
    if not cases:
        raise click.UsageError(f"No case of {name} has the tag {' or '.join(sorted(tags))}.")
    settings = settled(settings)
    return Subject(name, cases, Assistant(ingested(settings, always=squad is not None)))


def settled(settings: Settings) -> Settings:
    """`auto` and a model left open become what they mean now. Raises ModelError if what is asked for is not there."""
    if settings.answer_with in ("quotes", "llamacpp"):
        return replace(settings, model="", gloss=False)
    from qa_assistant.answering.llm import Ollama, reachable

    if settings.answer_with == "auto" and not reachable():
        note("No Ollama is running: the answers are sentences of the articles.")
        return replace(settings, answer_with="quotes", model="")
    try:
        with Ollama(timeout=settings.timeout) as server:
            return replace(settings, answer_with="ollama", model=server.choose(settings.model).name)
    except NoModel as error:
        if settings.answer_with == "ollama" or settings.model:
            raise
        note(f"{error.message} The answers are sentences of the articles.")
        return replace(settings, answer_with="quotes")
