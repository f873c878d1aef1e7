"""A sentence that no passage bears: it is marked, says why one flag or key away, and is left out if strict."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from fake_ollama import FakeOllama
from pilot import chatting, in_loop, plain

from qa_assistant import Assistant
from qa_assistant.cli.main import run
from qa_assistant.records import Checked, Notice, TextDelta, Withdrawn
from qa_assistant.references import DOUBTED
from qa_assistant.sessions.export import to_markdown
from qa_assistant.settings import Settings

QUESTION = "What did Bayramov and Takei discuss?"
BORNE = "They discussed cooperation in the field of alternative energy sources and investments"
NUMBER = "They celebrated the 45th anniversary of diplomatic relations"
CUP = "The World Cup was won by France"


@pytest.fixture
def answers(fake_ollama: FakeOllama) -> None:
    fake_ollama.reply(f"{BORNE}. {NUMBER} [1]. {CUP} [1].")


Captured = pytest.CaptureFixture[str]


@pytest.mark.usefixtures("answers")
def test_the_command_line_marks_them_and_says_why(shipped_index: Settings, capsys: Captured) -> None:
    assert run(["--index", shipped_index.index, "ask", "--answer-with", "ollama", QUESTION]) == 0
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert lines[0].startswith(f"{BORNE}. [1] {NUMBER}. [")
    assert lines[0].count(DOUBTED) == 2
    why = [line for line in lines if line.startswith(DOUBTED)]
    assert [NUMBER in line or CUP in line for line in why] == [True, True]
    assert "number 45th is not in [" in why[0]
    assert not any(BORNE in line for line in why)


@pytest.mark.usefixtures("answers")
def test_strict_leaves_them_out(shipped_index: Settings, capsys: Captured) -> None:
    assert run(["--index", shipped_index.index, "ask", "--strict", "--answer-with", "ollama", QUESTION]) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines()[0] == f"{BORNE}. [1]"
    assert NUMBER not in shown.out and CUP not in shown.out and DOUBTED not in shown.out


@pytest.mark.usefixtures("answers")
def test_json_says_which_and_why(shipped_index: Settings, capsys: Captured) -> None:
    assert run(["--index", shipped_index.index, "ask", "--json", "--answer-with", "ollama", QUESTION]) == 0
    said = json.loads(capsys.readouterr().out)
    first, second, third = said["sentences"]
    assert (first["support"], first["reasons"], first["citations"]) == ("supported", [], [1])
    assert second["support"] == "unsupported"
    assert second["reasons"][0].startswith("number 45th is not in [")
    assert third["support"] != "supported" and third["reasons"]
    numbers = {citation["number"] for citation in said["citations"]}
    assert all(set(sentence["citations"]) <= numbers for sentence in said["sentences"])
    assert DOUBTED not in said["answer"]


@pytest.mark.usefixtures("answers")
def test_an_export_marks_them_and_says_why(shipped_index: Settings) -> None:
    from test_session_export import SESSION, turn

    with Assistant(replace(shipped_index, answer_with="ollama")) as assistant:
        markdown = to_markdown(SESSION, [turn(assistant.answer(QUESTION))])
    text, why = markdown.split(NUMBER, 1)
    assert r"\[?\]" not in text
    assert why.split("\n")[0].count(r"\[?\]") == 2
    assert "number 45th is not in" in why


@in_loop
async def test_the_chat_marks_them_and_a_key_says_why(shipped_index: Settings, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply(f"{BORNE}. {NUMBER} [1].")
    async with chatting(shipped_index) as chat:
        view = await chat.ask(QUESTION)
        assert plain(view).count(DOUBTED) >= 1
        assert "number 45th is not in" not in plain(view)
        view.focus()
        await chat.press("w")
        assert "number 45th is not in" in plain(view)


def test_an_answer_of_which_nothing_is_borne_is_withdrawn(
    shipped_index: Settings, fake_ollama: FakeOllama, capsys: Captured
) -> None:
    fake_ollama.reply(f"{CUP}. {NUMBER} [1].")
    with Assistant(replace(shipped_index, answer_with="ollama")) as assistant:
        events = list(assistant.ask(QUESTION))
    (withdrawn,) = (event for event in events if isinstance(event, Withdrawn))
    assert [CUP in withdrawn.sentences[0].text, NUMBER in withdrawn.sentences[1].text] == [True, True]
    assert any("withdrawn" in event.text for event in events if isinstance(event, Notice))
    assert [event.sentence.support == "supported" for event in events if isinstance(event, Checked)] == [False, False]
    last = [event.text for event in events if isinstance(event, TextDelta)][-1]
    assert last == "The articles do not answer this question."
    fake_ollama.reply(f"{CUP}. {NUMBER} [1].")
    assert run(["--index", shipped_index.index, "ask", "--answer-with", "ollama", QUESTION]) == 3
    assert CUP not in capsys.readouterr().out
