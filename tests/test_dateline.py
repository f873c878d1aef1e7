"""The dateline of a wire report: read where it is unmistakable, and nothing made up anywhere."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_assistant.dateline import is_dateline, read
from qa_assistant.settings import shipped

Found = tuple[str | None, str | None, str | None]


def found(text: str) -> Found:
    metadata = read(text)
    assert metadata.title is None
    assert metadata.language is None
    return metadata.date, metadata.place, metadata.agency


def test_the_shipped_article() -> None:
    text = (shipped("corpus") / "000_7a77cca594320ad7.txt").read_text(encoding="utf-8")
    assert found(text) == ("2022-12-03", "Baku", "AZERTAC")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BERLIN, 3. Dezember 2022 (dpa) - Die Regierung", ("2022-12-03", "BERLIN", "dpa")),
        ("Berlin (dpa) - Die Regierung", (None, "Berlin", "dpa")),
        ("Berlin (dpa/bb) - Die Regierung", (None, "Berlin", "dpa")),
        ("Frankfurt/Main (dpa/AFP) – Die Bank", (None, "Frankfurt/Main", "dpa/AFP")),
        ("Frankfurt am Main (dpa) - Die Bank", (None, "Frankfurt am Main", "dpa")),
        ("Wien, 12. März (APA)", (None, "Wien", "APA")),
        ("Berlin, 3.12.2022 (dpa) - Die", ("2022-12-03", "Berlin", "dpa")),
        ("Bonn, den 3. Dezember 2022 (KNA) Die Kirche", ("2022-12-03", "Bonn", "KNA")),
        ("Hamburg, Dezember 2022 (dpa) - Die", ("2022-12", "Hamburg", "dpa")),
        ("LONDON, Dec 3 (Reuters) - Shares", (None, "LONDON", "Reuters")),
        ("LONDON, Dec. 3, 2022 (Reuters) - Shares", ("2022-12-03", "LONDON", "Reuters")),
        ("WASHINGTON (AP) — The", (None, "WASHINGTON", "AP")),
        ("Washington D.C. (AP) — The", (None, "Washington D.C.", "AP")),
        ("Rio de Janeiro (AFP) - Le", (None, "Rio de Janeiro", "AFP")),
        ("(Reuters) - Shares", (None, None, "Reuters")),
        ("BAKU, Azerbaijan, December 3, 2022 /AZERTAC/ The", ("2022-12-03", "BAKU", "AZERTAC")),
        ("Baku, December 3, AZERTAC\n\nThe", (None, "Baku", "AZERTAC")),
        ("Bakı, 3 dekabr, AZƏRTAC\n", (None, "Bakı", "AZƏRTAC")),
        ("Malatya, 25 Ocak 2024, Anadolu Ajansı\n", ("2024-01-25", "Malatya", "Anadolu Ajansı")),
        ("İSTANBUL (DHA) - Bugün", (None, "İSTANBUL", "DHA")),
        ("МОСКВА, 3 декабря. /ТАСС/. Президент", (None, "МОСКВА", "ТАСС")),
        ("МОСКВА, 3 декабря 2022 года. /ТАСС/. Президент", ("2022-12-03", "МОСКВА", "ТАСС")),
        ("Москва, 3 дек — РИА Новости. Президент", (None, "Москва", "РИА Новости")),
        ("БАКУ, 3 дек - Sputnik. Президент", (None, "БАКУ", "Sputnik")),
        ("Москва. 3 декабря. INTERFAX.RU - Президент", (None, "Москва", "INTERFAX.RU")),
        ("ST. PETERSBURG, December 3. /TASS/. The", (None, "ST. PETERSBURG", "TASS")),
        ("BERLIN dpa | Die", (None, "BERLIN", "dpa")),
        ("KYIV, 3 December 2022 (BELGA) - The", ("2022-12-03", "KYIV", "BELGA")),
        ("VIENNA, 3 December 2022 – The", ("2022-12-03", "VIENNA", None)),
        ("BERLIN, 3. Dezember 2022 (Samstag) - Der", ("2022-12-03", "BERLIN", None)),
        ("BRUXELLES, 5 mai 2023 (Belga) - Le", ("2023-05-05", "BRUXELLES", None)),
        ("ТБИЛИСИ, 9 марта 2023. /Интерпресс/. В", ("2023-03-09", "ТБИЛИСИ", None)),
        ("PARIS, 1er mars 2023 (AFP) - Le", ("2023-03-01", "PARIS", "AFP")),
        ("Paris, le 3 mars 2023 (AFP) - Le", ("2023-03-03", "Paris", "AFP")),
        ("Madrid, 3 dic 2022 (EFE).- El", ("2022-12-03", "Madrid", "EFE")),
        ("Barcelona, 3 de diciembre de 2022 (Europa Press) - El", ("2022-12-03", "Barcelona", "Europa Press")),
        ("(ANSA) - ROMA, 03 DIC - La", (None, "ROMA", "ANSA")),
        ("Kraków, 3 grudnia 2022 (PAP) - Dzwon", ("2022-12-03", "Kraków", "PAP")),
        ("КИЇВ. 3 грудня. УКРІНФОРМ. Президент", (None, "КИЇВ", "УКРІНФОРМ")),
        ("Львів, 2 грудня 2022 року (Інтерфакс-Україна) – У", ("2022-12-02", "Львів", "Інтерфакс-Україна")),
        ("ΑΘΗΝΑ, 3 Δεκεμβρίου 2022 (ΑΠΕ-ΜΠΕ) - Ο", ("2022-12-03", "ΑΘΗΝΑ", "ΑΠΕ-ΜΠΕ")),
        ("თბილისი, 3 დეკემბერი, 2022 (ინტერპრესნიუსი) - ირაკლი", ("2022-12-03", "თბილისი", "ინტერპრესნიუსი")),
        ("ԵՐԵՎԱՆ, 3 ԴԵԿՏԵՄԲԵՐԻ, ԱՐՄԵՆՊՐԵՍ։ Հայաստանի", (None, "ԵՐԵՎԱՆ", "ԱՐՄԵՆՊՐԵՍ")),
        ("القاهرة - (أ ش أ): استقبل", (None, "القاهرة", "أ ش أ")),
        ("دبي في ٣ ديسمبر ٢٠٢٢ (رويترز) - أبقت", ("2022-12-03", "دبي", "رويترز")),
        ("تهران، ۱۲ آذر ۱۴۰۱ (ایرنا) - وزیر", (None, None, None)),
        ("تهران (ایرنا) - وزیر", (None, "تهران", "ایرنا")),
        ("قال وزير الخارجية (رويترز) - إن", (None, None, None)),
        ("新华社北京12月3日电（记者张三）国家主席", (None, "北京", "新华社")),
        ("中新社东京2022年12月2日电 日本", ("2022-12-02", "东京", "中新社")),
        ("新华社12月3日电 国家", (None, None, "新华社")),
        ("【東京共同】武井", (None, "東京", "共同")),
        ("（ワシントン＝時事）バイデン", (None, "ワシントン", "時事")),
        ("［東京　３日　ロイター］ - 日銀", (None, "東京", "ロイター")),
        ("(서울=연합뉴스) 김철수 기자 = 윤", (None, "서울", "연합뉴스")),
        ("Baku, AZERTAC\n\nDer", (None, "Baku", "AZERTAC")),
        ("Regierung plant neue Steuer\n\n\nBerlin (dpa) - Die", (None, "Berlin", "dpa")),
        ("Titel\nUntertitel\nBerlin,  3.\u00a0Dezember 2022\t(dpa) - Die", ("2022-12-03", "Berlin", "dpa")),
    ],
)
def test_datelines(text: str, expected: Found) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("date 2022-12 Baku, 3. Dezember, AZERTAC", "2022-12-03"),
        ("Date: 2022-12\nBaku, 3. Dezember, AZERTAC", "2022-12-03"),
        ("date 2022-12 Baku, AZERTAC", "2022-12"),
        ("date 2022-12-04 Baku, 3. Dezember, AZERTAC", "2022-12-04"),
        ("date 2023-01 Baku, 31. Dezember, AZERTAC", "2023-01"),
        ("date 2022-12 Baku, 3. Dezember 2021, AZERTAC", "2022-12"),
        ("date 2022-02 Baku, 31. Februar, AZERTAC", "2022-02"),
        ("date 2022-13 Baku, 3. Dezember, AZERTAC", None),
    ],
)
def test_a_date_key_gives_the_year_if_the_months_agree(text: str, date: str | None) -> None:
    assert found(text) == (date, "Baku", "AZERTAC")


def test_a_date_key_without_a_dateline() -> None:
    assert found("date 2022-12 Die Regierung hat beschlossen.") == ("2022-12", None, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Wien, die Hauptstadt, ist schön.",
        "Am 3. Dezember 2022 fuhr der Minister nach Wien.",
        "Am 3. Dezember (dpa) - berichtete",
        "Apple (AAPL) shares rose.",
        "Merkel (CDU) - die Kanzlerin",
        "Paris, 13. November 2015 – der Tag, der alles änderte",
        "Wien, 3. Dezember, Trend meldet Gewinne",
        "Paris, 3. Dezember - Reuters berichtet",
        "Von Peter Maier (dpa) - Der",
        "Foto: Angela Merkel (AP) - Die",
        "Angela Merkel (AP)",
        "Die Frau (AP) - sie",
        "Heute, 3. Dezember 2022 (dpa) - Der",
        "Berlin, 3. Dezember 2022 (Samstag) - Der",
        "Der Agentur Berlin (dpa) - sagte",
        "am Anfang: Berlin (dpa) - Die",
        "Eins\nZwei\nDrei\nBerlin (dpa) - Die",
        "x" * 300 + "\nBerlin (dpa) - Die",
    ],
)
def test_ordinary_beginnings_give_nothing(text: str) -> None:
    assert found(text) == (None, None, None)


@pytest.mark.parametrize(
    ("sentence", "alone"),
    [
        ("date 2022-12 Baku, 3. Dezember, AZERTAC", True), ("London, August 4, 2018 (Reuters)", True),
        ("МОСКВА, 3 декабря. /ТАСС/.", True), ("МОСКВА, 22 марта 2024 года.", True),
        ("Ankara, 5 Mayıs 2017 (AA) –", True), ("PARIS, 1er mars 2023 (AFP)", True), ("Wien, 3. Mai 2022.", True),
        ("Berlin (dpa) - Der Minister kam.", False), ("Wien, 3. Mai 2022: Alles blieb ruhig.", False),
        ("(red, 21.6.2015)", True), ("(APA/red – 8.8. 2015)", True), ("(7.9.2015)", True),
        ("(48.)", False), ("(Er kam am 3. Mai 2016.)", False), ("Der Hafen ist zu.", False), ("", False),
    ],
)  # fmt: skip
def test_a_sentence_that_is_nothing_but_a_dateline(sentence: str, alone: bool) -> None:
    assert is_dateline(sentence) is alone


def test_a_day_that_does_not_exist_gives_no_date() -> None:
    assert found("PEKING, 31. Februar 2022 (Xinhua) -- Der") == (None, "PEKING", "Xinhua")


_PIECES = [
    "Berlin",
    "BAKU",
    ", ",
    " ",
    "3.",
    "31",
    "Dezember",
    "Dec",
    "декабря",
    "2022",
    "(dpa)",
    "/ТАСС/",
    " - ",
    "— ",
    "\n",
]
_PIECES += [
    "date 2022-12 ",
    "AZERTAC",
    "(",
    ")",
    ".",
    "Februar",
    "12",
    "02",
    "-",
    "Москва",
    "| ",
    "\u2028",
    "\0",
    "İ",
    "ß",
]


@given(st.text() | st.lists(st.sampled_from(_PIECES), max_size=14).map("".join))
def test_nothing_is_found_that_is_not_written(text: str) -> None:
    date, place, agency = found(text)
    words = " ".join(text.split())
    assert place is None or place in words
    assert agency is None or all(part in words for part in agency.split("/"))
    if date:
        year, _, rest = date.partition("-")
        day = rest.partition("-")[2]
        assert year in text
        assert not day or re.search(rf"(?<![0-9])0?{int(day)}(?![0-9])", text)


@pytest.mark.parametrize(
    "text", ["A " * 500, "A.-" * 500, "Aa, " * 300, "A, 3 " * 200, "(" * 1000, "A/" * 500, "A" * 1000]
)
def test_hostile_beginnings_take_no_time(text: str) -> None:
    began = time.perf_counter()
    read(text)
    assert time.perf_counter() - began < 0.5
