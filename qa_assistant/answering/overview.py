"""Questions for what an article is about, or for a summary of it: how it begins answers them. Pure.

“What is this article about?” shares no word with any sentence of the article, nor is it near to one. The patterns are
closed, and of English, German, Russian, Turkish, Azerbaijani and French.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from qa_assistant.answering.numbers.value import Date
from qa_assistant.answering.numbers.values import values

_PARTS = {
    "en": {
        "ARTICLE": "(?:(?:the|this|that|these|those|all|all the) )?(?:articles?|texts?|story|stories|news|reports?)",
        "GIVE": "(?:(?:(?:can|could) you )?(?:give|write)(?: me)? |i (?:need|want) )?",
    },
    "de": {
        "ARTICLE": "(?:(?:de[rmsn]|die|das|diese[rmsn]?|alle[rn]?) )?"
        "(?:artikel[ns]?|texte?[ns]?|berichte?[ns]?|meldung(?:en)?|nachricht(?:en)?)",
        "GIVE": "(?:(?:gib|gebe|schreibe?|mache?)(?: mir)? )?",
    },
    "ru": {
        "ARTICLE": r"(?:(?:эт\w+|данн\w+|все|всех) )?(?:стат(?:ья|ьи|ью|ье|ей|ьях)|текст\w*|новост\w+|сообщени\w+)",
        "GIVE": "(?:(?:сделай|дай|напиши)(?:те)?(?: мне)? )?",
        "SAID": "(?:говорит(?:ся)?|рассказывает(?:ся)?|сообщает(?:ся)?|ид[её]т речь|речь)",
    },
    "tr": {
        "ARTICLE": "(?:bu )?(?:makale|haber|yazı|metin|metn)(?:ler)?(?:de|da|y?[iı]|n?[iı]n)?",
        "ABOUT": "(?:TOPIC (?:hakkındaki|ile ilgili) )?",
        "TOLD": "(?:hakkında|ile ilgili|anlatıyor|bahsediyor|anlatılıyor|diyor)",
    },
    "az": {
        "ARTICLE": "(?:bu )?(?:məqalə|xəbər|yazı|mətn)(?:lər|lar)?(?:də|da|n?[iı]|n?[iı]n)?",
        "ABOUT": "(?:TOPIC haqqında(?:kı)? )?",
        "TOLD": "(?:haqqında|haqda|barədə|bəhs (?:edir|olunur)|danışır|deyilir)",
    },
    "fr": {
        "ARTICLE": "(?:l'|les |le |cet |ces |ce |cette |la )?(?:articles?|textes?|dépêches?|reportages?)",
        "GIVE": "(?:(?:fais|faites|donne|donnez)(?:-moi)? )?",
    },
}
"""What recurs in the patterns; first how an article, or several, are spoken of."""

_GISTS = {
    "en": r"""
        what(?:'s| is| are| was) (?:ARTICLE|it)(?: (?:about|on) TOPIC)? (?:all )?about
        what (?:does|do) ARTICLE (?:say|tell|tell us|tell me|report|talk about|deal with)
        what ARTICLE (?:is|are|was) (?:all )?about|what ARTICLE (?:says?|tells?|reports?)
        what is said (?:in|about) ARTICLE
        (?:(?:can|could|would) you )?(?:summari[sz]e|sum up)(?: ARTICLE| it)?(?: (?:about|on) TOPIC)?(?: for me)?
        summari[sz]e(?: ARTICLE| it)? in \w+
        GIVE(?:(?:a|the) )?(?:(?:short|brief|quick) )?(?:summary|overview)(?: of ARTICLE)?(?: (?:of|about|on) TOPIC)?
        what(?:'s| is) (?:new|in the news|the (?:latest |recent )?news)
        what(?: has)? happened(?: in PLACE)?|(?:tell me |is there )?(?:the |any )?(?:latest )?news
        what are the (?:main|key|latest) (?:points|topics|news)(?: of ARTICLE)?
    """,
    "de": """
        worum geht(?: es|'?s)(?: (?:hier|eigentlich))?(?: (?:im|in) ARTICLE(?: (?:über|zu|von) TOPIC)?)?
        worum es(?: (?:hier|eigentlich))?(?: (?:im|in) ARTICLE)? geht|was (?:im|in) ARTICLE steht
        (?:wovon|worüber) (?:handel[nt]|handeln|berichte[nt]) ARTICLE(?: (?:über|zu|von) TOPIC)?
        was (?:steht|stand) (?:im|in) ARTICLE|was sag(?:t|en) ARTICLE
        fass(?:e|en sie)?(?: mir)?(?: ARTICLE)?(?: (?:über|zu|von) TOPIC)?(?: kurz)? zusammen
        GIVE(?:(?:eine|die) )?(?:kurze )?zusammenfassung(?: (?:von )?ARTICLE)?(?: (?:über|zu|von) TOPIC)?
        was (?:geschah|passierte|war|war los)(?: in PLACE)?|was ist neu
        was (?:war|ist) in PLACE los
        (?:was (?:sind|gibt es an) )?(?:die )?(?:neue?ste[nr]?|aktuelle[nr]?|letzte[nr]?) (?:nachrichten|meldungen)
        was ist(?: in PLACE)? (?:passiert|geschehen)|was g(?:ibt|ab)(?: es|'?s)(?: neues)?
        gibt(?: es|'?s) (?:etwas )?(?:neues|neuigkeiten|nachrichten)
    """,
    "ru": """
        о ч[её]м(?: SAID)?(?: в)? ARTICLE(?: (?:об?|про) TOPIC)?(?: SAID)?
        о ч[её]м SAID
        (?:кратко )?(?:перескажи|резюмируй|изложи)(?:те)?(?: кратко)?(?: ARTICLE)?(?: (?:об?|про) TOPIC)?
        GIVE(?:кратк[а-я]+ )?(?:резюме|содержание|пересказ|сводк[уа]|обзор)(?: ARTICLE)?(?: (?:об?|про) TOPIC)?
        что (?:произошло|случилось)(?: (?:в|во|на) PLACE)?|что нового
        (?:какие (?:есть )?|есть(?: ли)? )?(?:(?:последние|свежие|главные) )?новости
    """,
    "tr": """
        ABOUTARTICLE ne(?:yle|den|ler|lerden)?(?: TOLD)?(?:dır)?
        ABOUTARTICLE konusu ne(?:dir)?|ARTICLE ne(?:yin)? (?:hakkında|ile ilgili) olduğunu|ARTICLE ne anlattığını
        ABOUT(?:ARTICLE )?(?:kısaca )?özet(?:le|leyin|ler misin|leyebilir misin| ver| yaz| çıkar)?
        (?:PLACE'n?[dt][ea] )?ne(?:ler)? oldu|haberler ne(?:ler)?|ne var ne yok
        (?:en )?son (?:dakika )?(?:haber|gelişme)(?:ler)?i?(?: ne(?:ler)?(?:dir)?)?
    """,
    "az": """
        ABOUTARTICLE nə(?:dən|lərdən)? TOLD(?:d[ıi]r)?|ARTICLE nə(?:dən)? haqqında olduğunu
        ABOUT(?:ARTICLE )?(?:qısa(?:ca)? )?xülasə(?: et| edin| ver| yaz)?
        (?:PLACE'?d[aə] )?nə (?:baş verib|baş verdi|oldu|olub)
        (?:ən )?son xəbər(?:lər)?(?: nə(?:lər)?(?:dir)?| hansılardır)?|nə yenilik var
    """,
    "fr": """
        de quoi (?:parle|parlent|traite|traitent|s'agit-il|est-il question)(?: (?:dans )?ARTICLE(?: sur TOPIC)?)?
        (?:(?:peux-tu|pouvez-vous) )?résume[zr]?(?:-moi)?(?: ARTICLE)?(?: sur TOPIC)?
        ce que (?:dit|disent|raconte|racontent) ARTICLE
        GIVE(?:(?:un|le) )?(?:(?:bref|court) )?résumé(?: (?:de |des )?ARTICLE)?(?: sur TOPIC)?
        (?:que s'est-il passé|qu'est-ce qui s'est passé)(?: (?:à|en|au) PLACE)?|quoi de neuf
        (?:quelles sont )?les (?:dernières )?(?:nouvelles|actualités|infos)|dernières (?:nouvelles|actualités|infos)
    """,
}
"""A pattern a line."""

_NAME = r"(?-i:[A-ZÀ-ÖØ-ÞĞİŞƏА-ЯЁ])[^\W\d_]*"
_PLACE = rf"(?P<place>{_NAME}(?:[ -](?:(?:am|an der|de|del|do|du|la|of|sur|upon|на)[ -])?{_NAME}){{0,3}})"
"""Where something happened: its name, with capitals. What else is behind “in” (the night, May) says of what part."""

_SEVERAL = re.compile(
    r"\b(?:articles|texts|stories|reports|news?|(?:die|alle[rn]?|all|diese|den) (?:artikeln?|texten?|berichten?)"
    r"|meldungen|nachrichten|neuigkeiten|neue?s?|стат(?:ьи|ей|ьях)|новост\w+|нового|тексты|textes|dépêches|neuf|nouvelles|actualités|infos|yenilik"
    r"|(?:makale|haber|metin|yazı|məqalə|xəbər)l[eə]r\w*|son (?:dakika|haber|gelişme|xəbər)\w*)\b"
)
"""More articles than the one spoken of before."""

_BEFORE_DATE = re.compile(r"\b(?:on|in|of|from|am|im|vom|den|le|en|du|au|в|за|от)(?: the)?\s*$", re.IGNORECASE)
_BEHIND_DATE = re.compile(r"^(?:['’]?[a-zçğıöşü]+|\s+(?:года|г\.|году|yılında|tarihinde|ilində|tarixində))(?!\w)")

_PLEASE = re.compile(r"[, ]*\b(?:please|bitte|пожалуйста|lütfen)\b[, ]*", re.IGNORECASE)


def topic_of(question: str) -> str | None:
    """What the article is about whose gist `question` asks for; empty if it does not say, None if the question asks for
    anything else.

    Behind another question, where a follow-up stands that was completed by rule, that one is the topic.
    """
    before, mark, _ = question.rpartition("? ")
    match = _match(question)
    if not match:
        return None
    return next(filter(None, match.groups()), f"{before}{mark}".strip())


def asks_of_place(question: str) -> bool:
    """Whether it asks what happened in a place, and only that: `topic_of()` is its name."""
    match = _match(question)
    return match is not None and match.groupdict().get("place") is not None


def without_date(question: str, language: str | None) -> tuple[str, list[Date]]:
    """`question` without the date it names and what goes with it, and what that date may be; none if it names none, or
    several."""
    found = [
        value for value in values(question, language).items if any(isinstance(one, Date) for one in value.readings)
    ]
    longest = max(found, key=lambda value: value.end - value.start, default=None)
    if not longest or any(not longest.start <= value.start < longest.end for value in found):
        return question, []
    rest = f"{_BEFORE_DATE.sub('', question[: longest.start])} {_BEHIND_DATE.sub('', question[longest.end :])}"
    return " ".join(rest.split()), sorted((one for one in longest.readings if isinstance(one, Date)), key=str)


def is_of_article_before(question: str) -> bool:
    """Whether it asks for the gist of one article and does not say which: in a chat, of the one spoken of before."""
    return topic_of(question) == "" and not is_of_several(question)


def is_of_several(question: str) -> bool:
    """Whether it speaks of articles or of news: in a chat, of more than was spoken of before."""
    return _SEVERAL.search(question.casefold()) is not None


def _match(question: str) -> re.Match[str] | None:
    """How the last part of a question asks for a gist."""
    last = question.rpartition("? ")[2]
    asked = _PLEASE.sub(" ", " ".join(last.replace("’", "'").strip(" ?!.…:;").split())).strip()
    return next(filter(None, (pattern.fullmatch(asked) for pattern in _patterns())), None)


@functools.cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(line.strip(), re.IGNORECASE)
        for language, lines in _GISTS.items()
        for line in _filled(lines, _PARTS[language] | {"TOPIC": "(.+?)", "PLACE": _PLACE}).strip().splitlines()
    )


def _filled(lines: str, parts: Mapping[str, str]) -> str:
    for name, pattern in parts.items():
        lines = lines.replace(name, pattern)
    return lines
