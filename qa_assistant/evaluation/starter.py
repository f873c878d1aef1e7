"""Question files that the program writes: a commented example to begin with, and questions that were really asked."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path

from qa_assistant.display import harmless, one_line
from qa_assistant.errors import QuestionsError
from qa_assistant.evaluation.cases import SCHEMA_FILE, load_cases, schema
from qa_assistant.evaluation.yaml_lines import Yaml
from qa_assistant.files import write_whole
from qa_assistant.index.words import fold
from qa_assistant.records import Answer, Filters, Turn
from qa_assistant.references import without_marks

_HEAD = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"

STARTER = (
    _HEAD
    + """\
# Test questions for qa-assistant. Run them:  qa-assistant eval THIS_FILE
# The question asked last, in the chat or by `ask`, becomes a case with:  qa-assistant eval THIS_FILE --add

# The article that the sentences under `cites` are from: its path in the corpus, or its file name.
article: 000_7a77cca594320ad7.txt

cases:
  # A case passes if the answer says every fact and cites every sentence.
  - id: companies
    question: What was said about Japanese companies?
    # The whole answer as you would give it. It is compared by words and by meaning, but need not be met to pass.
    answer: Their part in the reconstruction was praised.
    # What must be said. A list of wordings means that any of them will do; word* is every word that begins so.
    # Numbers and dates are compared as values: 30 is met by thirtieth and by 30., 2022-12-03 by 3. Dezember 2022.
    facts:
      - [reconstruction, rebuilding, Wiederaufbau*]
    # Sentences that must be cited, word for word.
    cites:
      - Man äußerte sich lobend über die Beteiligung japanischer Unternehmen am Wiederaufbauprozess in den befreiten
        Gebieten.
    # Words to group cases by in the report.
    tags: [en, single-fact]

  # What the articles do not answer must be refused.
  - id: no-world-cup
    question: Who won the 2018 World Cup?
    answerable: false
    tags: [en, unanswerable]

  # A follow-up, with what was asked and answered before it; only articles of some dates or of an agency.
  # - id: and-energy
  #   question: And what about energy?
  #   history:
  #     - question: What did the ministers discuss?
  #       answer: They discussed political consultations.
  #   facts: [[alternative energy, alternativer Energiequellen]]
  #   filters: {since: 2022-12, until: 2022-12-31, agency: AZERTAC}
"""
)

_NOT_ID = re.compile(r"[^a-z0-9]+")
_ID_LENGTH = 60


def write_starter(path: Path) -> Path:
    """Writes the example and, beside it, the schema that editors check it with. Raises QuestionsError."""
    if path.exists():
        raise QuestionsError(f"{path} exists already; nothing was written.", hint="Name another file.")
    _write(path, STARTER)
    _write_schema(path)
    return path


def add_case(path: Path, answer: Answer, history: Sequence[Turn] = (), filters: Filters | None = None) -> str:
    """Appends the question that `answer` answers to the question file, which is made if it is missing; returns the id.

    What the answer cites becomes what is expected. Raises QuestionsError, and leaves the file as it was, if the file
    cannot be read as questions, with the new case or without.
    """
    if path.is_dir():
        raise QuestionsError(f"{path} is a folder.", hint="Name the question file to add to.")
    new = not path.exists()
    known = [] if new else [case.id for case in load_cases(path)]
    before = f"{_HEAD}\ncases:\n" if new else path.read_bytes().decode("utf-8")
    indent = 2 if new else Yaml(before).column(("cases",))
    name = _id(answer.question, known)
    line_end = "\r\n" if "\r\n" in before else "\n"
    added = _case(name, answer, history, filters, indent).replace("\n", line_end)
    _write(path, before + ("" if before.endswith("\n") else line_end) + added, [*known, name])
    if new:
        _write_schema(path)
    return name


def _case(name: str, answer: Answer, history: Sequence[Turn], filters: Filters | None, indent: int) -> str:
    """The case as an item of a list."""
    import yaml

    case: dict[str, object] = {"id": name, "question": one_line(answer.question)}
    if answer.standalone_question and history:
        case["history"] = [
            {"question": one_line(turn.question), "answer": harmless(without_marks(turn.answer))} for turn in history
        ]
    if answer.status == "answered":
        case["answer"] = harmless(without_marks(answer.text))
        if answer.citations:
            case["cites"] = [{"article": one.article.path, "quote": one.quote} for one in answer.citations]
    else:
        case["answerable"] = False
    if asked := {key: value for key, value in asdict(filters or Filters()).items() if value}:
        case["filters"] = asked
    case["tags"] = [answer.language]
    text = yaml.safe_dump([case], allow_unicode=True, sort_keys=False, width=110)
    return "".join(f"{' ' * indent}{line}" for line in text.splitlines(keepends=True))


def _id(question: str, known: Collection[str]) -> str:
    """A name for the question that no other case has: its words in plain letters."""
    words = "-".join(filter(None, (_NOT_ID.sub("", fold(word)) for word in question.split())))
    name = words[:_ID_LENGTH].strip("-") or "question"
    number = 2
    while (numbered := name if number == 2 and name not in known else f"{name}-{number}") in known:
        number += 1
    return numbered


def _write_schema(beside: Path) -> None:
    file = beside.with_name(SCHEMA_FILE)
    if not file.exists():
        _write(file, schema())


def _write(path: Path, text: str, ids: Sequence[str] = ()) -> None:
    """Writes all of the file or nothing of it; with `ids`, only if they are what its cases are called then."""

    def fits(written: Path) -> None:
        try:
            found = [case.id for case in load_cases(written)]
        except QuestionsError:  # it names a file that will be gone, and lines that `path` does not have
            found = []
        if found != list(ids):
            raise QuestionsError(
                f"The case does not fit at the end of {path}; nothing was written.",
                hint="Let the list under “cases:” be the last thing in the file.",
            )

    try:
        write_whole(path, text, check=fits if ids else None)
    except OSError as error:
        raise QuestionsError(f"{path} cannot be written: {error.strerror}.", hint="Name another file.") from error
