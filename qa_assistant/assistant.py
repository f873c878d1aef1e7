"""The whole flow of one question: find passages, have them answered, check every citation, say what was used."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qa_assistant.answering.confidence import unanswered
from qa_assistant.answering.followup import language_of, standalone
from qa_assistant.answering.openings import find, newest_only
from qa_assistant.answering.orders import left_out, without_orders
from qa_assistant.answering.phrases import not_answered
from qa_assistant.answering.phrasing import plain
from qa_assistant.answering.question import checked
from qa_assistant.answering.refusal import reasons
from qa_assistant.answering.retrieval import Retrieval, retrieve
from qa_assistant.answering.writing import (
    Draft,
    Writing,
    borne,
    first_that_works,
    supported_only,
    write_quotes,
    write_with_model,
)
from qa_assistant.clock import Clock
from qa_assistant.errors import IndexUnusable
from qa_assistant.index.index import Index
from qa_assistant.language import detect
from qa_assistant.records import (
    Answer,
    Article,
    Event,
    Filters,
    Finished,
    Hit,
    Notice,
    Retrieved,
    Rewritten,
    TextDelta,
    Turn,
)
from qa_assistant.settings import Settings, load

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from qa_assistant.answering.engine import Engine
    from qa_assistant.answering.local_model.embedded import Embedded

NO_FILTERS = Filters()
Events = Generator[Event, None, None]


class Assistant:
    """Answers questions over one index.

        with Assistant(corpus="articles") as assistant:
            print(assistant.answer("What did Bayramov and Takei discuss?").text)

    `options` are settings by name; what is not given comes from the environment, the config file and the defaults.
    The index must exist (`qa_assistant.ingest`). `embedded` is shared with other assistants, and not closed with this
    one. Raises IndexMissing or IndexUnusable.
    """

    def __init__(self, settings: Settings | None = None, *, embedded: Embedded | None = None, **options: Any) -> None:
        self.settings = replace(settings, **options) if settings else load(options).settings
        self._index = Index.open(self.settings)
        self._reopening = threading.Lock()
        self._shared = embedded
        self._own: Embedded | None = None

    @property
    def index(self) -> Index:
        """The index as it is now: one that was built anew meanwhile takes the place of the one opened before.

        Whoever is in the midst of a question keeps the one it began with.
        """
        with self._reopening:
            if not self._index.is_current:
                self._index = self._index.reopened()
            return self._index

    def ask(
        self, question: str, filters: Filters = NO_FILTERS, *, history: Sequence[Turn] = (), strict: bool = False
    ) -> Events:
        """The answer as it comes: `Retrieved`, `Started`, text and citations, and `Finished` with the whole answer.

        Each sentence is checked when it ends (`Checked`). If no passage bears any of them, what was written is
        `Withdrawn`, and the answer is that the articles do not answer.
        Quotes in another language than the question's are translated after `Glossing`, if there is a model for it.

        A follow-up question is first completed from `history` (oldest first); `Rewritten` says into what. `strict`
        leaves out sentences that no passage bears. Raises QuestionError for an empty question, ModelError if a language
        model is asked for and cannot answer.
        """
        clock = Clock()
        typed = checked(question)
        language = language_of(typed, history)
        question = typed
        if self.settings.rewrite_followups:
            question = standalone(typed, language, history, self.settings, self._engine)
        if question != typed:
            clock.mark("rewriting")
            yield Rewritten(question)
        index, found = self._found(lambda one: find(one, plain(question), language, self.settings.top_k, filters))
        clock.mark("retrieval")
        yield Retrieved(found.hits, found.confidence)

        draft = Draft("quotes")
        if found.opening:
            yield from map(Notice, newest_only(found.hits))
        usable, ordering = without_orders(found)
        if ordering:
            yield Notice(left_out(ordering))
        if usable.hits and found.confidence >= self.settings.min_confidence:
            borne_so_far = borne(self._write(index, usable, question, typed, language))
            draft = yield from clock.timed(supported_only(borne_so_far) if strict else borne_so_far)
        if not draft.sentences:
            yield from map(Notice, reasons(index, found, filters))
            draft = replace(draft, text=not_answered(language))
            found = replace(found, confidence=unanswered(found.confidence, self.settings.min_confidence))
            clock.mark("first_token")
            yield TextDelta(draft.text)
        answer = _answer(typed, question, language, found, draft, clock)
        if self._translates(answer):
            from qa_assistant.answering.translation.gloss import with_glosses
            from qa_assistant.answering.translation.gloss_checks import TranslationChecker

            clock.mark("answered")
            answer = yield from with_glosses(answer, self.embedded, lambda: TranslationChecker.of(index))
            clock.mark("glosses")
            answer = replace(answer, timings_ms=clock.marks())
        yield Finished(answer)

    def answer(
        self, question: str, filters: Filters = NO_FILTERS, *, history: Sequence[Turn] = (), strict: bool = False
    ) -> Answer:
        """The whole answer at once. Raises as `ask()` does."""
        for event in self.ask(question, filters, history=history, strict=strict):
            if isinstance(event, Finished):
                return event.answer
        raise AssertionError("ask() ended without Finished")

    def search(self, query: str, limit: int = 10, filters: Filters = NO_FILTERS) -> tuple[Hit, ...]:
        """Passages only, best first."""
        query = checked(query)
        return self._found(lambda one: retrieve(one, query, detect(query), limit, filters, judged=False))[1].hits

    def _found(self, looked: Callable[[Index], Retrieval]) -> tuple[Index, Retrieval]:
        """What is found, and in which index.

        Once more if a shared index failed: it may have been published anew since it was opened.
        """
        index = self.index
        try:
            return index, looked(index)
        except IndexUnusable:
            if not self.settings.shared_index:
                raise
        with self._reopening:
            if self._index is index:
                self._index = index.reopened()
            index = self._index
        return index, looked(index)

    def articles(self) -> list[Article]:
        """What is indexed, in order of date, those without one last. Raises IndexUnusable if that cannot be read."""
        catalog = self.index.catalog
        with catalog.reading():
            return catalog.articles()

    def article(self, article_id: str) -> Article:
        """The article with this id, or the beginning of it. Raises NotFound, or IndexUnusable if it cannot be read."""
        catalog = self.index.catalog
        with catalog.reading():
            return catalog.article(article_id)

    @property
    def embedded(self) -> Embedded:
        """The language model inside the program, which is loaded when it is first used."""
        from qa_assistant.answering.local_model.embedded import Embedded

        if self._shared is None:
            self._shared = self._own = Embedded(self.settings)
        return self._shared

    def close(self) -> None:
        if self._own is not None:
            self._own.close()
        self._index.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _engine(self) -> AbstractContextManager[Engine] | None:
        """The language model that is asked for, or may be used and is there, if it can write answers."""
        from qa_assistant.answering.llm import Ollama, reachable

        wanted = self.settings.answer_with
        if wanted == "ollama" or (wanted == "auto" and reachable()):
            return Ollama(timeout=self.settings.timeout)
        if wanted == "llamacpp":
            return self.embedded if self.embedded.ability() == "answers" else None
        return None

    def _translates(self, answer: Answer) -> bool:
        """Whether the quotes of `answer` are to be translated, and there may be a model for it."""
        if answer.kind != "quotes" or not answer.citations or not self.settings.gloss:
            return False
        from qa_assistant.answering.local_model.embedded import available

        wanted = self.settings.answer_with
        return wanted == "llamacpp" or (wanted == "auto" and available(self.settings))

    def _write(self, index: Index, found: Retrieval, question: str, typed: str, language: str) -> Writing:
        """With the language model if it is wanted and there, else with quotes."""
        quotes = write_quotes(index.embedder, found, plain(typed))
        engine = self._engine()
        if self.settings.answer_with == "llamacpp":
            yield from map(Notice, self.embedded.notices())
        if engine is None:
            return (yield from quotes)
        writing = write_with_model(engine, self.settings, index, found, question, language)
        return (yield from writing if self.settings.answer_with == "ollama" else first_that_works(writing, quotes))


def _answer(typed: str, question: str, language: str, found: Retrieval, draft: Draft, clock: Clock) -> Answer:
    return Answer(
        question=typed,
        language=language,
        status="answered" if draft.sentences else "no_answer",
        kind=draft.kind,
        model=draft.model,
        text=draft.text,
        sentences=draft.sentences,
        citations=draft.citations,
        hits=found.hits,
        confidence=found.confidence,
        usage=draft.usage,
        timings_ms=clock.marks(),
        standalone_question=question if question != typed else None,
    )
