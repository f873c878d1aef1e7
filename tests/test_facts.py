"""Facts found in answers: a right one in any form and language passes, a wrong number never does."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_assistant.evaluation.facts import covered

HELD = [
    # numbers
    ("30", "Es war der 30. Jahrestag."),
    ("30", "Es waren 30."),
    ("30", "the thirtieth anniversary"),
    ("30", "тридцатая годовщина"),
    ("30", "30-летие отношений"),
    ("30", "otuzuncu yıl dönümü"),
    ("30", "30'uncu yıl"),
    ("30", "30-cu ildönümü"),
    ("30", "le 30e anniversaire"),
    ("30", "thirty years [1]"),
    ("30", "30 % der Stimmen"),
    ("30.", "30 years"),
    ("thirty", "30 Jahre"),
    ("тридцать", "dreißig Jahre"),
    ("30 %", "30 Prozent"),
    ("30 %", "yüzde 30"),
    ("1.200", "1 200 Menschen"),
    ("1200", "1,200 people"),
    ("3 Millionen", "3 млн человек"),
    ("3,5 million", "3.500.000 Euro"),
    ("2023", "im Jahr 2023"),
    ("2023", "в 2023-м году"),
    ("10-15", "10–15 Tage"),
    # dates
    ("2022-12-03", "Am 3. Dezember 2022 [1]."),
    ("2022-12-03", "3 декабря 2022 года"),
    ("2022-12-03", "on December 3, 2022,"),
    ("2022-12-03", "3 Aralık 2022'de"),
    ("2022-12-03", "2022-ci il dekabrın 3-də"),
    ("2022-12-03", "le 3 décembre 2022"),
    ("2022-12-03", "(03.12.2022)"),
    ("2022-12-03", "vom 3. bis 5. Dezember 2022"),
    ("3. Dezember 2022", "2022-12-03"),
    ("2022-12", "3 декабря 2022"),
    ("Dezember 2022", "in December 2022"),
    ("2022", "3 декабря 2022"),
    ("12-03", "Am 3. Dezember"),
    ("12-03", "December 3, 2022"),
    ("--12-03", "3 Aralık 2022"),
    ("Dezember", "в декабре"),
    # numbers that are a part of a name
    ("U1", "die Linie U 1"),
    ("A380", "ein Airbus A 380"),
    ("COVID-19", "Covid 19"),
    # words
    ("Bayramov", "Jeyhun Bayramov’s Kollege"),
    ("Bayramov", "Министр Байрамов"),
    ("Байрамов", "Minister BAYRAMOV"),
    ("Bayramov", "Bayramov'un meslektaşı"),
    ("Außenminister", "der AUSSENMINISTER"),
    ("Müller", "Frau Muller"),
    ("Fêtes", "les fetes"),
    ("Şahin", "Sahin"),
    ("ISTANBUL", "İstanbul'da"),
    ("Istanbul", "ISTANBUL"),
    ("ещё", "еще"),
    ("Shunsuke Takei", "Shunsuke\nTakei"),
    ("Shunsuke Takei", "„Shunsuke“, Takei"),
    ("OSZE", "l'OSZE"),
    ("UN-Sicherheitsrat", "im UN Sicherheitsrat"),
    ("diplomat*", "diplomatischer Beziehungen"),
    ("diplomat* Beziehung*", "diplomatischer Beziehungen"),
    ("дипломат*", "дипломатических отношений"),
    ("ООН", "в ООН"),
    ("Jahr", "Jah\u00adr"),
    # both
    ("29. Treffen", "beim neunundzwanzigsten Treffen"),
    ("29. Treffen*", "im Rahmen des 29. Treffens"),
    ("29 встреч*", "29-я встреча"),
    ("zwei Länder", "2 Länder"),
    ("Zweiter Weltkrieg", "im Zweiten Weltkrieg"),
    ("COVID-19", "die covid-19-Lage"),
    ("G20", "beim G20-Gipfel"),
    ("10:30", "um 10:30 Uhr"),
    ("30 km", "30km"),
]

NOT_HELD = [
    # numbers
    ("30", "300 Jahre"),
    ("30", "1930"),
    ("30", "30,5 Grad"),
    ("30", "30.5"),
    ("30", "1.030"),
    ("30", "30 000 Menschen"),
    ("30", "30 Millionen"),
    ("30", "-30 Grad"),
    ("30", "Dreizehn"),
    ("30", "thirty-five"),
    ("30", "тридцать два"),
    ("30", "COVID-30"),
    ("30", "G30"),
    ("U1", "U 1,5"),
    ("U1", "U 10"),
    ("30", "um 10:30 Uhr"),
    ("30", "in den 30er Jahren"),
    ("30", "am 30. Dezember"),
    ("30", "30 Dec 2022"),
    ("30", "Das steht dort [30]."),
    ("1", "Das steht dort [1][2]."),
    ("1", "Ein Treffen mit einem Kollegen"),
    ("1", "one of the ministers"),
    ("200", "1 200 Menschen"),
    ("1200", "1,2 Kilometer"),
    ("30 %", "30 Menschen"),
    ("30 %", "30 Prozentpunkte"),
    ("1990", "die 1990er Jahre"),
    ("thirty", "thirty-five"),
    ("one", "twenty-one"),
    ("10", "on the table"),
    ("1000", "ich bin da"),
    # dates
    ("2022", "2023"),
    ("2022-12-03", "3. Dezember"),
    ("2022-12-03", "Dezember 2022"),
    ("2022-12-03", "4. Dezember 2022"),
    ("2022-12-03", "3. Dezember 2021"),
    ("2022-12-03", "3. November 2022"),
    ("2022-12-03", "13. Dezember 2022"),
    ("2022-12", "November 2022"),
    ("2022-12", "12 Menschen, 2022"),
    ("12-03", "12. März"),
    ("12-03", "12 von 30"),
    ("3. Dezember", "3 Treffen im Dezember"),
    # words
    ("Japan", "japanischer"),
    ("Minister", "Außenminister"),
    ("Takei", "Takeis"),
    ("он", "on the table"),
    ("в", "v."),
    ("до", "do"),
    ("diplomat*", "ein Undiplomat"),
    ("Shunsuke Takei", "Takei Shunsuke"),
    ("Shunsuke Takei", "Shunsuke Herr Takei"),
    ("Treffen", ""),
    ("…", "Treffen …"),
    ("", "Treffen"),
    # both
    ("29. Treffen", "28. Treffen"),
    ("29. Treffen", "29 Minister beim Treffen"),
    ("29. Treffen", "129. Treffen"),
    ("G20", "G7 und 20 Gäste"),
    ("COVID-19", "COVID-20"),
]


@pytest.mark.parametrize(("wording", "answer"), HELD)
def test_a_fact_is_found(wording: str, answer: str) -> None:
    assert covered([wording], answer)
    assert covered(["etwas ganz anderes", wording], answer)


@pytest.mark.parametrize(("wording", "answer"), NOT_HELD)
def test_a_wrong_or_other_one_is_not(wording: str, answer: str) -> None:
    assert not covered([wording], answer)


@pytest.mark.parametrize(
    ("wording", "answer", "language", "held"),
    [("10", "on gün", "tr", True), ("7", "sept pays", "fr", True), ("30", "April 30 Menschen", "de", True),
     ("30", "April 30", "en", False), ("1000", "min nəfər", "az", True), ("1000", "30 min", "fr", False)],
)  # fmt: skip
def test_the_language_of_the_answer_counts(wording: str, answer: str, language: str, held: bool) -> None:
    assert covered([wording], answer, language) is held


@pytest.mark.parametrize(
    ("wording", "answer", "language", "asked", "held"),
    [("1 trillion", "auf 1 Billion Euro", "de", "en", True), ("1 billion", "auf 1 Billion Euro", "de", "en", False),
     ("1 Billion", "1 trillion euros", "en", "de", True), ("100", "yüz kişi öldü", "tr", "en", True),
     ("yüz kişi", "yüz kişi öldü", "tr", "en", True), ("Takei", "Takei", "tr", "en", True)],
)  # fmt: skip
def test_a_quote_is_read_in_its_own_language(wording: str, answer: str, language: str, asked: str, held: bool) -> None:
    assert covered([wording], answer, language, asked) is held


_CASES: list[Callable[[str], str]] = [str.upper, str.lower, str.title, str.swapcase]
_FORMS: st.SearchStrategy[Literal["NFC", "NFD"]] = st.sampled_from(["NFC", "NFD"])
_AROUND = st.sampled_from(["{}", "„{}“", "({}).", "**{}**", "… {}!", " {}\n", "»{}« [1]", "{},", "A: {} — B"])


@settings(deadline=None)
@given(st.sampled_from(HELD + NOT_HELD), st.sampled_from(_CASES), st.sampled_from(_CASES), _FORMS, _AROUND)
def test_case_encoding_and_punctuation_around_do_not_count(
    pair: tuple[str, str],
    change_wording: Callable[[str], str],
    change_answer: Callable[[str], str],
    form: Literal["NFC", "NFD"],
    around: str,
) -> None:
    wording, answer = pair
    written = unicodedata.normalize(form, around.format(change_answer(answer)))
    assert covered([change_wording(wording)], written) is covered([wording], answer)


_WORDS = ["der", "Takei", "30", "3.", "Dezember", "2022", "двух", "on", "1", "200", "zwei", "May", "%", "million", "et"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(_WORDS), min_size=1).filter(lambda words: words != ["%"] * len(words)))
def test_an_answer_holds_itself(words: list[str]) -> None:
    text = " ".join(words)
    assert covered([text], text)


@settings(deadline=None)
@given(st.text(), st.text())
def test_any_text_gives_an_answer(wording: str, answer: str) -> None:
    assert covered([wording], answer) in (True, False)


@pytest.mark.parametrize("wording", ["a " * 5000, "3. " * 5000, "30"])
def test_hostile_texts_take_no_time(wording: str) -> None:
    began = time.perf_counter()
    covered([wording], wording + " b")
    covered(["a a a b"], "a " * 10_000)
    assert time.perf_counter() - began < 3
