"""What goes on beside the conversation, in threads: opening the index, bringing it up to date, looking what changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import ClassVar

from textual.widget import Widget

from qa_assistant.display import one_line
from qa_assistant.errors import CorpusError, QAError, as_error
from qa_assistant.ingestion.changes import Progress
from qa_assistant.ingestion.ingest import Report
from qa_assistant.tui.backend import Backend
from qa_assistant.tui.messages import CorpusGone, CorpusSeen, ModelSeen, Opened, Opening, Updated, Updating

LOOK_SECONDS = 5.0
"""Between two looks at the corpus' files and at Ollama."""


class Upkeep(Widget):
    """Shows nothing; posts `Opening`, `Opened`, `CorpusSeen`, `CorpusGone`, `ModelSeen`, `Updating` and `Updated`."""

    DEFAULT_CSS: ClassVar[str] = "Upkeep { display: none; }"

    def __init__(self, backend: Backend) -> None:
        super().__init__()
        self._backend = backend

    def on_mount(self) -> None:
        self.call_after_refresh(self._begin)  # what is imported in threads would slow down the first paint

    def _begin(self) -> None:
        self._start("open", self._open)
        self.look()
        self.set_interval(LOOK_SECONDS, self.look)

    def look(self) -> None:
        """Looks now."""
        self._start("model", self._look_at_model)
        self._start("corpus", self._look_at_corpus)

    def update_index(self) -> bool:
        """Begins to bring the index up to date; False if that is going on already, or it is being built or opened."""
        return not self._runs("open") and self._start("update", self._update)

    def _start(self, group: str, work: Callable[[], None]) -> bool:
        """Runs `work` in a thread, unless the one before still does."""
        if self._runs(group):
            return False
        self.run_worker(work, group=group, thread=True, exit_on_error=False)
        return True

    def _runs(self, group: str) -> bool:
        return any(worker.group == group and worker.is_running for worker in self.workers)

    def _open(self) -> None:
        self.post_message(Opening())
        error: QAError | None = None
        try:
            self._backend.open(self._opening)
        except Exception as failure:  # noqa: BLE001 - the screen stays, and says it
            error = as_error(failure)
        self.post_message(Opened(error))
        self._look_at_corpus()

    def _update(self) -> None:
        report, error = None, None
        try:
            report = self._backend.update(self._updating)
        except Exception as failure:  # noqa: BLE001 - the screen stays, and says it
            error = as_error(failure)
        self.post_message(Updated(report, error))
        self._look_at_corpus()

    def _opening(self, progress: Progress) -> None:
        self.post_message(Opening(progress))

    def _updating(self, progress: Progress) -> None:
        self.post_message(Updating(progress))

    def _look_at_corpus(self) -> None:
        try:
            self.post_message(CorpusSeen(self._backend.status()))
        except CorpusError as error:
            self.post_message(CorpusGone(error))
            return
        except QAError:
            return  # no index yet, or one just being replaced: the next look sees it
        if self._backend.failed:  # another process has built meanwhile what could not be opened
            self.app.call_from_thread(self._start, "open", self._open)

    def _look_at_model(self) -> None:
        self.post_message(ModelSeen(self._backend.model_state()))


def summary(report: Report) -> str:
    """What an update changed, in a few words, and the first file that could not be read, or only with a flaw."""
    counts = {name: len(paths) for name, paths in asdict(report.changes).items() if paths}
    text = ", ".join(f"{count} {name}" for name, count in counts.items()) or "Nothing had changed"
    for what, lost in ("not read", True), ("read with a flaw", False):
        if problems := [problem for problem in report.problems if problem.lost is lost]:
            text += f"\n{len(problems)} {what}: {one_line(problems[0].path)} {one_line(problems[0].reason)}"
    return text
