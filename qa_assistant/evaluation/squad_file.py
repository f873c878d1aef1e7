"""Reading a SQuAD file: its paragraphs and questions as they are written, or the first mistake with its place."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from qa_assistant.errors import QuestionsError
from qa_assistant.ingestion.decoding import canonical

TOO_LARGE = 50_000_000
"""Bytes from which on a file is refused. SQuAD 2.0's training set, 130,319 questions, has 42 million."""

HOW = 'A SQuAD file is {"data": [{"paragraphs": [{"context": …, "qas": [{"id": …, "question": …, "answers": …}]}]}]}.'
_LONGEST_ID = 100
_KINDS: Mapping[type, str] = {list: "a list", str: "text", int: "a whole number"}
_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True)
class Answer:
    """As the file has it: `start` counts code points of the paragraph as the file has it."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    """Harmless, on one line, and no other question's of the file."""
    text: str
    answers: tuple[Answer, ...]
    """Empty if the paragraph does not answer it."""
    context: str
    """The paragraph as the file has it."""
    position: tuple[int, int, int]
    """Number of the article, of the paragraph in it, of the question in that."""
    place: str
    """`file: data[3].paragraphs[0].qas[2]`."""


@dataclass(frozen=True, slots=True)
class File:
    path: Path
    contexts: tuple[str, ...]
    questions: tuple[Question, ...]


def read(path: Path) -> File:
    """Raises QuestionsError if it cannot be read, is not JSON or not in SQuAD's shape, or is too large or empty.

    Whatever else its objects hold is passed over: `title`, `plausible_answers`, GermanQuAD's `document_id`.
    """
    contexts: list[str] = []
    questions: list[Question] = []
    for i, article in enumerate(_member(_json(path), "data", list, str(path))):
        for j, paragraph in enumerate(_member(article, "paragraphs", list, f"{path}: data[{i}]")):
            where = f"{path}: data[{i}].paragraphs[{j}]"
            contexts.append(_text(paragraph, "context", where))
            for k, entry in enumerate(_member(paragraph, "qas", list, where)):
                questions.append(_question(entry, contexts[-1], (i, j, k), f"{where}.qas[{k}]"))
    if not questions:
        raise QuestionsError(f"{path} holds no question.", hint=HOW)
    return File(path, tuple(contexts), tuple(_with_unique_ids(questions)))


def words(text: str) -> str:
    """`text` on one line, without anything invisible."""
    return " ".join(canonical(text).split())


def _json(path: Path) -> object:
    try:
        with path.open("rb") as stream:
            data = stream.read(TOO_LARGE)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise QuestionsError(f"{path} cannot be read: {reason}.", hint="Name a SQuAD file.") from None
    if len(data) == TOO_LARGE:
        raise QuestionsError(
            f"{path} has {TOO_LARGE // 1_000_000} MB or more.", hint="Split it: SQuAD 2.0's training set has 42 MB."
        )
    if not data.strip():
        raise QuestionsError(f"{path} is empty.", hint=HOW)
    try:
        return json.loads(data)
    except json.JSONDecodeError as error:
        raise QuestionsError(f"{path}:{error.lineno}: not JSON: {error.msg}.", hint=HOW) from None
    except UnicodeDecodeError as error:
        raise QuestionsError(f"{path} is not UTF-8: {error.reason} at byte {error.start}.", hint=HOW) from None
    except (ValueError, RecursionError):
        raise QuestionsError(f"{path}: a number is too long, or it is nested too deeply.", hint=HOW) from None


def _question(entry: object, context: str, position: tuple[int, int, int], where: str) -> Question:
    """A question is answerable if it has answers, as in SQuAD 2.0's own evaluation, and is not `is_impossible`."""
    id_ = _member(entry, "id", object, where)
    if isinstance(id_, bool) or not isinstance(id_, str | int) or not words(str(id_)):
        raise QuestionsError(f'{where}: "id" is neither text nor a whole number', hint=HOW)
    impossible = entry.get("is_impossible") if isinstance(entry, dict) else None
    if not isinstance(impossible, bool | None):
        raise QuestionsError(f'{where}: "is_impossible" is not true or false', hint=HOW)
    answers = () if impossible else tuple(_answers(entry, where))
    if impossible is False and not answers:
        raise QuestionsError(f'{where}: "is_impossible" is false, yet there are no answers', hint=HOW)
    text = _text(entry, "question", where)
    return Question(words(str(id_))[:_LONGEST_ID], text, answers, context, position, where)


def _answers(entry: object, where: str) -> Iterator[Answer]:
    for number, answer in enumerate(_member(entry, "answers", list, where)):
        place = f"{where}.answers[{number}]"
        yield Answer(_text(answer, "text", place), _member(answer, "answer_start", int, place))


def _text(node: object, key: str, where: str) -> str:
    """A text with at least one word."""
    text = _member(node, key, str, where)
    if not words(text):
        raise QuestionsError(f'{where}: "{key}" is empty', hint=HOW)
    return text


def _member(node: object, key: str, kind: type[_Kind], where: str) -> _Kind:
    if not isinstance(node, dict):
        raise QuestionsError(f"{where}: not an object", hint=HOW)
    if key not in node:
        raise QuestionsError(f'{where}: no "{key}"', hint=HOW)
    value = node[key]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise QuestionsError(f'{where}: "{key}" is not {_KINDS[kind]}', hint=HOW)
    return value


def _with_unique_ids(questions: Sequence[Question]) -> Iterator[Question]:
    """Of questions with the same id the second is `id:2`, or the next number that no question has."""
    taken = {question.id for question in questions}
    seen: set[str] = set()
    numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(2))
    for question in questions:
        id_ = question.id
        if id_ in seen:
            others = (f"{question.id}:{number}" for number in numbers[question.id])
            id_ = next(other for other in others if other not in taken)
        taken.add(id_)
        seen.add(id_)
        yield replace(question, id=id_)
