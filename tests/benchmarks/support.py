"""How well the checks tell what a passage bears from what it does not.

    python tests/benchmarks/support.py --index DIR [--most N] [--fit]

DIR is the index that `retrieval.py --index DIR` made of the German paragraphs of XQuAD among newspaper articles. A true
claim is a question and its answer, `QUESTION: ANSWER` without the question mark, in German, English, Russian or
Turkish, against the right German paragraph. A false one is the same with

    answer, same passage     the answer replaced by another of its type (number, name, other) of the same paragraph
    answer, other passage    the same from another article
    number                   one digit of a number or date changed, wherever in the claim
    name                     a name, wherever in the claim, replaced by one that the answers of another article give
    name, same passage       the same from the same paragraph
    negation                 the question's verb denied: „nicht“, "not", «не», -ma-/-me-

The checks are told the question as the claim has it, false premise included. Printed are, for odd articles, the AUROC
and, at the threshold that keeps 95 % of the true claims of that language, the share of false ones that is caught: for
the cosine of claim and nearest sentence alone, and for the project; the last column is at the project's own threshold.
`--fit` fits the constants of `qa_assistant/answering/checks.py` on even articles. `--show KIND` prints false claims
that got through. Vectors are kept in DIR.
"""

from __future__ import annotations

import argparse
import pickle
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from answerability import Remembering, articles
from numpy.typing import NDArray

from qa_assistant.answering.checks import Candidate, Checker
from qa_assistant.answering.claim_words import claim_words
from qa_assistant.answering.values import values
from qa_assistant.index.embedding import Embedder
from qa_assistant.index.index import Index
from qa_assistant.index.words import fold
from qa_assistant.records import Hit
from qa_assistant.settings import Settings

LANGUAGES = ("de", "en", "ru", "tr")
KEPT = 0.95
SEED = 5
Vectors = NDArray[np.float32]
KINDS = (
    "answer, same passage", "answer, other passage", "number", "name", "name, same passage", "negation",
)  # fmt: skip
_NAME = re.compile(r"(?<=[\w,] )[A-ZÄÖÜÇĞİÖŞА-ЯЁ][\w'’-]+(?: [A-ZÄÖÜÇĞİÖŞА-ЯЁ][\w'’-]+)*")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its answer in one language; `kind` is the answer's: number, name or other."""

    article: int
    paragraph: int
    language: str
    question: str
    answer: str
    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class Row:
    """A claim: true if `corruption` is empty."""

    asked: Asked
    corruption: str
    question: str
    answer: str
    of_type: frozenset[str] = frozenset()
    """The corruptions that this true claim has a counterpart in."""

    @property
    def text(self) -> str:
        return f"{self.question}: {self.answer}"


class Kept(Remembering):
    """Keeps what it embedded in a file, so that a second run takes minutes."""

    def __init__(self, inner: Embedder, file: Path) -> None:
        super().__init__(inner)
        self._file = file
        if file.exists():
            self._known = pickle.loads(file.read_bytes())

    def save(self) -> None:
        self._file.write_bytes(pickle.dumps(self._known))


def questions() -> list[Asked]:
    english = articles("en")
    return [
        Asked(
            article,
            paragraph,
            language,
            question["question"].strip(" ?"),
            answer_of(question),
            kind_of(original),
            number,
        )
        for language in LANGUAGES
        for article, one in enumerate(articles(language))
        for paragraph, part in enumerate(one["paragraphs"])
        for number, (question, original) in enumerate(
            zip(part["qas"], english[article]["paragraphs"][paragraph]["qas"], strict=True)
        )
    ]


def answer_of(question: dict) -> str:  # type: ignore[type-arg]
    return str(question["answers"][0]["text"]).strip()


def kind_of(original: dict) -> str:  # type: ignore[type-arg]
    answer = answer_of(original)
    if len(values(answer, "en")):
        return "number"
    return "name" if re.search(r"\b[A-Z]", answer) else "other"


def claims(asked: Sequence[Asked], most: int) -> list[Row]:
    """True claims of `most` questions a paragraph, and one false one of each kind that can be made of each.

    The same ones at every run.
    """
    rows: list[Row] = []
    for one in asked:
        if one.number >= most:
            continue
        chance = random.Random(f"{SEED} {one.article} {one.paragraph} {one.number} {one.language}")
        false = [row for make in MAKERS if (row := make(one, asked, chance))]
        rows.append(Row(one, "", one.question, one.answer, frozenset(row.corruption for row in false)))
        rows += false
    return rows


def another_answer(one: Asked, asked: Sequence[Asked], chance: random.Random, *, same: bool) -> str | None:
    """An answer of the same type of the same paragraph, or of another article."""
    found = [
        other.answer
        for other in asked
        if other.language == one.language and other.kind == one.kind and differ(other.answer, one.answer)
        if (other.article, other.paragraph) == (one.article, one.paragraph) or not same
        if same or other.article != one.article
    ]
    return chance.choice(found) if found else None


def differ(left: str, right: str) -> bool:
    """Whether neither answer is part of the other."""
    a, b = fold(left), fold(right)
    return a not in b and b not in a


def answer_replaced(one: Asked, asked: Sequence[Asked], chance: random.Random, *, same: bool) -> Row | None:
    answer = another_answer(one, asked, chance, same=same)
    return Row(one, f"answer, {'same' if same else 'other'} passage", one.question, answer) if answer else None


def number_changed(one: Asked, asked: Sequence[Asked], chance: random.Random) -> Row | None:
    text = f"{one.question}\n{one.answer}"
    found = [value for value in values(text, one.language) if re.search(r"\d", text[value.start : value.end])]
    if not found:
        return None
    value = chance.choice(found)
    digits = [at for at in range(value.start, value.end) if text[at].isdecimal()]
    at = chance.choice(digits[-2:] if len(digits) > 2 else digits)
    low = 1 if at == digits[0] else 0
    digit = chance.choice([str(n) for n in range(low, 10) if str(n) != text[at]])
    question, _, answer = (text[:at] + digit + text[at + 1 :]).partition("\n")
    return Row(one, "number", question, answer)


def name_changed(one: Asked, asked: Sequence[Asked], chance: random.Random, *, same: bool) -> Row | None:
    text = f"{one.question}\n{one.answer}"
    found = [match.span() for match in _NAME.finditer(text)] if one.language != "de" else []
    if one.kind == "name":
        found.append((len(one.question) + 1, len(text)))
    if not found:
        return None
    start, end = chance.choice(found)
    others = [
        other.answer
        for other in asked
        if other.language == one.language and other.kind == "name" and len(other.answer.split()) <= 3
        if differ(other.answer, text[start:end]) and re.match(r"[A-ZÄÖÜÇĞİÖŞА-ЯЁ]", other.answer)
        if ((other.article, other.paragraph) == (one.article, one.paragraph) if same else other.article != one.article)
    ]
    if not others:
        return None
    question, _, answer = (text[:start] + chance.choice(others) + text[end:]).partition("\n")
    return Row(one, "name, same passage" if same else "name", question, answer)


_AUXILIARY = re.compile(r"\b(did|was|is|are|were|has|have|had|do|does|can|could|would|will|must|should)\b")
_RUSSIAN_VERB = re.compile(r"\b(?=\w{4})\w+(?:[лтш]ся|ется|ются|л|ла|ло|ли|ет|ют|ут|ит|ят|ат)\b")
_TURKISH_VERB = re.compile(r"(?<=\w\w)(?P<tail>m[ıiuü]ş(?:t[ıiuü]r)?|[dt][ıiuü](?:lar|ler)?)$")


def negated(one: Asked, asked: Sequence[Asked], chance: random.Random) -> Row | None:
    question = DENY[one.language](one.question)
    return Row(one, "negation", question, one.answer) if question else None


def deny_english(question: str) -> str | None:
    denied, count = _AUXILIARY.subn(r"\1 not", question, count=1)
    return denied if count else None


def deny_german(question: str) -> str | None:
    head, _, last = question.rpartition(" ")
    return f"{head} nicht {last}" if head else None


def deny_russian(question: str) -> str | None:
    denied, count = _RUSSIAN_VERB.subn(r"не \g<0>", question, count=1)
    return denied if count else None


def deny_turkish(question: str) -> str | None:
    match = _TURKISH_VERB.search(question)
    if not match:
        return None
    stem, tail = question[: match.start()], match["tail"]
    vowels = [char for char in stem if char in "aeıioöuü"]
    back = bool(vowels) and vowels[-1] in "aıou"
    tail = tail.replace("t", "d", 1) if tail.startswith("t") else tail
    tail = re.sub("[ıiuü]", "ı" if back else "i", tail)
    return stem + ("ma" if back else "me") + tail


DENY: dict[str, Callable[[str], str | None]] = {
    "de": deny_german, "en": deny_english, "ru": deny_russian, "tr": deny_turkish,
}  # fmt: skip
MAKERS: tuple[Callable[[Asked, Sequence[Asked], random.Random], Row | None], ...] = (
    lambda one, asked, chance: answer_replaced(one, asked, chance, same=True),
    lambda one, asked, chance: answer_replaced(one, asked, chance, same=False),
    number_changed,
    lambda one, asked, chance: name_changed(one, asked, chance, same=False),
    lambda one, asked, chance: name_changed(one, asked, chance, same=True),
    negated,
)


class Paragraphs:
    """The German paragraphs as retrieval would hand them on."""

    def __init__(self, index: Index) -> None:
        self._index = index
        by_path = {article.path: article for article in index.catalog.articles()}
        articles = {article.id: article for article in by_path.values()}
        rows: dict[str, list[int]] = {}
        for row, key in index.catalog.keys():  # noqa: SIM118 - no mapping
            rows.setdefault(articles[key.rpartition(":")[0]].path, []).append(row)
        self._rows, self._articles = rows, articles

    def hits(self, article: int, paragraph: int) -> tuple[list[Hit], dict[str, Vectors]]:
        rows = self._rows[f"squad-{article}-{paragraph}.txt"]
        found = self._index.catalog.passages(rows, dict(self._articles))
        hits = [
            Hit(item.passage, self._articles[item.passage.article_id], 1.0, 1.0, (), 0.0, 0.0)
            for item in found.values()
        ]
        return hits, {item.passage.key: item.sentence_vectors for item in found.values()}


def words_to_embed(rows: Sequence[Row], embedder: Kept) -> list[str]:
    """The words of all claims, at once because that is faster; checks would embed those of each claim."""
    return [
        one.word.written
        for row in rows
        for one in claim_words(row.text, row.asked.language, "", lambda word: embedder.count_tokens(word) <= 3)
    ]


def checked(index: Index, rows: Sequence[Row]) -> Iterator[list[Candidate]]:
    paragraphs = Paragraphs(index)
    for row in rows:
        hits, vectors = paragraphs.hits(row.asked.article, row.asked.paragraph)
        yield Checker.of(index, hits, vectors, row.question, row.asked.language).candidates(row.text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--most", type=int, default=99, help="questions a paragraph")
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--dump", type=Path)
    args = parser.parse_args()
    index = Index.open(Settings(corpus=str(args.index / "corpus"), index=str(args.index / "index")))
    embedder = Kept(index.embedder, args.index / "support-vectors.pickle")
    index.__dict__["embedder"] = embedder
    rows = claims(questions(), args.most)
    started = time.perf_counter()
    embedder.passages([row.text for row in rows])
    embedder.questions(words_to_embed(rows, embedder))
    embedder.save()
    found = list(checked(index, rows))
    embedder.save()
    print(f"{len(rows)} claims, {time.perf_counter() - started:.0f} s")
    if args.dump:
        args.dump.write_bytes(pickle.dumps((rows, found)))


if __name__ == "__main__":
    main()
