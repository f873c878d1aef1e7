"""Whether a text denies something: negation words of six languages, and the negative verbs of Turkish and Azerbaijani.

Pure. Only grammar is looked at: „lehnte ab“, "failed to" and "denied" deny nothing here.
"""

from __future__ import annotations

import functools
import re

from qa_assistant.letters import plain

_WORDS = {
    "de": "nicht nichts nie niemals niemand niemanden niemandem nirgends nirgendwo weder kein keine keinen keinem "
    "keiner keines keinerlei keineswegs keinesfalls ohne",
    "en": "not cannot never nobody none nothing neither nor nowhere without no",
    "ru": "не нет ни никогда никто никого никому ничего ничто нигде никак никакой никакие никаких нельзя без",
    "tr": "değil değildir değildi yok yoktur yoktu hiçbir asla kimse hiç",
    "az": "deyil deyildir deyildi yoxdur yox heç heçbir əsla",
    "fr": "pas jamais rien aucun aucune ni sans nul nulle",
}
KNOWN = frozenset(_WORDS)
"""Languages whose denials are found."""

_VERBS = {
    "en": r"(?<=n)['’]t\b",
    "fr": r"\bn['’](?=\w)",
    # gelmedi, yapılmamıştır, istemiyor, olmayan, bilmez, gelmeyecek, gelmemesi
    "tr": r"(?<=\w\w)(?:m[ae](?:d[ıi]|m[ıi]ş|y[ae]n|y[ae]c[ae]|m[ae](?:k|s[ıi])|z(?:l[ae]r|d[ıi]|s[ae])?\b)"
    r"|m[ıiuü]yor)",
    # gəlmədi, gəlmir, gəlməyib, olmayan, bilməz, gəlməyəcək, gəlməməsi
    "az": r"(?<=\w\w)(?:m[aə](?:d[ıi]|m[ıi]ş|y[ıi]b|y[aə]n|y[aə]c[aə]|m[aə](?:q|k|s[ıi])|z(?:l[aə]r|d[ıi]|s[aə])?\b)"
    r"|m[ıiuü]r(?:l[aə]r|am|əm|s[aə]n|ıq|ik|d[ıi])?\b)",
}
_NO_VERBS = frozenset(
    "namaz niyaz beyaz dəmir əmir təmir nəsimir mağmaz temaz elmas kağız kesmez gündəmir".split()  # noqa: SIM905
)
"""Words that look like negative verbs."""
_NOT_DENYING = re.compile(
    r"\bnot only\b|\bnicht nur\b|\bне только\b|\bnon seulement\b|\bsadece\b[^.]{0,60}\bdeğil\b|\bno longer than\b"
    r"|\bne\b[^.]{0,80}\bque\b|\bnicht zuletzt\b|\bnie zuvor\b|\b(?:no|nr)\. ?\d"
    r"|\boder nicht\b|\bor not\b|\bили нет\b|(?<=[ıiuü]p )\w+m[ae]d[ıi][kğ]\w*|(?<=[ıiuü]b )\w+m[aə]d[ıi]y\w*"
    r"|\byok (?=et|ed|ol)|\byox (?=et|ed|ol)",
    re.IGNORECASE,
)
"""Negation words that deny nothing: not only … but also, whether or not (olup olmadığı), to destroy (yok etmek)."""
_WORD = re.compile(r"\w+")


def denials(text: str, language: str | None) -> list[int]:
    """Where, in code points, `text` denies something; nothing for a language that is not known here."""
    if language not in _WORDS:
        return []
    spared = [match.span() for match in _NOT_DENYING.finditer(text)]
    words, verbs = _words(language), _verbs(language)
    found = [
        match.start()
        for match in _WORD.finditer(text)
        if plain(match[0]) in words
        or (verbs and not match[0][0].isupper() and plain(match[0]) not in _NO_VERBS and verbs.search(plain(match[0])))
    ]
    if language in ("en", "fr"):
        found += [match.start() for match in re.finditer(_VERBS[language], text)]
    return sorted(at for at in found if not any(start <= at < end for start, end in spared))


@functools.cache
def _words(language: str) -> frozenset[str]:
    return frozenset(map(plain, _WORDS[language].split()))


@functools.cache
def _verbs(language: str) -> re.Pattern[str] | None:
    """Over words in the form of `plain`, whose only i is i."""
    return re.compile(_VERBS[language].replace("ı", "i")) if language in ("tr", "az") else None
