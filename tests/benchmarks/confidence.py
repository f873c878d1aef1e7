"""How well the confidence tells questions that the corpus answers from those it does not.

    python tests/benchmarks/confidence.py --index DIR [--large DIR] [--fit]

German articles of XQuAD, each as corpora of one article: all five paragraphs, the first two, the third and fourth, the
last. Asked of each: its own questions in four languages (answerable), those of the article's other paragraphs (near),
some of other articles (far), and the questions of `near_misses.yaml` in six languages (written). With `--large`, the
index that `retrieval.py --index` made: unanswerable there means that the right paragraph (near) or every paragraph of
the right article (far) is taken out of the ranking.

`--fit` fits the constants of `qa_assistant/answering/confidence.py` on even articles; the figures are of odd ones.
Indexes are kept in DIR.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
import yaml
from corpora import DATA, needed
from numpy.typing import NDArray

from qa_assistant.answering.confidence import Evidence, confidence, evidence
from qa_assistant.answering.retrieval import retrieve
from qa_assistant.index.embedding import Embedder, open_embedder
from qa_assistant.index.index import Index
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.language import detect
from qa_assistant.records import Filters, Hit
from qa_assistant.settings import Settings

LANGUAGES = ("de", "en", "ru", "tr")
CORPORA = {"all": (0, 1, 2, 3, 4), "p01": (0, 1), "p23": (2, 3), "p4": (4,)}
FAR = (12, 7)
"""How many articles further on the far questions are taken from."""
KEPT = 0.95
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Asked:
    article: int
    paragraph: int
    number: int
    language: str
    text: str
    kind: str
    """`xquad`, or what `near_misses.yaml` says."""


@dataclass(frozen=True, slots=True)
class Row:
    """One question of one corpus; `group` is answerable, near or far, with `written` in front where it was."""

    corpus: str
    article: int
    language: str
    group: str
    found: Evidence

    @property
    def answerable(self) -> bool:
        return self.group.endswith("answerable")


class Remembering:
    """An embedder that embeds no text twice: all corpora are asked the same questions."""

    def __init__(self, inner: Embedder) -> None:
        self.name, self.dimension, self.count_tokens = inner.name, inner.dimension, inner.count_tokens
        self._inner = inner
        self._known: dict[tuple[str, str], Vectors] = {}

    def questions(self, texts: Sequence[str]) -> Vectors:
        return self._vectors("questions", texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._vectors("passages", texts)

    def _vectors(self, kind: str, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if (kind, text) not in self._known]
        if new:
            self._known |= zip(((kind, text) for text in new), getattr(self._inner, kind)(new), strict=True)
        return np.stack([self._known[kind, text] for text in texts])


def questions() -> list[Asked]:
    asked = [
        Asked(article, paragraph, number, language, question["question"], "xquad")
        for language in LANGUAGES
        for article, one in enumerate(articles(language))
        for paragraph, part in enumerate(one["paragraphs"])
        for number, question in enumerate(part["qas"])
    ]
    written = yaml.safe_load(Path(__file__).with_name("near_misses.yaml").read_text(encoding="utf-8"))
    return asked + [
        Asked(one["article"], one["paragraph"], 0, one["language"], one["question"], one["kind"]) for one in written
    ]


def articles(language: str) -> list[dict]:  # type: ignore[type-arg]
    found: list[dict] = json.loads(  # type: ignore[type-arg]
        needed(DATA / f"xquad-dev/xquad.{language}.json").read_text(encoding="utf-8")
    )["data"]
    return found


def group(asked: Asked, answerable: bool) -> str:
    if asked.kind == "xquad":
        return "answerable" if answerable else "near"
    return "written answerable" if answerable and asked.kind == "answered" else "written near"


def one_article(folder: Path, embedder: Embedder, asked: Sequence[Asked]) -> Iterator[Row]:
    texts = articles("de")
    for article, text in enumerate(texts):
        others = [(article + step) % len(texts) for step in FAR]
        far = [one for one in asked if one.kind == "xquad" and one.article in others and one.number == 0]
        own = [one for one in asked if one.article == article]
        for name, paragraphs in CORPORA.items():
            index = built(folder / f"{article}-{name}", [text["paragraphs"][at]["context"] for at in paragraphs])
            index.__dict__["embedder"] = embedder
            for one in own:
                yield Row(name, article, one.language, group(one, one.paragraph in paragraphs), ask(index, one)[0])
            for one in far:
                yield Row(name, article, one.language, "far", ask(index, one)[0])
            index.close()


def built(folder: Path, paragraphs: Sequence[str]) -> Index:
    """The index of one article with these paragraphs, as it was left in `folder` or made there."""
    settings = Settings(corpus=str(folder / "corpus"), index=str(folder / "index"))
    if not settings.index_path.exists():
        settings.corpus_path.mkdir(parents=True)
        text = "\n\n".join(paragraph.strip() for paragraph in paragraphs) + "\n"
        (settings.corpus_path / "a.txt").write_text(text, encoding="utf-8")
        ingest(settings)
    return Index.open(settings)


def ask(index: Index, one: Asked) -> tuple[Evidence, tuple[Hit, ...], float]:
    found = retrieve(index, one.text, detect(one.text, default="en"), 40, Filters())
    return evidence(one.text, found.hits, found.level), found.hits, found.level


def large(folder: Path, embedder: Embedder, asked: Sequence[Asked]) -> Iterator[Row]:
    index = Index.open(Settings(corpus=str(folder / "corpus"), index=str(folder / "index")))
    index.__dict__["embedder"] = embedder
    for one in asked:
        if one.kind == "xquad" and one.number > 1:
            continue
        found, hits, level = ask(index, one)
        yield Row("large", one.article, one.language, group(one, True), found)
        if one.kind == "xquad":
            for kind, path in (("near", f"squad-{one.article}-{one.paragraph}."), ("far", f"squad-{one.article}-")):
                left = [hit for hit in hits if not hit.article.path.startswith(path)]
                yield Row("large", one.article, one.language, kind, evidence(one.text, left, level))
    index.close()


def shares(rows: Iterable[Row]) -> str:
    """AUROC, the share of answerable questions kept and of each kind of unanswerable ones refused, at 0.5."""
    by_group: dict[str, list[float]] = {}
    for row in rows:
        by_group.setdefault(row.group, []).append(confidence(row.found))
    good = [value for name, values in by_group.items() if name.endswith("answerable") for value in values]
    bad = [value for name, values in by_group.items() if not name.endswith("answerable") for value in values]
    cells = [f"AUROC {auroc(good, bad):.3f}"]
    for name, values in sorted(by_group.items()):
        kept = np.mean(np.array(values) >= Settings().min_confidence)
        kept_or_refused = kept if name.endswith("answerable") else 1 - kept
        cells.append(f"{name} {'kept' if name.endswith('answerable') else 'refused'} {kept_or_refused:.3f}")
    return "  ".join(cells)


def auroc(good: Sequence[float], bad: Sequence[float]) -> float:
    """Probability that an answerable question has more confidence than an unanswerable one."""
    if not good or not bad:
        return float("nan")
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score([1] * len(good) + [0] * len(bad), [*good, *bad]))


def fit(rows: Sequence[Row]) -> None:
    """Prints the constants that fit these rows, with the intercept at which 0.5 keeps `KEPT` of the answerable ones.

    Each group weighs as much as any other of its kind, answerable or not.
    """
    from sklearn.linear_model import LogisticRegression

    values = np.array([astuple(row.found) for row in rows], float)
    answerable = np.array([row.answerable for row in rows])
    names = np.array([f"{row.corpus == 'large'} {row.group}" for row in rows])
    weights = np.zeros(len(rows))
    for name in set(names):
        same = names == name
        weights[same] = len(rows) / same.sum() / len(set(names[answerable == answerable[same][0]]))
    spread = values.std(axis=0)
    model = LogisticRegression(max_iter=5_000).fit(values / spread, answerable, sample_weight=weights)
    constants = model.coef_[0] / spread
    scores = values @ constants
    order = np.argsort(scores[answerable])
    cumulated = np.cumsum(weights[answerable][order])
    least = scores[answerable][order][np.searchsorted(cumulated, (1 - KEPT) * cumulated[-1])]
    for field, constant in zip(fields(Evidence), constants, strict=True):
        print(f"{field.name} {constant:.2f}")
    print(f"intercept {-least:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--large", type=Path)
    parser.add_argument("--fit", action="store_true")
    args = parser.parse_args()
    embedder, asked = Remembering(open_embedder(Settings())), questions()
    rows = list(one_article(args.index, embedder, asked))
    if args.large:
        rows += large(args.large, embedder, asked)
    if args.fit:
        fit([row for row in rows if row.article % 2 == 0])
    for size in ("one article", "large"):
        odd = [row for row in rows if row.article % 2 and (row.corpus == "large") == (size == "large")]
        for language in (*LANGUAGES, "az", "fr"):
            print(f"{size:<12} {language}  {shares(row for row in odd if row.language == language)}")
        print(f"{size:<12} all {shares(odd)}")


if __name__ == "__main__":
    main()
