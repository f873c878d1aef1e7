"""Models that sentence-transformers loads: from disk without asking the network, else from the hub, which is said."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any

from qa_assistant.errors import QAError

_PATIENCE = 5.0
"""Seconds for the hub's first sign of life."""


def from_disk_or_hub(name: str, load: Callable[..., Any], missing: Callable[[str], QAError]) -> Any:
    """What `load(name)` gives; it takes `local_files_only`, too.

    Raises `missing(why)` if the model is in neither place or the hub cannot be asked; `why` goes on from its name.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call] # it draws over the terminal UI
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # it warns of each try; what came of them is said here
    try:
        return load(name, local_files_only=True)
    except (OSError, ValueError):
        pass
    nowhere = missing("is neither on disk nor on the hub")
    try:
        validate_repo_id(name)
    except ValueError:  # a path: the hub has no such names
        raise nowhere from None
    try:
        _reach_hub()
    except Exception as error:
        raise missing("is not on disk, and the hub cannot be reached") from error
    logging.getLogger(__name__).warning("Downloading the model %s from the hub …", name)
    try:
        return load(name)
    except Exception as error:
        raise nowhere from error


def _reach_hub() -> None:
    """Raises whatever the client does if the hub does not answer: to load a model it would try for over a minute."""
    from huggingface_hub import constants
    from huggingface_hub.utils import get_session  # type: ignore[attr-defined]

    get_session().head(constants.ENDPOINT, timeout=_PATIENCE)
