"""Question files: YAML checked against the published schema, with every mistake named by file and line."""

from __future__ import annotations

import difflib
import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_assistant.dates import interval
from qa_assistant.display import one_line
from qa_assistant.errors import QuestionsError
from qa_assistant.evaluation.records import Case, Expected
from qa_assistant.evaluation.yaml_lines import NotYaml, Yaml
from qa_assistant.records import Filters, Turn

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

SCHEMA_FILE = "questions.schema.json"
MOST_BYTES = 5_000_000
"""Of one question file; some ten thousand cases."""

_HOW = "`qa-assistant eval --init FILE` writes an example."


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in a question file, at `file:line`; or in the case that stands there."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


def load_cases(path: Path) -> tuple[Case, ...]:
    """The cases of a question file, or of every `.yaml` and `.yml` file of a folder, in order.

    Raises QuestionsError, which names all mistakes at once, each with its file and line.
    """
    files = sorted(file for file in path.iterdir() if file.suffix in (".yaml", ".yml")) if path.is_dir() else [path]
    if not files:
        raise QuestionsError(f"There is no question file in {path}.", hint=_HOW)
    cases: list[Case] = []
    problems: list[Problem] = []
    for file in files:
        try:
            yaml = Yaml(_text(file))
        except NotYaml as error:
            problems.append(Problem(f"{file}:{error.line}", error.problem))
            continue
        wrong = [Problem(f"{file}:{line}", text) for line, text in sorted(_wrong(yaml))]
        problems += wrong
        if not wrong:
            cases += _cases(yaml, file)
    problems += _twice(cases)
    refuse(problems)
    return tuple(cases)


def refuse(problems: Sequence[Problem], hint: str = _HOW) -> None:
    """Raises QuestionsError if there are any; `hint` is the way out of a single one."""
    if problems:
        listed = tuple(map(str, problems))
        raise QuestionsError(listed[0], hint=hint if len(listed) == 1 else "", more=listed[1:])


def schema() -> str:
    """The JSON Schema of question files, as text."""
    return (Path(__file__).parent / SCHEMA_FILE).read_text(encoding="utf-8")


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise QuestionsError(
                f"{file} has {file.stat().st_size / 1e6:.0f} MB; a question file has at most {MOST_BYTES / 1e6:.0f}.",
                hint="Split it into several files in one folder, and name the folder.",
            )
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionsError(f"{file} is not UTF-8: {error.reason} at byte {error.start}.", hint=_HOW) from None
    except OSError as error:
        raise QuestionsError(f"{file} cannot be read: {error.strerror}.", hint=_HOW) from None
    if not text.strip():
        raise QuestionsError(f"{file} is empty.", hint=_HOW)
    return text


def _wrong(yaml: Yaml) -> Iterator[tuple[int, str]]:
    """Line and problem of what the schema forbids, and of what a schema cannot say."""
    errors = list(_validator().iter_errors(yaml.data))
    for error in errors:
        yield from _explained(yaml, error)
    if not errors:
        for number, entry in enumerate(yaml.data["cases"]):
            for key, text in _contradictions(entry, has_article="article" in yaml.data):
                yield yaml.line(("cases", number), key), text


def _contradictions(entry: Mapping[str, Any], *, has_article: bool) -> Iterator[tuple[str, str]]:
    """Key and problem of what no schema can say of one case."""
    expects = [key for key in ("answer", "facts", "cites") if entry.get(key)]
    if not entry.get("answerable", True) and expects:
        yield expects[0], f"the case is not answerable, yet it expects “{expects[0]}”"
    if entry.get("answerable", True) and not expects:
        yield "id", "nothing is expected: give answer, facts or cites, or answerable: false"
    if not has_article and any(isinstance(cite, str) for cite in entry.get("cites", ())):
        yield "cites", "of which article? Give article and quote, or “article” for the whole file"
    try:
        interval(entry.get("filters", {}).get("since"), entry.get("filters", {}).get("until"))
    except ValueError as error:
        yield "filters", str(error)


def _explained(yaml: Yaml, error: ValidationError) -> Iterator[tuple[int, str]]:
    """One mistake that the schema found, in words."""
    path = list(error.absolute_path)
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        for key in error.instance.keys() - known.keys():
            close = difflib.get_close_matches(key, known, n=1, cutoff=0.0)[0]
            yield yaml.line(path, key), f"there is no key “{one_line(key)[:50]}”; did you mean “{close}”?"
        return
    where = f"“{path[-1]}”" if path and isinstance(path[-1], str) else "this"
    if error.validator == "required":
        missing = ", ".join(f"“{key}”" for key in error.validator_value if key not in error.instance)
        text = f"{missing} is missing"
    elif error.validator == "type":
        text = f"{where} must be {_KINDS[error.validator_value]}"
    elif error.validator == "oneOf":
        text = _ONE_OF
    elif error.validator == "pattern" and path and path[-1] == "id":
        text = "an id is made of up to 100 letters, digits and . : _ -"
    elif error.validator == "pattern" and "tags" in path:
        text = "a tag is one word of up to 50 characters"
    else:
        text = (
            f"{where} must not be empty" if error.validator in ("minLength", "minItems", "pattern") else error.message
        )
    yield yaml.line(path), text


_KINDS = {"object": "a mapping (key: value)", "array": "a list", "string": "a text", "boolean": "true or false"}
_ONE_OF = "a fact is a text or a list of texts; a sentence to cite is a text, or a mapping with article and quote"


def _cases(yaml: Yaml, file: Path) -> Iterator[Case]:
    article = yaml.data.get("article", "")
    for number, entry in enumerate(yaml.data["cases"]):
        path = ("cases", number)
        yield Case(
            id=entry["id"],
            question=one_line(entry["question"]),
            history=tuple(Turn(one_line(turn["question"]), turn["answer"]) for turn in entry.get("history", ())),
            answer=entry.get("answer"),
            facts=tuple((fact,) if isinstance(fact, str) else tuple(fact) for fact in entry.get("facts", ())),
            cites=tuple(
                _expected(cite, article, f"{file}:{yaml.line((*path, 'cites', place))}")
                for place, cite in enumerate(entry.get("cites", ()))
            ),
            answerable=entry.get("answerable", True),
            filters=Filters(**entry.get("filters", {})),
            tags=tuple(entry.get("tags", ())),
            place=f"{file}:{yaml.line(path)}",
        )


def _expected(cite: str | Mapping[str, str], article: str, place: str) -> Expected:
    if isinstance(cite, str):
        return Expected(article, cite.strip(), place=place)
    return Expected(cite["article"], cite["quote"].strip(), place=place)


def _twice(cases: Sequence[Case]) -> Iterator[Problem]:
    seen: dict[str, Case] = {}
    for case in cases:
        if case.id in seen:
            yield Problem(case.place, f"the id “{case.id}” is taken, by {seen[case.id].place}")
        seen.setdefault(case.id, case)


@functools.cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema()))
