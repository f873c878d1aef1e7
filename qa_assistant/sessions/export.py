"""A session as Markdown to read and as JSON to work with. No text of articles, models or users becomes markup."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from itertools import count
from pathlib import Path

from qa_assistant import display
from qa_assistant.answer_json import as_dict
from qa_assistant.display import counted, harmless, one_line
from qa_assistant.errors import SessionError
from qa_assistant.files import write_whole
from qa_assistant.records import UNSURE, Answer, Citation
from qa_assistant.references import DOUBTED, MACHINE_TRANSLATION, describe, located, without_marks
from qa_assistant.sessions.records import Session, StoredTurn

SCHEMA = 1
LONGEST_NAME = 80
"""Characters of a file's name, without its ending."""

_MOST_BYTES = 200
"""Of a file's name: most file systems take 255, with the ending and a number."""

_RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)))
)
"""Names that Windows keeps for devices, whatever their ending."""

_MARKUP = re.compile(
    r"[\\`*_{}\[\]<>&~|$^=#@]"
    r"|:(?=[^\s\d])|\.(?=[^\W\d])|(?<=www)\."  # what viewers make links and emoji of: https://…, example.com, :smile:
    r"|^[^\S\n]*(?:[-+:(]|\d{1,9}[.)])",  # what means something at the start of a line, or behind a reference
    re.MULTILINE,
)
_MARK = re.compile(r"\[(\d{1,9})\]")
_LOOSE_MARKS = re.compile(r"(?:\[[0-9]{1,9}\])+")


class _References:
    """Citations numbered through a whole document, in the order in which they are first referred to."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, int], int] = {}
        self.citations: list[Citation] = []

    def number(self, citation: Citation) -> int:
        key = (citation.article.id, citation.start, citation.end)
        if key not in self._numbers:
            self.citations.append(citation)
            self._numbers[key] = len(self.citations)
        return self._numbers[key]


def to_markdown(session: Session, turns: Sequence[StoredTurn]) -> str:
    """Questions and answers with `[n]` behind what is cited, and under References the sentences themselves."""
    references = _References()
    asked = counted(len(turns), "question")
    blocks = [f"# {_escaped(one_line(session.title)) or 'Untitled'}", f"{_minute(session.created)} · {asked}"]
    for turn in turns:
        blocks += _turn(turn, references)
    if references.citations:
        blocks.append("## References")
    for number, citation in enumerate(references.citations, start=1):
        blocks += _reference(number, citation)
    return "\n\n".join(blocks) + "\n"


def to_json(session: Session, turns: Sequence[StoredTurn]) -> str:
    """The same as JSON; answers as `ask --json` prints them."""
    exported = {
        "schema": SCHEMA,
        "session": asdict(session) | {"created": _iso(session.created), "updated": _iso(session.updated)},
        "turns": [
            {
                "ordinal": turn.ordinal,
                "question": turn.question,
                "answer": as_dict(turn.answer) if turn.answer else None,
                "stopped": turn.stopped,
                "partial_text": "",  # nobody fills it; within a schema nothing goes
                "asked_at": _iso(turn.asked_at),
            }
            for turn in turns
        ],
    }
    return display.to_json(exported) + "\n"


def export_folder(corpus: Path) -> Path:
    """Where an export goes by default: the working folder, or the home folder if that is gone or in the corpus."""
    with suppress(OSError):
        here = Path.cwd()
        if not here.is_relative_to(corpus.resolve()):
            return here
    return Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where no home is known


def export_path(typed: str, corpus: Path) -> Path:
    """The file that the user named. Raises SessionError if it is a folder, or in the corpus, or of an unknown user."""
    try:
        path = Path(typed).expanduser()
        inside, folder = path.resolve().is_relative_to(corpus.resolve()), path.is_dir()
    except (OSError, RuntimeError, ValueError) as error:
        raise SessionError(f"{typed} is no file that can be written: {error}", hint="Name another file.") from error
    if folder:
        raise SessionError(f"{path} is a folder.", hint="Name a file in it.")
    if inside:
        raise SessionError(f"{path} is in the corpus and would become an article.", hint="Name another file.")
    return path


def write_export(path: Path, text: str) -> Path:
    """Writes `text` at `path`, or at `path` with -2, -3 … if that is taken: whole or not at all. Returns the path.

    Raises SessionError if the folder does not exist or cannot be written.
    """
    try:
        taken = _take_name(path)
        try:
            write_whole(taken, text, private=True)
        except BaseException:
            taken.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SessionError(
            f"The export cannot be written to {path}: {error.strerror or error}",
            hint="Choose a folder that can be written.",
        ) from error
    return taken


def slug(title: str) -> str:
    """A file's name made of a title, safe on every system: letters, digits and single hyphens."""
    text = unicodedata.normalize("NFKC", title).lower()
    kept = "".join(char if char.isalnum() or unicodedata.category(char)[0] == "M" else "-" for char in text)
    name = re.sub("-+", "-", kept).strip("-")[:LONGEST_NAME].encode()[:_MOST_BYTES].decode("utf-8", "ignore").strip("-")
    return f"chat-{name}".strip("-") if not name or name in _RESERVED else name


def _take_name(path: Path) -> Path:
    """Makes an empty file for the user alone under the first name that is free, so that nobody else can take it."""
    for number in count(1):
        free = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        with suppress(FileExistsError):
            free.touch(mode=0o600, exist_ok=False)
            return free
    raise AssertionError("numbers never end")


def _turn(turn: StoredTurn, references: _References) -> Iterator[str]:
    answer = turn.answer
    yield f"## {turn.ordinal}. {_escaped(one_line(turn.question))}"
    if answer and answer.standalone_question:
        yield f"Read as: {_escaped(one_line(answer.standalone_question))}"
    text = _cited_text(answer, references) if answer else ""
    if text.strip():
        yield _lines(text)
    if answer:
        yield from _doubts(answer, references)
    yield f"*{' '.join((*_remarks(turn), _minute(turn.asked_at)))}*"


def _remarks(turn: StoredTurn) -> Iterator[str]:
    """Who answered, and what is wrong with the answer."""
    answer = turn.answer
    if answer and answer.status == "no_answer":
        yield "No answer in the articles."
    elif answer and answer.model:
        yield f"Written by {_escaped(one_line(answer.model))}."
    elif answer:
        yield "The articles' own sentences."
    if answer and answer.unsure:
        yield UNSURE
    if turn.stopped:
        yield "Stopped before it was finished."
    elif not answer or not answer.finished:
        yield "Never finished."


def _cited_text(answer: Answer, references: _References) -> str:
    """The answer's text, escaped, with the document's numbers."""
    known = {citation.number: citation for citation in answer.citations}
    out, done = "", 0
    for start, end, numbers, doubted in _marks(answer):
        own = dict.fromkeys(references.number(known[number]) for number in numbers if number in known)
        out += _escaped(harmless(answer.text[done:start])) + "".join(f"[{number}]" for number in own)
        out += f" {_escaped(DOUBTED)}" if doubted else ""
        done = end
    return out + _escaped(harmless(answer.text[done:]))


def _marks(answer: Answer) -> Iterator[tuple[int, int, Sequence[int], bool]]:
    """Where references stand in the answer's text, their numbers, and whether the sentence they end is doubtful.

    They end the sentences that have them; other numbers in brackets are the articles' own. Of an answer that was
    stopped before its first sentence ended every number in brackets is taken for a reference.
    """
    for end, sentence in located(answer.text, answer.sentences):
        marks = "".join(f"[{number}]" for number in sentence.citations)
        if sentence.text.endswith(marks):
            yield end - len(marks), end, sentence.citations, sentence.support != "supported"
    for match in [] if answer.sentences else _LOOSE_MARKS.finditer(answer.text):
        yield match.start(), match.end(), [int(number) for number in re.findall(r"\d+", match[0])], False


def _doubts(answer: Answer, references: _References) -> Iterator[str]:
    """Why sentences are marked, with the document's numbers."""
    known = {citation.number: citation for citation in answer.citations}

    def renumbered(mark: re.Match[str]) -> str:
        return f"[{references.number(known[int(mark[1])])}]" if int(mark[1]) in known else mark[0]

    for sentence in answer.sentences:
        if sentence.support != "supported":
            why = "; ".join(_MARK.sub(renumbered, one_line(reason)) for reason in sentence.reasons)
            yield f"{_escaped(DOUBTED)} {_escaped(f'{without_marks(one_line(sentence.text))} ({why})')}"


def _reference(number: int, citation: Citation) -> Iterator[str]:
    yield f"[{number}] {_escaped(f'{describe(citation.article)}:{citation.line}')}"
    yield "\n".join(f"> {line.strip()}" for line in _escaped(harmless(citation.quote)).split("\n"))
    if citation.gloss:
        yield f"*{MACHINE_TRANSLATION}:* {_escaped(one_line(citation.gloss))}"


def _lines(text: str) -> str:
    """`text` with its lines kept apart in a viewer too, and blank lines between paragraphs."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join("\\\n".join(line.strip() for line in paragraph.split("\n")) for paragraph in paragraphs)


def _escaped(text: str) -> str:
    """`text` so that Markdown shows it to the letter; lines must not be indented, for that makes code of them."""
    return _MARKUP.sub(lambda match: f"{match[0][:-1]}\\{match[0][-1]}", text)


def _minute(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _iso(time: datetime) -> str:
    return time.isoformat(timespec="seconds")
