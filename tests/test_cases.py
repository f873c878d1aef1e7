"""Question files: what is read, and that every mistake is named by file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hostile import HOSTILE
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from qa_assistant.errors import QuestionsError
from qa_assistant.evaluation.cases import MOST_BYTES, load_cases, schema
from qa_assistant.evaluation.records import Expected
from qa_assistant.evaluation.yaml_lines import NotYaml, Yaml
from qa_assistant.records import Filters, Turn

WHOLE = """\
article: report.txt
cases:
  - id: all
    question: What about
      energy?
    history:
      - {question: "What was said?", answer: Much.}
    answer: It was discussed.
    facts: [30, [2022-12-03, "3. Dezember"], no]
    cites:
      - A first sentence,
        over two lines.
      - {article: other.md, quote: Another one.}
    filters: {since: 2022-12, until: 2022, agency: AZERTAC}
    tags: [en, list]
  - id: none
    question: Who won?
    answerable: false
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "q.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(path: Path) -> list[str]:
    """Each mistake without the folder: `q.yaml:3: …`."""
    with pytest.raises(QuestionsError) as failed:
        load_cases(path)
    return [line.replace(f"{path.parent}/", "") for line in (failed.value.message, *failed.value.more)]


def test_everything_a_case_can_have(tmp_path: Path) -> None:
    path = written(tmp_path, WHOLE)
    first, second = load_cases(path)
    assert first.question == "What about energy?"
    assert first.history == (Turn("What was said?", "Much."),)
    assert first.facts == (("30",), ("2022-12-03", "3. Dezember"), ("no",))
    assert first.cites == (
        Expected("report.txt", "A first sentence, over two lines.", place=f"{path}:11"),
        Expected("other.md", "Another one.", place=f"{path}:13"),
    )
    assert first.filters == Filters("2022-12-01", "2022-12-31", "AZERTAC")
    assert (first.tags, first.answerable, first.place) == (("en", "list"), True, f"{path}:3")
    assert (second.id, second.answerable, second.place) == ("none", False, f"{path}:16")


def test_a_folder_is_all_its_files_in_order(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.yml").write_text(f"cases: [{{id: {name}, question: x, answerable: false}}]")
    (tmp_path / "notes.txt").write_text("no questions")
    assert [case.id for case in load_cases(tmp_path)] == ["a", "b"]
    (tmp_path / "b.yml").write_text("cases: [{id: a, question: x, answerable: false}]")
    with pytest.raises(QuestionsError, match=r"b\.yml:1: the id “a” is taken, by .*a\.yml:1"):
        load_cases(tmp_path)


ONE = "cases:\n  - id: a\n    question: x\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["is empty"]),
        ("  \n\n", ["is empty"]),
        ("# only a comment\n", ["q.yaml:1: this must be a mapping"]),
        ("just words", ["q.yaml:1: this must be a mapping"]),
        ("cases: {\n", ["q.yaml:2: "]),
        ("cases:\n- id: a\n question: x\n", ["q.yaml:3: "]),
        ("\tcases: []", ["q.yaml:1: a tab: indent with blanks"]),
        ("cases:\n  - id: a\n    question: Who: them?\n", ["q.yaml:3: a colon and a blank within a text (put"]),
        ("cases: []\n---\ncases: []\n", ["q.yaml:2: one document is expected"]),
        ("cases: []", ["q.yaml:1: “cases” must not be empty"]),
        ("cases:\n", ["q.yaml:1: “cases” must be a list"]),
        ("article: x\n", ["q.yaml:1: “cases” is missing"]),
        (ONE + "    fact: [30]\n", ["q.yaml:4: there is no key “fact”; did you mean “facts”?"]),
        (ONE + "    id: b\n", ["q.yaml:4: the key “id” is written twice"]),
        (ONE + "    answerable: maybe\n", ["q.yaml:4: “answerable” must be true or false"]),
        (ONE, ["q.yaml:2: nothing is expected"]),
        (ONE + "    answerable: false\n    facts: [1]\n", ["q.yaml:5: the case is not answerable, yet"]),
        (ONE + "    cites: [A sentence.]\n", ["q.yaml:4: of which article?"]),
        (ONE + "    cites: [{article: x}]\n", ["q.yaml:4: a fact is a text or a list"]),
        (ONE + "    facts: [[]]\n", ["q.yaml:4: a fact is a text or a list"]),
        (ONE + "    facts: ['']\n", ["q.yaml:4: a fact is a text or a list"]),
        (ONE + "    answer: A.\n    filters: {since: 2022-13}\n", ["q.yaml:5: '2022-13' is no date"]),
        (ONE + "    answer: A.\n    filters: {since: 2023, until: 2022}\n", ["q.yaml:5: since 2023 is later"]),
        (ONE + "    facts: [[1,5 Millionen, 1.5 million]]\n", ["q.yaml:4: “1,5 Millionen” in brackets is two entries"]),
        ("cases: [{id: 'a b', question: x, answer: y}]", ["q.yaml:1: an id is made of"]),
        ("cases: [{id: a, question: '  ', answer: y}]", ["q.yaml:1: “question” must not be empty"]),
        ("cases: [{id: a, question: x, answer: y, tags: [two words]}]", ["q.yaml:1: a tag is one word"]),
        ("cases: [{id: a, question: &x y, answer: y}]", ["q.yaml:1: anchors and aliases are not read"]),
        ('cases: [{id: a, question: "\\ud83d", answer: y}]', ["q.yaml:1: half of a surrogate pair"]),
        ("cases: [{? [a] : b}]", ["q.yaml:1: a key must be a word"]),
        (
            "cases:\n  - id: a\n    question: x\n    facts: [1]\n  - id: a\n    question: y\n    facts: [1]\n",
            ["q.yaml:5: the id “a” is taken, by"],
        ),
        ("foo: 1\ncases:\n  - id: a\n    quetion: y\n", ["q.yaml:1: there", "q.yaml:3: “question”", "q.yaml:4: there"]),
        ("a: " + "[" * 5_000, ["q.yaml:1: "]),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_their_lines(tmp_path: Path, text: str, expected: list[str]) -> None:
    found = mistakes(written(tmp_path, text))
    assert len(found) == len(expected)
    for line, beginning in zip(found, expected, strict=True):
        assert beginning in line


def test_numbers_in_brackets_may_stand_close_together_in_quotes(tmp_path: Path) -> None:
    (case,) = load_cases(written(tmp_path, ONE + """    facts: ["1,5",'90,000',7, 8]\n"""))
    assert case.facts == (("1,5",), ("90,000",), ("7",), ("8",))


def test_what_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "q.yaml"
    path.write_bytes(b"cases: \xff")
    assert "is not UTF-8" in mistakes(path)[0]
    with path.open("wb") as file:
        file.truncate(MOST_BYTES * 10)
    assert "has 50 MB" in mistakes(path)[0]
    path.unlink()
    assert "cannot be read: No such file" in mistakes(path)[0]
    assert "There is no question file in" in mistakes(tmp_path)[0]


def test_a_few_lines_cannot_stand_for_gigabytes(tmp_path: Path) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in zip("abcdefgh", "bcdefghi")]  # noqa: B905
    assert mistakes(written(tmp_path, "\n".join(lines))) == [
        "q.yaml:1: anchors and aliases are not read; write it out, or put the text in quotes"
    ]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_questions(tmp_path: Path, name: str) -> None:
    """Texts come back as they are written, or the file is refused; never anything between."""
    nasty = HOSTILE[name].encode("utf-8", "replace").decode()[:500]
    text = yaml.safe_dump({"cases": [{"id": "a", "question": f"x {nasty}", "facts": [f"y{nasty}"]}]})
    (case,) = load_cases(written(tmp_path, text))
    assert case.facts == ((f"y{nasty}",),)
    path = written(tmp_path, f"cases:\n  - id: a\n    question: x\n    facts: [y]\n    {nasty}: 1\n")
    assert mistakes(path)


@given(st.text(max_size=200))
def test_any_text_is_yaml_or_named(text: str) -> None:
    try:
        data = Yaml(text).data
    except NotYaml as error:
        assert 1 <= error.line <= text.count("\n") + text.count("\r") + text.count("\x85") + 3
        assert error.problem
    else:
        assert data is None or isinstance(data, str | bool | list | dict)


def test_the_published_schema_is_one_and_stands_beside_the_questions() -> None:
    Draft202012Validator.check_schema(json.loads(schema()))
    beside = Path(__file__).parent / "questions/questions.schema.json"
    assert beside.read_text(encoding="utf-8") == schema()
