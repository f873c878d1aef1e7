"""What is said to the assistant itself: no article answers it, and no chat goes on from it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from followup_samples import HISTORY

from qa_assistant import Assistant
from qa_assistant.answering.followup_rule import by_rule
from qa_assistant.answering.small_talk import is_small_talk
from qa_assistant.settings import Settings

SMALL_TALK = [
    "hi", "OK", "thanks, bye", "Thank you very much!", "How are you?", "Hi, who are you?", "What can you do?",
    "Hallo!", "Guten Morgen", "Vielen Dank", "Wie geht's?", "Was kannst du?", "Wer sind Sie?", "Wie heißt du?",
    "Привет!", "Спасибо большое", "нет", "Как дела?", "Кто ты?", "Как Вас зовут?",
    "Merhaba", "Çok teşekkürler", "Nasılsın?", "Sen kimsin?", "Adın ne?",
    "Salam", "Çox sağ ol", "Sabahınız xeyir", "Sən kimsən?", "Adın nədir?",
    "Bonjour", "Merci beaucoup", "D'accord", "Ça va ?", "Qui êtes-vous ?", "Comment t'appelles-tu ?",
]  # fmt: skip

QUESTIONS = [
    "What do you know about Takei?", "Can you tell me what they discussed?", "Hello, who is Takei?", "Who sang Hello?",
    "Who is Tu?", "Is AI a robot?", "Who is she?", "Ok, and why?", "Is it good?",
    "Von wem ist Hello?", "Wer sind sie?", "Was kannst du mir über den Artikel sagen?", "Warum?",
    "Кто это?", "Ne konuştular?", "Kim?", "Bu kimdir?", "Qui est-ce ?", "De quoi parle-t-il ?", "谁？", "",
]  # fmt: skip


@pytest.mark.parametrize("said", SMALL_TALK)
def test_small_talk_is_no_follow_up(said: str) -> None:
    assert is_small_talk(said)
    assert by_rule(said, HISTORY) == said


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_asks_for_anything_else_is_a_question(question: str) -> None:
    assert not is_small_talk(question)


def test_small_talk_is_refused(shipped_index: Settings) -> None:
    with Assistant(replace(shipped_index, answer_with="quotes")) as assistant:
        for said in ("danke", "How are you?", "Кто ты?"):
            answer = assistant.answer(said, history=HISTORY)
            assert (answer.status, answer.confidence, answer.standalone_question) == ("no_answer", 0.0, None)
