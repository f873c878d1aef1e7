"""What the terminal UI asks of the rest of the program: calls that block, made in threads and never in a widget."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qa_assistant.errors import CorpusError, NotFound, QAError, as_error
from qa_assistant.records import Filters
from qa_assistant.tui.file_viewer import file_of

if TYPE_CHECKING:
    from qa_assistant.answering.llm import PullProgress
    from qa_assistant.answering.llm_choice import ModelInfo
    from qa_assistant.answering.local_model.embedded import Embedded
    from qa_assistant.answering.model_state import ModelState, ModelWatch
    from qa_assistant.assistant import Assistant
    from qa_assistant.ingestion.changes import Progress
    from qa_assistant.ingestion.ingest import Report
    from qa_assistant.ingestion.status import CorpusStatus
    from qa_assistant.records import Article, Event, Turn
    from qa_assistant.settings import Settings


@dataclass(slots=True)
class _Shared:
    """An assistant, the calls that use it now, and whether another one took its place."""

    assistant: Assistant
    users: int = 0
    retired: bool = False


class Backend:
    """One corpus, its index and its model. Every method may be called from any thread.

    What is open at the end goes with the process: to close it, one would wait for whatever still runs.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._one_opens = threading.Lock()
        """Whoever opens an index of an older version converts it: two at once would be in each other's way."""
        self._opened = threading.Event()
        self._error: QAError | None = None
        self._shared: _Shared | None = None
        self._watch: ModelWatch | None = None
        self._embedded: Embedded | None = None

    @property
    def opened(self) -> bool:
        """Whether the opening ended, well or not."""
        return self._opened.is_set()

    @property
    def failed(self) -> bool:
        """Whether the opening ended without an index to ask."""
        return self.opened and self._shared is None

    def translates(self) -> bool:
        """Whether quotes are translated by a model inside the program."""
        from qa_assistant.answering.local_model.embedded import available

        return self.settings.gloss and available(self.settings)

    def change(self, **settings: Any) -> None:
        """Other settings from the next question on, such as another model."""
        self.settings = replace(self.settings, **settings)

    def open(self, progress: Callable[[Progress], None]) -> Report | None:
        """Opens the index, building it if there is none, and loads the embedding model; what building it did, if so.

        Raises QAError.
        """
        try:
            report = self._build_if_missing(progress)
            self._reopen()
            with self._assistant() as assistant:
                assistant.index.embedder.questions(["Ready?"])
                assistant.index.embedder.tokens(["Ready?"])
                assistant.index.open_store(Filters())
            self._error = None
            return report
        except Exception as error:
            self._error = as_error(error)
            raise
        finally:
            self._opened.set()

    def ask(self, question: str, filters: Filters, history: Sequence[Turn]) -> Generator[Event, None, None]:
        """The events of one question; waits until the index is open. Raises QAError."""
        self._opened.wait()
        with self._assistant() as assistant:
            assistant.settings = self.settings
            yield from assistant.ask(question, filters, history=history)

    def update(self, progress: Callable[[Progress], None]) -> Report:
        """Brings the index in line with the corpus; the next question sees it. Raises QAError."""
        from qa_assistant.ingestion.ingest import ingest

        report = ingest(self.settings, progress=progress)
        self._reopen()
        self._error = None
        return report

    def status(self) -> CorpusStatus:
        """Raises QAError."""
        from qa_assistant.ingestion.status import corpus_status

        with self._one_opens:
            return corpus_status(self.settings)

    def articles(self) -> list[Article]:
        with self._assistant() as assistant:
            return assistant.articles()

    def article(self, cited: Article) -> Article:
        """The whole of it. Raises NotFound, which names its file, if it is not in the index any more: nobody has seen
        its id."""
        with self._assistant() as assistant:
            try:
                return assistant.article(cited.id)
            except NotFound:
                gone = f"{cited.path} has changed since this answer, or is gone."
                raise NotFound(gone, hint="o opens the file." if self._has_file(cited) else "") from None

    def _has_file(self, article: Article) -> bool:
        try:
            file_of(self.settings.corpus_path, article)
        except CorpusError:
            return False
        return True

    def model_state(self) -> ModelState:
        from qa_assistant.answering.model_state import ModelWatch

        self._watch = self._watch or ModelWatch()
        return self._watch.check(self.settings)

    def models(self) -> list[ModelInfo]:
        """Raises ModelError."""
        from qa_assistant.answering.llm import Ollama

        with Ollama(timeout=10) as server:
            return server.models()

    def pull(self, name: str) -> Generator[PullProgress, None, None]:
        """Raises ModelError."""
        from qa_assistant.answering.llm import Ollama

        with Ollama(timeout=self.settings.timeout) as server:
            yield from server.pull(name)

    def _build_if_missing(self, progress: Callable[[Progress], None]) -> Report | None:
        from qa_assistant.index.generations import is_to_be_built
        from qa_assistant.ingestion.ingest import ingest

        return ingest(self.settings, progress=progress) if is_to_be_built(self.settings) else None

    def _reopen(self) -> None:
        from qa_assistant.answering.local_model.embedded import Embedded
        from qa_assistant.assistant import Assistant

        with self._one_opens:
            self._embedded = self._embedded or Embedded(self.settings)
            assistant = Assistant(self.settings, embedded=self._embedded)
        self._replace(_Shared(assistant))

    def _replace(self, successor: _Shared) -> None:
        """Puts `successor` in the place of the open assistant, which is closed once nobody uses it."""
        with self._lock:
            before, self._shared = self._shared, successor
            if before:
                before.retired = True
                if not before.users:
                    before.assistant.close()

    @contextmanager
    def _assistant(self) -> Iterator[Assistant]:
        with self._lock:
            shared = self._shared
            if shared is None:
                raise self._error or QAError("The index is not open yet.", hint="Try again in a moment.")
            shared.users += 1
        try:
            yield shared.assistant
        finally:
            with self._lock:
                shared.users -= 1
                if shared.retired and not shared.users:
                    shared.assistant.close()
