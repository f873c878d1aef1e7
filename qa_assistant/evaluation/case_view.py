"""A case of the HTML report, in the form in which it is shown: what was expected, what came, and the difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from urllib.parse import quote

from qa_assistant.display import harmless, one_line
from qa_assistant.evaluation.locating import composed, names
from qa_assistant.evaluation.metrics import overlap
from qa_assistant.evaluation.records import Case, CaseResult, Comparison, Expected, Report, Run
from qa_assistant.records import Article, Citation, Hit
from qa_assistant.references import without_marks

LONGEST = 4_000
"""Characters of a text that are shown; no answer is longer, unless somebody wants it to be."""

SHORT = 320
"""Characters of a passage that was found and not cited."""

_COMPARED = 300
"""Words that are compared: of texts that repeat themselves the time grows with the cube of their length."""

_ALIKE = 0.3
"""Answers less alike than this are shown one after the other, since their words would only alternate."""


@dataclass(frozen=True, slots=True)
class Change:
    """A run of words: `kind` is `equal`, `insert` (only in what came) or `delete` (only in what was expected)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that was found and not cited."""

    rank: int
    hit: Hit
    expected: bool
    """An expected sentence stands in it."""


@dataclass(frozen=True, slots=True)
class RunView:
    """One run of a case; `facts` and `cites` are those of the case, each with whether the answer has it."""

    number: int
    run: Run
    facts: tuple[tuple[tuple[str, ...], bool], ...]
    cites: tuple[tuple[Expected, bool], ...]
    citations: tuple[tuple[Citation, bool], ...]
    """Each with whether it is an expected sentence."""
    others: tuple[Found, ...]
    changes: tuple[Change, ...]
    """From the expected answer to the one that came; none if either is missing or it is a refusal."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with all its runs, the one to look at first."""

    result: CaseResult
    anchor: str
    tags: tuple[str, ...]
    change: str
    """`broken`, `fixed` or empty: against the baseline."""
    worst: RunView
    runs: tuple[RunView, ...]

    @property
    def passed(self) -> int:
        """How many runs passed."""
        return sum(view.run.outcome == "passed" for view in self.runs)


def case_views(report: Report) -> list[CaseView]:
    """All cases: those that did not pass first, otherwise in the order of the questions."""
    views = [_case_view(result, report) for result in report.results]
    return sorted(views, key=lambda view: view.result.passed)


def anchor(case_id: str) -> str:
    """The `id` of a case's element and the fragment that leads to it: no white space, no quotes, no markup."""
    return "case-" + quote(case_id, safe="", errors="replace")


def clipped(text: str, most: int = LONGEST) -> str:
    """`text`, or its beginning and how long it is."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"


def word_changes(expected: str, got: str) -> tuple[Change, ...]:
    """What to delete from `expected` and to insert so that it becomes `got`, word by word (Ratcliff and Obershelp).

    White space does not count. The words of all changes that are not `insert` are those of `expected`, in order;
    of all that are not `delete`, those of `got`. Of long texts only the beginning is compared; the rest changes whole.
    """
    before, after = expected.split(), got.split()
    matcher = SequenceMatcher(None, before[:_COMPARED], after[:_COMPARED], autojunk=False)
    alike = matcher.ratio() >= _ALIKE
    codes: list[tuple[str, int, int, int, int]]
    codes = [*matcher.get_opcodes()] if alike else [("replace", 0, len(before), 0, len(after))]
    if alike and max(len(before), len(after)) > _COMPARED:
        kind = "equal" if before[_COMPARED:] == after[_COMPARED:] else "replace"
        codes.append((kind, _COMPARED, len(before), _COMPARED, len(after)))
    found: list[Change] = []
    for kind, start, end, new_start, new_end in codes:
        if kind == "equal":
            found.append(Change("equal", " ".join(before[start:end])))
            continue
        pairs = (("delete", before[start:end]), ("insert", after[new_start:new_end]))
        found += [Change(name, " ".join(words)) for name, words in pairs if words]
    return tuple(found)


def _case_view(result: CaseResult, report: Report) -> CaseView:
    case = result.case
    runs = tuple(_run_view(number, run, case) for number, run in enumerate(result.runs, start=1))
    return CaseView(
        result=result,
        anchor=anchor(case.id),
        tags=tuple(map(tag_name, case.tags)),
        change=_change(case.id, report.comparison),
        worst=next(view for view in runs if view.run is result.worst),
        runs=runs,
    )


def _change(case_id: str, comparison: Comparison | None) -> str:
    if comparison is None:
        return ""
    return "broken" if case_id in comparison.broken else "fixed" if case_id in comparison.fixed else ""


def tag_name(tag: str) -> str:
    """A tag as it is shown and compared."""
    return one_line(clipped(tag, 60)) or "(empty)"


def _run_view(number: int, run: Run, case: Case) -> RunView:
    answer = run.answer
    citations = answer.citations if answer else ()
    return RunView(
        number=number,
        run=run,
        facts=tuple((fact, fact[0] not in run.missing_facts) for fact in case.facts),
        cites=tuple((one, one.quote not in run.missing_quotes) for one in case.cites),
        citations=tuple((one, _expected(case, one.article, one.start, one.quote)) for one in citations),
        others=tuple(_others(answer.hits, citations, case)) if answer else (),
        changes=_changes(case, run),
    )


def _changes(case: Case, run: Run) -> tuple[Change, ...]:
    if not (case.answer and run.answer and run.answer.status == "answered"):
        return ()
    got = without_marks(run.answer.text)
    return word_changes(harmless(clipped(case.answer, LONGEST)), harmless(clipped(got, LONGEST)))


def _others(hits: Sequence[Hit], citations: Sequence[Citation], case: Case) -> Iterator[Found]:
    for rank, hit in enumerate(hits, start=1):
        if not any(map(hit.bears, citations)):
            yield Found(rank, hit, _expected(case, hit.article, hit.passage.start, hit.passage.text))


def _expected(case: Case, article: Article, start: int, text: str) -> bool:
    """Whether `text`, which begins at `start` of `article`, holds an expected sentence or a part of one."""
    own = names(article.path)
    return any(_meet(one, start, text) for one in case.cites if composed(one.article) in own)


def _meet(expected: Expected, start: int, text: str) -> bool:
    """By place, as the figures have it; where any place will do, by the words."""
    quote = expected.quote
    if expected.start is not None:
        return overlap(("", expected.start, expected.start + len(quote)), ("", start, start + len(text)))
    one, other = _plain(quote), _plain(text)
    return bool(one and other) and (one in other or other in one)


def _plain(text: str) -> str:
    """White space and the encoding of accents may differ between a quote in a file of questions and the article."""
    return composed(" ".join(text.split()))
