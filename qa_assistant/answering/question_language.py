"""Which language a question is in: in a short one the function words tell it better than the model does.

The model takes “Was geschah am 9. April 2015?” for English and “Was war in Orlando?” for Italian. The function words
are English, German, Turkish, Azerbaijani, Russian and French.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Mapping

from qa_assistant.language import detect

SHORT = 7
"""Words of a question in which function words decide. A longer one the model tells as well."""

FEW_WORDS = 3
"""Up to so many words are taken for languages nobody asked in: “And Takei?” for Italian."""

LIKELY = 0.7
"""Least probability of one of these six where nothing but a word or two tells: “Hochwasser”. Of German words alone
0.95 leaves three in four untold, 0.7 less than half; of English ones 0.7 takes 4 in 1000 for another language."""

SURE = 0.95
"""That of any other language in Latin letters: “¿Quién es Putin?”, but not “latest news”, Indonesian for the model."""

_FUNCTION_WORDS = {
    "en": """
who whom whose what which when where why how is are was were be been am do does did has have had the a an of to in on at
for from by with about and or but not it he she they his its her their there this that these those as after before
during between many much into against would could should die son comment
""",
    "de": """
wer wen wem wessen was welche welcher welches welchem welchen wann wo woher wohin worum worüber wofür womit wodurch
warum wieso weshalb wie ist sind waren hat haben hatte wird werden wurde wurden gibt gab geschah der die das dem den
des ein eine einen einem einer eines in im an am auf aus bei beim von vom zu zum zur für über um mit nach vor und oder
aber nicht es er sie ihr ihre sich seit bis durch gegen zwischen als viele
""",
    "tr": """
kim kimi kime kimin kimdir ne neyi neye nedir nerede nereden nereye neden niçin niye nasıl hangi hangisi kaç ve ile
için bu bir mı mi mu mü ya peki kadar olarak olan değil sonra önce göre zaman tarafından en son ilk çok
""",
    "az": """
kim kimi kimin kimdir nə nəyi nədir niyə necə hansı hansıdır harada haradadır haradır haradan hara neçə bəs və ilə üçün
bu bir mı mi mu mü ən hər isə qədər görə sonra vaxt haqqında
""",
    "ru": """
кто кого кому кем что чего чему чем когда где куда откуда почему зачем как какой какая какое какие какую каком сколько
в во на с со к о об от из за у по для и а не был была было были это он она оно они его её их ли
""",
    "fr": """
qui que qu' quoi quand où pourquoi comment quel quelle quels quelles combien est sont était a ont le la les l' un une
des du d' et ou mais dans en à au aux sur pour par avec ce c' cette il elle ils elles se s' son sa ses leur pas n'
""",
}
"""Where several languages have one, it tells none of them from the others: “in”, “was”, “die”, “son”."""

_WAS = re.compile(r"was (?:war|will|plant|plante|fordert|forderte)\b", re.IGNORECASE)
"""How no English question opens, though each of the words may be English."""

_WHO = re.compile(r"(?:who|whose|what|when|where|which|why|how)\b", re.IGNORECASE)
"""How only an English question opens: “Who met Bayramov?” has no other word that tells."""

_RUSSIAN = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
_NOT_TURKISH = frozenset("əqx")

_WORD = re.compile(r"[^\W_]+")
_ELIDED_OR_WHOLE = re.compile(r"(?<![\w'’])(?!Kim [A-Z])[^\W\d_]+['’]?")
"""Words, and those that French elides (l', qu'), without what Turkish and English write behind a name (Merkel'in,
Merkel's). “Kim” asks in Turkish, but not in “Kim Clijsters”."""


def known_language(question: str) -> str | None:
    """The language of `question`, ISO 639-1; None if it cannot be told, or not from so few words."""
    words = len(_WORD.findall(question))
    few = words <= FEW_WORDS
    letters = {char for char in question.casefold() if char.isalpha()}
    if few and letters and letters <= _RUSSIAN:
        return "ru"
    if "¿" in question:
        return "es"
    language = detect(question)
    if words <= SHORT:
        foreign = language is not None and language not in _FUNCTION_WORDS
        least = 2 if foreign and (not few or detect(question, least=SURE)) else 1
        language = _told_by_words(question, language, least) or language
    return language if language in _FUNCTION_WORDS or not few else None


def likely_language(question: str) -> str | None:
    """The language of `question`, ISO 639-1, where only how its words are spelled tells; None if that is not enough."""
    language = detect(question, least=LIKELY)
    return language if language in _FUNCTION_WORDS else detect(question, least=SURE)


def _told_by_words(question: str, model_says: str | None, least: int) -> str | None:
    """The language that most function words are of, if at least so many; of several the one the model says."""
    words = _ELIDED_OR_WHOLE.findall(question)
    words = [word.casefold().replace("’", "'") for place, word in enumerate(words) if place == 0 or word[0].islower()]
    found = Counter(code for code, row in _rows().items() for word in words if word in row)
    found["az"] += sum("ə" in word for word in words if word not in _rows()["az"])
    if _WAS.match(question):
        found["de"] += 1
    if _WHO.match(question):
        found["en"] += 1
    most = max(found.values(), default=0)
    if most < least:
        return None
    best = [code for code in _rows() if found[code] == most]
    language = model_says if model_says in best else best[0]
    return "az" if language == "tr" and any(not _NOT_TURKISH.isdisjoint(word) for word in words[1:]) else language


@functools.cache
def _rows() -> Mapping[str, frozenset[str]]:
    return {code: frozenset(row.split()) for code, row in _FUNCTION_WORDS.items()}
