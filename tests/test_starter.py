"""Question files that the program writes: the example, and cases made of questions that were asked."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hostile import HOSTILE

from qa_assistant.assistant import Assistant
from qa_assistant.cli.main import run
from qa_assistant.errors import QuestionsError
from qa_assistant.evaluation.cases import SCHEMA_FILE, load_cases, schema
from qa_assistant.evaluation.starter import STARTER, add_case, write_starter
from qa_assistant.records import Answer, Filters, Turn
from qa_assistant.sessions.last_answer import last_answer, remember
from qa_assistant.sessions.store import SessionStore, default_path
from qa_assistant.settings import Settings
from qa_assistant.tui.chat_session import ChatSession

QUESTION = "What did Bayramov and Takei discuss?"


@pytest.fixture(scope="module")
def answer(shipped_index: Settings) -> Answer:
    with Assistant(shipped_index, answer_with="quotes") as assistant:
        return assistant.answer(QUESTION)


def test_the_example_is_a_question_file_and_never_overwrites(tmp_path: Path) -> None:
    path = write_starter(tmp_path / "q.yaml")
    assert [case.id for case in load_cases(path)] == ["companies", "no-world-cup"]
    assert (tmp_path / SCHEMA_FILE).read_text(encoding="utf-8") == schema()
    path.write_text("mine")
    with pytest.raises(QuestionsError, match="exists already"):
        write_starter(path)
    assert path.read_text() == "mine"
    with pytest.raises(QuestionsError, match="cannot be written: No such file"):
        write_starter(tmp_path / "no/such/q.yaml")


def test_its_comments_are_examples_that_work(tmp_path: Path) -> None:
    """What is commented out is a case too, once the signs are taken away."""
    head, _, rest = STARTER.partition("  # - id: and-energy")
    text = head + "  - id: and-energy" + rest.replace("\n  # ", "\n  ")
    path = tmp_path / "q.yaml"
    path.write_text(text, encoding="utf-8")
    follow_up = load_cases(path)[-1]
    assert follow_up.history
    assert follow_up.filters.agency == "AZERTAC"


def test_a_question_becomes_a_case_and_the_rest_of_the_file_stays(tmp_path: Path, answer: Answer) -> None:
    path = write_starter(tmp_path / "q.yaml")
    path.chmod(0o640)
    assert add_case(path, answer) == "what-did-bayramov-and-takei-discuss"
    text = path.read_text(encoding="utf-8")
    assert text.startswith(STARTER)
    assert path.stat().st_mode & 0o777 == 0o640
    case = load_cases(path)[-1]
    assert case.question == QUESTION
    assert [cite.quote for cite in case.cites] == [one.quote for one in answer.citations]
    assert case.answer
    assert "[1]" not in case.answer
    assert add_case(path, answer) == "what-did-bayramov-and-takei-discuss-2"
    assert list(tmp_path.glob(".*")) == []


def test_line_ends_byte_order_mark_and_link_of_the_file_stay(tmp_path: Path, answer: Answer) -> None:
    before = b"\xef\xbb\xbfcases:\r\n- id: a\r\n  question: x\r\n  answerable: false"
    (tmp_path / "real.yaml").write_bytes(before)
    (tmp_path / "q.yaml").symlink_to("real.yaml")
    add_case(tmp_path / "q.yaml", answer)
    after = (tmp_path / "real.yaml").read_bytes()
    assert after.startswith(before + b"\r\n- id: what-did")
    assert after.count(b"\n") == after.count(b"\r\n")
    assert (tmp_path / "q.yaml").is_symlink()
    assert len(load_cases(tmp_path / "q.yaml")) == 2


def test_a_missing_file_is_made_and_refusals_are_kept_as_such(tmp_path: Path, answer: Answer) -> None:
    path = tmp_path / "new.yaml"
    refused = dataclasses.replace(answer, status="no_answer", citations=(), question="Кто?")
    assert add_case(path, refused) == "kto"
    (case,) = load_cases(path)
    assert not case.answerable
    assert (tmp_path / SCHEMA_FILE).exists()


def test_a_follow_up_keeps_what_came_before(tmp_path: Path, answer: Answer) -> None:
    follow_up = dataclasses.replace(answer, question="And energy?", standalone_question="What about energy?")
    path = tmp_path / "q.yaml"
    add_case(path, follow_up, [Turn(QUESTION, "Much. [1][2]\n- more [3]")])
    (case,) = load_cases(path)
    assert case.history == (Turn(QUESTION, "Much.\n- more"),)


@pytest.mark.parametrize("indent", ["", "  ", "      "])
def test_the_case_is_indented_as_the_others_are(tmp_path: Path, answer: Answer, indent: str) -> None:
    path = tmp_path / "q.yaml"
    path.write_text(f"cases:\n{indent}- id: a\n{indent}  question: x\n{indent}  answerable: false", encoding="utf-8")
    add_case(path, answer)
    assert len(load_cases(path)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "cases: [{id: a, question: x, answerable: false}]\n",
        "cases:\n  - {id: a, question: x, answer: y, cites: [z]}\narticle: x\n",
        "cases:\n  - id: a\n",
    ],
)
def test_a_file_where_it_does_not_fit_is_left_alone(tmp_path: Path, answer: Answer, text: str) -> None:
    path = tmp_path / "q.yaml"
    path.write_text(text)
    with pytest.raises(QuestionsError) as caught:
        add_case(path, answer)
    assert str(path) in caught.value.message
    assert path.read_text() == text
    assert [file.name for file in tmp_path.iterdir()] == ["q.yaml"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answers(tmp_path: Path, answer: Answer, name: str) -> None:
    """Whatever a question or a reply holds, one case comes of it, and nothing of it is obeyed as YAML."""
    nasty = HOSTILE[name][:2_000]
    hostile = dataclasses.replace(answer, question=f"Why {nasty}?"[:3_000], text=f"{nasty} [1]\n- id: b\n{nasty}")
    path = tmp_path / "q.yaml"
    add_case(path, hostile)
    assert len(load_cases(path)) == 1


def test_the_newest_question_of_command_line_and_chat(answer: Answer) -> None:
    assert last_answer() is None
    remember(answer)
    found = last_answer()
    assert found
    assert found.answer.citations[0].quote == answer.citations[0].quote
    assert (default_path().with_name("last-answer.json").stat().st_mode & 0o777) == 0o600
    store = SessionStore(default_path())
    session = store.create()
    store.add_turn(session.id, "First?", dataclasses.replace(answer, question="First?"))
    store.add_turn(session.id, "And then?", dataclasses.replace(answer, question="And then?"))
    store.add_turn(session.id, "Stopped?", None, stopped=True)
    store.close()
    newest = last_answer()
    assert newest
    assert newest.answer.question == "And then?"
    assert [turn.question for turn in newest.history] == ["First?"]
    assert found.asked_at <= newest.asked_at <= datetime.now(UTC)


def test_a_case_has_the_history_that_the_chat_gave_to_its_question(answer: Answer) -> None:
    chat = ChatSession(SessionStore(default_path()))
    chat.add("What did\nthey  discuss?", dataclasses.replace(answer, question="What did they discuss?"))
    chat.add("And he?", dataclasses.replace(answer, question="And he?", standalone_question="What did Takei discuss?"))
    chat.add("Who won?", dataclasses.replace(answer, question="Who won?", status="no_answer"))
    chat.add("Stopped?", None, stopped=True)
    given = tuple(chat.turns)
    chat.add("And then?", dataclasses.replace(answer, question="And then?"))
    chat.store.close()
    last = last_answer()
    assert last
    assert last.history == given
    assert [turn.question for turn in given] == ["What did they discuss?", "What did Takei discuss?"]


def test_what_was_stopped_or_broke_off_is_no_last_answer(answer: Answer) -> None:
    def asked(session: int, question: str, **how: Any) -> None:
        store.add_turn(session, question, dataclasses.replace(answer, question=question, **how))

    store = SessionStore(default_path())
    older, newer, newest = (store.create().id for _ in range(3))
    asked(newer, "First?")
    asked(older, "Second?")
    store.add_turn(newer, "Stopped?", None, stopped=True)
    asked(newest, "Broke off?", language="", timings_ms={})
    store.close()
    last = last_answer()
    assert last
    assert last.answer.question == "Second?"


def test_from_the_command_line(
    tmp_path: Path, shipped_index: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["eval", "--add"]) == 1
    assert "No question was answered yet." in capsys.readouterr().err
    assert run(["eval", "--init", "questions.yaml"]) == 0
    assert run(["--index", shipped_index.index, "ask", "--answer-with", "quotes", QUESTION]) == 0
    assert run(["eval", "--add"]) == 0
    assert "what-did-bayramov-and-takei-discuss is added" in capsys.readouterr().out
    assert len(load_cases(tmp_path / "questions.yaml")) == 3
    assert run(["eval", "--init", "questions.yaml"]) == 2
    assert run(["eval", "--add", "--init", "other.yaml"]) == 2
    assert run(["eval", str(tmp_path), "--add"]) == 2


def test_what_the_question_was_restricted_to_is_added_too(
    tmp_path: Path, shipped_index: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    restricted = ["--since", "2022-12", "--agency", "AZERTAC"]
    assert run(["--index", shipped_index.index, "ask", "--answer-with", "quotes", *restricted, QUESTION]) == 0
    assert run(["eval", "--add"]) == 0
    (case,) = load_cases(tmp_path / "questions.yaml")
    assert case.filters == Filters("2022-12-01", None, "AZERTAC")
