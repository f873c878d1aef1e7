"""Axes and bins of the report's charts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qa_assistant.evaluation import charts


@given(st.lists(st.floats(0, 1e7), min_size=1, max_size=50))
def test_a_histogram_counts_every_value_once(values: list[float]) -> None:
    for axis in (charts.time_axis(values), charts.share_axis()):
        assert sum(axis.counts(values)) == len(values)
        assert all(0 <= axis.at(value) <= 1 for value in values)
        assert axis.edges == tuple(sorted(set(axis.edges)))
        assert axis.at(axis.edges[0]) == 0 and axis.at(axis.edges[-1]) == 1
    times = charts.time_axis(values)
    assert all(times.edges[0] <= max(1.0, value) <= times.edges[-1] for value in values)
    assert len(times.ticks) >= 2 and set(times.ticks) <= {
        step * 10.0**power for step in (1, 2, 5) for power in range(9)
    }


def test_a_value_on_an_edge_belongs_to_the_bin_that_begins_there() -> None:
    assert charts.share_axis(4).counts([0, 0.25, 0.5, 0.99, 1.0]) == [1, 1, 1, 2]
