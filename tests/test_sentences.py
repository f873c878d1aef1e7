"""Sentences: nothing lost, every offset exact, ordinals kept together."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa_assistant import sentences
from qa_assistant.sentences import tells

LANGUAGES = st.sampled_from(["de", "en", "ru", "tr", "az", None])


def texts(text: str, language: str | None) -> list[str]:
    return [span.of(text) for span in sentences.spans(text, language)]


@given(st.text(max_size=300), LANGUAGES)
@example("Ja. Ja. Ja. Ja.", "de")
@example("🙂 Hallo! 🙂 Hallo!\r\n\r\nCafe\u0301. Cafe\u0301.", "de")
@example("Am 29. Treffen. 29. Treffen.", "de")
def test_every_visible_character_lies_in_exactly_one_sentence(text: str, language: str | None) -> None:
    spans = sentences.spans(text, language)
    covered = [index for span in spans for index in range(span.start, span.end)]
    assert covered == sorted(set(covered))
    assert {index for index, char in enumerate(text) if not char.isspace()} <= set(covered)
    for span in spans:
        assert span.of(text) == span.of(text).strip() != ""


def test_a_german_ordinal_does_not_end_a_sentence() -> None:
    text = "Er traf ihn im Rahmen des 29. Treffens in Lodz. Danach reiste er ab."
    assert texts(text, "de") == ["Er traf ihn im Rahmen des 29. Treffens in Lodz.", "Danach reiste er ab."]


def test_a_turkish_ordinal_does_not_end_a_sentence() -> None:
    assert len(texts("Toplantıda 30. yıldönümü kutlandı. İkinci cümle.", "tr")) == 2


def test_lines_wrapped_at_a_width_are_joined_and_others_are_not() -> None:
    wrapped = "The ministers met in the capital on Friday to\ndiscuss cooperation in energy. They soon\nparted.\n"
    assert len(texts(wrapped, "en")) == 2
    assert len(texts("Headline\nThe ministers met.", "en")) == 2


def test_a_blank_line_ends_a_sentence() -> None:
    assert texts("Ohne Punkt\n\nWeiter", "de") == ["Ohne Punkt", "Weiter"]


def test_a_very_long_line_is_cut_in_time_that_grows_with_its_length() -> None:
    spans = sentences.spans("wort " * 40_000, "de")
    assert max(span.end - span.start for span in spans) <= 5_000


@pytest.mark.parametrize(
    ("sentence", "does"),
    [
        ("(tberg)", False), ("(Reuters, APA, red)", False), ("(ТАСС)", False), ("(...)", False), ("17.", False),
        ("(Er kam am Abend.)", True), ("(Kam er?)", True), ("(APA) Der Hafen ist zu.", True), ("(A) und (B)", True),
        ("Der Hafen (alt)", True),
    ],
)  # fmt: skip
def test_a_few_words_in_parentheses_tell_nothing(sentence: str, does: bool) -> None:
    assert tells(sentence) is does


BROKEN = [
    ("ru", ["Москва. 5 марта. ИНТЕРФАКС.RU - Механик спасён, сообщил МИД.", "Повар пропал."]),
    ("ru", ["Астана. 12 марта. ИНТЕРФАКС-КАЗАХСТАН - Договор подписан.", "Он вступит в силу в мае."]),
    ("ru", ["МОСКВА, 22 марта 2024 года. /ТАСС/.", "Центробанк повысил ставку."]),
    ("tr", ['Bakan, "İki gemi çarpıştı.', 'Durum ciddi." dedi.', "Gemiler limana çekildi."]),
    ("tr", ['Bakan, "Enflasyon düşecek." açıklamasında bulundu.']),
    ("de", ["Hat das denn noch Niveau?, frug er.", "Dann ging er."]),
    ("en", ['He said: "We will go."', "Then they left.", '"Come on!" she said.']),
]
"""What pysbd cuts into more pieces."""


@pytest.mark.parametrize(("language", "expected"), BROKEN)
def test_no_sentence_begins_in_a_dateline_or_behind_a_quotation_that_goes_on(
    language: str, expected: list[str]
) -> None:
    text = " ".join(expected)
    assert [span.of(text) for span in sentences.spans(text, language)] == expected


def test_items_of_a_list_are_not_taken_for_wrapped_lines() -> None:
    lines = [
        "The treaty provides for:",
        "- a single tariff for all cargo on the route,",
        "- a joint operator with its seat in Tbilisi,",
        "- the dredging of the port for 90 million.",
    ]
    text = "\n".join(lines)
    assert [span.of(text) for span in sentences.spans(text, "en")] == lines


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh", ["“双方同意明年举行峰会。”外交部发言人毛宁说。", "会谈持续两小时。"]),
        ("ja", ["「関係を深めたい。」と述べた。", "価格は1.5倍になった。"]),
        ("ko", ['윤 대통령은 "차별이 없어야 한다."고 말했다.', "내년이다."]),
        ("he", ['הוא אמר: "אנחנו מוכנים." מתי?', "מחר."]),
        ("el", ["Το κόστος είναι 1,9 δισ. ευρώ.", "Ο κ. Μητσοτάκης είπε όχι."]),
        ("es", ["El Sr. Pérez y la Dra. Gómez fueron.", "Cuesta 2.700 millones."]),
        ("pl", ["Prof. Jan Kowalski i dr hab. Anna Nowak.", "Koszt to 5 tys. zł."]),
        ("uk", ["Ціна — 12 млн. грн. за рік.", "Зустріч у театрі ім. Шевченка."]),
        ("nl", ["Dhr. Jansen en mevr. De Vries.", "Dat kost 5 mln. euro."]),
    ],
)
def test_quotations_and_abbreviations_of_other_languages_stay_whole(language: str, expected: list[str]) -> None:
    space = "" if language in ("zh", "ja") else " "
    assert texts(space.join(expected), language) == expected
