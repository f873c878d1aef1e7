"""The HTML report: what it says, that it loads nothing, and that no text becomes markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import parse_qs
from xml.etree import ElementTree as ET

import pytest
from evaluation_samples import SHIPS, large_report, report, result_of
from hostile import HOSTILE, unsafe
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa_assistant.display import harmless
from qa_assistant.evaluation.case_view import anchor, clipped, word_changes
from qa_assistant.evaluation.figures import FIGURES
from qa_assistant.evaluation.html_report import write_html
from qa_assistant.evaluation.records import CaseResult, Expected, Report, Run

VOID = {"meta", "link", "input"}
WORDS = st.lists(st.sampled_from(["a", "b", "c", "[1]", "Baku"]), max_size=12).map(" ".join)


class Page(HTMLParser):
    """A page as a tree. Every element must be closed where it has to be, so that no text can shift the others."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._tree = ET.TreeBuilder()
        self._open: list[str] = []
        self.feed(html)
        assert not self._open
        self.root = self._tree.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tree.start(tag, {name: value or "" for name, value in attrs})
        self._open.append(tag)
        if tag in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        self._tree.end(tag)

    def handle_data(self, data: str) -> None:
        if self._open:
            self._tree.data(data)

    def case(self, case_id: str) -> ET.Element:
        return next(one for one in self.root.iter("details") if one.get("id") == anchor(case_id))

    @property
    def shape(self) -> set[tuple[str, ...]]:
        """Every kind of element with the names of its attributes."""
        return {(one.tag, *sorted(one.keys())) for one in self.root.iter()}


def text(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def words_of(element: ET.Element, tag: str, **attributes: str) -> list[str]:
    """Texts of the elements in `element` that have this tag and these attributes."""
    wanted = {name.rstrip("_"): value for name, value in attributes.items()}.items()
    return [text(one) for one in element.iter(tag) if wanted <= one.attrib.items()]


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(write_html(report()))


@pytest.fixture(scope="module")
def known_shapes() -> set[tuple[str, ...]]:
    reports = (report(), report(repeat=3, compared=False), report(extra=[result_of("plain")]))
    return {shape for one in reports for shape in Page(write_html(one)).shape}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_text_is_nothing_but_text(name: str, known_shapes: set[tuple[str, ...]]) -> None:
    nasty = HOSTILE[name]
    html = write_html(replace(report(extra=[result_of(nasty)]), questions=nasty, model=nasty, judge=nasty))
    page = Page(html)
    assert page.shape <= known_shapes
    assert " ".join(harmless(clipped(nasty, 200)).split()) in words_of(page.root, "h1")
    assert " ".join(harmless(clipped(nasty)).split()) in words_of(page.case(nasty), "blockquote")
    assert not unsafe(html)
    assert html.encode("utf-8")


@settings(deadline=None, max_examples=40)
@given(st.text(st.characters(), max_size=80))
@example("'\"><script>")
@example("{{ 7 * 7 }}{% raw %}<!--")
def test_no_text_changes_the_tree(nasty: str) -> None:
    page = Page(write_html(replace(report(), results=(result_of(nasty),), groups={nasty: ()})))
    one = page.case(nasty)
    assert json.loads(one.attrib["data-tags"]) == [control.get("value") for control in page.root.iter("input")
                                                   if control.get("name") == "tag"]  # fmt: skip
    assert len(list(page.root.iter("script"))) == 1


def test_nothing_is_loaded_and_only_the_own_style_and_script_may_run(page: Page) -> None:
    for one in page.root.iter():
        assert not one.attrib.keys() & {
            "src",
            "srcset",
            "action",
            "data",
            "poster",
            "style",
            "background",
            "xlink:href",
        }
        assert not [name for name in one.attrib if name.startswith("on")]
        assert one.get("href", "#").startswith("#") or (one.tag, one.get("href")) == ("link", "data:,")
    style, script = ("".join(next(page.root.iter(tag)).itertext()) for tag in ("style", "script"))
    assert not re.search(r"url\(|@import|https?:|//[a-z]", style)
    assert not re.search(r"https?:|fetch|import\b|XMLHttp|innerHTML|eval", script)
    policy = next(one.attrib["content"] for one in page.root.iter("meta") if "http-equiv" in one.attrib)
    assert policy.startswith("default-src 'none'; ")
    for kind, source in (("style", style), ("script", script)):
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in policy


def test_300_cases_stay_small() -> None:
    assert len(write_html(large_report(300)).encode()) < 2_000_000


def test_every_link_leads_somewhere(page: Page) -> None:
    ids = [one.attrib["id"] for one in page.root.iter() if "id" in one.attrib]
    assert len(ids) == len(set(ids))
    controls = {(one.get("name"), one.get("value")) for one in page.root.iter("input")}
    links = [one.attrib["href"][1:] for one in page.root.iter("a")]
    assert links
    for link in links:
        chosen = {(name, value) for name, values in parse_qs(link).items() for value in values}
        assert link in ids or (chosen and chosen <= controls), link


def test_what_was_run_and_how_it_ended(page: Page) -> None:
    run = next(page.root.iter("header"))
    assert {"1 May 2024, 12:30 UTC", "ollama · qwen3:4b", "0.5", "9f31c0d2"} <= set(words_of(run, "dd"))
    assert "7 of 12 passed" in words_of(page.root, "h2")
    assert words_of(page.root, "dt", class_="invented") == ["1 invented"]


def test_figures_with_intervals_and_the_comparison_in_words(page: Page) -> None:
    rows = [[text(cell) for cell in row] for row in page.root.iter("tr")]
    recall = FIGURES["citation_recall"]
    assert [f"{recall.label}{recall.explanation}", "0.750", "", "0.450 – 1.000", "8"] in rows
    assert [recall.label, "0.500", "0.812", "+0.312+0.125 to +0.500", "", "0.031", "better"] in rows
    assert ["passed", "0.636", "0.545", "-0.091-0.364 to +0.182", "", "1.000", "no difference beyond chance"] in rows
    assert ["facts covered", "0.950", "0.820", "-0.130-0.250 to -0.020", "", "0.044", "worse"] in rows
    labels = [one.get("aria-label") for one in page.root.iter("svg")]
    assert "0.750, interval from 0.450 to 1.000" in labels


def test_charts_are_also_words(page: Page) -> None:
    captions = " ".join(words_of(page.root, "figcaption"))
    assert "Under it: 1 of 8 answerable. At or over it: 1 of 3 unanswerable." in captions
    assert "First word: median 384 ms, 95 % within 403 ms." in captions
    row = next(row for row in page.root.iter("tr") if text(row).startswith("number"))
    assert text(row).endswith("1 passed, 1 incomplete, 1 uncited, 1 error")


def test_a_confidence_at_the_threshold_is_enough() -> None:
    at_it = replace(report(), settings={"min_confidence": 0.22})  # that of one unanswerable question
    assert "Under it: 0 of 8 answerable. At or over it: 3 of 3 unanswerable." in text(Page(write_html(at_it)).root)


def test_failed_cases_come_first_and_are_open(page: Page) -> None:
    cases = [one for one in page.root.iter("details") if one.get("class") == "case"]
    passed = [one.attrib["data-outcome"] == "passed" for one in cases]
    assert passed == sorted(passed)
    assert passed == ["open" not in one.attrib for one in cases]


def test_filters_know_every_case(page: Page) -> None:
    results = {anchor(one.case.id): one for one in report().results}
    changes = {"case-az-ticket": "fixed", "case-en-ships": "broken", "case-tr-reopened": "broken"}
    cases = [one for one in page.root.iter("details") if one.get("class") == "case"]
    for one in cases:
        result = results.pop(one.attrib["id"])
        assert one.attrib["data-outcome"] == result.worst.outcome
        assert json.loads(one.attrib["data-tags"]) == list(result.case.tags)
        assert one.attrib["data-change"] == changes.get(one.attrib["id"], "")
    assert not results
    chosen = {(one.get("name"), one.get("value")) for one in page.root.iter("input")}
    assert {("tag", "cross-language"), ("outcome", "refused"), ("change", "broken"), ("q", None)} <= chosen
    assert "hidden" in next(page.root.iter("form")).attrib, "without the script there is nothing to filter with"


def test_a_failed_case_shows_expected_got_sources_and_difference(page: Page) -> None:
    ships = page.case("en-ships")
    assert "missing fact 41 or forty-one" in words_of(ships, "li", class_="missing")
    assert f"cited {SHIPS} 2024/hafen.md" in words_of(ships, "li", class_="there")
    assert words_of(ships, "em") == ["unsupported: Tuesday is not in [2]"]
    assert words_of(ships, "del")[:-1] == ["41", "port."]
    assert words_of(ships, "ins")[:-1] == ["Several", "port of Hamburg. The port will reopen on Tuesday."]
    assert SHIPS in words_of(ships, "blockquote")
    source = "2024-01-12 · Hamburg · dpa · Sturm legt Hamburger Hafen still · 2024/hafen.md"
    assert f"[1] {source}:1 · as expected" in words_of(ships, "figcaption")
    assert f"rank 2, score 0.75 · {source}" in words_of(ships, "figcaption")


@pytest.mark.parametrize(
    ("path", "start", "held"),
    [("2024/hafen.md", 70, True), ("hafen.md", None, True), ("2024/hafen.md", 500, False),
     ("2024/ferries.csv#7", None, False)],
)  # fmt: skip
def test_an_expected_sentence_is_one_of_its_article_and_its_place(path: str, start: int | None, held: bool) -> None:
    """“41” of another article is not the expected one, nor is one at another place."""
    results = {one.case.id: one for one in report().results}
    ships = replace(results["en-ships"].case, cites=(Expected(path, "41", start),))
    changed = replace(report(), results=(CaseResult(ships, results["en-ships"].runs),))
    captions = words_of(Page(write_html(changed)).case("en-ships"), "figcaption")
    assert [caption for caption in captions if caption.endswith("· as expected")] == captions[:1] * held


@pytest.mark.parametrize(
    ("case_id", "said"),
    [
        ("de-followup", "Understood as: Wann fährt die Fähre nach Helgoland wieder?"),
        ("de-followup", "Bis wann ist der Hafen von Hamburg zu? Bis Montag."),
        ("en-filtered", "Only since 2024-02"),
        ("tr-reopened", "4 found and not cited, with an expected sentence"),
        ("tr-reopened", "said that the articles do not answer"),
        ("de-wrong-year", "No answer: the articles do not answer this."),
        ("fr-crossing", "Ollama broke off its reply: connection reset"),
        ("ru-level", "not cited Der Pegel in St. Pauli"),
        ("ru-level", "harbour.yaml:18"),
    ],
)
def test_a_case_says(page: Page, case_id: str, said: str) -> None:
    assert said in text(page.case(case_id))


def test_every_run_is_shown_with_its_outcome() -> None:
    case = Page(write_html(report(repeat=3))).case("az-ticket")
    assert case.attrib["data-outcome"] == "uncited"
    assert "passed 2 of 3 runs" in text(case)
    assert "Got, run 3 of 3" in words_of(case, "h3")
    assert [one for one in words_of(case, "summary") if one.startswith("Run ")] == ["Run 1 passed", "Run 2 passed"]
    assert "The judge finds it right." in text(case)


def _errors_only() -> Report:
    failed = tuple(CaseResult(replace(one.case, tags=()), (Run("error", error="x"),)) for one in report().results)
    return replace(report(compared=False), figures=(), groups={}, results=failed)


@pytest.mark.parametrize("bare", [_errors_only(), replace(_errors_only(), results=())])
def test_what_there_is_not_is_left_out(bare: Report) -> None:
    page = Page(write_html(bare))
    assert words_of(page.root, "h2")[1:] == ["Figures", "Cases"]


@given(WORDS, WORDS)
def test_a_difference_has_all_words_of_both_texts(expected: str, got: str) -> None:
    changes = word_changes(expected, got)
    assert " ".join(one.text for one in changes if one.kind != "insert").split() == expected.split()
    assert " ".join(one.text for one in changes if one.kind != "delete").split() == got.split()
    assert all(one.text for one in changes)
    if expected.split() == got.split():
        assert {one.kind for one in changes} <= {"equal"}


def test_texts_that_are_not_alike_are_shown_one_after_the_other() -> None:
    kinds = [one.kind for one in word_changes("to be or not to be that is", "it is 3 March to sail on at the latest")]
    assert kinds == ["delete", "insert"]


def test_of_long_texts_the_beginning_is_compared() -> None:
    """Two of 4,000 characters that repeat themselves took half a minute."""
    same = [f"w{number}" for number in range(300)]
    changes = word_changes(" ".join([*same, "old", "end"]), " ".join([*same, "new", "end"]))
    assert [(one.kind, len(one.text.split())) for one in changes] == [("equal", 300), ("delete", 2), ("insert", 2)]


def test_a_printed_page_keeps_its_tables() -> None:
    """A sheet of A4 is as narrow as a phone held level, whose tables are taken apart."""
    widths = re.findall(r"@media[^{]*max-width[^{]*", write_html(report()))
    assert widths
    assert all(query.startswith("@media screen and") for query in widths)
