"""English names of languages, as a model is told them: CLDR's, through Babel."""

from __future__ import annotations


def language_name(code: str) -> str:
    """`de` → `German`; a code with a region (`pt-BR`) counts as its language; an unknown one stays as it is."""
    from babel import Locale

    return str(Locale("en").languages.get(code.casefold().replace("_", "-").partition("-")[0], code))
