"""Which words of a question only ask, and which say what it is about. Pure.

The list is of German, English, Russian, Turkish, Azerbaijani and French. In another language every word counts as one
that says what the question is about.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa_assistant.dateline import is_dateline
from qa_assistant.index.words import Word, words_of
from qa_assistant.sentences import tells

_ASKING = """
about been does from have into many much that their them there they this were what when where which whom whose peki
with dieser diesem diesen diese dieses eine einem einen einer eines haben hatte hatten nach sind uber viel viele
vielen wann waren warum welche welchem welchen welcher welches werden weshalb wessen wieso wodurch wofur woher wohin
woruber wurde wurden avec cette combien comment dans etait leur leurs pour pourquoi quand quel quelle quelles quels
depuis jusqu jusque sont bylo byla byli chego kakaya kakie kakikh kakim kakogo kakoe kakom kakomu kakoy kakuyu kogda
kogo komu kotoryy kuda otkuda pochemu takoy takaya takoe takie skolko zachem edildi hangi icin kadar kimdir kimin kimler
nasil neden nedir nelerdir nerede nereden nereye nicin niye olan olarak oldu oldugu tarafindan zaman zamana zamandan
edir hansi harada haradan haraya nece olub qeder terefinden ucun vaxt vaxta vaxtdan
"""
ASKING = frozenset(_ASKING.split())
"""Folded words of four letters or more that only ask, or hold a question together."""

_SAYING = """
doing done here other said says speak speaks spoke spoken talk talked talking then told very was happen happened
happening happens learn mention mentioned discuss discussed discusses article articles text auch dann denn doch etwas
geht ging hier machen machte machten noch sagen sagt sagte sagten steht taten wird woran worin worum wovon wozu
artikel sprach sprachen sprechen spricht gesprochen besprach besprachen besprochen diskutiert diskutierten diskutieren
geredet reden redet redeten erzahlt erzahlte berichtet berichtete passiert passierte geschah geschieht geschehen
ereignete gesagt discute discutent disent ils ici parle parlent parler passe quoi elles entre cela dire agit texte donc
chem chto etom eto zdes idet idyot rech govoril govorila govorili govorit govorite govoritsya govoryat obsuzhdal
obsuzhdali obsuzhdaetsya obsuzhdalos obsuzhdayut proizoshlo proiskhodit sluchilos skazal skazala skazali rasskazyvaet
rasskazyvaetsya delali state tekste oni neler olmus konu konusu konustu konustular konusuldu konusuluyor konusulan
gorustu gorustuler gorusuldu soyledi soylediler soyleniyor anlatiyor anlatildi anlatiliyor bahsediliyor bahsediyor
burada metinde onlar edilir edib olunur nedan nelerden barede haqqinda danisdi danisdilar danisilir danisirlar dedi
dediler muzakire etdiler behs olundu sohbet gedir deyilir metnde statya statye etot haqqindadir
list lists find show give tell explain describe summarize summarise summary overview everything liste auflisten nenne
nennen nennt zeig zeige finde suche erzahl erzahle erklar erklare beschreib beschreibe zusammenfassung thema naydi
pokazhi perechisli nazovi rasskazhi opishi obyasni stati bana anlat ozetle listele bul goster haber haberleri hakkinda
axtar mene trouve montre donne explique resume
"""
SAYING = frozenset(_SAYING.split())
"""Folded words that say no more than that something is said, done or happens, as all articles do, or is to be found."""

_SHORT = """
a an the is are was did do has had how who why of in on at to by for and or if it its he she we you i me my our us his
her him be am can may not no so as up out off all any one say ist war hat wer wie wo ob und der die das den dem des
ein er sie es ihr wir ich du man mit von zu an auf um im aus bei bis vor fur nur da ja je wen wem hin sei tat tut gab
zum zur vom ins ans als nun mal mir uns v na s o ob k u za ot po iz ne ni kto gde kak chey on ona ono oni ikh ego ee
my vy ty ya eto eta eti tot ta te li zhe by byl uzhe tam tut tak pri pro bez nad pod nem nim kim mi mu var yok bir bu
su ve de ki ile ben sen biz siz onu en her hic cok ya ise yox cox hec qui que ou est ont le la les l un une du d et au
aux ce ces cet il ils y se son sa ses pas par sur qu dit fut ete eu ai va t c n j m lui moi
"""
SHORT = frozenset(_SHORT.split())
"""Folded words of up to three letters that hold a question together, or only ask."""


def content(words: Sequence[Word]) -> list[int]:
    """Places of the words that say what a question is about."""
    return [place for place, word in enumerate(words) if not _asks(word)]


def is_vague(question: str) -> bool:
    """Whether a question names nothing that could be missing: “What did they talk about?” One word asks for nothing."""
    return len(words_of(question)) > 1 and not names_something(question)


def names_something(question: str) -> bool:
    """Whether any word says what a question is about.

    A word that may hold one together is a name if it has a capital and is not the first: “What is the EU?”
    """
    return any(
        says(word) or (place > 0 and word.written[0].isupper() and not _asks(word))
        for place, word in enumerate(words_of(question))
    )


def says(word: Word) -> bool:
    """Whether a word of a question says what it is about, however it is written."""
    return not (word.folded in SHORT or _asks(word))


def may_answer(question: str, sentence: str) -> bool:
    """Whether a sentence tells anything: a dateline only where it has a word that says what `question` is about."""
    return _shares_word(question, sentence) if is_dateline(sentence) else tells(sentence)


def _shares_word(question: str, text: str) -> bool:
    """Whether `text` has a word, no number, that says what `question` is about, to the letter."""
    said = {word.folded for word in words_of(question) if says(word) and not word.is_number}
    return not said.isdisjoint(word.folded for word in words_of(text))


def _asks(word: Word) -> bool:
    return word.folded in ASKING or word.folded in SAYING
