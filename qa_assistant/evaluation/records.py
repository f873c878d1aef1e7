"""What flows through an evaluation: cases, their runs, figures, differences, the report. No I/O here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from qa_assistant.records import Answer, Filters, Turn

Outcome = Literal["passed", "incomplete", "uncited", "refused", "invented", "error"]
"""`incomplete`: an expected fact is missing. `uncited`: all facts are there, an expected sentence is not cited.
`refused`: the corpus answers the question, the answer says it does not. `invented`: the corpus does not answer it, yet
there is an answer. `error`: nothing could be answered."""

Verdict = Literal["better", "worse", "same"]


@dataclass(frozen=True, slots=True)
class Expected:
    """A sentence that must be cited: `quote` stands in the article of that path, word for word."""

    article: str
    quote: str
    start: int | None = None
    """Where it begins in the canonical text; None if anywhere it stands will do."""
    place: str = ""
    """`file:line` of it, for messages."""


@dataclass(frozen=True, slots=True)
class Case:
    """One test question and what is expected of its answer."""

    id: str
    question: str
    history: tuple[Turn, ...] = ()
    answer: str | None = None
    """The whole expected answer, for token F1, exact match and similarity."""
    facts: tuple[tuple[str, ...], ...] = ()
    """Each fact as its accepted wordings; ISO dates and numbers are compared as values."""
    cites: tuple[Expected, ...] = ()
    answerable: bool = True
    filters: Filters = field(default_factory=Filters)
    tags: tuple[str, ...] = ()
    place: str = ""
    """`file:line` of the case, for messages."""


@dataclass(frozen=True, slots=True)
class Run:
    """One answer to a case, measured. A score that does not apply is not in `scores`."""

    outcome: Outcome
    scores: Mapping[str, float] = field(default_factory=dict)
    missing_facts: tuple[str, ...] = ()
    """First wording of each."""
    missing_quotes: tuple[str, ...] = ()
    answer: Answer | None = None
    """None if there was an error."""
    error: str = ""
    judged: bool | None = None
    """Whether the judge finds the answer right; None if it was not asked, or did not say."""
    judge_error: str = ""
    """Why the judge could not be asked."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case and all its runs: more than one with `--repeat`."""

    case: Case
    runs: tuple[Run, ...]

    @property
    def passed(self) -> bool:
        """Every run passed."""
        return all(run.outcome == "passed" for run in self.runs)

    @property
    def worst(self) -> Run:
        """The first run that did not pass, else the first: the one to look at."""
        return next((run for run in self.runs if run.outcome != "passed"), self.runs[0])


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over cases with its 95 % bootstrap interval. `low` and `high` are None if it has none."""

    name: str
    value: float
    low: float | None
    high: float | None
    count: int
    """Cases it was measured on."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure beside the baseline's, over the cases both have; `difference` is now minus then, with its interval."""

    name: str
    before: float
    now: float
    difference: float
    low: float
    high: float
    p: float
    """Of the paired test, adjusted for the number of figures compared (Holm)."""
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """This evaluation beside a baseline."""

    baseline: str
    """The baseline's file name."""
    cases: int
    """How many cases both have, with the same question and expectations."""
    differences: tuple[Difference, ...]
    fixed: tuple[str, ...]
    """Ids of cases that failed then and pass now."""
    broken: tuple[str, ...]
    """Ids of cases that passed then and fail now."""
    changed: tuple[str, ...] = ()
    """Ids of cases that are asked otherwise now, or of which something else is expected."""
    new: tuple[str, ...] = ()
    """Ids of cases that only this evaluation has."""
    gone: tuple[str, ...] = ()
    """Ids of cases that only the baseline has: renamed, removed, or left out by a tag."""


@dataclass(frozen=True, slots=True)
class Report:
    """All of one evaluation."""

    questions: str
    """Name of the file of questions."""
    started_at: str
    """ISO 8601, UTC."""
    kind: str
    """What answered: `quotes`, `llamacpp`, `ollama`."""
    model: str | None
    settings: Mapping[str, str | int | float | bool]
    """What the answers depend on: those of `evaluate.SHOWN_SETTINGS`."""
    repeat: int
    figures: tuple[Figure, ...]
    groups: Mapping[str, tuple[Figure, ...]]
    """The same by tag."""
    results: tuple[CaseResult, ...]
    comparison: Comparison | None = None
    judge: str | None = None
    """The model that judged."""
    judge_kappa: float | None = None
    """Cohen's kappa of the judge and the facts."""
