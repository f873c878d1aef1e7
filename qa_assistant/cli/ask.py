"""`ask`: one question, answered once."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

import click

from qa_assistant.cli.context import Context, filter_options, filters, note
from qa_assistant.display import harmless, one_line, to_json
from qa_assistant.errors import QAError
from qa_assistant.references import DOUBTED, MACHINE_TRANSLATION, describe, doubts, source, unfinished
from qa_assistant.settings import ANSWER_WITH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qa_assistant.assistant import Assistant
    from qa_assistant.records import Answer, AnswerSentence, Citation, Event, Filters

NO_ANSWER = 3
_MOST_BYTES = 1_000_000
"""Read from stdin: far more than a question may have, and little enough to be held in memory."""


@click.command("ask")
@click.argument("question")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.option("--top-k", type=click.IntRange(1, 50), metavar="N", help="Passages given to the language model.")
@click.option("--model", metavar="NAME", help="Language model in Ollama.")
@click.option("--answer-with", type=click.Choice(ANSWER_WITH), help="Who answers.")
@filter_options
@click.option("--strict", is_flag=True, help="Leave out sentences that no passage supports.")
@click.pass_obj
def command(
    context: Context,
    question: str,
    as_json: bool,
    top_k: int | None,
    model: str | None,
    answer_with: str | None,
    since: str | None,
    until: str | None,
    agency: str | None,
    strict: bool,
) -> int:
    """Answer QUESTION once, with cited passages; - reads it from stdin.

    Exit code 3 if the corpus does not answer it.
    """
    wanted = filters(since, until, agency)
    if question == "-":
        piped = sys.stdin.buffer.read(_MOST_BYTES + 1)
        if len(piped) > _MOST_BYTES:
            raise click.UsageError("The question is far too long.")
        question = piped.decode("utf-8", "replace")
    if not question.strip():
        raise click.UsageError("The question is empty.")
    with context.assistant(top_k=top_k, model=model, answer_with=answer_with) as assistant:
        answer = _ask(assistant, question, wanted, strict=strict, show=not as_json)
        from qa_assistant.sessions.last_answer import remember

        remember(answer, wanted)
        if as_json:
            from qa_assistant.answer_json import as_dict

            click.echo(to_json(as_dict(answer)))
        context.note_changes(assistant)
    return 0 if answer.status == "answered" else NO_ANSWER


def _ask(assistant: Assistant, question: str, wanted: Filters, *, strict: bool, show: bool) -> Answer:
    """Runs the question; with `show`, text is printed as it comes, then what it cites and what is wrong with it."""
    from qa_assistant.records import Finished, Notice

    printed = _Printed() if show else None
    try:
        with closing(assistant.ask(question, wanted, strict=strict)) as events:
            for event in events:
                if printed:
                    printed.take(event)
                elif isinstance(event, Notice):
                    note(event.text)
                if isinstance(event, Finished):
                    return event.answer
    except (QAError, KeyboardInterrupt):
        if printed:
            printed.break_off()
        raise
    finally:
        if printed:
            printed.say_late_notices()
    raise AssertionError("ask() ended without Finished")


def _nearest(answer: Answer) -> None:
    """Where there is no answer, what is nearest to one; where it is not sure that there is one, that."""
    from qa_assistant.records import UNSURE

    if answer.unsure:
        note(UNSURE)
    if answer.status == "no_answer" and answer.hits:
        click.echo("Nearest, but no answer:")
        for hit in answer.hits[:3]:
            click.echo(f"  {describe(hit.article)}: {one_line(hit.passage.text)[:100]} …")


class _Printed:
    """The answer on stdout, as it comes, with a mark behind each sentence that no passage bears, and its sources.

    Nothing is printed before the first sentence that one does: what may be withdrawn must not be on stdout.
    """

    def __init__(self) -> None:
        self._held: list[str] | None = []
        """What may be withdrawn still; None once text is on stdout, which may end in the midst of a line."""
        self._kind = ""
        self._text = ""
        self._sentences: list[AnswerSentence] = []
        self._citations: list[Citation] = []
        self._sources: _Sources | None = None
        self._late: list[str] = []
        """Notices that would stand in the midst of a sentence."""

    def break_off(self) -> None:
        """What an answer cites so far that will not be finished."""
        if self._held is None:
            if rest := unfinished(self._text, self._sentences):
                self._print(f" {DOUBTED}")
            (self._sources or _Sources(self._kind, [*self._sentences, *rest], self._citations)).close()

    def say_late_notices(self) -> None:
        for text in self._late:
            note(text)

    def take(self, event: Event) -> None:
        from qa_assistant.records import (
            Checked,
            Cited,
            Finished,
            Glossed,
            Glossing,
            Notice,
            Started,
            TextDelta,
            Withdrawn,
        )

        match event:
            case Started(kind, _):
                self._kind = kind
            case TextDelta(text):
                self._text += text
                self._print(harmless(text))
            case Cited(citation):
                self._citations.append(citation)
            case Checked(sentence):
                self._sentences.append(sentence)
                if sentence.support == "supported":
                    self._release()
                else:
                    self._print(f" {DOUBTED}")
            case Withdrawn():
                self._held, self._text, self._sentences, self._citations = [], "", [], []
            case Glossing(answer):
                self._release()
                self._sources = _Sources.of(answer)
            case Glossed(number, gloss) if self._sources:
                self._sources.until(number, gloss)
            case Finished(answer):
                self._release()
                (self._sources or _Sources.of(answer)).close()
                _nearest(answer)
            case Notice(text) if self._held is None and not self._sources:
                self._late.append(text)
            case Notice(text):
                note(text)
            case _:
                pass

    def _release(self) -> None:
        held, self._held = self._held, None
        self._print("".join(held or []))

    def _print(self, text: str) -> None:
        if self._held is not None:
            self._held.append(text)
            return
        click.echo(text, nl=False)
        sys.stdout.flush()


class _Sources:
    """Prints each citation with its place; its words too, unless they are the answer itself; and its translation."""

    def __init__(self, kind: str, sentences: Sequence[AnswerSentence], citations: Sequence[Citation]) -> None:
        self._kind = kind
        self._left = list(citations)
        click.echo()
        if lines := doubts(sentences):
            click.echo("\n" + "\n".join(lines))
        click.echo()

    @classmethod
    def of(cls, answer: Answer) -> _Sources:
        return cls(answer.kind, answer.sentences, answer.citations)

    def until(self, number: int, gloss: str | None) -> None:
        """Citations up to `number`, which is translated as `gloss`."""
        while self._left and self._left[0].number <= number:
            citation = self._left.pop(0)
            self._show(citation, gloss if citation.number == number else None)
        sys.stdout.flush()

    def close(self) -> None:
        """The rest."""
        for citation in self._left:
            self._show(citation, citation.gloss)

    def _show(self, citation: Citation, gloss: str | None) -> None:
        click.echo(f"[{citation.number}] {source(citation)}")
        if self._kind != "quotes":
            click.echo(f"    {one_line(citation.quote)}")
        if gloss:
            click.echo(f"    {MACHINE_TRANSLATION}: {one_line(gloss)}")
