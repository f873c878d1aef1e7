"""Articles a month as a chart."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pilot import in_loop, plain, until
from textual.app import App, ComposeResult

from qa_assistant.records import Filters
from qa_assistant.tui.timeline import Months, Timeline, chart, month_name, month_of

FOUR = ["2022-01-03", "2022-01", "2022-03-31", "2022-04"]
DATES = st.lists(
    st.none() | st.dates().map(str) | st.dates().map(lambda date: str(date)[:7]) | st.dates().map(lambda d: str(d)[:4])
)


def test_bars_gaps_and_the_largest_month() -> None:
    assert chart(Months.of(FOUR), 20) == ["2022-01 █ ▄▄ 2022-04", "most: 2 in 2022-01"]


def test_months_take_more_columns_where_there_is_room() -> None:
    assert chart(Months.of(FOUR), 80)[0] == "2022-01 ████    ▄▄▄▄▄▄▄▄ 2022-04"
    assert chart(Months.of(["2022-12-03"]), 80) == ["2022-12 ████", "most: 1 in 2022-12"]


def test_more_months_than_columns_are_grouped() -> None:
    dates = [f"{year}-{month:02}" for year in (2020, 2021) for month in range(1, 13)] + ["2021-12"] * 3
    assert chart(Months.of(dates), 24) == ["2020-01 ▄▄▄▄▄▄▄█ 2021-12", "most: 6 in 2021-10 to 2021-12"]


def test_what_has_no_month_is_said() -> None:
    lines = chart(Months.of(["2022", "2021-12-31", None, None, "yesterday", "2022-13"]), 20)
    assert lines[0] == "2021-12 ████ 2022-01"
    assert lines[1] == "most: 1 in 2021-12 · 4 without a date · 1 known by the year only, counted in January"


def test_nothing_to_show() -> None:
    assert chart(Months.of([]), 80) == ["no articles"]
    assert chart(Months.of([None, None]), 80) == ["2 without a date"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters("2022-02-10", "2022-03-01"), "asked    ━━"),
        (Filters(since="2022-03-31"), "asked     ━━"),
        (Filters(until="2022-01-01"), "asked   ━"),
        (Filters("2030-01-01", "2030-12-31"), "asked"),
    ],
)
def test_the_months_that_are_asked_are_marked(filters: Filters, expected: str) -> None:
    assert chart(Months.of(FOUR), 20, filters)[1].rstrip() == expected


def test_filters_without_a_date_mark_nothing() -> None:
    assert len(chart(Months.of(FOUR), 20, Filters(agency="dpa"))) == 2


def test_the_axis_stays_when_fewer_are_shown() -> None:
    everything, some = Months.of(FOUR), Months.of(["2022-03-31"])
    assert chart(some, 20, of=everything) == ["2022-01   █  2022-04", "most: 1 in 2022-03"]
    assert chart(Months.of([]), 20, of=everything) == ["2022-01      2022-04", "no articles"]


@given(DATES, st.integers(17, 250), st.none() | st.dates().map(str))
def test_every_article_is_in_a_bar_or_said_and_the_chart_fits(
    dates: list[str | None], width: int, since: str | None
) -> None:
    months = Months.of(dates)
    assert sum(months.counts.values()) + months.undated == len(dates)
    lines = chart(months, width, Filters(since=since))
    assert all(len(line) <= width for line in lines[:-1])
    if months.counts:
        assert "█" in lines[0]
        assert lines[0].startswith(month_name(min(months.counts)))


def test_months_by_number() -> None:
    assert month_of(None) is None
    assert month_of("2022-02-30") is None
    assert [month_name(month or 0) for month in map(month_of, ("2022", "2022-12", "0001-02-03"))] == [
        "2022-01",
        "2022-12",
        "0001-02",
    ]


class Harness(App[None]):
    def compose(self) -> ComposeResult:
        yield Timeline(Filters(since="2022-02-01"))


@in_loop
async def test_the_widget_fits_the_terminal() -> None:
    app: App[Any] = Harness()
    months = Months.of([f"{year}-01" for year in range(1900, 2000)])
    async with app.run_test(size=(120, 10)) as pilot:
        timeline = app.query_one(Timeline)
        timeline.show(months, months)
        for width in (120, 40):
            await pilot.resize_terminal(width, 10)
            expected = chart(months, width, Filters(since="2022-02-01"))
            await until(pilot, lambda expected=expected: plain(timeline) == "\n".join(expected))  # type: ignore[misc]
