"""The quotes in the whole article: where it opens, how they are told apart, gone through and copied."""

from __future__ import annotations

import pytest
from article_pilot import LONG, article, citations, cited, reading
from pilot import in_loop, until

from qa_assistant.references import quoted


@in_loop
@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
@pytest.mark.parametrize(("line", "near_an_end"), [(1, True), (150, False), (300, True)])
async def test_it_opens_at_the_chosen_quote(size: tuple[int, int], line: int, near_an_end: bool) -> None:
    source = article(LONG)
    quotes = citations(source, 1, 150, 300)
    async with reading(source, quotes, quotes[(1, 150, 300).index(line)], size=size) as (app, _):
        assert app.chosen() == [f"Line {line} says that the café was open on day {line}."]
        row = app.row_of(f"Line {line} says")
        assert row <= app.text.size.height / 3 or near_an_end
        assert app.styled(f"Line {line} says") == (True, False, True)


@in_loop
async def test_quotes_are_told_apart_without_colour() -> None:
    source = article("One is first. Two is next. Three is plain.")
    quotes = [cited(source, "One is first.", 4), cited(source, "Two is next.", 12)]
    async with reading(source, quotes, quotes[1]) as (app, _):
        assert app.body()[0] == "▶  4 One is first. Two is next. Three is plain."
        assert app.styled("One is") == (True, True, False)
        assert app.styled("Two is") == (True, False, True)
        assert app.styled("Three") == (False, False, False)


@in_loop
async def test_overlapping_quotes_and_quotes_of_several_lines() -> None:
    source = article("aaaa bbbb cccc dddd\neeee ffff", title="T")
    outer, inner = cited(source, "bbbb cccc dddd\neeee", 1), cited(source, "cccc", 2)
    async with reading(source, [outer, inner, outer], inner) as (app, pilot):
        assert [app.styled(word) for word in ("aaaa", "bbbb", "cccc", "eeee", "ffff")] == [
            (False, False, False),
            (True, True, False),
            (True, False, True),
            (True, True, False),
            (False, False, False),
        ]
        seen = []
        for _ in range(3):
            await pilot.press("n")
            seen.append((app.lines()[0].split()[2], app.styled("bbbb")[2]))
        assert seen == [("1", True), ("2", True), ("3", False)]


@in_loop
async def test_going_through_the_quotes() -> None:
    source = article(LONG)
    quotes = citations(source, 200, 7, 90)  # shown in the article's order: [2] [3] [1]
    async with reading(source, quotes, quotes[0]) as (app, pilot):
        for key, line in (("n", 7), ("n", 90), ("p", 7), ("p", 200), ("3", 90), ("1", 200), ("9", 200)):
            await pilot.press(key)
            await until(pilot, lambda line=line: [row.split()[1] for row in app.chosen()] == [str(line)])  # type: ignore[misc]
            assert f"a.txt:{line} " in app.lines()[1]


@in_loop
async def test_copying_the_quote_with_its_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    source = article(LONG)
    quotes = citations(source, 7, 9)
    async with reading(source, quotes) as (app, pilot):
        await pilot.press("n", "y")
        await until(pilot, lambda: app.clipboard == quoted(quotes[1]))
        assert [one.message for one in app._notifications] == ["The quote was sent to the terminal's clipboard."]
        assert app.clipboard.endswith("folder/a.txt:9)")


@in_loop
async def test_tmux_passes_a_copy_on_only_if_it_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", "/tmp/tmux-1000/default,1,0")
    source = article(LONG)
    async with reading(source, citations(source, 7)) as (app, pilot):
        await pilot.press("y")
        await until(pilot, lambda: len(app._notifications) == 1)
        assert "tmux set -s set-clipboard on" in next(iter(app._notifications)).message
