"""Numbers and dates in six languages, compared as values; Babel (CLDR) and num2words say how they are written."""

from __future__ import annotations

import datetime
import re
import time
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from num2words import num2words

from qa_assistant.answering.numbers.value import Date, Reading, Value
from qa_assistant.answering.numbers.values import values

LANGUAGES = ("de", "en", "ru", "tr", "az", "fr")
THIRD = Date(2022, 12, 3)
THIRD_OF_ANY_YEAR = Date(None, 12, 3)


def read(text: str, language: str | None = None) -> dict[str, set[Reading]]:
    """What is written, and what it may mean."""
    return {text[value.start : value.end]: set(value.readings) for value in values(text, language)}


def number(*readings: str | float) -> set[Reading]:
    return {Decimal(str(one)) for one in readings}


@pytest.mark.parametrize(
    "text",
    [
        "3. Dezember 2022", "3.Dezember 2022", "3 December 2022", "December 3, 2022", "Dec. 3 2022",
        "3rd of December 2022", "the 3rd of December, 2022", "December 3rd, 2022", "3 декабря 2022 года",
        "3-го декабря 2022 г.", "3 дек. 2022", "третьего декабря 2022",
        "3 Aralık 2022", "3 ARALIK 2022", "3 dekabr 2022", "2022-ci il dekabrın 3-də",
        "3 décembre 2022", "3 de\u0301cembre 2022", "2022-12-03", "2022-12-03T10:15:00Z", "03.12.2022", "3. 12. 2022",
        "2022/12/03", "am dritten Dezember 2022", "3\u00a0декабря 2022",
    ],
)  # fmt: skip
def test_one_day_in_every_form(text: str) -> None:
    assert list(read(text).values()) == [{THIRD}]


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("03/12/2022", [{THIRD, Date(2022, 3, 12)}]),
        ("3.12.22", [{THIRD, Date(1922, 12, 3)}]),
        ("am 3.12. in Baku", [{THIRD_OF_ANY_YEAR, Decimal("3.12")}]),
        ("3 December", [{THIRD_OF_ANY_YEAR}]),
        ("--12-03", [{THIRD_OF_ANY_YEAR}]),
        ("im Dezember 2022", [{Date(2022, 12, None)}]),
        ("в декабре 2022 года", [{Date(2022, 12, None)}]),
        ("2022'nin Aralık ayında", [{Date(2022, 12, None)}]),
        ("2022-12", [{Date(2022, 12, None)}]),
        ("im Dezember", [{Date(None, 12, None)}]),
        ("in 2022", [{Date(2022, None, None), Decimal(2022)}]),
        ("2022-ci ildə", [{Date(2022, None, None), Decimal(2022)}]),
        ("2022/23", [{Date(2022, None, None), Date(2023, None, None)}]),
        ("3.–5. Dezember 2022", [{THIRD}, {Date(2022, 12, 5)}]),
        ("December 3-5, 2022", [{THIRD}, {Date(2022, 12, 5)}]),
        ("3 и 5 декабря", [{THIRD_OF_ANY_YEAR}, {Date(None, 12, 5)}]),
        ("31. Februar 2022", [number(31), {Date(None, 2, None)}, {Date(2022, None, None), Decimal(2022)}]),
        ("2022-13-40", [{Date(2022, None, None), Decimal(2022)}, number(13), number(40)]),
        ("3 May 2022", [{Date(2022, 5, 3)}]),
        ("30 may leave", [number(30), {Date(None, 5, 30)}]),
        ("it may rain, March on, 3 Mars missions", [number(3), {Date(None, 3, 3)}]),
    ],
)
def test_dates_as_exact_as_written(text: str, readings: list[set[Reading]]) -> None:
    assert [set(value.readings) for value in values(text)] == readings


@pytest.mark.parametrize(
    ("text", "language", "sure"),
    [
        ("on 3 March", "en", True), ("on May 3", "en", True), ("le 3 mars", "fr", True), ("3 Mart'ta", "tr", True),
        ("3 Mars missions", "en", False), ("30 may leave", "en", False), ("3 Mars", "fr", False),
    ],
)  # fmt: skip
def test_a_month_that_is_another_word_is_sure_beside_a_day_where_it_is_written_so(
    text: str, language: str, sure: bool
) -> None:
    """“On 3 March” was flagged, for “Am 3. März” has no number 3 that is no date."""
    assert (
        number(int(re.findall(r"\d+", text)[0])) in [set(one.readings) for one in values(text, language)]
    ) is not sure


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.200", number(1200, "1.2")),
        ("1,200", number(1200, "1.2")),
        ("1 200", number(1200)),
        ("1\u00a0200", number(1200)),
        ("1\u202f200", number(1200)),
        ("1’200", number(1200)),
        ("1'200", number(1200)),
        ("12.345.678", number(12345678)),
        ("1.200,5", number("1200.5")),
        ("1,200.5", number("1200.5")),
        ("1 200,5", number("1200.5")),
        ("0.200", number("0.2")),
        ("3,5", number("3.5")),
        ("3.5", number("3.5")),
        ("-5", number(-5)),
        ("−5", number(-5)),
        ("３０", number(30)),
        *[
            (text, number(29))
            for text in ("29th", "29-й", "29-го", "29-cu", "29'uncu", "29’uncu", "29e", "29ème", "29te")
        ],
        *[(text, number(1)) for text in ("1er", "1re", "1st", "1-я", "birinci", "первая", "erster", "first")],
        *[(text, number(30)) for text in ("dreißigste", "DREISSIGSTER", "dreißigjährig", "thirtieth", "тридцатая")],
        *[(text, number(4)) for text in ("vierstimmig", "vierfach", "viermal", "viermalig", "Vierteilung")],
        *[(text, number(2)) for text in ("zweitgrößte", "zweithöchsten", "zweitbester")],
        *[(text, number(30)) for text in ("тридцатой", "тридцатилетие", "otuzuncu", "otuzuncusunda", "trentième")],
        *[(text, number(3)) for text in ("трёх", "трех", "третьего", "üçüncü", "U\u0308çu\u0308ncu\u0308", "ÜÇÜNCÜ")],
        *[(text, number(21)) for text in ("einundzwanzig", "twenty-one", "двадцать одна", "yirmi bir", "vingt et un")],
        *[(text, number(98)) for text in ("quatre-vingt-dix-huit", "quatre vingt dix huit", "nonante-huit")],
        *[(text, number(1990)) for text in ("neunzehnhundertneunzig", "nineteen hundred ninety")],
        *[(text, number(3000000)) for text in ("3 Millionen", "3 млн", "3 milyon", "3 millions", "drei Millionen")],
        *[(text, number(3500000)) for text in ("3,5 Mio", "3.5 million", "3,5 миллиона", "3,5mln")],
        *[(text, number(10**6)) for text in ("eine Million", "a million", "один миллион", "bir milyon", "un million")],
        ("3 billion", number(3 * 10**9, 3 * 10**12)),
        ("hundert", number(100)),
        ("сто", number(100)),
    ],
)
def test_numbers(text: str, expected: set[Reading]) -> None:
    assert read(text) == {text: expected}


@pytest.mark.parametrize(
    "text", ["30 %", "30%", "%30", "yüzde 30", "30 Prozent", "30 per cent", "30 процентов", "30 faiz"]
)
def test_percent(text: str) -> None:
    (value,) = values(text)
    assert (text[value.start : value.end], value.percent, value.readings) == (text, True, frozenset(number(30)))


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("40 Mio. Dollar", 40 * 10**6, "USD"), ("$40 million", 40 * 10**6, "USD"), ("40 US-Dollar", 40, "USD"),
        ("40 U.S. dollars", 40, "USD"), ("40 долларов", 40, "USD"), ("40 dolarlık", 40, "USD"),
        ("€ 40", 40, "EUR"), ("EUR 40", 40, "EUR"), ("vierzig Euro", 40, "EUR"), ("40 avroya", 40, "EUR"),
        ("2 millions d’euros", 2 * 10**6, "EUR"), ("−40 €", -40, "EUR"), ("£40m", 40 * 10**6, "GBP"),
        ("40 manatlıq", 40, "AZN"), ("40 рублей", 40, "RUB"), ("40 Franken", 40, "CHF"), ("40 yen", 40, "JPY"),
    ],
)  # fmt: skip
def test_currencies(text: str, amount: int, currency: str) -> None:
    (value,) = values(text)
    assert (text[value.start : value.end], value.currency) == (text, currency)
    assert Decimal(amount) in value.readings


@pytest.mark.parametrize(
    "text", ["40 Europäer", "Platz 40. Dollar sind", "40 Frankfurter", "40 yeni ev", "40 лирических", "40 français"]
)
def test_words_that_begin_like_currencies_are_none(text: str) -> None:
    (value,) = values(text)
    assert value.currency == ""


def test_numbers_of_two_currencies_differ() -> None:
    assert not values("4 million euros").items[0].within(values("4 Mio. Dollar").items[0])
    assert values("4 million").items[0].within(values("4 Mio. Dollar").items[0])
    assert values("4 million euros").items[0] in values("6 Mio. Dollar (4 Mio. Euro)")


@pytest.mark.parametrize(
    "text",
    [
        "ein Treffen einer Partei", "one of them", "un accord, une fois", "bir görüşme", "один из министров",
        "G20", "COVID-19", "Mi-8", "Су-27", "5G", "4x4", "10h30", "10:30 Uhr", "ein 3:2", "1/3", "1.2.3", "192.168.0.1",
        "1990er Jahre", "the 1990s", "1990-х годов", "1990-е годы", "in den 30ern",
        "mehrere hundert Menschen", "Millionen Menschen", "несколько тысяч", "hundreds", "tausende", "столетие",
        "on the table", "ich bin da", "min", "zweitens", "во-первых", "le premier ministre", "Dezernat",
        "Septett", "Martin", "einfach", "einmal", "Teil",
    ],
)  # fmt: skip
def test_what_is_no_value(text: str) -> None:
    assert read(text) == {}


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("on", "tr", number(10)),
        ("min", "az", number(1000)),
        ("mille", "fr", number(1000)),
        ("sept", "fr", number(7)),
        ("premier", "fr", number(1)),
        ("3 billion", "en", number(3 * 10**9)),
        ("3 billions", "fr", number(3 * 10**12)),
        ("3 bin", "tr", number(3000)),
        ("30 min", "de", number(30)),
        ("April 30", "de", number(30)),
        ("April 30", "en", {Date(None, 4, 30)}),
    ],
)
def test_the_language_settles_what_a_word_means(text: str, language: str, expected: set[Reading]) -> None:
    assert expected in read(text, language).values()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["cardinal", "ordinal"])
def test_every_number_to_a_hundred_reads_back(language: str, kind: str) -> None:
    wrong = {}
    for value in range(101):
        if (value, kind) == (1, "cardinal"):
            continue
        text = num2words(value, lang=language, to=kind)
        if (found := read(text, language)) != {text: number(value)}:
            wrong[text] = found
    assert wrong == {}


@settings(deadline=None)
@given(st.integers(2, 999_999), st.sampled_from(LANGUAGES))
def test_larger_numbers_read_back(value: int, language: str) -> None:
    assume(language not in ("tr", "az") or value // 1000 % 10 != 1)  # num2words leaves the bir of 21 000 out
    text = num2words(value, lang=language).replace(",", "")
    assert read(text, language) == {text: number(value)}


@settings(deadline=None)
@given(st.integers(8, 1300), st.sampled_from("ngdaip"), st.sampled_from("mfn"))
def test_russian_numbers_read_back_in_every_case(value: int, case: str, gender: str) -> None:
    cardinal = num2words(value, lang="ru", case=case)
    ordinal = num2words(value, lang="ru", to="ordinal", case=case, gender=gender)
    assert read(cardinal, "ru") == {cardinal: number(value)}
    assert read(ordinal, "ru") == {ordinal: number(value)}


@settings(deadline=None)
@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from(LANGUAGES))
def test_numbers_in_digits_read_back(value: Decimal, language: str) -> None:
    text = format_decimal(value, locale=language)
    (found,) = values(text)
    assert value in found.readings
    assert (found.start, found.end) == (0, len(text))


@settings(deadline=None)
@given(
    st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)),
    st.sampled_from(["full", "long", "medium", "short"]),
    st.sampled_from(LANGUAGES),
    st.booleans(),
    st.sampled_from(["{}", "({}).", "\n{}\n", "A {} B"]),
)
def test_every_date_reads_back(day: datetime.date, form: str, language: str, known: bool, around: str) -> None:
    text = around.format(format_date(day, form, locale=language))
    assert Value(0, 0, frozenset({Date(day.year, day.month, day.day)})) in values(text, language if known else None)
    assert len(values(text, language)) == 1


@pytest.mark.parametrize(
    ("claim", "source", "says"),
    [
        ("30", "der dreißigste", True),
        ("1.200", "1 200", True),
        ("1.2", "1 200", False),
        ("30", "300", False),
        ("30", "30,5", False),
        ("5", "-5", False),
        ("30", "30 %", True),
        ("30 %", "30", False),
        ("3. Dezember", "2022-12-03", True),
        ("Dezember 2022", "3 декабря 2022", True),
        ("2022", "3 декабря 2022", True),
        ("2022-12-03", "3. Dezember", False),
        ("2022-12-03", "Dezember 2022", False),
        ("2022-12-03", "2022-12-04", False),
        ("3 December 2022", "03/12/2022", True),
        ("3", "3. Dezember", False),
        ("3 Millionen", "3", False),
    ],
)
def test_whether_one_text_says_a_value_of_another(claim: str, source: str, says: bool) -> None:
    (value,) = values(claim)
    assert (value in values(source)) is says


@pytest.mark.parametrize(
    ("claim", "source", "says"),
    [
        ("the 1970s", "in den 1970er-Jahren", True),
        ("the 80s", "в 1980-х", True),
        ("the 1970s", "in den 1960er-Jahren", False),
        ("MPEG-2", "MPEG-2", True),
        ("MPEG-3", "MPEG-2", False),
        ("at 10:30", "um 10:30 Uhr", True),
        ("at 10:31", "um 10:30 Uhr", False),
        ("COVID-19", "19", True),
    ],
)
def test_digits_of_no_value_are_compared_to_the_digit(claim: str, source: str, says: bool) -> None:
    (digits,) = values(claim).digits
    assert values(source).has_digits(digits) is says


@pytest.mark.parametrize(
    ("claim", "language", "says"),
    [
        ("80'lerde", "tr", True),
        ("1970'lerin", "tr", False),
        ("1980-ci illərdə", "az", True),
        ("1970-ci illər", "az", False),
    ],
)
def test_turkic_decades(claim: str, language: str, says: bool) -> None:
    (digits,) = values(claim, language).digits
    assert values("in den 1980er-Jahren", "de").has_digits(digits) is says


def test_millions_of_money() -> None:
    assert list(read("£30m a year", "en").values()) == [number(30 * 10**6)]
    assert read("30m wide", "en") == {}


def test_a_number_may_be_part_of_a_name_elsewhere() -> None:
    (value,) = values("oxygen 18")
    assert value in values("Sauerstoff-18")
    assert value not in values("Sauerstoff-16")


@pytest.mark.parametrize("text", ["9" * 5000, "-" + "9" * 5000])
def test_a_number_with_more_digits_than_python_writes_is_no_whole_one(text: str) -> None:
    (value,) = values(text)
    assert value.whole == frozenset()


_PIECES = st.sampled_from(
    ["3", "30", ".", ",", " ", "-", "–", "/", "'", "’", "%", "2022", "Mai", "May", "декабря", "dekabrın", "on", "bir",
     "zwei", "und", "zwanzig", "et", "cent", "million", "Mio", "st", "th", "er", "s", "İ", "ı", "\u0301", "\u00a0", "½"]
)  # fmt: skip


@settings(deadline=None)
@given(st.text() | st.lists(_PIECES, max_size=14).map("".join), st.sampled_from([None, *LANGUAGES, "xx"]))
def test_every_value_stands_where_it_says_and_says_itself(text: str, language: str | None) -> None:
    found = values(text, language)
    for value in found:
        assert 0 <= value.start < value.end <= len(text)
        assert value.readings
        assert value in found
        assert re.search(r"\w", text[value.start : value.end])
    assert [value.start for value in found] == sorted(value.start for value in found)
    assert all(found.has_digits(digits) for digits in found.digits)


_HOSTILE = [
    "1." * 9000,
    "9" * 20000,
    "1 234 " * 4000,
    "zwei" * 5000,
    "zwei " * 3000,
    "3 und " * 3000 + "Mai",
    "%" * 9000,
]


@pytest.mark.parametrize("text", _HOSTILE, ids=lambda text: text[:6])
def test_hostile_texts_take_no_time(text: str) -> None:
    began = time.perf_counter()
    values(text)
    assert time.perf_counter() - began < 3
