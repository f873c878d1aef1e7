"""Files that are no SQuAD files, or hostile ones: refused in words, or harmless."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hostile import BROKEN_UTF8, HOSTILE, SENTENCE, unsafe
from hypothesis import given
from hypothesis import strategies as st
from squad_samples import EN, answer, assert_consistent, paragraph, qa, write

from qa_assistant.errors import QuestionsError
from qa_assistant.evaluation.squad import load
from qa_assistant.evaluation.squad_file import TOO_LARGE

RIGHT = '{"data": [{"paragraphs": [{"context": "Bis Montag.", "qas": [%s]}]}]}'
QUESTION = '{"id": "a", "question": "?", "answers": [{"text": "Montag", "answer_start": 4}]}'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("\n \r\n", "is empty"),
        ('{"data": [\n{"x": 1},\n}', r"q\.json:3: not JSON: "),
        ("<html>", r"q\.json:1: not JSON: "),
        (f"{RIGHT % QUESTION}\n{RIGHT % QUESTION}", r"q\.json:2: not JSON: Extra data"),
        ("[" * 100_000, "nested too deeply"),
        ('{"data": ' + "9" * 5000 + "}", "a number is too long"),
        ("[]", r"q\.json: not an object"),
        ("{}", r'q\.json: no "data"'),
        ('{"data": {}}', '"data" is not a list'),
        ('{"data": []}', "holds no question"),
        ('{"data": [7]}', r"data\[0\]: not an object"),
        ('{"data": [{"paragraphs": []}, {"title": "x"}]}', r'data\[1\]: no "paragraphs"'),
        ('{"data": [{"paragraphs": [{"qas": []}]}]}', r'data\[0\]\.paragraphs\[0\]: no "context"'),
        ('{"data": [{"paragraphs": [{"context": "x"}]}]}', r'data\[0\]\.paragraphs\[0\]: no "qas"'),
        ('{"data": [{"paragraphs": [{"context": " \\ufeff", "qas": []}]}]}', '"context" is empty'),
        ('{"data": [{"paragraphs": [{"context": ["x"], "qas": []}]}]}', '"context" is not text'),
        (RIGHT % "", "holds no question"),
        (RIGHT % f'{QUESTION}, {{"id": 1}}', r'data\[0\]\.paragraphs\[0\]\.qas\[1\]: no "answers"'),
        (RIGHT % '{"id": "a", "answers": []}', r'qas\[0\]: no "question"'),
        (RIGHT % '{"question": "?", "answers": []}', r'qas\[0\]: no "id"'),
        (RIGHT % QUESTION.replace('"a"', "true"), '"id" is neither'),
        (RIGHT % QUESTION.replace('"a"', '"\\u200b"'), '"id" is neither'),
        (RIGHT % QUESTION.replace('"?"', '" "'), '"question" is empty'),
        (RIGHT % QUESTION.replace('"Montag"', '"\\n"'), r'answers\[0\]: "text" is empty'),
        (RIGHT % QUESTION.replace("4", "4.0"), r'answers\[0\]: "answer_start" is not a whole number'),
        (RIGHT % QUESTION.replace("4", "true"), '"answer_start" is not a whole number'),
        (RIGHT % QUESTION.replace("[{", "{").replace("}]", "}"), '"answers" is not a list'),
        (RIGHT % QUESTION.replace('"?"', '"?", "is_impossible": "no"'), '"is_impossible" is not true or false'),
        (RIGHT % '{"id": 1, "question": "?", "answers": [], "is_impossible": false}', "yet there are no answers"),
    ],
)
def test_what_is_no_squad_file(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "q.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(QuestionsError, match=message) as caught:
        load(file)
    assert str(file) in caught.value.message
    assert caught.value.hint
    with pytest.raises(QuestionsError, match=message):
        load(write(tmp_path / "right.json", paragraph(EN, qa("a", "?", answer(EN, "Monday")))), file)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_every_encoding_of_json(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "q.json").write_text(RIGHT % QUESTION.replace("?", "Bis wann? 👍"), encoding=encoding)
    assert load(tmp_path / "q.json").cases[0].question == "Bis wann? 👍"


def test_what_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.json", tmp_path / "nul\0"):
        with pytest.raises(QuestionsError, match="cannot be read"):
            load(path)
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(TOO_LARGE)
    with pytest.raises(QuestionsError, match="has 50 MB or more"):
        load(tmp_path / "large.json")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["context", "qas", "question", "answers", "id", "text"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(_JSON, st.sampled_from(["data", "paragraphs", "context", "qas", "id", "answers", "text", "answer_start"]))
def test_a_wrong_value_anywhere_is_a_clear_error_or_none(value: object, key: str) -> None:
    def changed(node: Any) -> Any:
        if isinstance(node, list):
            return [changed(one) for one in node]
        return {k: value if k == key else changed(v) for k, v in node.items()} if isinstance(node, dict) else node

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "q.json"
        file.write_text(json.dumps(changed(json.loads(RIGHT % QUESTION))), encoding="ascii")
        try:
            found = load(file)
        except QuestionsError as error:
            assert str(file) in error.message
        else:
            assert [case.answerable == bool(case.cites) for case in found.cases] == [True] * len(found.cases)
            assert found.cases


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_strings_do_no_harm(tmp_path: Path, name: str) -> None:
    nasty = HOSTILE[name]
    context = f"{nasty} {SENTENCE} {nasty}"
    file = write(
        tmp_path / "q.json",
        paragraph(context, qa(f"x{nasty}", f"Wann? {nasty}", answer(context, "bis Montag"), answer(context, context))),
        paragraph(f"Kurz: {SENTENCE}", qa(f"x{nasty}", "Wann?", answer(SENTENCE, SENTENCE, 6))),
        title=nasty,
        nasty=nasty,
    )
    found = load(file)
    assert_consistent(found)
    assert [case.cites[0].quote for case in found.cases] == ["bis Montag", SENTENCE]
    for case in found.cases:
        assert not unsafe(case.id + case.question + "".join(map("".join, case.facts)))
        assert len(case.id) <= 102


@pytest.mark.parametrize("name", BROKEN_UTF8)
def test_bytes_that_are_no_utf8_do_no_harm(tmp_path: Path, name: str) -> None:
    file = tmp_path / "q.json"
    file.write_bytes((RIGHT % QUESTION).encode().replace(b"?", BROKEN_UTF8[name]))
    try:
        assert not unsafe(load(file).cases[0].question)
    except QuestionsError as error:
        assert "is not UTF-8" in error.message
