"""Claims about the paragraphs of XQuAD: true ones, and false ones made of them; the same at every run.

A true claim is a question and its answer, `QUESTION: ANSWER` without the question mark. A false one is the same with

    answer, same passage     the answer replaced by another of its type (number, name, other) of the same paragraph
    answer, other passage    the same from another article
    number                   one digit of a number or date changed, wherever in the claim
    name                     a name, wherever in the claim, replaced by one that the answers of another article give
    name, same passage       the same from the same paragraph
    negation                 the question's verb denied: „nicht“, "not", «не», -ma-/-me-

Nobody looked at each of them: a few are true by chance (another answer that is right too).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from answerability_questions import articles

from qa_assistant.answering.numbers.values import values
from qa_assistant.index.words import fold

LANGUAGES = ("de", "en", "ru", "tr")
SEED = 5
KINDS = (
    "answer, same passage", "answer, other passage", "number", "name", "name, same passage", "negation",
)  # fmt: skip
_NAME = re.compile(r"(?<=[\w,] )[A-ZÄÖÜÇĞİÖŞА-ЯЁ][\w'’-]+(?: [A-ZÄÖÜÇĞİÖŞА-ЯЁ][\w'’-]+)*")
_NUMBER = re.compile(r"(?<!\w)\d(?:[\d.,]*\d)?")


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

    @property
    def text(self) -> str:
        return f"{self.question}: {self.answer}"


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
        rows.append(Row(one, "", one.question, one.answer))
        rows += [row for make in MAKERS if (row := make(one, asked, chance))]
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
    found = list(_NUMBER.finditer(text))
    if not found:
        return None
    number = chance.choice(found)
    digits = [at for at in range(*number.span()) if text[at].isdecimal()]
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
