"""The JUnit report: its structure, what it says, and that every reader can parse it whatever the texts are."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from evaluation_samples import report, result_of
from hostile import HOSTILE, unsafe
from hypothesis import example, given
from hypothesis import strategies as st

from qa_assistant.display import harmless
from qa_assistant.evaluation.junit import write_junit
from qa_assistant.evaluation.records import Report

COUNTS = {"tests", "failures", "errors", "skipped", "time"}
STRUCTURE: dict[str, tuple[set[str], list[str]]] = {
    "testsuites": ({"name", *COUNTS}, ["testsuite"]),
    "testsuite": ({"name", "timestamp", *COUNTS}, ["properties", "testcase"]),
    "properties": (set(), ["property"]),
    "property": ({"name", "value"}, []),
    "testcase": ({"classname", "name", "time"}, ["error", "failure"]),
    "failure": ({"type", "message"}, []),
    "error": ({"type", "message"}, []),
}
"""Attributes and children of each element, as the schema of Jenkins' xUnit plugin has them; `properties` come first."""

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parsed(one: Report) -> ET.Element:
    """The document's root, after a look at every element of it."""
    written = write_junit(one)
    assert not NOT_XML.search(written)
    root = ET.fromstring(written.encode("utf-8"))
    assert root.tag == "testsuites"
    for element in root.iter():
        attributes, children = STRUCTURE[element.tag]
        assert element.attrib.keys() == attributes
        order = [children.index(child.tag) for child in element]
        assert order == sorted(order)
    return root


def test(root: ET.Element, name: str) -> ET.Element:
    return next(one for one in root.iter("testcase") if one.get("name") == name)


test.__test__ = False  # type: ignore[attr-defined]


@pytest.mark.parametrize("repeat", [1, 3])
def test_counts_agree_with_what_there_is(repeat: int) -> None:
    evaluated = report(repeat=repeat)
    root = parsed(evaluated)
    outcomes = Counter(one.worst.outcome for one in evaluated.results)
    for element in (root, root[0]):
        tags = Counter(one.tag for one in element.iter())
        assert int(element.attrib["tests"]) == tags["testcase"] == len(evaluated.results)
        assert int(element.attrib["errors"]) == tags["error"] == outcomes["error"] == 1
        assert int(element.attrib["failures"]) == tags["failure"] == len(evaluated.results) - outcomes["passed"] - 1
        times = [float(one.attrib["time"]) for one in element.iter("testcase")]
        assert float(element.attrib["time"]) == pytest.approx(sum(times))
    assert root[0].attrib["timestamp"] == "2024-05-01T12:30:59"
    names = [(one.get("classname"), one.get("name")) for one in root.iter("testcase")]
    assert len(names) == len(set(names))


def test_a_case_is_named_timed_and_explained() -> None:
    root = parsed(report())
    ships = test(root, "en-ships")
    assert ships.get("classname") == "harbour.en"
    assert ships.get("time") == "5.192"
    failure = ships[0]
    assert failure.tag == "failure"
    assert failure.attrib == {"type": "incomplete", "message": "incomplete: How many ships are waiting, and where?"}
    said = (failure.text or "").splitlines()
    assert said[0] == "harbour.yaml:18"
    assert "Expected: 41 ships are waiting in the German Bight to enter the port." in said
    assert "Missing fact: 41" in said
    assert any(line.startswith("Got: Several ships are waiting") and "0.91" in line for line in said)
    assert any(line.startswith("[1] 41 Schiffe") and line.endswith("2024/hafen.md:1)") for line in said)
    assert len(test(root, "de-closed")) == 0


@pytest.mark.parametrize(
    ("name", "tag", "line"),
    [
        ("fr-crossing", "error", "Error: Ollama broke off its reply: connection reset"),
        ("de-wrong-year", "failure", "Expected: no answer"),
        ("ru-level", "failure", "Not cited: Der Pegel in St. Pauli stieg auf 3,12 Meter über Normalnull."),
    ],
)
def test_a_failure_says(name: str, tag: str, line: str) -> None:
    flaw = test(parsed(report()), name)[0]
    assert flaw.tag == tag
    assert line in (flaw.text or "").splitlines()


def test_several_runs_are_one_test_with_their_mean_time() -> None:
    slow = report(repeat=3).results[4]
    runs = [replace(run, scores={**run.scores, "total_ms": 1000.0 * number}) for number, run in enumerate(slow.runs)]
    root = parsed(replace(report(), results=(replace(slow, runs=tuple(runs)),)))
    assert test(root, "az-ticket").get("time") == "1.000"
    assert "Outcomes of 3 runs: passed, passed, uncited" in (test(root, "az-ticket")[0].text or "")


def test_figures_and_settings_are_properties() -> None:
    properties = {one.get("name"): one.get("value") for one in parsed(report()).iter("property")}
    assert properties["figure.citation_recall"] == "0.7500"
    assert properties["figure.citation_recall.interval"] == "0.4499 1.0000"
    assert properties["setting.top_k"] == "4"
    assert properties["answered_with"] == "ollama qwen3:4b"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_reach_no_reader(name: str) -> None:
    nasty = HOSTILE[name]
    hostile = replace(report(extra=[result_of(nasty)]), questions=nasty, model=nasty, settings={nasty: nasty})
    root = parsed(hostile)
    assert not unsafe(write_junit(hostile))
    names = [one.get("name") for one in root.iter("testcase")]
    assert re.sub("[\ufffe\uffff]", "\ufffd", harmless(nasty[:8000])) in names


@given(st.text(st.characters(), max_size=60))
@example("]]>&lt;<failure/>\ufffe\x00\ud800")
def test_any_text_makes_a_document_that_parses(nasty: str) -> None:
    root = parsed(replace(report(), results=(result_of(nasty),), questions=nasty))
    assert [len(one) for one in root.iter("testcase")] == [1]


def test_a_report_without_cases_is_a_suite_without_tests() -> None:
    assert parsed(replace(report(), results=(), figures=())).get("tests") == "0"
