"""The filter bar, driven by keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePath
from typing import Any, ClassVar

import pytest
from hostile import HOSTILE, assert_harmless
from pilot import in_loop, plain, until
from textual import on
from textual.app import App, ComposeResult
from textual.events import Key, Paste
from textual.pilot import Pilot
from textual.widgets import Footer, Input, Label

import qa_assistant.tui
from qa_assistant.dates import interval
from qa_assistant.records import Filters
from qa_assistant.tui.filter_bar import FilterBar, describe_filters


class Harness(App[None]):
    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(qa_assistant.tui.__file__).parent / "app.tcss"]

    def __init__(self) -> None:
        super().__init__()
        self.bar = FilterBar()
        self.question = Input()
        self.got: list[Filters] = []

    def compose(self) -> ComposeResult:
        yield self.bar
        yield self.question
        yield Footer()

    def on_mount(self) -> None:
        self.question.focus()

    @on(FilterBar.Changed)
    def _changed(self, message: FilterBar.Changed) -> None:
        self.got.append(message.filters)

    def values(self) -> tuple[str, ...]:
        return tuple(field.value for field in self.bar.query(Input))

    def problem(self) -> str:
        label = self.bar.query_one("#filter-problem", Label)
        return plain(label) if label.display else ""

    def screen_text(self) -> str:
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())


@asynccontextmanager
async def opened(size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[Harness, Pilot[Any]]]:
    app = Harness()
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.question.has_focus)
        assert not app.bar.display
        app.bar.open()
        await until(pilot, lambda: app.bar.query(Input).first().has_focus)
        yield app, pilot


@in_loop
async def test_dates_and_agency_are_applied_and_the_focus_goes_back() -> None:
    async with opened() as (app, pilot):
        await pilot.press(*"2022-12", "tab", *"2023", "tab", *"dpa", "enter")
        await until(pilot, lambda: app.got == [Filters("2022-12-01", "2023-12-31", "dpa")])
        assert not app.bar.display
        assert app.question.has_focus


@in_loop
async def test_dates_are_read_as_people_write_them() -> None:
    async with opened() as (app, pilot):
        await pilot.press(*"7 Mart 2023", "tab", *"1. September 2023", "enter")
        await until(pilot, lambda: app.got == [Filters("2023-03-07", "2023-09-01")])


@in_loop
async def test_what_is_typed_after_tab_goes_to_the_next_field_however_fast() -> None:
    async with opened() as (app, pilot):
        for key in [*"2022", "tab", *"2023", "tab", *"dpa", "shift+tab", *"2024"]:
            app.post_message(Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: app.values() == ("2022", "2024", "dpa"))


@in_loop
async def test_what_was_applied_is_there_again_and_cleared() -> None:
    async with opened() as (app, pilot):
        await pilot.press(*"2022", "enter")
        app.bar.open()
        await until(pilot, lambda: app.bar.query(Input).first().has_focus)
        assert app.values() == ("2022", "", "")
        await pilot.press("ctrl+l", "enter")
        await until(pilot, lambda: app.got == [Filters("2022-01-01", None, None), Filters()])


@in_loop
async def test_escape_leaves_everything_as_it_was() -> None:
    async with opened() as (app, pilot):
        await pilot.press(*"2022", "enter")
        app.bar.open()
        await until(pilot, lambda: app.bar.query(Input).first().has_focus)
        await pilot.press("end", *"-13", "enter")
        await until(pilot, app.problem)
        await pilot.press("escape")
        await until(pilot, lambda: app.question.has_focus)
        assert not app.bar.display
        assert app.values() == ("2022", "", "")
        assert not app.problem()
        assert len(app.got) == 1


@pytest.mark.parametrize(
    ("since", "until_", "words"),
    [
        (
            "yesterday",
            "",
            "'yesterday' is not a date such as 2022-12-03, 2022-12 or 2022. Correct it, or leave it empty.",
        ),
        ("", "2022-02-30", "'2022-02-30' is no date that exists. Correct it, or leave it empty."),
        ("2023", "2022-12", "since 2023 is later than until 2022-12. Correct it, or leave it empty."),
    ],
)
@in_loop
async def test_a_wrong_date_is_said_with_the_way_out(since: str, until_: str, words: str) -> None:
    async with opened() as (app, pilot):
        await pilot.press(*since, "tab", *until_, "enter")
        await until(pilot, lambda: words in " ".join(app.screen_text().split()))
        assert words in app.problem()
        assert app.bar.display
        assert app.got == []


@in_loop
async def test_agencies_are_completed_in_any_case_and_unknown_ones_are_told() -> None:
    async with opened() as (app, pilot):
        app.bar.suggest(["AZERTAC", "dpa"])
        await pilot.press("tab", "tab", *"azer")
        await until(pilot, lambda: "azerTAC" in app.screen_text())
        await pilot.press("right", "enter")
        await until(pilot, lambda: app.got == [Filters(agency="AZERTAC")])
        assert not app._notifications
        app.bar.open()
        await until(pilot, lambda: app.bar.query(Input).first().has_focus)
        await pilot.press("tab", "tab", "end", "x", "enter")
        await until(pilot, lambda: app.got[1:] == [Filters(agency="AZERTACx")])
        assert [one.message for one in app._notifications] == ["No article is of the agency “AZERTACx”."]


@in_loop
async def test_an_agency_is_known_without_the_dot_of_its_turkish_capital() -> None:
    async with opened() as (app, pilot):
        app.bar.suggest(["İHA"])
        await pilot.press("tab", "tab", *"iha", "enter")
        await until(pilot, lambda: app.got == [Filters(agency="iha")])
        assert not app._notifications


@in_loop
async def test_filters_can_be_set_while_the_bar_is_closed() -> None:
    async with opened() as (app, pilot):
        await pilot.press("escape")
        wanted = Filters("2022-12-01", "2022-12-31", "dpa")
        app.bar.set(wanted)
        await until(pilot, lambda: app.got == [wanted])
        assert not app.bar.display
        assert app.question.has_focus
        app.bar.open()
        await until(pilot, lambda: app.bar.query(Input).first().has_focus)
        await pilot.press("enter")
        await until(pilot, lambda: app.got == [wanted, wanted])


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
@in_loop
async def test_one_line_high(size: tuple[int, int]) -> None:
    async with opened(size) as (app, _):
        assert app.bar.size.height == 1
        line = app.screen_text().split("\n")[0]
        assert [word for word in ("Since", "Until", "Agency") if word not in line] == []
        assert all(word in app.screen_text() for word in ("Apply", "Clear", "Leave"))


@in_loop
async def test_hostile_text_stays_text() -> None:
    async with opened((200, 60)) as (app, pilot):
        app.bar.suggest(list(HOSTILE.values()))
        for nasty in HOSTILE.values():
            for field in app.bar.query(Input):
                field.value = nasty
            app.bar.action_apply()
            await pilot.pause()
            assert "is not a date such as" in app.problem()
            assert_harmless(app.screen_text())


@in_loop
async def test_pasted_escapes_are_replaced_and_said_harmlessly() -> None:
    async with opened((200, 60)) as (app, pilot):
        app.bar.suggest(["dpa"])
        await pilot.press("tab", "tab")
        field = app.bar.query(Input).last()
        field.post_message(Paste(HOSTILE["osc_title"] + "\u202e[/b]"))
        await until(pilot, lambda: field.value)
        await pilot.press("enter")
        await until(pilot, lambda: app._notifications)
        assert_harmless(app.screen_text(), *(one.message for one in app._notifications))
        assert app.got == [Filters(agency="\ufffd]0;owned\ufffd\ufffd[/b]")]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ""),
        (Filters("2022-12-01", "2022-12-31", "dpa"), "only 2022-12 · dpa"),
        (Filters("2022-01-01", "2022-12-31"), "only 2022"),
        (Filters("2022-12-03", "2022-12-03"), "only 2022-12-03"),
        (Filters("2022-12-03", "2023-01-31"), "2022-12-03 to 2023-01-31"),
        (Filters(since="2022-12-03"), "since 2022-12-03"),
        (Filters(until="2022-12-03", agency="a\x1b\nb"), "until 2022-12-03 · a\ufffd b"),
    ],
)
def test_filters_in_words(filters: Filters, expected: str) -> None:
    assert describe_filters(filters) == expected


def test_an_interval_of_days() -> None:
    assert interval(None, None) == (None, None)
    assert interval("2022-12", "2022-12") == ("2022-12-01", "2022-12-31")
    assert interval("", "2024-02") == (None, "2024-02-29")
    with pytest.raises(ValueError, match="later"):
        interval("2022-12-04", "2022-12-03")


@in_loop
async def test_all_fields_can_be_read_on_a_narrow_screen() -> None:
    async with opened((40, 12)) as (app, pilot):
        await pilot.press(*"2022-12", "tab", *"2022-12", "tab", *"AZERTAC")
        await until(pilot, lambda: "AZERTAC" in app.screen_text())
        assert [line.split() for line in app.screen_text().split("\n")[:3]] == [
            ["Since", "2022-12"], ["Until", "2022-12"], ["Agency", "AZERTAC"],
        ]  # fmt: skip
        await pilot.resize_terminal(80, 12)
        await until(pilot, lambda: "Agency" in app.screen_text().split("\n")[0])
