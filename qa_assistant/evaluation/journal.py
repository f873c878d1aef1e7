"""What an evaluation has done so far, on disk, so that an interrupted one goes on where it stopped."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_assistant.errors import QAError
from qa_assistant.evaluation.report_json import case_as_dict, run_as_dict, run_from_dict
from qa_assistant.files import cache_folder
from qa_assistant.settings import shipped

if TYPE_CHECKING:
    from io import TextIOWrapper

    from qa_assistant.evaluation.records import Case, Run

KEPT_DAYS = 30
"""After so long, an interrupted evaluation is not gone on with."""


class Journal:
    """Finished runs, a line of JSON each, readable by the user alone. A line that was cut in two is left out.

    Where none can be written, `say` is told so once, and no run is kept.
    """

    def __init__(self, path: Path, say: Callable[[str], None] = lambda _: None) -> None:
        self.path = path
        self._say = say
        self._file: TextIOWrapper | None = None
        self._kept = True

    def runs(self) -> dict[tuple[str, int], Run]:
        """What is finished, by case id and number of the run."""
        return {(entry["id"], entry["run"]): run_from_dict(entry) for entry in self._entries()}

    def add(self, case: Case, number: int, run: Run) -> None:
        """Keeps one run. Raises QAError if it cannot be written where others were."""
        if not self._kept:
            return
        line = json.dumps({"id": case.id, "run": number, **run_as_dict(run)})
        try:
            self._file = self._file or self._opened()
        except OSError as error:
            self._kept = False
            self._say(
                f"{self.path.parent} cannot be written ({error.strerror}): "
                "if this evaluation is interrupted, it begins anew."
            )
            return
        try:
            self._file.write(line + "\n")
            self._file.flush()
        except OSError as error:
            raise QAError(f"{self.path} cannot be written: {error.strerror}.", hint="Make room, and go on.") from error

    def _opened(self) -> TextIOWrapper:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        opened = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8")
        opened.write("\n")  # behind a line that was cut in two
        return opened

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def remove(self) -> None:
        """When the evaluation is complete."""
        self.close()
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            self.path.unlink()

    def _entries(self) -> Iterator[dict[str, Any]]:
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return
        for line in lines:
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict) and {"id", "run", "answer"} <= entry.keys():
                yield entry


def open_journal(cases: Sequence[Case], depends_on: Mapping[str, object], say: Callable[[str], None]) -> Journal:
    """The journal of an evaluation of exactly these cases, under exactly what its answers depend on.

    The program's own code and prompts count too: what was measured before a change is not mixed with what comes after.
    """
    folder = cache_folder() / "evaluations"
    key = json.dumps([[case_as_dict(case) for case in cases], depends_on, _code()], sort_keys=True, default=str)
    _forget_old(folder)
    return Journal(folder / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.jsonl", say)


def _code() -> str:
    """Digest of the package's sources and prompts."""
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for file in sorted([*package.rglob("*.py"), *shipped("prompts").glob("*.md")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _forget_old(folder: Path) -> None:
    oldest = time.time() - KEPT_DAYS * 86_400
    for file in folder.glob(f"{'[0-9a-f]' * 24}.jsonl"):
        try:
            if file.stat().st_mtime < oldest:
                file.unlink()
        except OSError:  # another evaluation was faster
            continue
