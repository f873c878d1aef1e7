"""Does the corpus answer at all? How well the confidence tells questions that it answers from those it does not.

    python tests/benchmarks/answerability.py --index DIR [--large DIR] [--only CORPORA] [--fit]

German articles of XQuAD, each as corpora of one article: all five paragraphs, the first two, the third and fourth, the
last. Asked of each: its own questions in four languages (answerable), those of the article's other paragraphs (near),
some of other articles (far), the questions of `near_misses.yaml` in six languages (beside: about another of the
article's paragraphs). Short newspaper articles, each as a corpus, with the questions of `news_questions.yaml`. Corpora
of five to eleven articles in four languages (`several_articles.py`), and of four to a hundred in one language
(`one_language.py`: few, and more from 16 on). All of these are asked `everyday_questions.yaml`, too, which nothing
answers. With `--large`, the index that `retrieval.py
--index` made: unanswerable there means that every paragraph of the right article (far), or only the right paragraph
(near), is taken out of the ranking. `--only` measures one kind of corpora: article, news, several, shelf (in one
language) or large.

`--fit` fits the weights of `qa_assistant/answering/confidence.py` on even articles, prints them and reports with them.
All figures are of odd articles: AUROC (for `large` of answerable and far), shares kept and refused at the default
`min_confidence`, then how well calibrated the confidence is with both kinds equally frequent. Indexes are kept in DIR.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from answerability_fit import BESIDE, Row, fit, group_weights
from answerability_questions import LANGUAGES, Asked, articles, everyday, questions, written
from corpora import news
from numpy.typing import NDArray
from one_language import Shelf, shelves, told_in_news
from several_articles import Collection, collections

from qa_assistant.answering.confidence import WEIGHTS, confidence
from qa_assistant.answering.evidence import MANY, Evidence, gather
from qa_assistant.answering.retrieval import Retrieval, retrieve
from qa_assistant.index import embedding
from qa_assistant.index.embedding import Embedder, open_embedder
from qa_assistant.index.index import Index
from qa_assistant.index.token_vectors import Tokens
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.language import detect
from qa_assistant.records import SURE, Filters
from qa_assistant.settings import Settings

CORPORA = {"all": (0, 1, 2, 3, 4), "p01": (0, 1), "p23": (2, 3), "p4": (4,)}
FAR = (12, 7)
"""How many articles further on the far questions are taken from."""
BINS = 10
NEWS_FAR = 5
"""The same of newspaper articles."""
FAR_KINDS = ("xquad", "answered")
"""Of these kinds: only `answered` is also in Azerbaijani and French."""
Vectors = NDArray[np.float32]


class Remembering:
    """An embedder that embeds no text twice: all corpora are asked the same questions."""

    def __init__(self, inner: Embedder) -> None:
        self.name, self.dimension, self.count_tokens = inner.name, inner.dimension, inner.count_tokens
        self._inner = inner
        self._known: dict[tuple[str, str], Vectors] = {}
        self._states: dict[str, Tokens] = {}

    def questions(self, texts: Sequence[str]) -> Vectors:
        return self._vectors("questions", texts)

    def words(self, texts: Sequence[str]) -> Vectors:
        return self._vectors("words", texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._vectors("passages", texts)

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        new = [text for text in dict.fromkeys(texts) if text not in self._states]
        for text, found in zip(new, self._inner.tokens(new), strict=True):
            self._states[text] = Tokens(found.vectors.astype(np.float16), found.spans)
        return [Tokens(self._states[text].vectors.astype(np.float32), self._states[text].spans) for text in texts]

    def _vectors(self, kind: str, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if (kind, text) not in self._known]
        if new:
            self._known |= zip(((kind, text) for text in new), getattr(self._inner, kind)(new), strict=True)
        return np.stack([self._known[kind, text] for text in texts])


def group(asked: Asked, answerable: bool) -> str:
    """`answerable`: whether the paragraph that is asked about is in the corpus."""
    if asked.kind == "vague" or (answerable and asked.kind == "answered"):
        return "written answerable"
    if asked.kind in FAR_KINDS:
        return "answerable" if answerable else "near"
    return "near miss" if answerable else f"near miss{BESIDE}"


def chosen(asked: Asked, corpus: int) -> bool:
    """Two of the four languages of each question in each corpus, in turn; all of the whole article."""
    turn = LANGUAGES.index(asked.language) + asked.number + asked.paragraph + corpus if asked.kind == "xquad" else 0
    return corpus == 0 or turn % 2 == 0


def one_article(folder: Path, article: int) -> list[Row]:
    embedder, asked = Remembering(open_embedder(Settings())), questions()
    texts, rows = articles("de"), []
    others = [(article + step) % len(texts) for step in FAR]
    far = [one for one in asked if one.kind in FAR_KINDS and one.article in others and one.number == 0]
    own = [one for one in asked if one.article == article]
    for number, (name, paragraphs) in enumerate(CORPORA.items()):
        text = "\n\n".join(texts[article]["paragraphs"][at]["context"].strip() for at in paragraphs)
        index = built(folder / f"{article}-{name}", [text], embedder)
        for one in (one for one in own if chosen(one, number)):
            kind = group(one, one.paragraph in paragraphs)
            rows.append(Row(name, article, one.language, kind, one.kind, ask(index, one)[1]))
        asked_far = [one for one in far if chosen(one, number)]
        rows += [Row(name, article, one.language, "far", one.kind, ask(index, one)[1]) for one in asked_far]
        rows += ask_everyday(index, name, article, number)
        index.close()
    return rows


def built(folder: Path, texts: Sequence[str], embedder: Embedder) -> Index:
    """The index of articles with these texts, as it was left in `folder` or made there."""
    settings = Settings(corpus=str(folder / "corpus"), index=str(folder / "index"))
    if not settings.index_path.exists():
        embedding._WORTH_LOADING = 0  # in bulk, whatever the size: a hundred small corpora take a tenth of the time
        settings.corpus_path.mkdir(parents=True)
        for number, text in enumerate(texts):
            (settings.corpus_path / f"{number}.txt").write_text(text + "\n", encoding="utf-8")
        ingest(settings)
    index = Index.open(settings)
    index._embedder = embedder
    return index


def news_article(folder: Path, number: int) -> list[Row]:
    """With its own questions, and those of another one of the same half."""
    asked, text = written("news_questions.yaml"), {one.path: one.text for one in news()}[f"news-{number}"]
    numbers = list(dict.fromkeys(one.article for one in asked if one.article % 2 == number % 2))
    other = numbers[(numbers.index(number) + NEWS_FAR) % len(numbers)]
    index, rows = built(folder / f"news-{number}", [text], open_embedder(Settings())), []
    for one in (one for one in asked if one.article in (number, other)):
        kind = "answerable" if one.kind == "answered" else "near miss"
        group = f"news {kind if one.article == number else 'far'}"
        rows.append(Row("news", number, one.language, group, one.kind, ask(index, one)[1]))
    rows += ask_everyday(index, "news", number, 0)
    index.close()
    return rows


def several(folder: Path, number: int) -> list[Row]:
    return of_collection("several", folder, collections()[number])


def one_language(folder: Path, number: int) -> list[Row]:
    shelf = shelves()[number]
    return of_collection("few" if shelf.size < MANY else "more", folder, shelf)


def of_collection(corpus: str, folder: Path, collection: Collection | Shelf) -> list[Row]:
    index, rows = built(folder / collection.name, collection.texts(), Remembering(open_embedder(Settings()))), []
    for one, kind in collection.asked():
        rows.append(Row(corpus, one.article, one.language, kind, one.kind, ask(index, one)[1]))
    rows += ask_everyday(index, corpus, collection.half, 0, most=12)
    index.close()
    return rows


def ask_everyday(index: Index, corpus: str, number: int, turn: int, most: int = 2) -> list[Row]:
    asked = everyday(number, turn, most)
    return [Row(corpus, number, one.language, "everyday", one.kind, ask(index, one)[1]) for one in asked]


def ask(index: Index, one: Asked) -> tuple[Retrieval, Evidence]:
    found = retrieve(index, one.text, detect(one.text, default="en"), 40, Filters())
    assert found.evidence
    return found, found.evidence


def large(folder: Path, article: int) -> list[Row]:
    index = Index.open(Settings(corpus=str(folder / "corpus"), index=str(folder / "index")))
    rows = []
    for one in (one for one in questions() if one.kind == "xquad" and one.article == article):
        found, evidence = ask(index, one)
        rows.append(Row("large", article, one.language, "answerable", one.kind, evidence))
        for kind, path in (("near", f"squad-{article}-{one.paragraph}."), ("far", f"squad-{article}-")):
            left = [hit for hit in found.hits if not hit.article.path.startswith(path)]
            evidence = gather(index, found.asked, left, found.sentence_vectors)
            rows.append(Row("large", article, one.language, kind, one.kind, evidence))
    asked = [one for one in everyday(article, 0, 1) if one.number not in told_in_news()]
    rows += [Row("large", article, one.language, "everyday", one.kind, ask(index, one)[1]) for one in asked]
    index.close()
    return rows


def shares(rows: Iterable[Row]) -> str:
    """AUROC, the share of answerable questions kept and of each kind of unanswerable ones refused, at the default; in
    brackets the share answered without doubt."""
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
        sure = np.mean(np.array(values) >= SURE)
        cells.append(f"{name} {does[0]} {does[1]:.3f} (sure {sure:.3f})")
    return "  ".join(cells)


def auroc(good: Sequence[float], bad: Sequence[float]) -> float:
    """Probability that an answerable question has more confidence than an unanswerable one."""
    if not good or not bad:
        return float("nan")
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score([1] * len(good) + [0] * len(bad), [*good, *bad]))


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
    parser.add_argument("--only", choices=("article", "news", "several", "shelf", "large"))
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    args = parser.parse_args()
    numbers = range(len(articles("de")))
    of_news = list(dict.fromkeys(one.article for one in written("news_questions.yaml")))
    tasks: dict[str, tuple[Callable[[Path, int], list[Row]], Path, Sequence[int]]] = {
        "article": (one_article, args.index, numbers),
        "news": (news_article, args.index, of_news),
        "several": (several, args.index, range(len(collections()))),
        "shelf": (one_language, args.index, range(len(shelves()))),
        "large": (large, args.large, numbers if args.large else ()),
    }
    chosen = [tasks[args.only]] if args.only else tasks.values()
    with ProcessPoolExecutor(args.jobs, get_context("forkserver")) as pool:
        done = [pool.submit(measure, folder, number) for measure, folder, numbers in chosen for number in numbers]
        rows = [row for task in done for row in task.result()]
    if args.fit:
        fitted = fit([row for row in rows if row.article % 2 == 0])
        for key, weights in fitted.items():
            named = (f"{name}={weight}" for name, weight in weights._asdict().items() if weight)
            print(f"    {key}: Weights({', '.join(named)}),")
        WEIGHTS.update(fitted)
    report([row for row in rows if row.article % 2])


def report(rows: Sequence[Row]) -> None:
    for size in ("one article", "news", "several", "few", "more", "large"):
        part = [row for row in rows if size == ("one article" if row.corpus in CORPORA else row.corpus)]
        if not part:
            continue
        for language in (*LANGUAGES, "az", "fr"):
            if own := [row for row in part if row.language == language]:
                print(f"{size:<12} {language}  {shares(own)}")
        print(f"{size:<12} all {shares(part)}")
        calibration(part)
        for kind in ("year", "topic", "premise", "roles", "quantity"):
            asked = [row for row in part if row.kind == kind and not row.group.endswith(("far", BESIDE))]
            refused = [confidence(row.found) < Settings().min_confidence for row in asked]
            if refused:
                print(f"  {kind:<10} refused {np.mean(refused):.3f} of {len(refused)}")


if __name__ == "__main__":
    main()
