"""The few sentences the program itself says in the reader's language."""

from __future__ import annotations

_NOT_ANSWERED = {
    "ar": "لا تجيب المقالات عن هذا السؤال.",
    "az": "Məqalələr bu suala cavab vermir.",
    "de": "Die Artikel beantworten diese Frage nicht.",
    "en": "The articles do not answer this question.",
    "el": "Τα άρθρα δεν απαντούν σε αυτή την ερώτηση.",
    "es": "Los artículos no responden a esta pregunta.",
    "fa": "مقاله‌ها به این پرسش پاسخ نمی‌دهند.",
    "fr": "Les articles ne répondent pas à cette question.",
    "it": "Gli articoli non rispondono a questa domanda.",
    "ja": "記事はこの質問に答えていません。",
    "ko": "기사에는 이 질문에 대한 답이 없습니다.",
    "nl": "De artikelen beantwoorden deze vraag niet.",
    "pl": "Artykuły nie odpowiadają na to pytanie.",
    "pt": "Os artigos não respondem a esta pergunta.",
    "ru": "Статьи не отвечают на этот вопрос.",
    "tr": "Makaleler bu soruyu yanıtlamıyor.",
    "uk": "Статті не відповідають на це запитання.",
    "zh": "这些文章没有回答这个问题。",
}

NONE_INDEXED = "No article is indexed."
NONE_PASSES = "No article is of the dates or agency asked for."
"""Why there is nothing to answer from."""


def not_answered(language: str) -> str:
    """That the corpus does not answer, in `language` (ISO 639-1) where it is known, else in English."""
    return _NOT_ANSWERED.get(language, _NOT_ANSWERED["en"])
