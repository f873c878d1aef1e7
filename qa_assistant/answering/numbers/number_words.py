"""Numbers written as words in German, English, Russian, Turkish, Azerbaijani and French, cardinal and ordinal. Pure.

The tables hold the parts that numbers are made of and a rule puts them together, because no library reads all six
languages or knows their inflected forms. The word for one (ein, one, один, bir, un) is an article or a pronoun more
often than a number: it counts only inside a larger number (einundzwanzig, one million). Words that are common in
another of the languages (tr `on`, az `min`, fr `cent`) count inside a larger number, and alone only if the text is
known to be in their language.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa_assistant.answering.numbers import elsewhere
from qa_assistant.answering.numbers.number_tables import LANGUAGES, MULTIPLIERS, cardinals, ordinals

LONGEST = 90
"""Letters of the longest word looked at; no number below a million has as many."""

_TURKIC_CASE = r"(?<=nc[iuü])(?:s[iuü])?(?:n?d[aeə]n?|n?[aeə]|y[aeəiuü]|n[iuü]n?|y?l[ae]|ylə|l[ae]r\w*|lər\w*)?$"
_ENDINGS = {
    "de": r"(?<=te)[rsnm]$",
    "ru": r"(?:ый|ой|ая|ое|ого|ому|ую|ым|ом|ые|ых|ыми)$|(?<=трет)(?:ий|ь(?:я|е|его|ей|ему|ю|им|ем|и|их|ими))$",
    "tr": _TURKIC_CASE,
    "az": _TURKIC_CASE,
    "fr": r"(?<=ème|ier|ère|ond|nde)s$",
}
"""What is cut off an ordinal to find it."""
_AGED = {
    "de": r"(?<!^ein)(?:jähr|tägig|stündig|köpfig|stimmig|malig|mal$|fach|teil)\w*$",
    "ru": r"(?<!^сто)лет[ин]\w+$",
}
"""What turns a number into another kind of word: dreißigjährig, viermal, dreifach, Dreiteilung, тридцатилетие."""
_RANKED = re.compile(r"(?<=t)(?:grösst|höchst|best|ältest|jüngst|längst|häufigst|stärkst|meist)\w*$")
"""What follows a German ordinal: zweitgrößte."""
_LINKS = {"en": "and", "fr": "et"}
_GLUED = ("de", "tr")

_NEVER_ALONE = """
    ein eine einen einem einer eines achten a one один одно одна одного одной одному одну одним одном bir un une семью
""".split()  # noqa: SIM905
"""Articles, pronouns, to respect (de), family (ru)."""
_COMMON_ELSEWHERE = ("on", "bin", "min", "yüz", "kirk", "cent", "cents", "sept", "premier", "première")
_STAND_ALONE = (
    "hundert", "tausend", "сто", "ста", "тысяча", "тысячу", "миллион", "миллиард", "cent", "mille", "yüz", "bin", "min",
)  # fmt: skip
"""Hundreds and thousands that mean one of them when they stand alone; `Millionen` and `тысяч` do not."""
_VAGUE = ("mehrere", "mehreren", "mehrerer", "einige", "einigen", "paar", "viele", "birkaç", "neçə", "quelques")
"""Words before those that leave open how many."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a number word; an ordinal is the last part of a number."""

    value: int
    ordinal: bool = False


def read(words: Sequence[str], before: str, language: str | None) -> tuple[int, frozenset[int]] | None:
    """The number that `words`, in the form of `plain`, begin with: how many of them it takes, and what it may be.

    `before` is the word before them, or empty; `language` is the text's, if known. None if they begin with no number.
    """
    found: dict[str, tuple[int, int]] = {}
    for spoken in spoken_in(words[0]):
        count, value = _longest(words, spoken)
        if count > 1 or (count and _counts_alone(words, before, spoken, language)):
            found[spoken] = count, value
    if language in found:
        found = {language: found[language]}
    longest = max((count for count, _ in found.values()), default=0)
    return (longest, frozenset(value for count, value in found.values() if count == longest)) if found else None


def scales(word: str, language: str | None) -> frozenset[int]:
    """What `word`, in the form of `plain`, multiplies digits before it by: 3 Millionen, 3 млн, 3 billion."""
    found = {
        spoken: parts[0].value
        for spoken in spoken_in(word)
        if len(parts := _parts(word, spoken)) == 1 and parts[0].value >= 100 and not parts[0].ordinal
        if word not in _COMMON_ELSEWHERE or (spoken == language and parts[0].value > 100)
    }
    if language and language not in LANGUAGES and word in elsewhere.scales():
        return frozenset({elsewhere.scales()[word]})
    return frozenset([found[language]] if language in found else found.values())


def _counts_alone(words: Sequence[str], before: str, spoken: str, language: str | None) -> bool:
    word = words[0]
    parts = _parts(word, spoken)
    if len(parts) > 1:
        return True
    if word in _NEVER_ALONE or (word in _COMMON_ELSEWHERE and spoken != language):
        return False
    if before == "во" and word.endswith("ых"):  # во-первых: firstly
        return False
    if word.startswith("premi") and len(words) > 1 and words[1].startswith("ministre"):
        return False
    if parts[0].value >= 100 and not parts[0].ordinal:
        return before not in _VAGUE and (word in _STAND_ALONE or 100 < parts[0].value < 1000)
    return True


def _longest(words: Sequence[str], spoken: str) -> tuple[int, int]:
    """How many words make one number in that language, and the number; (0, 0) for `millionmillion`."""
    number = _Number(spoken)
    taken = value = 0
    for place, word in enumerate(words):
        if word == _LINKS.get(spoken) and taken == place and number.may_link():
            continue
        parts = _parts(word, spoken)
        if not parts or not all(map(number.add, parts)):
            break
        taken, value = place + 1, number.value
    return taken, value


class _Number:
    """A number that grows part by part, as it is spoken."""

    def __init__(self, spoken: str) -> None:
        self._spoken = spoken
        self._total = 0
        self._group = 0
        """What the next thousand or million multiplies."""
        self._scale = 10**15
        self._last: Part | None = None

    @property
    def value(self) -> int:
        return self._total + self._group

    def may_link(self) -> bool:
        """Whether `and` or `et` may follow: one hundred and five, vingt et un, soixante et onze."""
        if self._spoken == "fr":
            return 20 <= self._group % 100 <= 70
        return self.value > 0 and self._group % 100 == 0

    def add(self, part: Part) -> bool:
        """Whether the part goes on with the number. If not, the number is as it was."""
        if self._last and (self._last.ordinal or self._last.value == 0):
            return False
        fits = self._multiply(part.value) if part.value in MULTIPLIERS else self._append(part.value)
        if fits:
            self._last = part
        return fits

    def _multiply(self, by: int) -> bool:
        if by == 100:
            if self._group >= 100:
                return False
            self._group = 100 * (self._group or 1)
            return True
        if by >= self._scale or (self._total and not self._group):
            return False
        self._total += by * (self._group or 1)
        self._group, self._scale = 0, by
        return True

    def _append(self, value: int) -> bool:
        room = self._group % 100
        french = self._spoken == "fr"
        if french and value == 20 and self._last == Part(4) and room == 4:  # quatre-vingt
            value = 76
            fits = True
        elif room:  # zwanzig + drei, dix + sept, on + iki, soixante + dix
            unit = 0 < value < 10 and room % 10 == 0 and (room > 10 or self._spoken in ("fr", "tr", "az"))
            fits = unit or (french and 10 <= value < 20 and room in (60, 80))
        else:
            fits = (value > 0 or self.value == 0) and (value < 100 or self._group == 0)
        self._group += value if fits else 0
        return fits


@functools.lru_cache(maxsize=8192)
def spoken_in(word: str) -> tuple[str, ...]:
    """The languages in which `word` is a number or a part of one."""
    return tuple(language for language in LANGUAGES if len(word) <= LONGEST and _parts(word, language))


@functools.lru_cache(maxsize=8192)
def _parts(word: str, spoken: str) -> tuple[Part, ...]:
    """The parts of one word, in the form of `plain`: zweihundertdreißigste is 2, 100, 30; empty if it is no number."""
    if spoken in _AGED and (aged := re.search(_AGED[spoken], word)):
        return _glued(word[: aged.start()], spoken)
    if spoken == "de" and (ranked := _RANKED.search(word)):
        return _whole(word[: ranked.start()] + "e", spoken)
    return _glued(word, spoken) if spoken in _GLUED else _whole(word, spoken)


@functools.lru_cache(maxsize=8192)
def _glued(word: str, spoken: str) -> tuple[Part, ...]:
    if whole := _whole(word, spoken):
        return whole
    for end in range(len(word) - 1, 1, -1):
        first, rest = cardinals(spoken).get(word[:end]), word[end:]
        if first is None:
            continue
        if spoken == "de" and first < 10 and (tens := _glued(rest[3:], spoken) if rest.startswith("und") else ()):
            return (Part(first + tens[0].value, tens[0].ordinal), *tens[1:])
        if parts := _glued(rest, spoken):
            return (Part(first), *parts)
    return ()


def _whole(word: str, spoken: str) -> tuple[Part, ...]:
    value = cardinals(spoken).get(word)
    if value is not None:
        return (Part(value),)
    base = re.sub(_ENDINGS[spoken], "", word) if spoken in _ENDINGS else word
    value = ordinals(spoken).get(base) if spoken != "ru" or base != word else None
    return () if value is None else (Part(value, ordinal=True),)
