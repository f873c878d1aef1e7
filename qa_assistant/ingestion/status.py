"""What an index holds, and how many files changed since: cheap enough to be asked every few seconds."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from qa_assistant.index.generations import COPY
from qa_assistant.index.index import Index
from qa_assistant.index.lock import current_writer
from qa_assistant.ingestion.corpus import SourceFile, scan, way_of_reading
from qa_assistant.settings import Settings


@dataclass(frozen=True, slots=True)
class CorpusStatus:
    articles: int
    passages: int
    first: str | None
    """Date of the oldest article, as exact as it is known; None if no article has one."""
    last: str | None
    indexed_at: str | None
    """When the index was brought in line last, ISO 8601."""
    pending: int
    """Files that are new, gone or changed since; 0 for a copy of a shared index, whose files are elsewhere."""
    agencies: tuple[str, ...]
    """As the articles name them, each once, in alphabetical order."""
    writer: str = ""
    """Another process that brings the index in line now; empty if none does."""


def corpus_status(settings: Settings) -> CorpusStatus:
    """Opens no embedding model and no passages' vectors; a shared index is brought up to date first.

    Raises IndexMissing, IndexUnusable or CorpusError.
    """
    with closing(Index.open(settings)) as index, index.catalog.reading():
        catalog = index.catalog
        articles, passages = catalog.counts()
        first, last = catalog.dates() or (None, None)
        indexed_at = catalog.meta("updated_at")
        pending = pending_files(index, settings)
        agencies = _each_once(catalog.agencies())
        return CorpusStatus(articles, passages, first, last, indexed_at, pending, agencies, _other_writer(settings))


def pending_files(index: Index, settings: Settings) -> int:
    """`CorpusStatus.pending` of an open index; no file is read. Raises CorpusError, or IndexUnusable."""
    catalog = index.catalog
    with catalog.reading():
        if catalog.meta(COPY):
            return 0
        known, indexed_at = catalog.files(), catalog.meta("updated_at")
        # The time is to the second, cut off: whatever happened within that second counts as indexed.
        indexed_ns = int(datetime.fromisoformat(indexed_at).timestamp() + 1) * 1_000_000_000 if indexed_at else 0

        def differs(file: SourceFile) -> bool:
            """Whether a file is new, is to be read in another way, or has another size or time."""
            before = known.get(file.label)
            if before is None or before.size != file.size:
                return True
            if before.digest and before.way_of_reading != way_of_reading(file.path, settings):
                return True
            # Files that were brand-new when they were read have no time: the next ingest reads them again, to be sure.
            return file.mtime_ns != before.mtime_ns if before.mtime_ns else file.mtime_ns > indexed_ns

        found = scan(settings.corpus_path)
        return sum(map(differs, found.files)) + len(found.gone(known))


def unread_files(index: Index) -> int:
    """How many files the last ingest could not read, or not whole; 0 for a copy. Raises IndexUnusable."""
    catalog = index.catalog
    with catalog.reading():
        return 0 if catalog.meta(COPY) else sum(not state.digest for state in catalog.files().values())


def _other_writer(settings: Settings) -> str:
    writer = current_writer(settings.index_path)
    return f"process {writer.pid}" if writer and writer.pid != os.getpid() else ""


def _each_once(written: Iterable[str]) -> tuple[str, ...]:
    """The names in `dpa/AFP` and the like; of several spellings that differ in case only, the first."""
    names: dict[str, str] = {}
    for name in (part.strip() for agencies in written for part in agencies.split("/")):
        names.setdefault(name.casefold(), name)
    return tuple(names[key] for key in sorted(names) if key)
