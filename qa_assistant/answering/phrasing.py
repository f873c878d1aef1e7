"""What a question asks, without how it is put: “Could you please tell me who …” asks who, “Is there anything about X?”
what is said about X. Pure.

Sentences of an article are near to what is asked, not to how: each word of courtesy takes a question further from the
sentence that answers it. The lists are closed, and of English, German, Russian, Turkish, Azerbaijani and French; their
words are folded.
"""

from __future__ import annotations

import functools
import re
from itertools import takewhile

from qa_assistant.answering.small_talk import is_small_talk
from qa_assistant.index.words import fold

_TELL_WORDS = """
tell explain know known wondering wonder curious learn hear heard looking interested
sagen sag sage erklaren erklar erklare verraten mitteilen wissen weiss weisst wisst wusste erfahren interessiert
erzahl erzahle erzahlen bekannt suche
skazhi skazhite podskazhi podskazhite obyasni obyasnite rasskazhi rasskazhite skazat podskazat obyasnit rasskazat
znat uznat ponyat interesno znaesh znaete znaem izvestno ishchu naydi naydite
biliyor biliyoruz biliniyor biliyorsun soyler anlatir aciklar soyle anlat anlatin ariyorum
deyin bilmek bilirsen bilirsiniz bilirik danis danisin melumdur
dire expliquer savoir connaitre dis dites explique expliquez sais savez sait cherche parle parlez
"""
_TELL = frozenset(_TELL_WORDS.split())
"""Verbs of telling and knowing: one of them makes an opening."""

_THINGS_WORDS = """
anything something everything information info infos news details facts articles reports stories
etwas irgendetwas irgendwas informationen neues nachrichten naheres einzelheiten berichte meldungen
nibud informatsiya informatsii informatsiyu svedeniya novosti dannye stati podrobnosti soobshcheniya
bilgi bilgin bilginiz haber haberler sey melumat melumatiniz xeber xeberler
informations renseignements nouvelles quelque
"""
_THINGS = frozenset(_THINGS_WORDS.split())
"""What there may be to tell."""

_AROUND_WORDS = """
please kindly can could would will may you someone i we me us d m am to if whether there is are do have got any
some more all the really just like love want wanted need wish find show give let out for help happen written said
bitte kannst konntest konnen konnten wurdest wurden du sie ihr mir uns ich wir mochte mochten will wollen gern gerne
mich vielleicht mal kurz ob gibt es gibts hast haben habt mehr alle alles weitere man darf brauche zeig zeige gib
finde artikel steht
pozhaluysta mne nam ne mog mogla mogli by mozhesh mozhete ty vy li ya my khochu khotim khotel khotela khoteli
khotelos nuzhno nuzhna nado u vas tebya est kakaya kakie libo to vse eshche pokazhi pokazhite day dayte
lutfen bana var mi misin misiniz musun musunuz muyuz ver verin verir istiyorum istiyoruz bir herhangi
zehmet olmasa mene xahis edirem ki bilersen bilersiniz isteyirem isteyirik varmi
est ce que tu vous je nous peux pourrais pouvez pourriez moi s il plait te voudrais voudrions veux voulons souhaite
souhaiterais aimerais aimerions si y a t avez as une un plus chose donne donnez montre montrez trouve trouvez
"""
_AROUND = frozenset(_AROUND_WORDS.split())
"""What may stand around them."""

_OPENING = _TELL | _THINGS | _AROUND

_WHAT = frozenset({"what", "was", "ist", "chto", "que", "qu", "des", "de", "l", "ne", "neler"})
"""What may stand there as well where one asks whether anything is said."""

_PARTICULAR_WORDS = """
what who whom whose when where which why how was wer wen wem wessen wann wo welche welcher welches welchen warum wie
chto kto kogo komu kom chem kogda gde kuda otkuda kak pochemu skolko kakoy kakaya kakoe kakie kakogo kakikh kakom
que qui quoi quand quel quelle quels quelles pourquoi comment combien
"""
_PARTICULAR = frozenset(_PARTICULAR_WORDS.split())
"""What begins a question of its own, and no topic."""

_LEADING = _OPENING - _PARTICULAR

_ABOUT = {
    "What is said about {topic}?": r"about|on|regarding|concerning",
    "Was wird {about} {topic} gesagt?": r"über|zu|zum|zur",
    "Что говорится {about} {topic}?": r"о|об|обо|про",
    "Que dit-on sur {topic} ?": r"sur|à propos de|au sujet de|concernant",
}
"""How to ask what is said about something, by what stands before it."""

_BEHIND = {
    "{topic} hakkında ne söyleniyor?": r"hakkında|konusunda|ile ilgili",
    "{topic} haqqında nə deyilir?": r"haqqında|haqda|barədə|ilə bağlı",
}
"""The same, by what stands behind it."""

_CLOSING = (
    r",?\s+(?:(?:söyler|anlatır|açıklar|söyleyebilir|anlatabilir|açıklayabilir) m[ıi]s[ıi]n(?:[ıi]z)?"
    r"|(?:bilmek|öğrenmek) istiyor\w+|merak ediyor\w+|(?:bilmək|öyrənmək) istəyir\w+|deyə bilərs\w+)$"
)
"""How Turkish and Azerbaijani ask to be told, behind what they ask."""

_ASIDE = (
    r"(?<!\w)(?:"
    r"(?:according to|\Abased on|laut|gemäß|согласно|исходя из|selon|d['’]après)"
    r" (?:(?:the|this|these|your|my|de[mnr]|diese[mnr]|этой|этому|этим|данной|l[ae]s?|cet|ces?|mes|vos) |l['’])?"
    r"(?:articles?|texts?|reports?|documents?|stories|story|news|artikeln?|texte?n?|berichte?n?|meldung(?:en)?"
    r"|стать\w+|текст\w*|сообщени\w+|новост\w+|textes?|dépêches?)(?: zufolge)?"
    r"|(?:de[mnr] )?(?:artikeln?|texte?n?|berichte?n?|meldung(?:en)?) zufolge"
    r"|(?:makale|haber|metin|metn|yazı|məqalə|xəbər|mətn)(?:l[ea]r)?[yn]?[eəaı] (?:göre|görə)"
    r"|in (?:(?:one|a|two|three|a few) )?(?:short )?(?:sentences?|words|short|brief|detail)|briefly"
    r"|(?:in (?:einem|zwei|drei|wenigen) (?:sätzen|satz|worten)|in kürze|kurz gesagt)"
    r"|(?:кратко|коротко|вкратце|в двух словах|одним предложением|в одном предложении)"
    r"|(?:kısaca|qısaca|(?:tek|bir) cümle(?:yle|de)|(?:tək|bir) cümlə(?:yle|ylə|də))"
    r"|(?:en (?:une|deux|quelques) (?:phrases?|mots)|en bref|brièvement)"
    r")(?:\s*,)?(?!\w)"
)
"""What says where the answer is from, or how long it should be."""

_INSTRUCTION = (
    r"(?:(?:please|bitte|lütfen|пожалуйста) )?(?:(?:question|frage|вопрос|soru|sual)"
    r"|(?:answer|reply|respond|write|antworte|antworten sie|ответь|ответьте|отвечай|réponds|répondez)\b.{0,60}"
    r"|.{0,40}\b(?:cevapla|cevaplayın|yanıtla|cevap ver|cavab ver|cavab verin|cavablandır))\W*"
)
"""What says how to answer, where it is a sentence of its own or before a colon."""

_IS_IT_TRUE = (
    r"(?:is it (?:true|correct|right) that|(?:stimmt es|ist es wahr|ist es richtig),? dass"
    r"|(?:правда|верно) ли,? что|est-(?:il|ce) vrai qu['’e])\s*(?=\w)"
)

_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r"(?<=[.!?,;:])\s+")
_QUESTION = re.compile(r"(?<=\?)\s+")
_MARKS = " ,:;?!.…"


def plain(question: str) -> str:
    """What `question` asks; itself if it asks it plainly already. Of several questions each by itself: a follow-up may
    stand behind the one it was completed from."""
    asked = _without_courtesies(question) or question
    asked = question if asked == question else f"{asked[0].upper()}{asked[1:]}"
    return " ".join(map(_plain, _QUESTION.split(asked)))


def _plain(question: str) -> str:
    asked = " ".join(_pattern(_ASIDE).sub("", question).split()).strip(_MARKS)
    asked = _pattern(_IS_IT_TRUE).sub("", asked)
    told = _about(asked) or _behind(asked) or _without_opening(_pattern(_CLOSING).sub("", asked))
    if told == question.rstrip(_MARKS) or not _WORD.search(told):
        return question
    return f"{told[0].upper()}{told[1:].rstrip(_MARKS)}?"


def _without_courtesies(question: str) -> str:
    """Without greetings and what says how to answer before it, and thanks and such behind it."""
    parts = _PART.split(question)
    while len(parts) > 1 and _says_nothing(parts[0]):
        del parts[0]
    while len(parts) > 1 and _says_nothing(parts[-1]):
        del parts[-1]
    return " ".join(parts).rstrip(" ,;:")


def _says_nothing(part: str) -> bool:
    return is_small_talk(part) or _pattern(_INSTRUCTION).fullmatch(part) is not None


def _about(asked: str) -> str | None:
    for form, words in _ABOUT.items():
        match = _pattern(rf"(?<=\s)(?P<about>{words})\s+(?P<topic>[^\W_].*?)(?P<known> bekannt)?$").search(asked)
        if not match or _folded(match["topic"])[0] in _PARTICULAR:
            continue
        if _asks_whether(_folded(f"{asked[: match.start()]}{match['known'] or ''}")):
            return form.format(topic=match["topic"], about=match["about"])
    return None


def _behind(asked: str) -> str | None:
    for form, words in _BEHIND.items():
        match = _pattern(rf"\s+(?:{words})\b").search(asked)
        if match and _asks_whether(_folded(asked[match.end() :])):
            before = list(_WORD.finditer(asked, 0, match.start()))
            opening = len(list(takewhile(lambda word: fold(word[0]) in _AROUND, before)))
            return form.format(topic=asked[before[opening].start() : match.start()]) if opening < len(before) else None
    return None


def _asks_whether(words: list[str]) -> bool:
    return not (_TELL | _THINGS).isdisjoint(words) and set(words) <= _OPENING | _WHAT


def _without_opening(asked: str) -> str:
    words = list(_WORD.finditer(asked))
    opening = list(takewhile(lambda word: fold(word[0]) in _LEADING, words))
    if len(opening) < 2 or _TELL.isdisjoint(fold(word[0]) for word in opening):
        return asked
    return asked[opening[-1].end() :].strip(_MARKS)


def _folded(text: str) -> list[str]:
    return [fold(word) for word in _WORD.findall(text)]


@functools.cache
def _pattern(written: str) -> re.Pattern[str]:
    """Compiled when first used: a search asks no question."""
    return re.compile(written, re.IGNORECASE)
