"""Reasoning inside a model's text never reaches the answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_assistant.answering.reasoning import Reasoning, without_reasoning


@pytest.mark.parametrize(
    "reply, answer",
    [
        ("<think>Hm.</think>They met.", "They met."),
        ("<thinking>Hm <b>x</b></thinking>\nThey met.", "\nThey met."),
        ("They <think>hm</think>met.", "They met."),
        ("<think>never closed", ""),
        ("<THINK>x</THINK>A", "A"),
        ("a < b and <i>c</i> <", "a < b and <i>c</i> <"),
        ("<think", "<think"),
        ("x</think>A", "xA"),
        ("<think>a</think><think>b</think>c", "c"),
    ],
)
def test_reasoning_is_left_out(reply: str, answer: str) -> None:
    assert without_reasoning(reply) == answer


def test_a_closing_tag_that_nothing_opened() -> None:
    reasoning = Reasoning()
    assert reasoning.feed("Hm.</think>A") == "Hm.A"
    assert reasoning.restarted


@given(
    st.lists(st.sampled_from(["<think>", "</think>", "<", "/", "think", ">", "<thinking>", "</thinking>", "a"])),
    st.data(),
)
def test_reasoning_does_not_depend_on_the_cuts(parts: list[str], data: st.DataObject) -> None:
    reply = "".join(parts)
    cut = data.draw(st.integers(0, len(reply)))
    reasoning = Reasoning()
    assert reasoning.feed(reply[:cut]) + reasoning.feed(reply[cut:]) + reasoning.close() == without_reasoning(reply)
