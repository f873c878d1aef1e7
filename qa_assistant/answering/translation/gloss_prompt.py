"""The prompt for one translation: worked examples in both languages, then the sentence on a line it cannot leave."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from qa_assistant.answering.languages import language_name
from qa_assistant.answering.prompting import defused, fill, load_prompt
from qa_assistant.display import one_line
from qa_assistant.errors import PromptError

GLOSS_PARTS: Mapping[str, frozenset[str]] = {
    "prompt": frozenset({"examples", "source", "sentence", "target"}),
    "first examples": frozenset(),
    "second examples": frozenset(),
}
SETS = ("first examples", "second examples")
ATTEMPTS = ((0, 1), (1,))
"""The sets of examples that each attempt shows: all of them first, then the second alone."""

STOP = ("\n",)
"""A translation is one line: what ends one, ends it."""

LEAK_WORDS = 4
"""So many words in a row of an example are no coincidence."""

_EXAMPLE_LINE = re.compile(r"([a-z]{2}): (.+)")
_WORD = re.compile(r"\w+")


Examples = Mapping[str, tuple[str, ...]]
"""Sentences that say the same: by language (ISO 639-1), in the same order for all."""


def languages() -> frozenset[str]:
    """The languages there are examples in; no others are translated."""
    return frozenset(load_examples()[0])


def prompt(sentence: str, source: str, target: str, attempt: int) -> str:
    """The prompt that `sentence` (in `source`) is to be followed by in `target`, with the examples of `attempt`."""
    labels = {"source": language_name(source), "target": language_name(target)}
    template = _load()["prompt"]
    shown = [
        fill("{source}: {sentence}\n{target}: {translation}", {**labels, "sentence": one, "translation": other})
        for examples in (load_examples()[number] for number in ATTEMPTS[attempt])
        for one, other in zip(examples[source], examples[target], strict=True)
    ]
    return fill(template, {**labels, "examples": "\n\n".join(shown), "sentence": one_line(defused(sentence))})


def leaked(gloss: str, target: str) -> bool:
    """Whether `gloss` repeats an example instead of translating."""
    runs = _runs(gloss)
    return any(runs & _runs(sentence) for examples in load_examples() for sentence in examples.get(target, ()))


@functools.cache
def load_examples() -> tuple[Examples, ...]:
    """The sets of examples. Raises PromptError if one does not have every sentence in every language."""
    return tuple(_examples(name, _load()[name]) for name in SETS)


@functools.cache
def _load() -> Mapping[str, str]:
    return load_prompt("gloss", GLOSS_PARTS)


def _examples(name: str, text: str) -> Examples:
    blocks = [dict(_EXAMPLE_LINE.findall(block)) for block in text.split("\n\n")]
    if not all(block.keys() == blocks[0].keys() for block in blocks) or len(blocks[0]) < 2:
        raise PromptError(
            f"The prompt gloss.md does not have every sentence of “# {name}” in the same languages.",
            hint="Mend the file, or reinstall qa_assistant.",
        )
    return {language: tuple(block[language] for block in blocks) for language in blocks[0]}


@functools.lru_cache(maxsize=256)
def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = [word.casefold() for word in _WORD.findall(text)]
    return frozenset(tuple(words[at : at + LEAK_WORDS]) for at in range(len(words) - LEAK_WORDS + 1))
