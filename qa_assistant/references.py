"""How an article and a quote of it are named on one line, and how a doubtful sentence is marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa_assistant.display import one_line
from qa_assistant.records import AnswerSentence, Article, Citation

DOUBTED = "[?]"
"""Behind a sentence of an answer that no passage bears, wherever it is shown."""

UNFINISHED = "it was not finished, and so not checked"

MACHINE_TRANSLATION = "Machine translation"
"""What every translation is marked with, wherever it is shown."""

_MARKS = re.compile(r" ?\[\d{1,3}\]")  # [2022] is a year
_ITEM = re.compile(r"^[-*+] ")


def without_marks(text: str) -> str:
    """An answer's text without its citation marks: `They met. [1][2]` is `They met.`"""
    return _MARKS.sub("", text)


def located(text: str, sentences: Sequence[AnswerSentence]) -> Iterator[tuple[int, AnswerSentence]]:
    """Where in an answer's text each of its sentences ends, in order; one that is not there is left out."""
    done = 0
    for sentence in sentences:
        at = text.find(sentence.text, done)
        if at >= 0:
            done = at + len(sentence.text)
            yield done, sentence


def with_doubts(text: str, sentences: Sequence[AnswerSentence]) -> str:
    """An answer's text with a mark behind each sentence that no passage bears."""
    out, done = "", 0
    for end, sentence in located(text, sentences):
        out += text[done:end] + ("" if sentence.support == "supported" else f" {DOUBTED}")
        done = end
    return out + text[done:]


def doubts(sentences: Sequence[AnswerSentence]) -> list[str]:
    """For each sentence that no passage bears a line that says why."""
    return [
        f"{DOUBTED} “{_ITEM.sub('', one_line(sentence.text))}”: {'; '.join(map(one_line, sentence.reasons))}"
        for sentence in sentences
        if sentence.support != "supported"
    ]


def unfinished(text: str, sentences: Sequence[AnswerSentence]) -> list[AnswerSentence]:
    """What stands behind the last checked sentence of an answer that broke off: nobody looked whether it is borne."""
    rest = text[max((end for end, _ in located(text, sentences)), default=0) :].strip()
    return [AnswerSentence(rest, (), "unsupported", (UNFINISHED,))] if any(map(str.isalnum, rest)) else []


def describe(article: Article) -> str:
    """Date, place, agency, title and path, as far as they are known."""
    known = article.metadata
    parts = (known.date, known.place, known.agency, known.title, article.path)
    return " · ".join(one_line(part) for part in parts if part)


def heading(article: Article) -> tuple[str, str]:
    """An article's name, and on a second line what else is known: its title if it has one, else when and where."""
    known = article.metadata
    about = " · ".join(one_line(part) for part in (known.date, known.place, known.agency, known.language) if part)
    path = one_line(article.path)
    if known.title:
        return one_line(known.title), f"{about} · {path}" if about else path
    return (about, path) if about else (path, "")


def source(citation: Citation) -> str:
    """Where a quote is from, to the line."""
    return f"{describe(citation.article)}:{citation.line}"


def quoted(citation: Citation) -> str:
    """A quote with its reference, as one pastes it into a text of one's own."""
    return f"“{one_line(citation.quote)}” ({source(citation)})"


def with_references(text: str, citations: Sequence[Citation]) -> str:
    """An answer's text, and beneath it where each of its citations is from."""
    lines = [f"[{one.number}] {source(one)}" for one in citations]
    return "\n".join([text, "", *lines]) if lines else text
