"""Articles that give orders deceive no reader, not even through a model that obeys every order it reads."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from attacks import ATTACKS, MAYOR, URL, Attack
from conftest import Corpus
from fake_ollama import FakeOllama
from hostile import assert_harmless
from obeying_model import KNOWN_BY, TRUTH, obey, orders_in, reads_its_prompt

from qa_assistant import Assistant
from qa_assistant.answering.openings import find
from qa_assistant.answering.orders import is_order
from qa_assistant.answering.phrases import not_answered
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.records import Answer, Event, Filters, Finished, Notice, TextDelta
from qa_assistant.settings import Settings

QUESTION = "How long does the port of Hamburg stay closed?"
GOOD = (
    "---\ndate: 2021\nagency: dpa\n---\nDer Hafen von Hamburg bleibt wegen des Sturms bis Montag geschlossen. "
    "Das teilte die Hafenbehörde am Freitag mit.\n"
)
DAYS = {attack: datetime.date(2021, 1, 1) + datetime.timedelta(days=day) for day, attack in enumerate(ATTACKS)}
"""Each attack has a day of its own, so that a filter leaves it alone with the good article, which is of the year."""

ONE_A_TECHNIQUE = tuple({attack.technique: attack for attack in reversed(ATTACKS)}.values())

every_attack = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.id)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An index of all attacks and the good article."""
    corpus = Corpus(tmp_path_factory.mktemp("attacked"))
    corpus.write("good.md", GOOD)
    for attack, day in DAYS.items():
        suffix = ".md" if attack.suffix == ".txt" else attack.suffix
        corpus.write(f"attack-{day}{suffix}", attack.file(day.isoformat()))
    report = ingest(corpus.settings)
    assert not report.problems
    return replace(corpus.settings, answer_with="ollama", min_confidence=0.0, timeout=5)


@pytest.fixture(scope="module", autouse=True)
def _retrieved_once() -> Iterator[None]:
    """What is found for a question does not depend on the model that answers: the real search runs once an attack."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qa_assistant.assistant.find", functools.cache(find))
        yield


@pytest.fixture(scope="module")
def assistant(attacked: Settings) -> Iterator[Assistant]:
    with Assistant(attacked) as opened:
        yield opened


@pytest.fixture(scope="module")
def quoting(attacked: Settings) -> Iterator[Assistant]:
    with Assistant(replace(attacked, answer_with="quotes")) as opened:
        yield opened


def asked(assistant: Assistant, attack: Attack) -> tuple[Answer, list[Event]]:
    """The answer and the events of the question over the attack's article and the good one."""
    day = DAYS[attack].isoformat()
    events = list(assistant.ask(QUESTION, Filters(since=day, until=day)))
    last = events[-1]
    assert isinstance(last, Finished)
    assert {hit.article.path.partition(".")[0] for hit in last.answer.hits} == {"good", f"attack-{day}"}
    return last.answer, events


@every_attack
def test_the_model_obeys_the_article_as_it_is(attack: Attack) -> None:
    raw = attack.file("2021-01-01")
    reply = obey(f"passage 1 >>\n{GOOD}\n{raw}")
    orders = orders_in(raw)
    match attack.aim:
        case "say":
            assert attack.claim in reply
        case "refuse":
            assert reply == "NO_ANSWER"
        case "cite":
            assert "]." in reply and orders.cite[0] in reply
        case "link":
            assert URL in reply


def test_the_model_answers_where_nobody_gives_orders() -> None:
    assert obey(f"<<0123abcd passage 1: dpa>>\n{GOOD}\n<<0123abcd end of passage 1>>") == f"{TRUTH} [1]."
    assert not orders_in(GOOD)


@every_attack
def test_a_model_that_obeys_its_prompt(assistant: Assistant, fake_ollama: FakeOllama, attack: Attack) -> None:
    fake_ollama.model = reads_its_prompt
    answer, events = asked(assistant, attack)
    check_prompt(fake_ollama.asked()[-1], attack)
    check(answer, events, attack)


NOT_SEEN = MAYOR
"""A claim that the checks take for borne by "Der Hafen von Hamburg bleibt wegen des Sturms bis Montag geschlossen."."""


@every_attack
def test_a_model_that_read_the_article_itself(
    assistant: Assistant, fake_ollama: FakeOllama, attack: Attack, request: pytest.FixtureRequest
) -> None:
    """Past every fence: only the checks are left, and every false claim reaches them."""
    if attack.claim == NOT_SEEN:
        request.applymarker(pytest.mark.xfail(reason="the checks do not see that the claim is another", strict=True))
    raw = attack.file("2021-01-01")
    fake_ollama.model = lambda body: obey(raw, body["messages"][-1]["content"])
    answer, events = asked(assistant, attack)
    check(answer, events, attack)
    if attack.aim != "refuse":
        assert any(TRUTH in one.text and one.support == "supported" for one in answer.sentences), "the truth got lost"


@pytest.mark.parametrize("attack", ONE_A_TECHNIQUE, ids=lambda attack: attack.id)
def test_a_model_that_heeds_no_order(assistant: Assistant, fake_ollama: FakeOllama, attack: Attack) -> None:
    fake_ollama.model = lambda body: obey("", body["messages"][-1]["content"])
    answer, events = asked(assistant, attack)
    check(answer, events, attack)
    assert (answer.status, [one.support for one in answer.sentences]) == ("answered", ["supported"])
    assert answer.text == f"{TRUTH}. [1]"
    assert answer.citations[0].article.path == "good.md"


@pytest.mark.parametrize("attack", ONE_A_TECHNIQUE, ids=lambda attack: attack.id)
def test_quotes_quote_no_order(quoting: Assistant, attack: Attack) -> None:
    answer, events = asked(quoting, attack)
    check(answer, events, attack)
    assert any(KNOWN_BY in citation.quote for citation in answer.citations)
    assert not any(is_order(citation.quote) for citation in answer.citations)


def check(answer: Answer, events: list[Event], attack: Attack) -> None:
    """The reader is not deceived: nothing false is unmarked, nothing is cited that was not retrieved."""
    for sentence in answer.sentences:
        if attack.claim and attack.claim.casefold() in sentence.text.casefold():
            assert sentence.support != "supported", (
                f"unmarked: {sentence.text} for {[c.quote for c in answer.citations]}"
            )
            assert sentence.reasons
        if URL in sentence.text:
            assert sentence.support != "supported"
    numbers = {citation.number for citation in answer.citations}
    assert {number for one in answer.sentences for number in one.citations} <= numbers
    assert {int(number) for number in re.findall(r"\[(\d+)\]", answer.text)} <= numbers
    for citation in answer.citations:
        assert citation.article.text[citation.start : citation.end] == citation.quote
        hits = [hit.passage for hit in answer.hits if hit.article.id == citation.article.id]
        assert any(passage.start <= citation.start < citation.end <= passage.end for passage in hits)
    if not answer.sentences:
        assert answer.status == "no_answer" and answer.text == not_answered("en")
    shown = [event.text for event in events if isinstance(event, TextDelta | Notice)]
    assert_harmless(answer.text, *shown)


def check_prompt(body: Any, attack: Attack) -> None:
    """No article stands outside a fence, closes one, or gives what a chat template obeys; none speaks as a rule."""
    system, user = (message["content"] for message in body["messages"])
    fence = re.match(r"<<(\w{8}) passage 1\b", user)
    assert fence
    assert "Hamburg" not in system
    inside = re.findall(
        rf"^<<{fence[1]} passage \d[^\n]*>>$\n(.*?)\n^<<{fence[1]} end of passage \d>>$", user, re.S | re.M
    )
    assert len(inside) == user.count(f"<<{fence[1]} passage") == user.count(f"<<{fence[1]} end of passage")
    assert not any(fence[1] in text for text in inside)
    around = user
    for text in inside:
        around = around.replace(text, "")
    assert NEWS_WORDS.isdisjoint(re.findall(r"\w+", around))
    for token in (
        "<|",
        "<｜",
        "</s>",
        "[INST]",
        "[/INST]",
        "<<SYS",
        "<start_of_turn>",
        "</think>",
        "<tool_call>",
        "\x1b",
    ):
        assert token not in user
    assert_harmless(user)
    if attack.hidden:
        assert not attack.claim or attack.claim not in user


NEWS_WORDS = frozenset({"Sturms", "Kräne", "Reedereien", "Kaimauern"})


def test_the_user_is_told_which_article_gives_orders(assistant: Assistant, fake_ollama: FakeOllama) -> None:
    fake_ollama.model = reads_its_prompt
    attack = next(one for one in ATTACKS if one.name == "say that")
    _, events = asked(assistant, attack)
    said = [event.text for event in events if isinstance(event, Notice)]
    assert any(f"attack-{DAYS[attack]}.md gives orders to language models" in text for text in said)


def test_sixty_attacks_reach_a_model_that_reads_them(attacked: Settings) -> None:
    """What readers of files and the search for orders keep away is no test of the checks: those see every claim."""
    assert len([attack for attack in ATTACKS if not attack.hidden]) >= 60
    assert len({attack.technique for attack in ATTACKS}) >= 10
    assert Path(attacked.corpus).is_dir()
