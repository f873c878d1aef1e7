"""A second opinion on a claim, if the settings ask for one: of the language model that wrote it, or of a cross-encoder
for natural language inference (NLI).

It reads a claim beside the sentences that the checks found to bear it, and can only take that away: numbers and denials
are seen better by the checks. The language model also looks for the names that are matched in their context alone, one
by one: asked about a whole claim, a small one overlooks them.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qa_assistant.answering.engine import Chunk
from qa_assistant.answering.prompting import defused, fill, load_prompt
from qa_assistant.answering.reasoning import first_word
from qa_assistant.answering.sources import said, told
from qa_assistant.answering.tokens import estimate_messages
from qa_assistant.answering.verdict import CITED, Check, Verdict
from qa_assistant.errors import ModelError
from qa_assistant.records import Hit

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
    "name": frozenset({"name"}),
    "question": frozenset(),
}
"""Of the prompt; the question ends every turn of the user, those of the examples too."""

REPLY_TOKENS = 256
"""Room for a model that reasons before it says the word."""

Entails = Callable[[str, str], float]
"""How likely a premise entails a hypothesis, 0 to 1."""

LEAST = 0.5
"""Of three labels that is more than both others together."""

LEAST_YES = 0.4
"""A language model takes back what it finds less likely. Of XQuAD's even articles, Qwen2.5-Coder 1.5B then keeps 0.879
of the true claims and takes back 0.964 of those with a name of another article; at 0.5 it is 0.850 and 0.993."""

TOP = 20
"""Words that it tells the probability of: the most that Ollama does."""

NOT_ENTAILED = f"{CITED} does not say that, finds the model that compared the two"
_LABEL = "entailment"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads again; both may raise ModelError."""

    entails: Entails
    mentions: Entails | None = None
    """The same of a text and a name; None if only whole claims are read."""
    least: float = LEAST
    """Below it a claim is not entailed, or a name not mentioned."""

    def objections(self, claim: str, verdict: Verdict) -> tuple[str, ...]:
        """What speaks against a claim that the checks find borne: names that its passages do not have, or else that its
        sentences do not entail it."""
        missing = self.missing(verdict.unsure, {hit.passage.key: hit for hit, _ in verdict.spans}.values())
        if missing:
            return tuple(f"name {name} is not in {CITED}" for name in missing)
        premise = " ".join(span.of(hit.article.text).strip() for hit, span in verdict.spans)
        return () if self.entails(premise, claim) >= self.least else (NOT_ENTAILED,)

    def missing(self, names: Iterable[str], hits: Iterable[Hit]) -> list[str]:
        """Those of `names` that none of the passages has, their articles' titles and places included."""
        mentions = self.mentions
        if mentions is None:
            return []
        texts = [f"{told(hit)}\n{said(hit)[0]}".strip() for hit in hits]
        return [name for name in names if all(mentions(text, name) < self.least for text in texts)]


def with_reader(check: Check, reader: Reader) -> Check:
    """`check`, but what it finds borne is unsupported if `reader` objects."""

    def checked(claim: str, numbers: Sequence[int]) -> Verdict:
        verdict = check(claim, numbers)
        why = reader.objections(claim, verdict) if verdict.support == "supported" else ()
        return replace(verdict, support="unsupported", reasons=why) if why else verdict

    return checked


def open_reader(name: str, engine: Engine, model: str, context_tokens: int) -> Reader:
    """Whom `entailment_model` names; the others are who answers. Raises ModelError or PromptError."""
    return read_again(engine, model, context_tokens) if name == BY_LLM else Reader(open_entailment(name))


def read_again(engine: Engine, model: str, context_tokens: int) -> Reader:
    """`model`, which is asked in a word; without a yes or no of it, the claim stands.

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
        reply = engine.chat(
            model, messages, context_tokens=context_tokens, answer_tokens=REPLY_TOKENS, top_logprobs=TOP
        )
        with closing(reply):
            return _yes(list(reply))

    return Reader(entails, lambda text, name: entails(text, fill(parts["name"], {"name": name})), LEAST_YES)


def _yes(reply: Sequence[Chunk]) -> float:
    """The probability of yes and not no, if a reply begins with either and tells what else it might have begun with.

    Else 0 for a no, and 1 for any other word.
    """
    said = first_word("".join(chunk.text for chunk in reply))
    first = next((chunk for chunk in reply if chunk.text.strip()), Chunk())
    chances = dict.fromkeys(("YES", "NO"), 0.0)
    for token, logprob in first.top_logprobs.items():
        if (word := first_word(token)) in chances:
            chances[word] += math.exp(logprob)
    if not chances.get(said) or first_word(first.text) != said:
        return float(said != "NO")
    return chances["YES"] / sum(chances.values())


@functools.lru_cache(maxsize=1)
def open_entailment(name: str) -> Entails:
    """The model of that name or path, on a GPU if torch sees one; the last one is kept, for it takes seconds to load.

    Raises ModelError if it cannot be loaded, or has no label `entailment`.
    """
    from sentence_transformers import CrossEncoder

    from qa_assistant.hub import from_disk_or_hub

    hint = "Name another entailment_model, or none: its checks come on top of the program's own."
    model = from_disk_or_hub(
        name, CrossEncoder, lambda why: ModelError(f"The entailment model {name} {why}.", hint=hint)
    )
    labels = {label.casefold(): number for number, label in model.config.id2label.items()}
    if _LABEL not in labels:
        raise ModelError(f"The model {name} does not tell whether one text entails another.", hint=hint)

    def entails(premise: str, hypothesis: str) -> float:
        (chances,) = model.predict([(premise, hypothesis)], apply_softmax=True, show_progress_bar=False)
        return float(chances[labels[_LABEL]])

    return entails
