"""The dateline of a wire report: where, when and from whom, as the article's own first words say it.

`Berlin (dpa) - `, `LONDON, Dec 3 (Reuters) - `, `МОСКВА, 3 декабря. /ТАСС/.`, `Baku, 3. Dezember, AZERTAC`. Ordinary
first sentences look much alike, so anything that does not have one of these shapes to the letter gives nothing at all.
"""

from __future__ import annotations

import re
from dataclasses import replace

from qa_assistant import written_dates
from qa_assistant.records import Metadata
from qa_assistant.written_dates import Written

_LINES = 3
_HEAD = 200
"""A dateline begins in one of the first three lines that are not empty, within this many characters."""
_LONGEST = 300

# Spelled in one way only, because they are short, or are ordinary words in another spelling.
_EXACT = """
dpa DPA dpa-AFX AFP afp APA AP ap AA SID sid KNA epd EPD ANSA EFE PAP ots dts dapd ADN SDA sda IPS PTI ANI IANS MTI CTK
ČTK NTB TT ITAR-TASS TASS ТАСС ИТАР-ТАСС Trend TREND Trend.az ПРАЙМ Прайм Sputnik SPUTNIK Спутник UPI Lusa BTA SPA RIA
Bernama DHA İHA ANP ATS AGI ΑΠΕ-ΜΠΕ واس وام كونا رويترز ایرنا ایسنا רויטרס
"""
# Spelled with any capitals; one or more in a line.
_ANY_CASE = """
Reuters; AZERTAC; AZERTAG; AzərTAc; АЗЕРТАДЖ; АПА; Тренд; Xinhua; Xinhuanet; Anadolu; Anadolu Agency; Kyodo; Kyodo News
Interfax; Interfax-Ukraine; Interfax.ru; Интерфакс; Интерфакс-Украина; РИА Новости; RIA Novosti; Yonhap; Bloomberg; IRNA
Ukrinform; Укринформ; UNIAN; УНИАН; BelTA; БелТА; Kazinform; Казинформ; Armenpress; Арменпресс; Tanjug; Hina; Agerpres
Associated Press; The Associated Press; Agence France-Presse; Deutsche Presse-Agentur; Press Association; Europa Press
dts Nachrichtenagentur; dpa-infocom; PRNewswire; PR Newswire; GlobeNewswire; Globe Newswire; Business Wire
Adnkronos; askanews; LaPresse; Agência Brasil; Prensa Latina; Télam; Інтерфакс-Україна; Укрінформ; УНІАН; Арменпрес
Արմենպրես; ინტერპრესნიუსი; أ ش أ; أ ف ب; د ب أ
Anadolu Ajansı; Интерфакс-Казахстан; Интерфакс-Азербайджан; Interfax-Kazakhstan; Interfax-Azerbaijan
"""
# Stand beside the place without a space.
_EAST = """
新华社 新华网 中新社 中新网 法新社 路透社 新華社 共同 共同通信 時事 時事通信 AFP時事 ロイター 聯合ニュース
연합뉴스 뉴시스 뉴스1
"""


def _alternatives(names: list[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_ANY_CASE_NAMES = [name.strip() for name in re.split(r"[;\n]", _ANY_CASE.strip())]
_KNOWN_PATTERN = rf"(?:{_alternatives(_EXACT.split() + _EAST.split())}|(?i:{_alternatives(_ANY_CASE_NAMES)}))(?!\w)"
_KNOWN = re.compile(_KNOWN_PATTERN)
_ACRONYM = re.compile(r"(?=(?:[^A-ZА-ЯЁ]*[A-ZА-ЯЁ]){2})[\w.-]{2,20}")

_WORD = r"[^\W\d_][\w'’./-]{0,29}"
_PLACE = rf"(?P<place>{_WORD}(?: {_WORD}){{0,3}}?)(?:, {_WORD}(?: {_WORD}){{0,2}}?)?"
_DATE = (
    r"(?:am |den |le )?(?P<date>"
    r"\d{4}-\d{2}-\d{2}"
    r"|\d{1,2}\. ?\d{1,2}\. ?\d{4}"
    r"|\d{1,2}(?:\.|st|nd|rd|th|er|º)? ?(?:de )?[^\W\d_]{2,12}\.?(?:(?:,| de)? \d{4}(?: года| ?г\.?| року| ?р\.)?)?"
    r"|[^\W\d_]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?"
    r"|[^\W\d_]{3,12}\.? \d{4})"
)
_DASH = r"(?:--|[-–—])"
_END = rf"(?=[.,:/|։]| {_DASH}|$)"
_AGENCY = rf"(?P<agency>{_KNOWN_PATTERN}(?:/{_KNOWN_PATTERN})*)"
_OF_EAST = rf"(?P<agency>{_alternatives(_EAST.split())})"

# `certain`: enough punctuation around the name that an agency outside the tables may be believed.
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        rf"{_PLACE}(?:[.,]| في) {_DATE}[.,]? ?\((?P<agency>[^()]{{2,40}})\)(?P<certain>\.? ?{_DASH})?",
        rf"{_PLACE}[.,] {_DATE}[.,]? ?/(?P<agency>[^/]{{2,40}})/(?P<certain>)",
        rf"{_PLACE}[.,] {_DATE}(?:[.,]| {_DASH}|[.,] {_DASH}) {_AGENCY}{_END}",
        rf"{_PLACE}[.,]?(?: {_DASH})? ?\({_AGENCY}(?:/[^()/]{{1,20}}){{0,2}}\)(?: ?{_DASH}|[.:])",
        rf"{_PLACE}[.,]? ?/{_AGENCY}/",
        rf"{_PLACE}, {_AGENCY}(?:$|[.,]? {_DASH} )",
        rf"{_PLACE} {_AGENCY} \|",
        rf"\({_AGENCY}\) {_DASH} {_PLACE}, {_DATE} {_DASH}(?= )",
        rf"\({_AGENCY}\)(?: ?{_DASH}|[.:])",
        rf"{_OF_EAST}(?P<place>[^\W\d_]{{2,8}}?)?(?P<date>(?:\d{{4}}年)?\d{{1,2}}月\d{{1,2}}日)[电電]",
        rf"[【（(［[](?P<place>[^\W\d_]{{2,12}}?)[ =＝]?(?:\d{{1,2}}日 ?)?{_OF_EAST}[】）)］\]]",
    )
)
# No agency, or one to be believed in none of them: only with the place in capitals and a dash or slashes, so that a
# headline about a day in history is not taken for one.
_BARE = re.compile(rf"{_PLACE}[.,] {_DATE}[.,]? ?(?:(?:\([^()]{{2,40}}\)\.? ?)?{_DASH} |/[^/]{{2,40}}/)")
_ALONE = re.compile(rf"{_PLACE}[.,] {_DATE}")
_SIGN_OFF = re.compile(rf"\((?:[^()]{{0,60}}[,;–-] ?)?{_DATE}\)")

# `date 2022-12 Baku, …`: how the articles that ship begin.
_DATE_KEY = re.compile(r"(?i:date|datum|дата):? ([0-9]{4}-[0-9]{2}(?:-[0-9]{2})?)(?:T[0-9:.+Z-]*)?(?: |$)")

_SMALL_WORDS = """
am an auf bei da de del der des di do du el im in la le los na not of ob on sur the und upon van von vor на под и
"""
_NO_PLACES = """
von by am im in der die das foto fotos photo bild bilder quelle source update eil wdh heute nach laut and und с по автор
фото источник
"""
_INSIDE_PLACES = frozenset(_SMALL_WORDS.split())
_BEFORE_PLACES = frozenset(_NO_PLACES.split())


def read(text: str) -> Metadata:
    """Date, place and agency from the beginning of `text`; each None unless it is written there.

    A day and month without a year give no date, unless a `date 2022-12` before them names the same month.
    """
    heading: Written | None = None
    for line in _first_lines(text):
        key = _DATE_KEY.match(line)
        if key and heading is None:
            heading = written_dates.parse(key[1])
            line = line[key.end() :]
        found = _of_line(line)
        if found:
            metadata, written = found
            return replace(metadata, date=_agreed(heading, written))
    return Metadata(date=heading.iso() if heading else None)


def length(text: str) -> int:
    """Characters of the dateline with an agency that `text` begins with; 0 if it begins otherwise."""
    return max((found.end() for shape in _SHAPES if (found := shape.match(text[:_LONGEST]))), default=0)


def is_dateline(sentence: str) -> bool:
    """Whether a sentence is a dateline and says nothing after it, or what an article is signed with (APA, 4.6.2015)."""
    line = " ".join(sentence.split())
    if key := _DATE_KEY.match(line):
        line = line[key.end() :]
    ends = [found.end() for shape in (*_SHAPES, _ALONE, _SIGN_OFF) if (found := shape.match(line))]
    return any(not any(char.isalnum() for char in line[end:]) for end in ends)


def _first_lines(text: str) -> list[str]:
    """The lines a dateline may stand in, with single spaces."""
    lines: list[str] = []
    start = 0
    for line in text[: _HEAD * 5].split("\n"):
        if start > _HEAD or len(lines) == _LINES:
            break
        if words := line.split():
            # A cut line must not look as if it ended there.
            lines.append(" ".join(words)[:_LONGEST] + (" …" if len(line) > _LONGEST else ""))
        start += len(line) + 1
    return lines


def _of_line(line: str) -> tuple[Metadata, Written | None] | None:
    for shape in _SHAPES:
        found = shape.match(line)
        if found is None:
            continue
        parts = found.groupdict()
        written = written_dates.parse(parts["date"]) if parts.get("date") else None
        agency = _agency(parts["agency"], certain=written is not None and parts.get("certain") is not None)
        place = _place(parts.get("place"))
        if agency and (place or not parts.get("place")):
            return Metadata(place=place, agency=agency), written
    bare = _BARE.match(line)
    if (
        bare
        and bare["place"].isupper()
        and (written := written_dates.parse(bare["date"]))
        and (place := _place(bare["place"]))
    ):
        return Metadata(place=place), written
    return None


def _agency(named: str, *, certain: bool) -> str | None:
    """The agencies in `dpa/lhe`, `APA/dpa`: the known ones; an unknown acronym only where the shape is `certain`."""
    parts = [part.strip() for part in named.split("/")]
    known = [part for part in parts if _KNOWN.fullmatch(part)]
    if known:
        return "/".join(known)
    return parts[0] if certain and _ACRONYM.fullmatch(parts[0]) else None


def _place(words: str | None) -> str | None:
    """`words` if they can be the name of a place: every word but small ones with a capital; one or two in a script
    without any."""
    if not words:
        return None
    first, *others = words.split()
    if first.casefold().rstrip(".") in _BEFORE_PLACES or first[0] != first[0].title():
        return None
    if not all(word[0] == word[0].title() or word in _INSIDE_PLACES for word in others):
        return None
    if first[0] == first[0].lower() and len(others) > 1:
        return None
    # `Москва. 3 декабря.` ends its place with a full stop; that of `Washington D.C.` is its own.
    return words.rstrip(".,") if words.count(".") == 1 and words.endswith(".") else words.rstrip(",")


def _agreed(heading: Written | None, written: Written | None) -> str | None:
    """One date from the `date` key and the dateline: the key's, and the day of the dateline if the months agree."""
    if heading is None or heading.iso() is None:
        return written.iso() if written else None
    same_month = written is not None and written.month == heading.month and written.year in (None, heading.year)
    if heading.day is None and written and same_month:
        return replace(heading, day=written.day).iso() or heading.iso()
    return heading.iso()
