"""Which language a question is in that nothing was asked before: the six by their words, others by the model."""

from __future__ import annotations

import pytest

from qa_assistant.answering.followup import language_of
from qa_assistant.answering.question_language import known_language


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Was geschah am 9. April 2015?", "de"), ("Was war am 8. April 2024 los?", "de"),
        ("Was gab es am 5. November 2015?", "de"), ("Was will Putin in Syrien?", "de"), ("Was war in Orlando?", "de"),
        ("Was fordert Amnesty International?", "de"), ("Wer ermordete M. Theo Kearney?", "de"),
        ("Was Putin in Syria?", "en"), ("Was the treaty signed?", "en"), ("war in Syria", "en"),
        ("Will Trump win?", "en"), ("students die in Orlando", "en"), ("Why do divers get", "en"),
        ("Dudley Simpson hangi filmle Oscar", "tr"), ("Merkel'in partisi hangisi?", "tr"),
        ("Neftin bir bareli neçəyə satılır?", "az"), ("Velosiped yarışını kim qazandı?", "az"),
        ("Que pensait Ratzel", "fr"), ("Comment les Ergänzungsschulen sont-elles financées ?", "fr"),
        ("Какая драма от Аарона", "ru"), ("Who met Bayramov?", "en"), ("When did Orbán go?", "en"),
    ],
)  # fmt: skip
def test_function_words_tell_the_language_of_a_short_question(question: str, language: str) -> None:
    assert known_language(question) == language


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Hochwasser", "de"), ("Flüchtlinge", "de"), ("seçimler", "tr"), ("qaçqınlar", "az"), ("actualités", "fr"),
        ("взрыв", "ru"), ("earthquake", "en"), ("latest news", "en"), ("Leitzins Russland", "en"), ("Takei", "en"),
    ],
)  # fmt: skip
def test_of_keywords_what_is_likely_is_taken_else_english(question: str, language: str) -> None:
    assert language_of(question, ()) == language


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("¿Quién es Putin?", "es"), ("¿Qué se dice sobre la energía?", "es"),
        ("¿Quién es el presidente de España?", "es"), ("Chi è Putin?", "it"),
        ("Kim jest Putin?", "pl"), ("Chi ha vinto le elezioni?", "it"), ("Ile osób zginęło w trzęsieniu ziemi?", "pl"),
        ("谁是普京？", "zh"), ("من هو بوتين؟", "ar"), ("Ποιος είναι ο Πούτιν;", "el"), ("Хто такий Путін?", "uk"),
    ],
)  # fmt: skip
def test_other_languages_are_kept_where_script_or_spelling_says_so(question: str, language: str) -> None:
    assert language_of(question, ()) == language
