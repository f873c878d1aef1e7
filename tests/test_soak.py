"""Readers go on while one writes, see what is new without opening the index anew, and cite what existed."""

from __future__ import annotations

from pathlib import Path

from soaking import soak


def test_two_readers_and_a_writer(tmp_path: Path) -> None:
    """For 12 seconds; 10 minutes: `tests/benchmarks/soak.py`."""
    found = soak(tmp_path, 12)
    assert found.faults == ()
    assert (found.unresolved, found.stale) == (0, 0)
    assert found.citations
    assert found.writes["to ingest"] > 1
