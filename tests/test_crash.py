"""Killed at any moment, an index loses nothing, holds nothing twice, and goes on where it was."""

from __future__ import annotations

import os
from pathlib import Path

from killing import Killing

KILLS = int(os.environ.get("KILLS", "6"))
"""200 of them, over 300 articles: `tests/benchmarks/kill.py`."""


def test_kills_at_random_moments_lose_and_double_nothing(tmp_path: Path) -> None:
    tally = Killing(tmp_path, articles=24, seed=7).run(KILLS)
    assert (tally.lost, tally.doubled, tally.orphans, tally.embedded_again) == (0, 0, 0, 0)
    assert tally.kills >= KILLS
    assert tally.completed
