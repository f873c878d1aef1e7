"""What a question asks, without how it is put."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_assistant import Assistant
from qa_assistant.answering.phrasing import plain
from qa_assistant.settings import Settings

PUT_POLITELY = {
    "Could you please tell me what Bayramov and Takei discussed?": "What Bayramov and Takei discussed?",
    "Hi, can you tell me who they met? Thanks!": "Who they met?",
    "I’d like to know when the meeting was.": "When the meeting was?",
    "Do you know on which day they met?": "On which day they met?",
    "Please, what was said about energy": "What was said about energy",
    "Can you tell me who Takei is? Could you please tell me when they met?": "Who Takei is? When they met?",
    "Können Sie mir bitte sagen, worüber sie sprachen?": "Worüber sie sprachen?",
    "Ich möchte gerne wissen, wann das Treffen war": "Wann das Treffen war?",
    "Скажите, пожалуйста, о чём говорили министры?": "О чём говорили министры?",
    "Мне интересно, кто такой Такэи": "Кто такой Такэи?",
    "Toplantının ne zaman olduğunu söyler misiniz?": "Toplantının ne zaman olduğunu?",
    "Lütfen söyler misin, Takei kimdir?": "Takei kimdir?",
    "Mənə deyin, Bayramov kimdir?": "Bayramov kimdir?",
    "Görüşün nə vaxt olduğunu bilmək istəyirəm": "Görüşün nə vaxt olduğunu?",
    "Pourriez-vous me dire de quoi ils ont parlé ?": "De quoi ils ont parlé?",
}

WHETHER_ANYTHING_IS_SAID = {
    "Is there anything about energy?": "What is said about energy?",
    "Hello! Do you have any information on landmines?": "What is said about landmines?",
    "What do we know about Takei?": "What is said about Takei?",
    "Gibt es Neues über Besuche?": "Was wird über Besuche gesagt?",
    "Was ist über Takei bekannt?": "Was wird über Takei gesagt?",
    "Есть ли информация об энергии?": "Что говорится об энергии?",
    "Расскажите мне про мины": "Что говорится про мины?",
    "Lütfen bana enerji hakkında bilgi verir misin?": "Enerji hakkında ne söyleniyor?",
    "Enerji ile ilgili bilgi var mı?": "Enerji hakkında ne söyleniyor?",
    "Enerji haqqında məlumat varmı?": "Enerji haqqında nə deyilir?",
    "Je voudrais savoir s’il y a des informations sur les mines": "Que dit-on sur les mines?",
}

WITH_ASIDES = {
    "According to the article, who resigned?": "Who resigned?",
    "Based on the articles: who resigned?": "Who resigned?",
    "What did they discuss, in short?": "What did they discuss?",
    "Who resigned? Please answer in one sentence.": "Who resigned?",
    "Question: who resigned?": "Who resigned?",
    "Is it true that Takei resigned?": "Takei resigned?",
    "Laut dem Artikel: wer trat zurück? Antworte auf Deutsch.": "Wer trat zurück?",
    "Wer trat dem Bericht zufolge zurück?": "Wer trat zurück?",
    "Согласно статье, кто ушёл? Ответь по-русски.": "Кто ушёл?",
    "Makaleye göre kim istifa etti?": "Kim istifa etti?",
    "Kısaca Takei kimdir? Türkçe cevap ver.": "Takei kimdir?",
    "Məqaləyə görə kim istefa verdi?": "Kim istefa verdi?",
    "Selon l’article, qui a démissionné ?": "Qui a démissionné?",
    "Réponds en français : qui a démissionné ?": "Qui a démissionné ?",
}

PLAIN = [
    "What did Bayramov and Takei discuss?", "What did Takei want to know?", "Who knows about the mines?", "Takei",
    "Is there a bridge over the river?", "What is on the agenda?", "Thanks!", "Can you tell me?", "please",
    "Could you summarize the article for me?", "What news?", "What did he say about energy?", "Tell me", "",
    "Which reports are based on articles?", "Did he answer in English?", "According to AZERTAC, who resigned?",
    "What happened on March 3, 2022?", "Weiß Takei etwas über Minen?", "Wer sagte etwas über Minen?",
    "Que sait-on ?", "Haber var mı?", ",", "Is there anything about _?", "Gibt es etwas zu … ?",
    "_ hakkında bilgi var mı?",
]  # fmt: skip


@pytest.mark.parametrize(("question", "asked"), (PUT_POLITELY | WITH_ASIDES | WHETHER_ANYTHING_IS_SAID).items())
def test_a_question_is_asked_without_how_it_is_put(question: str, asked: str) -> None:
    assert plain(question) == asked
    assert plain(asked) == asked


@pytest.mark.parametrize("question", PLAIN)
def test_what_is_asked_plainly_stays_as_it_is(question: str) -> None:
    assert plain(question) == question


@given(st.sampled_from(["{}", "Is there anything about {}?", "{} hakkında bilgi var mı?", "Tell me {}"]), st.text())
def test_whatever_is_asked_something_is(form: str, asked: str) -> None:
    question = form.format(asked)
    assert any(map(str.isalnum, plain(question))) is any(map(str.isalnum, question))


@pytest.mark.parametrize(
    ("politely", "plainly"),
    [
        ("I would like to know what Bayramov and Takei discussed.", "What Bayramov and Takei discussed?"),
        ("According to the article, what did they discuss? Answer in English.", "What did they discuss?"),
        ("Gibt es etwas Neues über Besuche?", "Was wird über Besuche gesagt?"),
    ],
)
def test_courtesy_changes_no_answer(shipped_index: Settings, politely: str, plainly: str) -> None:
    with Assistant(shipped_index, answer_with="quotes") as assistant:
        answer, same = assistant.answer(politely), assistant.answer(plainly)
    assert answer.status == "answered"
    assert (answer.text, answer.confidence) == (same.text, same.confidence)
    assert (answer.question, answer.standalone_question) == (politely, None)
