"""Does the corpus answer at all? How well the confidence tells questions that it answers from those it does not.

    python tests/benchmarks/answerability.py --index DIR [--large DIR] [--fit]

German articles of XQuAD, each as corpora of one article: all five paragraphs, the first two, the third and fourth, the
last. Asked of each: its own questions in four languages (answerable), those of the article's other paragraphs (near),
some of other articles (far), and the questions of `near_misses.yaml` in six languages (written). With `--large`, the
index that `retrieval.py --index` made: unanswerable there means that every paragraph of the right article (far), or
only the right paragraph (near), is taken out of the ranking.

`--fit` fits the weights of `qa_assistant/answering/confidence.py` on even articles; all figures are of odd ones: AUROC
(for `large` of answerable and far), shares kept and refused at the default `min_confidence`, then how well calibrated
the confidence is with both kinds equally frequent. Indexes are kept in DIR.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from corpora import DATA, needed
from numpy.typing import NDArray

from qa_assistant.answering.confidence import WEIGHTS, Weights, confidence
from qa_assistant.answering.evidence import Evidence, gather
from qa_assistant.answering.retrieval import Retrieval, retrieve
from qa_assistant.index.embedding import Embedder, open_embedder
from qa_assistant.index.index import Index
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.language import detect
from qa_assistant.records import Filters
from qa_assistant.settings import Settings

LANGUAGES = ("de", "en", "ru", "tr")
CORPORA = {"all": (0, 1, 2, 3, 4), "p01": (0, 1), "p23": (2, 3), "p4": (4,)}
FAR = (12, 7)
"""How many articles further on the far questions are taken from."""
KEPT = {False: 0.97, True: 0.95}
"""Share of the answerable questions of even articles that 0.5 keeps, where there are few articles and many. Of odd ones
that is 0.95 in both cases: with one article the fit is closer to the articles it saw."""
LARGE_NEAR = 0.3
"""Weight of the near questions of the large corpus in the fit: its point is to tell its subjects apart."""
AGAINST = {"level", "centred", "topical", "missing_year"}
"""Evidence against an answer; all other is for one."""
BINS = 10
FAR_KINDS = ("xquad", "answered")
"""Of these kinds: only `answered` is also in Azerbaijani and French."""
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
    kind: str
    found: Evidence

    @property
    def answerable(self) -> bool:
        return self.group.endswith("answerable")


class Remembering:
    """An embedder that embeds no text twice: all corpora are asked the same questions."""

    def __init__(self, inner: Embedder) -> None:
        self.name, self.dimension, self.count_tokens = inner.name, inner.dimension, inner.count_tokens
        self.tokens = inner.tokens
        self._inner = inner
        self._known: dict[tuple[str, str], Vectors] = {}

    def questions(self, texts: Sequence[str]) -> Vectors:
        return self._vectors("questions", texts)

    words = questions

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
    return (
        "written answerable" if asked.kind == "vague" or (answerable and asked.kind == "answered") else "written near"
    )


def chosen(asked: Asked, corpus: int) -> bool:
    """Two of the four languages of each question in each corpus, in turn; all of the whole article."""
    turn = LANGUAGES.index(asked.language) + asked.number + asked.paragraph + corpus if asked.kind == "xquad" else 0
    return corpus == 0 or turn % 2 == 0


def one_article(folder: Path, embedder: Embedder, asked: Sequence[Asked]) -> Iterator[Row]:
    texts = articles("de")
    for article, text in enumerate(texts):
        others = [(article + step) % len(texts) for step in FAR]
        far = [one for one in asked if one.kind in FAR_KINDS and one.article in others and one.number == 0]
        own = [one for one in asked if one.article == article]
        for number, (name, paragraphs) in enumerate(CORPORA.items()):
            index = built(folder / f"{article}-{name}", [text["paragraphs"][at]["context"] for at in paragraphs])
            index.__dict__["embedder"] = embedder
            for one in (one for one in own if chosen(one, number)):
                kind = group(one, one.paragraph in paragraphs)
                yield Row(name, article, one.language, kind, one.kind, ask(index, one)[1])
            for one in (one for one in far if chosen(one, number)):
                yield Row(name, article, one.language, "far", one.kind, ask(index, one)[1])
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


def ask(index: Index, one: Asked) -> tuple[Retrieval, Evidence]:
    found = retrieve(index, one.text, detect(one.text, default="en"), 40, Filters())
    return found, gather(index, found.asked, found.hits, found.sentence_vectors)


def large(folder: Path, embedder: Embedder, asked: Sequence[Asked]) -> Iterator[Row]:
    index = Index.open(Settings(corpus=str(folder / "corpus"), index=str(folder / "index")))
    index.__dict__["embedder"] = embedder
    for one in (one for one in asked if one.kind == "xquad"):
        found, evidence = ask(index, one)
        yield Row("large", one.article, one.language, "answerable", one.kind, evidence)
        for kind, path in (("near", f"squad-{one.article}-{one.paragraph}."), ("far", f"squad-{one.article}-")):
            left = [hit for hit in found.hits if not hit.article.path.startswith(path)]
            evidence = gather(index, found.asked, left, found.sentence_vectors)
            yield Row("large", one.article, one.language, kind, one.kind, evidence)
    index.close()


def shares(rows: Iterable[Row]) -> str:
    """AUROC, the share of answerable questions kept and of each kind of unanswerable ones refused, at the default."""
    by_group: dict[str, list[float]] = {}
    for row in rows:
        by_group.setdefault(row.group, []).append(confidence(row.found))
    against = [name for name in by_group if not name.endswith("answerable")]
    if all(row.corpus == "large" for row in rows):
        against = ["far"]
    good = [value for name, values in by_group.items() if name.endswith("answerable") for value in values]
    cells = [f"AUROC {auroc(good, [value for name in against for value in by_group.get(name, [])]):.3f}"]
    for name, values in sorted(by_group.items()):
        kept = np.mean(np.array(values) >= Settings().min_confidence)
        does = ("kept", kept) if name.endswith("answerable") else ("refused", 1 - kept)
        cells.append(f"{name} {does[0]} {does[1]:.3f}")
    return "  ".join(cells)


def auroc(good: Sequence[float], bad: Sequence[float]) -> float:
    """Probability that an answerable question has more confidence than an unanswerable one."""
    if not good or not bad:
        return float("nan")
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score([1] * len(good) + [0] * len(bad), [*good, *bad]))


def group_weights(rows: Sequence[Row]) -> Vectors:
    """Each group weighs as much as any other of its kind, answerable or not, and both kinds the same; shape `(n,)`."""
    names = np.array([row.group for row in rows])
    answerable = np.array([row.answerable for row in rows])
    weights = np.zeros(len(rows))
    for name in set(names):
        same = names == name
        kinds = len(set(names[answerable == answerable[same][0]]))
        rare = LARGE_NEAR if name == "near" and rows[0].corpus == "large" else 1.0
        weights[same] = rare * len(rows) / same.sum() / kinds / 2
    return np.asarray(weights, np.float32)


def fit(rows: Sequence[Row]) -> None:
    """Prints the weights that fit these rows, with the constant at which 0.5 keeps `KEPT` of the answerable ones."""
    for same, many in WEIGHTS:
        part = [
            row for row in rows if (row.found.same_language, row.found.many) == (same, many) and not row.found.vague
        ]
        answerable, weights = np.array([row.answerable for row in part]), group_weights(part)
        fitted = signed(part, answerable, weights, set() if many else {"lead"})
        scores = np.array([sum(by * getattr(row.found, name) for name, by in fitted.items()) for row in part])
        order = np.argsort(scores[answerable])
        cumulated = np.cumsum(weights[answerable][order])
        least = scores[answerable][order][np.searchsorted(cumulated, (1 - KEPT[many]) * cumulated[-1])]
        numbers = ", ".join(f"{fitted.get(name, 0.0):.2f}" for name in Weights._fields[:-1])
        print(f"({same}, {many}): Weights({numbers}, {-least:.2f}),  # {len(part)} questions")


def signed(rows: Sequence[Row], answerable: Vectors, weights: Vectors, without: set[str]) -> dict[str, float]:
    """Fitted weights by name. One whose sign belies its meaning is left out, and the others are fitted anew."""
    from sklearn.linear_model import LogisticRegression

    names = [name for name in Weights._fields[:-1] if name not in without]
    values = np.array([[getattr(row.found, name) for name in names] for row in rows], float)
    spread = values.std(axis=0) + 1e-9
    fitted = LogisticRegression(C=0.3, max_iter=5_000).fit(values / spread, answerable, sample_weight=weights).coef_[0]
    wrong = {abs(by): name for name, by in zip(names, fitted, strict=True) if (by > 0) == (name in AGAINST) and by}
    if wrong:
        return signed(rows, answerable, weights, without | {wrong[max(wrong)]})
    return dict(zip(names, map(float, fitted / spread), strict=True))


def calibration(rows: Sequence[Row]) -> None:
    """Brier score, expected calibration error (Naeini et al., 2015) and its bins, groups weighed as in the fit."""
    said = np.array([confidence(row.found) for row in rows])
    true = np.array([row.answerable for row in rows], float)
    weights = group_weights(rows) / len(rows)
    bins = np.minimum((said * BINS).astype(int), BINS - 1)
    parts = [(weights[bins == at].sum(), bins == at) for at in range(BINS)]
    means = [(share, np.average(said[at], weights=weights[at]), np.average(true[at], weights=weights[at]))
             for share, at in parts if at.any()]  # fmt: skip
    error = sum(share * abs(expected - actual) for share, expected, actual in means)
    print(f"  Brier {np.sum(weights * (said - true) ** 2):.3f}  expected calibration error {error:.3f}")
    for share, expected, actual in means:
        print(f"    confidence {expected:.2f}: {actual:.2f} answerable ({share:.2f} of all)")


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
    report([row for row in rows if row.article % 2])


def report(rows: Sequence[Row]) -> None:
    for size in ("one article", "large"):
        part = [row for row in rows if (row.corpus == "large") == (size == "large")]
        if not part:
            continue
        for language in (*LANGUAGES, "az", "fr"):
            if own := [row for row in part if row.language == language]:
                print(f"{size:<12} {language}  {shares(own)}")
        print(f"{size:<12} all {shares(part)}")
        calibration(part)
    for kind in ("year", "topic", "premise", "roles", "quantity"):
        refused = [confidence(row.found) < Settings().min_confidence for row in rows if row.kind == kind]
        print(f"{kind:<12} refused {np.mean(refused):.3f} of {len(refused)}")


if __name__ == "__main__":
    main()
