"""A second opinion on a claim, if the settings ask for one: of the language model that wrote it, or of a cross-encoder
for natural language inference (NLI).

It reads a claim beside the sentences that the checks found to bear it, and can only take that away: numbers and denials
are seen better by the checks.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from qa_assistant.answering.links import Check
from qa_assistant.answering.prompting import defused, fill, load_prompt
from qa_assistant.answering.reasoning import first_word
from qa_assistant.answering.tokens import estimate_messages
from qa_assistant.answering.verdict import CITED, Verdict
from qa_assistant.errors import ModelError
from qa_assistant.records import Hit, Span

if TYPE_CHECKING:
    from qa_assistant.answering.engine import Engine

BY_LLM = "llm"
"""What `entailment_model` is where the language model that answers is to read again."""

EXAMPLES = ("yes 1", "no 1", "yes 2", "no 2")
"""Parts of the prompt that are asked and answered before; written among its rules, they made Qwen2.5-Coder 1.5B say no
to three times as many true claims."""

PARTS: Mapping[str, frozenset[str]] = {
    "system": frozenset(),
    **dict.fromkeys(EXAMPLES, frozenset[str]()),
    "user": frozenset({"text", "statement"}),
    "question": frozenset(),
}
"""Of the prompt; the question ends every turn of the user, those of the examples too."""

REPLY_TOKENS = 256
"""Room for a model that reasons before it says the word."""

Entails = Callable[[str, str], float]
"""How likely a premise entails a hypothesis, 0 to 1."""

LEAST = 0.5
"""Of three labels that is more than both others together."""

NOT_ENTAILED = f"{CITED} does not say that, finds the model that compared the two"
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


def entails_by(reader: str, engine: Engine, model: str, context_tokens: int) -> Entails:
    """That of what `entailment_model` names; the others are who answers. Raises ModelError or PromptError."""
    return read_again(engine, model, context_tokens) if reader == BY_LLM else open_entailment(reader)


def read_again(engine: Engine, model: str, context_tokens: int) -> Entails:
    """That of `model`, which is asked in a word; without a yes or no of it, the claim stands.

    `context_tokens` as it answers with: for another number Ollama loads it anew. Raises PromptError for a broken
    prompt, and what it returns ModelError.
    """
    parts = load_prompt("entailment", PARTS)
    turns = [{"role": "system", "content": parts["system"]}]
    for example in EXAMPLES:
        turns.append({"role": "user", "content": f"{parts[example]}\n\n{parts['question']}"})
        turns.append({"role": "assistant", "content": example.partition(" ")[0]})

    def entails(premise: str, hypothesis: str) -> float:
        user = fill(parts["user"], {"text": defused(premise), "statement": defused(hypothesis)})
        messages = (*turns, {"role": "user", "content": f"{user}\n\n{parts['question']}"})
        needed = estimate_messages(messages) + REPLY_TOKENS
        if needed > context_tokens:  # Ollama would cut it without a word
            raise ModelError(
                f"{model} has no room to read a sentence again, which takes {needed} tokens of {context_tokens}.",
                hint="Raise context_tokens, or leave entailment_model empty.",
            )
        reply = engine.chat(model, messages, context_tokens=context_tokens, answer_tokens=REPLY_TOKENS)
        with closing(reply):
            return 0.0 if first_word("".join(chunk.text for chunk in reply)) == "NO" else 1.0

    return entails


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
