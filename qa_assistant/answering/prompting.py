"""What the language model is told: prompt files with checked placeholders, fenced passages, a budget of tokens.

Rules and example are the system message and never change, so the server's prompt cache serves them; then come the
passages, the question last. Text of articles is plain, on our numbering alone, and inside fences no article contains.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa_assistant.answering.languages import language_name
from qa_assistant.answering.markers import NO_ANSWER
from qa_assistant.answering.orders import is_order
from qa_assistant.answering.plaintext import without_controls
from qa_assistant.answering.tokens import MESSAGE_TOKENS, estimate_tokens
from qa_assistant.errors import PromptError
from qa_assistant.records import Hit, Span
from qa_assistant.settings import shipped

ANSWER_PARTS: Mapping[str, frozenset[str]] = {
    "system": frozenset(),
    "user": frozenset({"passages", "question", "language", "no_answer"}),
}

_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_PART = re.compile(r"^# +(.+?) *$", re.MULTILINE)
_CONTROL_TOKEN = re.compile(r"<(?=[<|｜/A-Za-z▁])")
_CONTROL_WORD = re.compile(r"\[(/?[A-Z_]{3,})\]")
_FOREIGN_NUMBER = re.compile(r"[\[【［]([^\]】］\n]{0,20}?\d[^\]】］\n]{0,20}?)[\]】］]")
_HEADER_LENGTH = 200
_LEFT_OUT = " […] "


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is sent, and the hits that fitted: passage number n of the prompt is `hits[n - 1]`."""

    messages: tuple[dict[str, str], ...]
    hits: tuple[Hit, ...]
    tokens: int
    """Estimated, rather too high than too low."""


def load_prompt(name: str, parts: Mapping[str, frozenset[str]], *, folder: Path | None = None) -> dict[str, str]:
    """The parts of the prompt file `name`: text under the headings `# part`, each with exactly its placeholders.

    Raises PromptError for a missing file, a missing or unknown part, a missing or unknown placeholder.
    """
    path = (folder or shipped("prompts")) / f"{name}.md"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"The prompt {path} cannot be read: {error}", hint="Reinstall qa_assistant.") from error
    pieces = _PART.split(text)
    found = {title: body.strip() for title, body in zip(pieces[1::2], pieces[2::2], strict=True)}
    if found.keys() != parts.keys():
        raise _wrong(path, "parts", found.keys(), parts.keys())
    for title, body in found.items():
        placeholders = frozenset(_PLACEHOLDER.findall(body))
        if placeholders != parts[title]:
            raise _wrong(path, f"placeholders under “# {title}”", placeholders, parts[title])
    return found


def fill(template: str, values: Mapping[str, str]) -> str:
    """`template` with its placeholders replaced, once: braces inside a value are text."""
    return _PLACEHOLDER.sub(lambda match: values[match[1]], template)


def build(question: str, language: str, hits: Sequence[Hit], *, context_tokens: int, answer_tokens: int) -> Prompt:
    """The prompt for `question`, to be answered in `language` (ISO 639-1), from as many of `hits` as fit.

    The lowest-ranked passages are left out first; the last that is left is cut at the end of a sentence if it must be.
    Rules and question always stay, and the estimate never passes `context_tokens - answer_tokens`. Raises PromptError
    if that leaves no room for a single sentence.
    """
    parts = load_answer_prompt()
    fence = _fence(hits)
    values = {"question": defused(question), "language": language_name(language), "no_answer": NO_ANSWER}
    around = fill(parts["user"], values | {"passages": ""})
    fixed = estimate_tokens(parts["system"]) + estimate_tokens(around) + 2 * MESSAGE_TOKENS
    blocks, used = _fitting(hits, fence, context_tokens - answer_tokens - fixed)
    if hits and not blocks:
        raise PromptError(
            f"The question and one sentence of an article do not fit into {context_tokens} tokens.",
            hint="Shorten the question, raise context_tokens, or lower answer_tokens.",
        )
    user = fill(parts["user"], values | {"passages": "\n\n".join(blocks)})
    messages = ({"role": "system", "content": parts["system"]}, {"role": "user", "content": user})
    return Prompt(messages, tuple(hits[: len(blocks)]), fixed + used)


@functools.lru_cache(maxsize=1)
def load_answer_prompt() -> Mapping[str, str]:
    """The parts of `answer.md`, checked."""
    return load_prompt("answer", ANSWER_PARTS)


def _fitting(hits: Sequence[Hit], fence: str, room: int) -> tuple[list[str], int]:
    """The passages that fit into `room` tokens, as they stand in the prompt, and what they take."""
    blocks: list[str] = []
    used = 0
    for number, hit in enumerate(hits, start=1):
        whole, *shorter = _shorter_and_shorter(hit)
        for text in (whole, *shorter):
            block = _block(number, hit, text, fence)
            # Two tokens for the blank line between passages.
            cost = estimate_tokens(block) + 2
            if used + cost <= room:
                blocks.append(block)
                used += cost
                break
        if len(blocks) < number or text != whole:
            break
    return blocks, used


def _shorter_and_shorter(hit: Hit) -> list[str]:
    """The passage's sentences, all, then with one less each, down to its first.

    Text of the passage between them that is none of them, because it gives orders to the model, is left out.
    """
    passage = hit.passage
    texts: list[str] = []
    told, end = "", passage.start
    for span in (*passage.sentences, Span(passage.end, passage.end)):
        between = hit.article.text[end : span.start]
        said = span.of(hit.article.text)
        told += (_LEFT_OUT if any(map(str.isalnum, between)) else between) + said
        end = span.end
        texts.append(told)
    return [texts[-1], *reversed(texts[:-2])]


def _block(number: int, hit: Hit, text: str, fence: str) -> str:
    told = ", ".join(" ".join(defused(item).split()) for item in _told(hit) if not is_order(item))
    header = f": {told[:_HEADER_LENGTH]}" if told else ""
    return f"<<{fence} passage {number}{header}>>\n{defused(text).strip()}\n<<{fence} end of passage {number}>>"


def _fence(hits: Sequence[Hit]) -> str:
    """A word that none of the passages contains; derived from them, so that the same ones give the same prompt."""
    texts = [text for hit in hits for text in (hit.passage.text, *_told(hit))]
    digest = hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass"))
    while any(digest.hexdigest()[:8] in without_controls(text) for text in texts):
        digest.update(b"again")
    return digest.hexdigest()[:8]


def _told(hit: Hit) -> list[str]:
    data = hit.article.metadata
    return [item for item in (data.title, data.place, data.date, data.agency) if item]


def defused(text: str) -> str:
    """`text` without what a chat template would obey, and without fences and bracketed numbers that look like ours."""
    text = _CONTROL_TOKEN.sub("< ", without_controls(text))
    text = _FOREIGN_NUMBER.sub(r"(\1)", text)
    return _CONTROL_WORD.sub(r"[ \1 ]", text)


def _wrong(path: Path, what: str, found: Iterable[str], wanted: Iterable[str]) -> PromptError:
    has, needs = (", ".join(sorted(names)) or "none" for names in (found, wanted))
    return PromptError(
        f"The prompt {path} does not have the {what} it must have: {has} instead of {needs}.",
        hint="Mend the file, or reinstall qa_assistant.",
    )
