"""The environment's variables, as libraries see them."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

_ONE_AT_A_TIME = threading.Lock()
"""Whoever is done first would give the variables back to a library that another thread keeps them from."""


@contextlib.contextmanager
def without_variables(*endings: str) -> Iterator[None]:
    """Variables whose names, in small letters, end so are not there meanwhile: for a library that reads them once."""
    with _ONE_AT_A_TIME:
        taken = {name: os.environ.pop(name) for name in list(os.environ) if name.lower().endswith(endings)}
        try:
            yield
        finally:
            os.environ.update(taken)
