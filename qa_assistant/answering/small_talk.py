"""What is said to the assistant and asks nothing of the articles: greetings, thanks, “Who are you?”. Pure.

The lists are closed, and of German, English, Russian, Turkish, Azerbaijani and French. Every word must be of them:
“What do you know about Takei?” is a question.
"""

from __future__ import annotations

import functools
import re

from qa_assistant.index.words import words_of

_COURTESIES = """
hi|hello|hey|good morning|good afternoon|good evening|good night|good day|thanks|thank you|thx|cheers|bye|goodbye
see you|yes|yeah|no|nope|ok|okay|please|great|good|cool|perfect|fine|what s up|you re welcome|sorry
hallo|guten tag|guten morgen|guten abend|gute nacht|moin|servus|gruss gott|grus gott|danke|dankeschon|vielen dank
besten dank|herzlichen dank|tschuss|tschus|ciao|auf wiedersehen|bis bald|bis dann|ja|nein|bitte|gut|super|alles klar
wie geht s|wie geht es
privet|zdravstvuy|zdravstvuyte|dobroe utro|dobryy den|dobryy vecher|spasibo|blagodaryu|poka|do svidaniya|da|net
khorosho|ladno|ponyatno|pozhaluysta|kak dela|kak dila|okey|ok
merhaba|selam|gunaydin|iyi gunler|iyi aksamlar|iyi geceler|tesekkurler|tesekkur ederim|tesekkur ederiz|sag ol|sagol
hosca kal|hoscakal|gule gule|gorusuruz|evet|hayir|tamam|lutfen|ne haber|naber
salam|sabahiniz xeyir|axsaminiz xeyir|gunortaniz xeyir|gecen xeyre|geceniz xeyre|tesekkur edirem|sag olun|sagolun
xudahafiz|gorusenedek|beli|xeyr|yaxsi|zehmet olmasa
bonjour|bonsoir|salut|coucou|bonne nuit|bonne journee|merci|au revoir|a bientot|oui|non|d accord|s il vous plait
s il te plait|de rien|parfait|ca va|comment ca va
"""
"""Folded greetings, thanks, goodbyes, and what says yes or no."""

_AROUND = """
a all again and lot much so then there to too very you auch dir du euch ihnen und schon sehr vielmals bolshoe i ogromnoe
tebe vam vsem cok cox size sana ve beaucoup bien et tous vous toi
"""
"""What may stand around them: “Thank you very much”."""

_YOU = """
you your yourself du dich dir dein deine deinen ty tebya tebe tvoe tvoy tvoi vy vas vam vashe vash sen seni sana
senin siz size sizin kimsin kimsiniz kimsen nesin nesiniz nesen nasilsin nasilsiniz necesen necesiniz adin adiniz
yapabilirsin yapabilirsiniz bilersen bilersiniz bilirsen musun misin tu te toi ton vous votre
"""
"""Folded words that speak to somebody."""

_FORMAL = "Sie", "Ihr", "Ihnen", "Вы", "Вас", "Вам", "Ваше"
"""They do so with a capital; any other word with one is a name: “Who is Tu?”"""

_ASKED_OF_YOU = """
a an are is am be do does doing can could able name called help me for real human robot bot ai how who what where why
old from i feeling made by which
bist bin sind ist kannst konnen konnt kann heisst heist heissen heisen hilfst helfen mir mensch roboter ein eine ki wer
was wie wo warum woher alt geht es name lautet machst macht gemacht hat
kto chto kak gde pochemu umeesh umeete mozhesh mozhete zovut imya robot chelovek pomoch pomogi mne dela skolko let est
kim ne nasil nerede neden nedir adi insan bir bana yardim edebilir nece harada niye ede mene komek
qui que quoi comment ou pourquoi es etes peux pouvez faire appelles appelez t m aider moi nom quel est robot un humain
s qu ce fais faites age as
"""
"""All that may be said beside, folded: what somebody is, is called and can do."""


def is_small_talk(question: str) -> bool:
    """Whether a question is nothing but courtesies, or asks the assistant about itself: no article answers it."""
    words = words_of(question)
    said = f" {' '.join(word.folded for word in words)} "
    rest = set(_courtesies().sub(" ", said).split())
    if len(rest) < len(said.split()) and rest <= frozenset(_AROUND.split()):
        return bool(words)
    named = {word.folded for word in words[1:] if word.written[0].isupper() and word.written not in _FORMAL}
    formal = {word.folded for word in words[1:] if word.written in _FORMAL}
    you = rest & (frozenset(_YOU.split()) | formal) - named
    return bool(you) and rest - you <= frozenset(_ASKED_OF_YOU.split())


@functools.cache
def _courtesies() -> re.Pattern[str]:
    phrases = sorted(re.split(r"[|\n]", _COURTESIES.strip()), key=len, reverse=True)
    return re.compile(rf"(?<= )(?:{'|'.join(map(re.escape, phrases))})(?= )")
