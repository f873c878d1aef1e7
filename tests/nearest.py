"""The nearest passages, asked for and waited for at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from qa_assistant.index.index import Index
from qa_assistant.records import Filters


def nearest(
    index: Index, question: NDArray[np.float32], limit: int, filters: Filters | None = None
) -> dict[int, float]:
    """What `Index.nearest_beside()` finds."""
    with ThreadPoolExecutor(1) as pool:
        return index.nearest_beside(pool, lambda: question, limit, filters or Filters())()
