"""Questions about a folder of news articles, answered on your own machine with the exact sentences.

    from qa_assistant import Assistant, ingest

The names are imported when they are first used, so that `qa-assistant --help` waits for nothing.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # as of `typing`, which takes longer to import than everything before Ctrl-C is quiet
if TYPE_CHECKING:
    from typing import Any

    from qa_assistant.assistant import Assistant
    from qa_assistant.ingestion.ingest import ingest
    from qa_assistant.settings import Settings

__all__ = ["Assistant", "Settings", "ingest"]

_WHERE = {
    "Assistant": "qa_assistant.assistant",
    "Settings": "qa_assistant.settings",
    "ingest": "qa_assistant.ingestion.ingest",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name]), name)
