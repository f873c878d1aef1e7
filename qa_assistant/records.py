"""What flows through the program: frozen records and the events of one question. No I/O here.

Every offset counts Unicode code points in an article's canonical text, so `text[start:end]` is always exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from qa_assistant.dates import interval
from qa_assistant.errors import FiltersError
from qa_assistant.letters import plain

Status = Literal["answered", "no_answer"]
Support = Literal["supported", "unsupported", "uncited"]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range `[start, end)` of code points."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about an article besides its text; what is not known is None, never a guess.

    `date` is ISO 8601, as exact as the source: `2022-12-03`, `2022-12` or `2022`. `language` is ISO 639-1.
    """

    title: str | None = None
    date: str | None = None
    place: str | None = None
    agency: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One article. `id` is derived from text and metadata, so an id and an offset always mean the same words."""

    id: str
    path: str
    """Where it came from, relative to the corpus; a row of a table is `file.csv#12`."""
    text: str
    """The canonical text: LF line ends, no BOM, otherwise what the file says."""
    metadata: Metadata = field(default_factory=Metadata)


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article: the unit that is embedded and retrieved."""

    article_id: str
    ordinal: int
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...]
    """The sentences' ranges in the article's text, in order, inside `[start, end)`."""

    @property
    def key(self) -> str:
        return f"{self.article_id}:{self.ordinal}"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a passage's article must satisfy before anything is ranked. Dates are ISO 8601 and inclusive.

    `since` 2022-12 becomes that month's first day, `until` 2022-12 its last. Raises FiltersError for what is no such
    date, and if `since` is later than `until`.
    """

    since: str | None = None
    until: str | None = None
    agency: str | None = None

    def __post_init__(self) -> None:
        try:
            since, until = interval(self.since, self.until)
        except ValueError as error:
            raise FiltersError(f"{error}.", hint="Correct it, or leave it empty.") from None
        object.__setattr__(self, "since", since)  # frozen for everybody else
        object.__setattr__(self, "until", until)

    def __bool__(self) -> bool:
        return bool(self.since or self.until or self.agency)

    @property
    def agencies(self) -> list[str]:
        """The agencies that must all be the article's, empty if any will do. What names none, `/` for instance, is one
        that no article has."""
        return agencies(self.agency) or [self.agency] if self.agency else []


def agencies(written: str | None) -> list[str]:
    """The agencies that an article names, as filters compare them: `dpa/İHA/AZƏRTAC` is `["dpa", "iha", "azertac"]`."""
    return [one for part in (written or "").split("/") if (one := plain(part.strip()).replace("ə", "e"))]


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage with its score."""

    passage: Passage
    article: Article
    score: float
    sentence_scores: tuple[float, ...]
    """Cosine of the question and each sentence of the passage, in order."""

    def bears(self, citation: Citation) -> bool:
        """Whether the cited sentence stands in the passage, all of it."""
        passage = self.passage
        same = self.article.id == citation.article.id
        return same and passage.start <= citation.start and citation.end <= passage.end


@dataclass(frozen=True, slots=True)
class Citation:
    """A sentence of an article that bears a claim, word for word."""

    number: int
    article: Article
    start: int
    end: int
    line: int
    """Line of `start` in the canonical text, counted from 1."""
    quote: str
    gloss: str | None = None
    """The quote in the question's language, translated by a machine and checked; None if it is not translated."""


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence of the answer with the citations it carries and whether they bear it."""

    text: str
    citations: tuple[int, ...]
    support: Support
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one model call; `truncated` if the server cut the prompt."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    context_tokens: int = 0
    truncated: bool = False


SURE = 0.8
"""Confidence from which on an answer is given without doubt; `tests/benchmarks/README.md` says how it was chosen."""

UNSURE = "Not sure that this answers the question."
"""What the reader is told below that."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole result of one question."""

    question: str
    language: str
    status: Status
    kind: str
    """What wrote it: `ollama`, `llamacpp` or `quotes`."""
    model: str | None
    text: str
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    confidence: float
    """Estimated probability that the corpus answers the question, 0 to 1."""
    usage: Usage
    timings_ms: Mapping[str, int]
    standalone_question: str | None = None
    """The follow-up question as it was rewritten; None if the question was taken as it is."""

    @property
    def unsure(self) -> bool:
        """Whether it is an answer of which it is not sure that it answers the question."""
        return self.status == "answered" and self.confidence < SURE

    @property
    def finished(self) -> bool:
        """Whether it is whole: what is kept of one that was stopped or broke off has no times."""
        return bool(self.timings_ms)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that was asked before, in the form that stands alone, and its answer's text: what a later question
    may refer to."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Event: the follow-up question, rewritten into one that stands alone."""

    question: str


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Event: the passages are there; nothing has been written yet."""

    hits: tuple[Hit, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Started:
    """Event: `kind` (and `model`) begins to answer."""

    kind: str
    model: str | None


@dataclass(frozen=True, slots=True)
class TextDelta:
    """Event: more text of the answer, in its final form; all deltas joined, from the last `Withdrawn` on, are the
    answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Held:
    """Event: the model wrote more, which is not shown yet: its answer is read again first."""


@dataclass(frozen=True, slots=True)
class Cited:
    """Event: a citation that the text just delivered refers to for the first time."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class Checked:
    """Event: the sentence that the text just delivered ends, with its citations and whether they bear it."""

    sentence: AnswerSentence


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Event: no passage bears any sentence of what was written, or the writer failed before one did (then there are no
    `sentences`). All text and citations so far are void; what follows takes their place."""

    sentences: tuple[AnswerSentence, ...]


@dataclass(frozen=True, slots=True)
class Glossing:
    """Event: `answer` is complete, and its quotes are being translated; `Glossed` and `Notice` follow until the end."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Glossed:
    """Event: citation `number` is translated, or with None is not going to be; in the order of the citations."""

    number: int
    gloss: str | None


@dataclass(frozen=True, slots=True)
class Notice:
    """Event: something the user should know that is not part of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """Event: the last one, with the whole answer."""

    answer: Answer


Event = (
    Rewritten
    | Retrieved
    | Started
    | Held
    | TextDelta
    | Cited
    | Checked
    | Withdrawn
    | Glossing
    | Glossed
    | Notice
    | Finished
)
