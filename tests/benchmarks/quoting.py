"""Which sentences are quoted without a language model: of the right article, and the one that has the answer?

    python tests/benchmarks/quoting.py --index DIR [--lower] [--politely]

Over the corpora of five to eleven articles in four languages that `answerability.py` makes and keeps in DIR: XQuAD's
questions that they answer, those that ask only about a name which one article has (“Who is Takei?”), about two of its
names, and about an English word drawn from what only one article says in English (“what is said about energy?”; many
such words say little). `--lower` asks all of them in small letters, `--politely` as in “Could you please
tell me …”. Figures are given by whether question and article
are in one language, for articles with even numbers, on which the rule of `qa_assistant/answering/focus.py` was chosen,
and odd ones: share of answers whose first sentence is of the right article, of sentences that are, of answers that
start with the sentence that has XQuAD's answer, and that quote it, sentences an answer, and share of the questions that
are answered at all.
"""

from __future__ import annotations

import argparse
import os
import random
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from answerability import Remembering, built
from answerability_questions import articles
from several_articles import Collection, collections

from qa_assistant.answering.asking import says
from qa_assistant.answering.focus import NAMED
from qa_assistant.answering.phrasing import plain
from qa_assistant.answering.retrieval import retrieve
from qa_assistant.answering.word_matching import sounds_alike
from qa_assistant.answering.writing import chosen_quotes
from qa_assistant.index.embedding import open_embedder
from qa_assistant.index.words import Word, fold, words_of
from qa_assistant.language import detect
from qa_assistant.records import Filters
from qa_assistant.settings import Settings

ABOUT_A_NAME = (
    "Who is {}?", "What about {}?", "What did {} say?", "Wer ist {}?", "Was ist mit {}?", "Qui est {} ?",
    "{} kimdir?", "Кто такой {}?",
)  # fmt: skip
ABOUT_TWO = "What did {} and {} discuss?", "Worüber sprachen {} und {}?"
POLITELY = {
    "en": "Could you please tell me {}", "de": "Können Sie mir bitte sagen, {}", "ru": "Скажите, пожалуйста, {}",
    "tr": "Lütfen söyler misiniz, {}", "fr": "Pourriez-vous me dire {}",
}  # fmt: skip
ABOUT_A_TOPIC = "what about {}?", "what is said about {}?", "what does the article say about {}?"
NAMES, FORMS, TOPICS = 3, 3, 4
"""Names of an article, ways to ask about each, and topics of an article."""
KINDS = "name", "two names", "topic", "xquad"

_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{4,}")
_TOPIC = re.compile(r"(?<=[a-z,] )[a-z]{5,}")


@dataclass(frozen=True, slots=True)
class Case:
    kind: str
    question: str
    article: int
    """The right one's place in the corpus."""
    language: str
    answer_start: int | None = None
    """Where the answer stands in it, where that is known."""


@dataclass(frozen=True, slots=True)
class Outcome:
    kind: str
    half: int
    same_language: bool
    first: bool
    share: float
    answer: bool | None
    starts: bool | None
    sentences: int
    confident: bool


def name_cases(corpus: Collection) -> Iterator[Case]:
    """Of names that the English and the Turkish paragraph write alike and only one article of the corpus has."""
    drawn, texts = random.Random(f"{corpus.name} names"), corpus.texts()
    for place, ((article, paragraph), language) in enumerate(corpus.inside().items()):
        english, turkish = (articles(one)[article]["paragraphs"][paragraph]["context"] for one in ("en", "tr"))
        both = sorted(set(_NAME.findall(english)) & set(re.findall(r"\w+", turkish)))
        own = [name for name in both if [at for at, text in enumerate(texts) if has(text, name)] == [place]]
        for name in drawn.sample(own, min(NAMES, len(own))):
            for form in drawn.sample(ABOUT_A_NAME, FORMS):
                yield Case("name", form.format(name), place, language)
        if len(own) > 1:
            for form in ABOUT_TWO:
                yield Case("two names", form.format(*drawn.sample(own, 2)), place, language)


def topic_cases(corpus: Collection) -> Iterator[Case]:
    """Of words, not names, that only one article of the corpus has in its English paragraph, whatever it is in."""
    drawn, inside = random.Random(f"{corpus.name} topics"), list(corpus.inside().items())
    english = [articles("en")[article]["paragraphs"][paragraph]["context"] for (article, paragraph), _ in inside]
    words = [{word.folded for word in words_of(text)} for text in english]
    for place, (_, language) in enumerate(inside):
        telling = {word.written for word in words_of(" ".join(_TOPIC.findall(english[place]))) if says(word)}
        own = sorted(word for word in telling if [at for at, one in enumerate(words) if word in one] == [place])
        for topic in drawn.sample(own, min(TOPICS, len(own))):
            yield Case("topic", drawn.choice(ABOUT_A_TOPIC).format(topic), place, language)


def has(text: str, name: str) -> bool:
    vocabulary = sorted({word.folded for word in words_of(text)})
    return bool(sounds_alike([Word(name, fold(name))], vocabulary).max(initial=0) > NAMED)


def xquad_cases(corpus: Collection) -> Iterator[Case]:
    inside, texts = list(corpus.inside().items()), corpus.texts()
    places = [place for place, _ in inside]
    for asked, group in corpus.asked():
        if group == "answerable":
            at = places.index((asked.article, asked.paragraph))
            language = inside[at][1]
            paragraph = articles(language)[asked.article]["paragraphs"][asked.paragraph]
            answer = paragraph["qas"][asked.number]["answers"][0]
            start = texts[at].find(paragraph["context"][: answer["answer_start"] + 1])
            found = start + answer["answer_start"] if start >= 0 else None
            yield Case("xquad", asked.text, at, language, found)


def put(question: str, language: str | None, args: argparse.Namespace) -> str:
    """`question` as it is asked."""
    question = question.lower() if args.lower else question
    if args.politely:
        return POLITELY.get(language or "en", POLITELY["en"]).format(question[0].lower() + question[1:])
    return question


def outcomes(folder: Path, corpus: Collection, args: argparse.Namespace) -> list[Outcome]:
    index = built(folder / corpus.name, corpus.texts(), Remembering(open_embedder(Settings())))
    done = []
    for case in (*name_cases(corpus), *topic_cases(corpus), *xquad_cases(corpus)):
        language = detect(case.question, default="en")
        put_so = put(case.question, language, args)
        question = plain(put_so)
        found = retrieve(index, question, detect(put_so, default="en"), Settings().top_k, Filters())
        quotes = chosen_quotes(index.embedder, found, question)
        right = [quote for quote in quotes if quote.hit.article.path == f"{case.article}.txt"]
        start = case.answer_start
        holding = [one for one in right if start is not None and one.span.start <= start < one.span.end]
        answered, starts = (None, None) if start is None else (bool(holding), quotes[0] in holding)
        share, confident = len(right) / len(quotes), found.confidence >= Settings().min_confidence
        first, same = quotes[0] in right, language == case.language
        done.append(Outcome(case.kind, corpus.half, same, first, share, answered, starts, len(quotes), confident))
    index.close()
    return done


def report(done: list[Outcome]) -> None:
    print("questions  articles  language  asked   first   share  starts  answer  sentences  answered")
    for kind in KINDS:
        for half, numbers in enumerate(("even", "odd")):
            for same, language in ((True, "same"), (False, "other")):
                rows = [one for one in done if (one.kind, one.half, one.same_language) == (kind, half, same)]
                first, share = (np.mean([getattr(one, name) for one in rows]) for name in ("first", "share"))
                found = [one.answer for one in rows if one.answer is not None]
                starts = [one.starts for one in rows if one.starts is not None]
                answer = f"{np.mean(starts):.3f}  {np.mean(found):.3f}" if found else "–"
                print(
                    f"{kind:9}  {numbers:8}  {language:8} {len(rows):6}  {first:6.3f}  {share:6.3f}  {answer:>12}",
                    end="",
                )
                sentences, confident = (
                    np.mean([getattr(one, name) for one in rows]) for name in ("sentences", "confident")
                )
                print(f"  {sentences:9.2f}  {confident:8.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", required=True, type=Path, help="folder for the indexes, kept from run to run")
    parser.add_argument("--lower", action="store_true", help="ask in small letters")
    parser.add_argument("--politely", action="store_true", help="ask as in “Could you please tell me …”")
    args = parser.parse_args()
    done: list[Outcome] = []
    with ProcessPoolExecutor(os.cpu_count(), get_context("forkserver")) as pool:
        for part in [pool.submit(outcomes, args.index, corpus, args) for corpus in collections()]:
            done += part.result()
    report(done)


if __name__ == "__main__":
    main()
