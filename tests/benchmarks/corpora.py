"""The measuring data beside the project, as articles. Nothing of it is part of the project."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from qa_assistant.records import Article, Metadata

DATA = Path(__file__).parents[3] / "shared/data"
NEWS = DATA / "german-news/articles.csv"


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the paragraph that answers it; `article` numbers the SQuAD file's articles from 0."""

    text: str
    article: int
    paragraph: str
    answer: str
    answer_start: int


def needed(path: Path) -> Path:
    """`path`, or the end of the program with a clear message if it is missing."""
    if not path.is_file():
        sys.exit(f"{path} is missing: this benchmark needs the measuring data beside the project.")
    return path


def news(path: Path = NEWS, most: int | None = None) -> list[Article]:
    """The newspaper articles of 10kGNAD's CSV: `Category;'text'` a line, without a header."""
    lines = needed(path).read_text(encoding="utf-8").splitlines()[:most]
    texts = [line.partition(";")[2].strip().strip("'") for line in lines]
    return [article(f"news-{number}", text, "de") for number, text in enumerate(texts) if text]


def squad(questions: Path, passages: Path, language: str) -> tuple[list[Article], list[Question]]:
    """The paragraphs of one SQuAD file as articles, and the questions of the corresponding one."""
    asked = json.loads(needed(questions).read_text(encoding="utf-8"))["data"]
    said = json.loads(needed(passages).read_text(encoding="utf-8"))["data"]
    articles: list[Article] = []
    found: list[Question] = []
    for number, (ours, theirs) in enumerate(zip(said, asked, strict=True)):
        for part, (paragraph, other) in enumerate(zip(ours["paragraphs"], theirs["paragraphs"], strict=True)):
            one = article(f"squad-{number}-{part}", paragraph["context"], language)
            articles.append(one)
            for question, original in zip(other["qas"], paragraph["qas"], strict=True):
                answer = original["answers"][0]
                found.append(Question(question["question"], number, one.path, answer["text"], answer["answer_start"]))
    return articles, found


def article(path: str, text: str, language: str) -> Article:
    return Article(hashlib.sha256(f"{path}\n{text}".encode()).hexdigest()[:16], path, text, Metadata(language=language))
