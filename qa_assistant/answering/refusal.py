"""Why nothing answers a question, as far as that can be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qa_assistant.answering.phrases import NONE_INDEXED, NONE_PASSES
from qa_assistant.display import counted
from qa_assistant.records import Filters

if TYPE_CHECKING:
    from qa_assistant.answering.retrieval import Retrieval
    from qa_assistant.index.index import Index


def reasons(index: Index, found: Retrieval, filters: Filters) -> Iterator[str]:
    """A sentence each. Raises IndexUnusable."""
    catalog = index.catalog
    with catalog.reading():
        nothing = "" if found.hits else NONE_PASSES if catalog.counts()[1] else NONE_INDEXED
        left_out = list(undated(index, filters))
    if nothing:
        yield nothing
    elif found.evidence and found.evidence.missing:
        yield f"No article found speaks of {' or '.join(found.evidence.missing)}."
    yield from left_out


def undated(index: Index, filters: Filters) -> Iterator[str]:
    """A sentence if articles without a date are left out for it. Raises IndexUnusable."""
    if (filters.since or filters.until) and (count := index.catalog.undated(filters)):
        yield f"{counted(count, 'article')} without a date left out."
