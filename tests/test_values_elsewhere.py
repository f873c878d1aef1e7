"""Numbers and dates of texts in languages that the number tables do not have, beside claims in English."""

from __future__ import annotations

import pytest

from qa_assistant.answering.numbers.values import values


@pytest.mark.parametrize(
    ("language", "text", "claim"),
    [
        ("es", "El 12 de diciembre de 2022 pagó 40 millones de euros.", "On 12 December 2022, 40 million euros"),
        ("it", "Il 3 aprile costò 2 miliardi.", "2 billion on 3 April"),
        ("uk", "15 грудня 2022 року дали 12 мільйонів.", "12 million on 15 December 2022"),
        ("pl", "12 grudnia 2022 r. dano 1,2 mln zł.", "1.2 million on 12 December 2022"),
        ("nl", "Op 3 februari 200 miljoen.", "200 million on 3 February"),
        ("el", "Στις 3 Ιουνίου 1,9 δισ. ευρώ.", "1.9 billion on 3 June"),
        ("ar", "بلغ ١٢٠ مليون في ٣ ديسمبر ٢٠٢٢", "120 million on 3 December 2022"),
        ("fa", "۵۲۸ نفر و ۱٫۳ میلیارد", "528 and 1.3 billion"),
        (
            "zh",
            "会谈于2022年12月3日举行，1.3亿美元，120万人，占24%。",
            "3 December 2022: 130 million dollars, 1.2 million, 24 %",
        ),
        ("ja", "来年2月に、1億2000万円。", "120 million yen in February"),
        ("ko", "2022년 12월 2일 560억원을", "56 billion won on 2 December 2022"),
    ],
)
def test_an_english_claim_about_numbers_in_another_language(language: str, text: str, claim: str) -> None:
    found = values(text, language)
    assert [value for value in values(claim, "en") if value not in found] == []


@pytest.mark.parametrize(
    ("language", "text", "claim"),
    [
        ("zh", "金额为1.3亿美元。", "13 million"),
        ("es", "40 millones el 3 de marzo", "40 on 4 March"),
        ("ja", "2月3日", "3 March"),
    ],
)
def test_a_wrong_number_in_another_language_is_seen(language: str, text: str, claim: str) -> None:
    assert not any(value in values(text, language) for value in values(claim, "en"))
