"""Dates as people write them: as exact as written, and never guessed."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_assistant.written_dates import normalise, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-12-03", "2022-12-03"),
        ("2022-12", "2022-12"),
        ("2022", "2022"),
        (" 2022-12-03T23:30:00-05:00 ", "2022-12-03"),
        ("2022-12-03T10:00:00Z", "2022-12-03"),
        ("2022-12-03 10:00", "2022-12-03"),
        ("20221203", "2022-12-03"),
        ("2022/12/3", "2022-12-03"),
        ("2022.12.03", "2022-12-03"),
        ("2022-3-1", "2022-03-01"),
        ("3.12.2022", "2022-12-03"),
        ("25/06/2022", "2022-06-25"),
        ("6/25/2022", "2022-06-25"),
        ("03.12.2022, 10:15 Uhr", "2022-12-03"),
        ("3. Dezember 2022", "2022-12-03"),
        ("Samstag, 3. Dezember 2022", "2022-12-03"),
        ("3 December 2022", "2022-12-03"),
        ("3rd of December 2022", "2022-12-03"),
        ("December 3, 2022", "2022-12-03"),
        ("Dec. 3 2022", "2022-12-03"),
        ("Sat, 03 Dec 2022 10:00:00 GMT", "2022-12-03"),
        ("3 декабря 2022 года", "2022-12-03"),
        ("3 дек. 2022", "2022-12-03"),
        ("1. März 2020", "2020-03-01"),
        ("1. Jänner 2020", "2020-01-01"),
        ("May 2022", "2022-05"),
        ("Mai 2022", "2022-05"),
        ("29. Februar 2024", "2024-02-29"),
        ("3 Aralık 2022", "2022-12-03"),
        ("3 dekabr 2022", "2022-12-03"),
        ("1 ŞUBAT 2023", "2023-02-01"),
        ("3 décembre 2022", "2022-12-03"),
        ("1er décembre 2022", "2022-12-01"),
        ("le 3 décembre 2022", "2022-12-03"),
        ("août 2022", "2022-08"),
        ("٢٠٢٢", "2022"),
        ("٣ ديسمبر ٢٠٢٢", "2022-12-03"),
        ("2022年12月3日", "2022-12-03"),
        ("2022년 12월 3일", "2022-12-03"),
        ("sábado, 3 de diciembre de 2022", "2022-12-03"),
        ("3 dic 2022", "2022-12-03"),
        ("1º gennaio 2023", "2023-01-01"),
        ("3 грудня 2022 року", "2022-12-03"),
        ("3 grudnia 2022", "2022-12-03"),
        ("3 Δεκεμβρίου 2022", "2022-12-03"),
        ("3 დეკემბერი, 2022", "2022-12-03"),
    ],
)
def test_reads(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "03/04/2022",
        "31/02/2022",
        "25/25/2022",
        "3.12.22",
        "3. Dezember",
        "December 3",
        "gestern",
        "31. Februar 2022",
        "2022-02-31",
        "2022-13",
        "2022-12.03",
        "29. Februar 2023",
        "0000",
        "0000-01-01",
        "99999",
        "3. Foo 2022",
        "3 Martin 2022",
        "no 2022",
        "2022-12-03 und mehr",
        "1401/09/12",
        "12 آذر ۱۴۰۱",
        "3 ธันวาคม 2565",
        "2565-12-03",
        "3 listopada 2022",
    ],
)
def test_does_not_guess(text: str) -> None:
    assert normalise(text) is None


@given(st.dates(datetime.date(1500, 1, 1), datetime.date(2200, 12, 31)))
def test_every_day_is_read_in_each_form(day: datetime.date) -> None:
    assert normalise(day.isoformat()) == day.isoformat()
    assert normalise(f"{day.day}.{day.month}.{day.year:04}") == day.isoformat()
    assert normalise(f"{day:%B} {day.day}, {day.year:04}") == day.isoformat()


@given(st.text())
def test_anything_else_gives_none_or_a_date_that_exists(text: str) -> None:
    found = normalise(text)
    assert found is None or datetime.date.fromisoformat((found + "-01-01")[:10])


def test_parts_that_are_not_written_stay_open() -> None:
    written = parse("3. Dezember")
    assert written is not None
    assert (written.year, written.month, written.day, written.iso()) == (None, 12, 3, None)
