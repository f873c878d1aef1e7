"""How long the steps of a question took."""

from __future__ import annotations

import time

import pytest

from qa_assistant.clock import Clock


def test_the_total_is_the_time_until_now_each_time_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "perf_counter", lambda: now)
    clock = Clock()
    now += 0.25
    clock.mark("retrieval")
    now += 0.5
    clock.mark("retrieval")
    assert clock.marks() == {"retrieval": 250, "total": 750}
    now += 1
    clock.mark("glosses")
    assert clock.marks() == {"retrieval": 250, "glosses": 1750, "total": 1750}
