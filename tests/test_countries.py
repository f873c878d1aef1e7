"""Countries are compared as values: in whatever language and case they are named, and as adjectives of the article."""

from __future__ import annotations

import pytest

from qa_assistant.answering.countries import absent, countries

GERMAN = "In Ungarn ist ein Staudamm gebaut worden, den japanische Unternehmen und Frankreichs Regierung bezahlt haben."


@pytest.mark.parametrize(
    ("language", "text", "codes"),
    [
        ("en", "A dam was built in Portugal.", {"PT"}),
        ("en", "Hungary's minister met Japan's.", {"HU", "JP"}),
        ("de", "Ungarns Minister sprach über Aserbaidschan.", {"HU", "AZ"}),
        ("ru", "Министр Азербайджана говорил о Венгрии и с Японией.", {"AZ", "HU", "JP"}),
        ("tr", "Macaristan'da, Portekiz'de ve Japonya'nın limanlarında", {"HU", "PT", "JP"}),
        ("az", "Yaponiyanın və Macarıstanın nazirləri", {"JP", "HU"}),
        ("fr", "Le Japon et la Hongrie", {"JP", "HU"}),
        ("en", "A famous Indian lawyer, turkey for dinner, the oman of the sea", set()),
        ("ru", "Ганди читал Перси Шелли, а Чан правил.", set()),
        ("xx", "Portugal", set()),
    ],
)
def test_countries_are_read_in_every_case(language: str, text: str, codes: set[str]) -> None:
    assert set(countries(text, language)) == codes


@pytest.mark.parametrize(
    ("language", "text", "missing"),
    [
        ("en", "A dam was built in Hungary.", ()),
        ("en", "A dam was built in Portugal.", ("Portugal",)),
        ("en", "Japan and France paid for it, Poland did not.", ("Poland",)),
        ("ru", "Плотину построили в Венгрии, а не в Португалии.", ("Португалии",)),
        ("tr", "Japonya ödedi, Portekiz ödemedi.", ("Portekiz",)),
        ("de", "Frankreich hat bezahlt.", ()),
    ],
)
def test_an_adjective_of_the_article_speaks_of_the_country_too(
    language: str, text: str, missing: tuple[str, ...]
) -> None:
    assert absent(countries(text, language), language, GERMAN, "de") == missing


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("Hungary", "Die Beziehungen der Länder; die Hungrigen"),
        ("Germany", "Die Bedeutung war deutlich."),
        ("Italy", "Das Kapital"),
        ("Sweden", "Die schweren Folgen"),
        ("Spain", "Die Spannungen"),
        ("Austria", "Australische Unternehmen"),
        ("Moldova", "Die Republik"),
    ],
)
def test_letters_of_a_country_in_another_word_do_not_speak_of_it(country: str, text: str) -> None:
    assert absent(countries(f"What did {country} say?", "en"), "en", text, "de") == (country,)


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("Germany", "In Westdeutschland"),
        ("Austria", "Der oberösterreichische Landeshauptmann"),
        ("Moldova", "In der Republik Moldau"),
        ("Sweden", "Die schwedische Regierung"),
    ],
)
def test_a_compound_speaks_of_its_country(country: str, text: str) -> None:
    assert absent(countries(f"What did {country} say?", "en"), "en", text, "de") == ()


@pytest.mark.parametrize(
    ("text", "language", "article", "other"),
    [
        ("What did Denmark say?", "en", "Die dänische Regierung", "de"),
        ("Что сказала Польша?", "ru", "Der polnische Minister", "de"),
        ("Was sagte Finnland?", "de", "The Finnish minister", "en"),
        ("Was sagte Spanien?", "de", "The Spanish minister", "en"),
        ("Was sagte die Türkei?", "de", "Le ministre turc", "fr"),
        ("What did Germany say?", "en", "Il ministro tedesco", "it"),
        ("What did Ireland say?", "en", "Der irische Minister", "de"),
        ("What did Germany say?", "en", "Spotkał się z ministrem obrony Niemiec.", "pl"),
        ("What did Germany say?", "en", "Зустрівся з німецьким міністром.", "uk"),
        ("What did Hungary say?", "en", "Premier Węgier przyjechał do Warszawy.", "pl"),
        ("What did Russia say?", "en", "Rosyjski atak trwał całą noc.", "pl"),
        ("What did Sweden say?", "en", "De Zweedse premier kwam aan.", "nl"),
        ("What did Spain say?", "en", "De Spaanse koning kwam aan.", "nl"),
        ("What did Poland say?", "en", "Il premier polacco è arrivato.", "it"),
    ],
)
def test_an_adjective_or_an_inflected_name_may_begin_otherwise_than_the_name(
    text: str, language: str, article: str, other: str
) -> None:
    named = countries(text, language)
    assert len(named) == 1
    assert absent(named, language, article, other) == ()


def test_an_article_in_an_unknown_language_is_searched_for_the_names_one_asks_with() -> None:
    assert absent({"PT": "Portugal"}, "en", "Um dique em Portugal", None) == ()


def test_no_country_is_missing_in_a_script_that_does_not_spell_its_sound() -> None:
    assert absent({"JP": "Japan"}, "en", "双方讨论了与日本外相的会谈。", "zh") == ()
    assert absent({"TR": "Turkey"}, "en", "ناقش الوزير التركي التعاون", "ar") == ()
    assert absent({"TR": "Turkey"}, "en", "Συζήτησαν με την Κύπρο.", "el") == ("Turkey",)
