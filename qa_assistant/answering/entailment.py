"""A second opinion on a claim: a cross-encoder for natural language inference (NLI), if the settings name one.

It reads a claim beside the sentences that the checks found to bear it, and can only take that away: numbers, names and
denials are seen better by the checks.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from qa_assistant.answering.links import Check
from qa_assistant.answering.verdict import CITED, Verdict
from qa_assistant.errors import ModelError
from qa_assistant.records import Hit, Span

Entails = Callable[[str, str], float]
"""How likely a premise entails a hypothesis, 0 to 1."""

LEAST = 0.5
"""Of three labels that is more than both others together."""

NOT_ENTAILED = f"{CITED} does not say that, finds the entailment model"
_LABEL = "entailment"


def with_entailment(check: Check, entails: Entails) -> Check:
    """`check`, but what it finds borne is unsupported if the sentences do not entail it."""

    def checked(claim: str, numbers: Sequence[int]) -> Verdict:
        verdict = check(claim, numbers)
        if verdict.support != "supported":
            return verdict
        if is_entailed(claim, verdict.spans, entails):
            return verdict
        return replace(verdict, support="unsupported", reasons=(NOT_ENTAILED,))

    return checked


def is_entailed(claim: str, spans: Iterable[tuple[Hit, Span]], entails: Entails) -> bool:
    """Whether those sentences of articles together entail `claim`."""
    return entails(" ".join(span.of(hit.article.text).strip() for hit, span in spans), claim) >= LEAST


@functools.lru_cache(maxsize=1)
def open_entailment(name: str) -> Entails:
    """The model of that name or path, on a GPU if torch sees one; the last one is kept, for it takes seconds to load.

    Raises ModelError if it cannot be loaded, or has no label `entailment`.
    """
    from sentence_transformers import CrossEncoder

    from qa_assistant.hub import from_disk_or_hub

    hint = "Name another entailment_model, or none: its checks come on top of the program's own."
    missing = ModelError(f"The entailment model {name} is neither on disk nor on the hub.", hint=hint)
    model = from_disk_or_hub(name, CrossEncoder, missing)
    labels = {label.casefold(): number for number, label in model.config.id2label.items()}
    if _LABEL not in labels:
        raise ModelError(f"The model {name} does not tell whether one text entails another.", hint=hint)

    def entails(premise: str, hypothesis: str) -> float:
        (chances,) = model.predict([(premise, hypothesis)], apply_softmax=True, show_progress_bar=False)
        return float(chances[labels[_LABEL]])

    return entails
