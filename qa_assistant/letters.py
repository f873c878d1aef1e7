"""One spelling of a word for look-up, whatever its case and encoding. Pure."""

from __future__ import annotations

import functools
import unicodedata

_DOT_ABOVE = "\u0307"


@functools.lru_cache(maxsize=8192)
def plain(word: str) -> str:
    """`word` composed (NFC) and case-folded, with one i (`I`, `İ`, `ı` are `i`) and one Russian е (`ё` is `е`).

    The length may change: keep offsets in the text as it was.
    """
    composed = unicodedata.normalize("NFC", word).casefold().replace(_DOT_ABOVE, "")
    return unicodedata.normalize("NFC", composed).replace("ı", "i").replace("ё", "е")
