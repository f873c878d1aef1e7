"""English names of languages, as a model is told them. Pure."""

from __future__ import annotations

import functools

_NAMES = """
af Afrikaans|am Amharic|ar Arabic|az Azerbaijani|be Belarusian|bg Bulgarian|bn Bengali|bs Bosnian|ca Catalan|cs Czech
cy Welsh|da Danish|de German|el Greek|en English|eo Esperanto|es Spanish|et Estonian|eu Basque|fa Persian|fi Finnish
fr French|ga Irish|gl Galician|gu Gujarati|ha Hausa|he Hebrew|hi Hindi|hr Croatian|hu Hungarian|hy Armenian
id Indonesian|ig Igbo|is Icelandic|it Italian|ja Japanese|ka Georgian|kk Kazakh|km Khmer|kn Kannada|ko Korean
ku Kurdish|ky Kyrgyz|la Latin|lb Luxembourgish|lo Lao|lt Lithuanian|lv Latvian|mg Malagasy|mk Macedonian|ml Malayalam
mn Mongolian|mr Marathi|ms Malay|mt Maltese|my Burmese|nb Norwegian|ne Nepali|nl Dutch|nn Norwegian Nynorsk
no Norwegian|pa Punjabi|pl Polish|ps Pashto|pt Portuguese|ro Romanian|ru Russian|rw Kinyarwanda|sd Sindhi|si Sinhala
sk Slovak|sl Slovenian|so Somali|sq Albanian|sr Serbian|sv Swedish|sw Swahili|ta Tamil|te Telugu|tg Tajik|th Thai
ti Tigrinya|tk Turkmen|tl Tagalog|tr Turkish|tt Tatar|ug Uyghur|uk Ukrainian|ur Urdu|uz Uzbek|vi Vietnamese|xh Xhosa
yi Yiddish|yo Yoruba|zh Chinese|zu Zulu
"""


def language_name(code: str) -> str:
    """`de` → `German`; a code with a region (`pt-BR`) counts as its language; an unknown one stays as it is."""
    return _table().get(code.casefold().replace("_", "-").partition("-")[0], code)


@functools.lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    pairs = (entry.split(" ", 1) for line in _NAMES.split("\n") if line for entry in line.split("|"))
    return {entry[0]: entry[1] for entry in pairs}
