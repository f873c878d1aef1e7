"""Quotes in the reader's language: each translated, checked, tried once more with other examples, else left out."""

from __future__ import annotations

from contextlib import closing

from qa_assistant.answering.engine import Completer
from qa_assistant.answering.gloss_checks import Judge, Translation
from qa_assistant.answering.gloss_prompt import ATTEMPTS, STOP, languages, prompt
from qa_assistant.answering.tokens import estimate_tokens
from qa_assistant.display import one_line
from qa_assistant.language import detect
from qa_assistant.records import Citation

MOST_WORDS = 35
"""Of a quote; no translation of a longer one was good enough to be shown."""

TIMES_AS_LONG = 2
"""Tokens that a translation may have for each (estimated) token of its quote."""


def needs_gloss(citation: Citation, language: str) -> bool:
    """Whether a quote is in another language than the reader's, and there are examples in both."""
    source = language_of(citation)
    return source != language and {source, language} <= languages() and len(citation.quote.split()) <= MOST_WORDS


def language_of(citation: Citation) -> str:
    """ISO 639-1: of the quote itself, else of its article; empty if nobody knows."""
    return detect(citation.quote, default=citation.article.metadata.language) or ""


def gloss(quote: str, source: str, target: str, model: Completer, judge: Judge) -> str | None:
    """`quote` (in `source`) in `target`, or None if no attempt bears comparison with it. Raises ModelError."""
    for attempt in range(len(ATTEMPTS)):
        found = translate(quote, source, target, attempt, model)
        if not any(judge.faults(found, quote, source, target)):
            return found.text
    return None


def translate(quote: str, source: str, target: str, attempt: int, model: Completer) -> Translation:
    """What the model writes, on one line, unchecked; without text if it did not come to an end."""
    most = TIMES_AS_LONG * estimate_tokens(quote) + 16
    with closing(model.complete(prompt(quote, source, target, attempt), most_tokens=most, stop=STOP)) as reply:
        chunks = list(reply)
    last = chunks[-1]
    text = "" if last.done_reason == "length" else one_line("".join(chunk.text for chunk in chunks))
    return Translation(text, last.logprob, last.least_logprob)
