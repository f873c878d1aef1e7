"""Reasoning inside a model's text never reaches the answer."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_assistant.answering.reasoning import Reasoning, opened_by, without_reasoning


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


@pytest.mark.parametrize(
    "pieces, restarted",
    [
        (("Hm.</think>A",), True),
        (("Hm", ".</th", "ink>A"), True),
        (("\n", "</think>A"), False),
        (("<think>x</think>A</think>B",), True),
        (("<think>x</think>", "A"), False),
    ],
)
def test_a_closing_tag_that_nothing_opened(pieces: Sequence[str], restarted: bool) -> None:
    reasoning = Reasoning()
    for piece in pieces:
        reasoning.feed(piece)
    assert reasoning.restarted is restarted


@pytest.mark.parametrize(
    "template, opened",
    [
        ("<|im_start|>assistant\n{{ if (not $.Think) }}<think>\n\n</think>\n\n{{ end }}", False),
        ("{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}<|im_start|>assistant\n<think>\n{{ end }}", True),
        ("{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}<|im_start|>assistant\n{{ end }}", False),
        ("{{ .Prompt }}", False),
    ],
)
def test_templates_that_open_a_block_by_themselves(template: str, opened: bool) -> None:
    assert opened_by(template) is opened


@given(
    st.lists(st.sampled_from(["<think>", "</think>", "<", "/", "think", ">", "<thinking>", "</thinking>", "a"])),
    st.data(),
)
def test_reasoning_does_not_depend_on_the_cuts(parts: list[str], data: st.DataObject) -> None:
    reply = "".join(parts)
    cut = data.draw(st.integers(0, len(reply)))
    reasoning = Reasoning()
    assert reasoning.feed(reply[:cut]) + reasoning.feed(reply[cut:]) + reasoning.close() == without_reasoning(reply)
    whole = Reasoning()
    whole.feed(reply)
    assert reasoning.restarted == whole.restarted
