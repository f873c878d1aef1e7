"""SQuAD-format files as question sets: SQuAD 1.1 and 2.0, XQuAD, MLQA and GermanQuAD run as they are.

The format is Rajpurkar et al. (2016), https://arxiv.org/abs/1606.05250; questions that the paragraph does not answer
came with Rajpurkar, Jia and Liang (2018), https://arxiv.org/abs/1806.03822. The paragraphs of a file become a corpus,
one article each; the words that a question's answer was marked in are what must be cited.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qa_assistant.display import one_line
from qa_assistant.errors import IndexUnusable, QuestionsError
from qa_assistant.evaluation.records import Case, Expected
from qa_assistant.evaluation.squad_file import HOW, Answer, File, Question, read, words
from qa_assistant.files import cache_folder, write_whole
from qa_assistant.index.schema import SCHEMA_VERSION
from qa_assistant.ingestion.decoding import canonical
from qa_assistant.settings import Settings

FILE = "paragraphs.jsonl"
"""The file of the corpus that holds the paragraphs, one a line; paragraph 12 is the article `paragraphs.jsonl#12`."""

_SHOWN = 60
"""Characters of an answer in a message."""
_EMBEDDING = ("embedding_model", "query_prefix", "passage_prefix", "passage_tokens")
"""The settings that decide what is in an index."""
CODE = ("dateline", "display", "language", "letters", "months", "processes", "sentences", "threads", "written_dates")
"""The modules outside `ingestion` and `index` that decide it, too."""
_COLUMNS = ("text", "title", "date", "place", "agency", "language")


@dataclass(frozen=True, slots=True)
class SquadSet:
    """What is to be indexed, and what is to be asked."""

    paragraphs: tuple[str, ...]
    """Canonical texts, each once."""
    cases: tuple[Case, ...]


def load(questions: Path, passages: Path | None = None) -> SquadSet:
    """The questions of one file over the paragraphs of `passages`, or of the same file.

    A case's fact is any of the answers that either file has for the question; of several places where the answer was
    marked, the first is to be cited. Titles are left out: XQuAD has the English ones in every language.
    Raises QuestionsError for a file that is no SQuAD file, for files that do not correspond, and for answers that do
    not stand in their paragraphs, all of them at once.
    """
    asked = read(questions)
    told = read(passages) if passages else asked
    texts = {context: canonical(context) for context in told.contexts}
    rows = {text: row for row, text in enumerate(dict.fromkeys(texts.values()), start=1)}
    cases: list[Case] = []
    problems: list[str] = []
    for question, there in zip(asked.questions, _counterparts(asked, told), strict=True):
        text = texts[there.context]
        case = _case(question, there, text, f"{FILE}#{rows[text]}")
        cases.append(case)
        if bool(question.answers) != bool(there.answers):
            problems.append(f"{question.place}: “{question.id}” has answers in only one of the two files")
        elif case.answerable and not case.cites:
            answer = one_line(there.answers[0].text)[:_SHOWN]
            problems.append(f"{there.place}: the answer “{answer}” to “{there.id}” does not stand in its paragraph")
    if problems:
        raise QuestionsError(problems[0], hint="" if problems[1:] else HOW, more=tuple(problems[1:]))
    return SquadSet(tuple(rows), tuple(cases))


def index_folder(paragraphs: Sequence[str], settings: Settings) -> Settings:
    """Settings whose corpus is `paragraphs` and whose index lies beside it, in the platform's cache folder.

    `ingest()` builds the index, once: the folder is named after what the index depends on, the paragraphs, the settings
    of the embedding and the code that splits and embeds. The vectors are kept there too, not on a Chroma server, so
    that removing the folder leaves nothing behind. Raises IndexUnusable if the folder cannot be written.
    """
    data = "".join(json.dumps({"text": text}) + "\n" for text in paragraphs)
    embedding = [getattr(settings, name) for name in _EMBEDDING]
    key = hashlib.sha256(
        json.dumps([SCHEMA_VERSION, embedding, _code()]).encode("ascii") + data.encode("ascii")
    ).hexdigest()[:24]
    folder = cache_folder() / "squad" / key
    corpus = folder / "corpus"
    try:
        corpus.mkdir(parents=True, exist_ok=True)
        if not (corpus / FILE).exists() or (corpus / FILE).read_text(encoding="ascii") != data:
            write_whole(corpus / FILE, data)
    except OSError as error:
        raise IndexUnusable(
            f"The paragraphs cannot be written to {corpus}: {error.strerror}", hint="Make room there, or let it write."
        ) from error
    columns: dict[str, Any] = {f"{name}_column": name for name in _COLUMNS}
    return replace(settings, corpus=str(corpus), index=str(folder / "index"), chroma="", shared_index="", **columns)


def _code() -> str:
    """Digest of the sources that decide how an article is split and embedded."""
    package = Path(__file__).parents[1]
    files = [*package.glob("ingestion/*.py"), *package.glob("index/*.py")]
    files += [package / f"{name}.py" for name in CODE]
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()


# Which question of the one file is which of the other


def _counterparts(asked: File, told: File) -> Sequence[Question]:
    """For each question the one with its id in the other file or, where ids differ, the one at its position."""
    by_id = {question.id: question for question in told.questions}
    unknown = [question for question in asked.questions if question.id not in by_id]
    if not unknown:
        return [by_id[question.id] for question in asked.questions]
    same_shape = [one.position for one in asked.questions] == [one.position for one in told.questions]
    if same_shape and all(by_id.get(one.id, one).position == one.position for one in asked.questions):
        return told.questions
    raise QuestionsError(
        f"{asked.path} and {told.path} do not correspond: {len(unknown)} of {len(asked.questions)} questions are"
        f" only in the first, such as “{unknown[0].id}”.",
        hint="Corresponding files have the same question ids, or as many questions in each paragraph, in one order.",
    )


def _case(question: Question, there: Question, text: str, article: str) -> Case:
    """A case of `question`, answered by the paragraph `text` as `there` says. Nothing to cite if no answer is found."""
    wordings = tuple(dict.fromkeys(words(answer.text) for answer in (*question.answers, *there.answers)))
    places = (_located(answer, there.context, text) for answer in there.answers)
    found = next((place for place in places if place), None)
    return Case(
        id=question.id,
        question=words(question.text),
        answer=wordings[0] if wordings else None,
        facts=(wordings,) if wordings else (),
        cites=(Expected(article, text[found[0] : found[1]], found[0], there.place),) if found else (),
        answerable=bool(question.answers),
        place=question.place,
    )


def _located(answer: Answer, context: str, text: str) -> tuple[int, int] | None:
    """Start and end of an answer in `text`, the canonical form of `context`, without white space at its edges.

    Where it does not stand at its `answer_start`, the occurrence nearest to that; then white space may differ.
    """
    raw = answer.text.lstrip()  # a blank cut off here may be the second half of a CRLF
    start = max(0, answer.start) + len(answer.text) - len(raw)
    quote = canonical(raw)
    at = len(canonical(context[:start])) + len(quote) - len(quote.lstrip())
    quote = quote.strip()
    if text.startswith(quote, at):
        return at, at + len(quote)
    matches = re.finditer(r"\s+".join(map(re.escape, quote.split())), text)
    return min((match.span() for match in matches), key=lambda span: abs(span[0] - at), default=None)
