"""Models that sentence-transformers loads: from disk without asking the network, else from the hub, which is said."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any

from qa_assistant.errors import QAError


def from_disk_or_hub(name: str, load: Callable[..., Any], missing: QAError) -> Any:
    """What `load(name)` gives; it takes `local_files_only`, too. Raises `missing` if the model is in neither place."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call] # it draws over the terminal UI
    try:
        return load(name, local_files_only=True)
    except (OSError, ValueError):
        pass
    logging.getLogger(__name__).warning("Downloading the model %s from the hub …", name)
    try:
        return load(name)
    except Exception as error:
        raise missing from error
