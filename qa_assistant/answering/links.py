"""Links in an answer: a model that was told to can send what it was asked away in one. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_assistant.answering.verdict import CITED, Check, Verdict
from qa_assistant.records import Hit

_END = r"[^\s<>()\[\]{}\"'“”„«»]+"
_LINK = re.compile(rf"(?:\b[a-z][a-z0-9+.-]*:)?//{_END}|\bwww\.{_END}|\b(?:javascript|data|mailto|file):{_END}", re.I)


def with_known_links(check: Check, hits: Sequence[Hit]) -> Check:
    """`check`, but a claim with a link that no sentence of `hits` has is unsupported, whatever else it says."""
    known = " ".join(span.of(hit.article.text) for hit in hits for span in hit.passage.sentences)

    def checked(claim: str, numbers: Sequence[int]) -> Verdict:
        verdict = check(claim, numbers)
        foreign = [link for link in dict.fromkeys(_LINK.findall(claim)) if link.rstrip(".,;:!?") not in known]
        if not foreign:
            return verdict
        where = CITED if verdict.spans else "any passage"
        why = tuple(f"link {link} is not in {where}" for link in foreign)
        return Verdict(verdict.spans, "unsupported" if verdict.spans else "uncited", (*verdict.reasons, *why))

    return checked
