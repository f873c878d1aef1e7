"""How well the checks tell what a passage bears from what it does not.

    python tests/benchmarks/support.py --index DIR [--most N] [--fit] [--show KIND] [--cost]
                                       [--entailment NAME [--gguf FILE]]

DIR is the index that `retrieval.py --index DIR` made of the German paragraphs of XQuAD among newspaper articles.
`support_claims.py` says what is claimed, in German, English, Russian and Turkish. Each claim is checked against its
German paragraph, and the checks are told the question as the claim has it, false premise included.

Printed are, for odd articles, the AUROC and, at the threshold that keeps 95 % of the true claims of that language, the
share of false ones caught: for the cosine of the claim and the nearest sentence alone, and for the project. Then the
share caught at the project's own threshold, which keeps what stands in the first row, and of these the share whose
reasons name what the true claim does not have, or say that one denies what the other says.

`--fit` fits the weights of the checks on even articles and prints them (`support_fit.py`); `--show KIND` prints claims
of even articles that are judged wrongly (KIND is `true` for true ones that fail); `--cost` times the checks.
`--entailment NAME` has that model (`Settings.entailment_model`; `llm`: the one in Ollama, or FILE in this process)
judge what the program's own rule keeps; it changes the share caught. Vectors are kept in DIR.
"""

from __future__ import annotations

import argparse
import pickle
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from answerability import Remembering, auroc
from numpy.typing import NDArray
from support_claims import KINDS, LANGUAGES, SEED, Asked, Row, claims, questions
from support_fit import fit

from qa_assistant.answering.checks import Candidate, Checker, chosen
from qa_assistant.answering.entailment import BY_LLM, open_reader
from qa_assistant.answering.findings import is_about, reasons
from qa_assistant.answering.llm import Ollama
from qa_assistant.answering.local_model.gguf_file import read_gguf
from qa_assistant.answering.local_model.llamacpp import LlamaCpp
from qa_assistant.answering.retrieval import retrieve
from qa_assistant.answering.verdict import Verdict
from qa_assistant.index.embedding import Embedder
from qa_assistant.index.index import Index
from qa_assistant.records import Filters, Hit, Span
from qa_assistant.settings import Settings

KEPT = 0.95
SHOWN = 30
CONTEXT = 4096
"""Tokens for a language model that reads claims."""
Vectors = NDArray[np.float32]


class Kept(Remembering):
    """Embeds each text once, and keeps what it embedded in a file, so that a second run takes a minute."""

    def __init__(self, inner: Embedder, file: Path) -> None:
        super().__init__(inner)
        self._file = file
        if file.exists():
            self._known, self._states = pickle.loads(file.read_bytes())

    def save(self) -> None:
        self._file.write_bytes(pickle.dumps((self._known, self._states)))


class Paragraphs:
    """The German paragraphs as retrieval would hand them on."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._articles = {article.id: article for article in index.catalog.articles()}
        self._rows: dict[str, list[int]] = {}
        for row, key in index.catalog.keys():  # noqa: SIM118 - no mapping
            self._rows.setdefault(self._articles[key.rpartition(":")[0]].path, []).append(row)

    def hits(self, article: int, paragraph: int) -> tuple[list[Hit], dict[str, Vectors]]:
        rows = self._rows[f"squad-{article}-{paragraph}.txt"]
        found = self._index.catalog.passages(rows, dict(self._articles))
        hits = [Hit(item.passage, self._articles[item.passage.article_id], 1.0, ()) for item in found.values()]
        return hits, {item.passage.key: item.sentence_vectors for item in found.values()}


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim, and the sentences that may bear it."""

    row: Row
    candidates: list[Candidate]
    objections: tuple[str, ...] = ()
    """What an entailment model says against it, if there is one."""

    @property
    def best(self) -> Candidate:
        return chosen(self.candidates)

    @property
    def cosine(self) -> float:
        return max(one.findings.similarity for one in self.candidates)

    @property
    def score(self) -> float:
        return self.best.score

    @property
    def is_borne(self) -> bool:
        """What `Checker.check` and the entailment model say."""
        return not self.objections and self.score >= 0 and is_about(self.best.findings)

    @property
    def spans(self) -> list[tuple[Hit, Span]]:
        """The sentences that bear the claim best."""
        return [(part.hit, part.span) for part in self.best.sentences]

    @property
    def foreign(self) -> bool:
        """Whether the claim is in another language than the paragraph."""
        return self.candidates[0].sentences[0].hit.article.metadata.language != self.row.asked.language

    @property
    def is_told(self) -> bool:
        """Whether the reasons name a number, name or word that the true claim does not have, or what is denied."""
        found, true = self.best.findings, f"{self.row.asked.question}: {self.row.asked.answer}"
        numbers = (*found.missing_values, *found.missing_asked)
        parts = (*numbers, *found.missing_countries, found.worst_name, found.worst_word, *found.unsure)
        told = " ".join(self.objections or reasons(found)).replace("”", "")
        if self.row.corruption == "negation":
            return "denies" in told
        return any(f"{part} is not in" in told and part not in true for part in parts if part)

    @property
    def is_odd(self) -> bool:
        return self.row.asked.article % 2 == 1


def judged(index: Index, rows: Sequence[Row]) -> Iterator[Judged]:
    paragraphs = Paragraphs(index)
    for row in rows:
        hits, vectors = paragraphs.hits(row.asked.article, row.asked.paragraph)
        yield Judged(row, Checker.of(index, hits, vectors, row.question, row.asked.language).candidates(row.text))


def report(found: Sequence[Judged]) -> None:
    """A table for each language, then one of all."""
    for language in (*LANGUAGES, "all"):
        part = [one for one in found if language in (one.row.asked.language, "all")]
        true = [one for one in part if not one.row.corruption]
        kept = np.mean([one.is_borne for one in true])
        print(f"\n{language}: {len(true)} true claims, {kept:.3f} kept")
        print(f"{'false':<24} claims   cosine: AUROC caught   checks: AUROC caught   shipped   told")
        for kind in KINDS:
            false = [one for one in part if one.row.corruption == kind]
            cells = [f"{auroc(by(true), by(false)):.3f}  {caught(true, false, by):.3f}" for by in (cosines, scores)]
            stopped = [one for one in false if not one.is_borne]
            shipped = np.mean([not one.is_borne for one in false])
            told = np.mean([one.is_told for one in stopped])
            print(f"{kind:<24} {len(false):>6}           {cells[0]}           {cells[1]}  {shipped:.3f}     {told:.3f}")


def cosines(found: Sequence[Judged]) -> list[float]:
    return [one.cosine for one in found]


def scores(found: Sequence[Judged]) -> list[float]:
    return [one.score for one in found]


def caught(true: Sequence[Judged], false: Sequence[Judged], by: object) -> float:
    """Share of the false claims under the score that `KEPT` of the true ones of their language reach."""
    assert callable(by)
    under = 0
    for language in LANGUAGES:
        right = by([one for one in true if one.row.asked.language == language])
        wrong = by([one for one in false if one.row.asked.language == language])
        if right:
            under += int((np.array(wrong) < np.quantile(right, 1 - KEPT)).sum())
    return under / len(false) if false else float("nan")


def show(found: Sequence[Judged], kind: str) -> None:
    """Claims of that kind that are judged wrongly, beside the sentences they are compared with."""
    corruption = "" if kind == "true" else kind
    wrong = [one for one in found if one.row.corruption == corruption and one.is_borne is bool(corruption)]
    print(f"{len(wrong)} wrong of {sum(one.row.corruption == corruption for one in found)}")
    for one in random.Random(SEED).sample(wrong, min(SHOWN, len(wrong))):
        best = one.best
        asked = one.row.asked
        print(f"\n[{asked.language} {asked.article}/{asked.paragraph}/{asked.number}] {one.row.text}")
        if corruption:
            print(f"  true: {asked.question}: {asked.answer}")
        print(f"  {' '.join(span.of(hit.article.text) for hit, span in one.spans)}")
        print(f"  {one.score:.2f} {best.findings}")


def cost(index: Index, asked: Sequence[Asked]) -> None:
    """Milliseconds of the checks of an answer of three sentences over four passages, as `ask` retrieves them."""
    checks: list[float] = []
    preparing: list[float] = []
    retrieval: list[float] = []
    for one in asked:
        started = time.perf_counter()
        found = retrieve(index, f"{one.question}?", one.language, 4, Filters())
        retrieval.append(time.perf_counter() - started)
        started = time.perf_counter()
        checker = Checker.of(index, found.hits, found.sentence_vectors, one.question, one.language)
        checker.check(one.question)
        preparing.append(time.perf_counter() - started)
        started = time.perf_counter()
        for sentence in (f"{one.question}: {one.answer}.", f"{one.answer}.", f"{one.question}."):
            checker.check(sentence)
        checks.append(time.perf_counter() - started)
    own, beside, before = (
        1000 * statistics.median(times[len(times) // 5 :]) for times in (checks, preparing, retrieval)
    )
    print(f"{own:.0f} ms for three sentences; {beside:.0f} ms, beside the model, for the passages and one sentence")
    share = own / (own + beside + before)
    print(f"{share:.2f} of the program's own time, of which retrieval takes {before:.0f} ms; the model comes on top")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--most", type=int, default=99, help="questions a paragraph")
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--show", choices=("true", *KINDS))
    parser.add_argument("--cost", action="store_true")
    parser.add_argument("--entailment", help="llm, or name or path of a cross-encoder")
    parser.add_argument("--gguf", type=Path, help="the language model, run by llama.cpp in this process")
    args = parser.parse_args()
    index = Index.open(Settings(corpus=str(args.index / "corpus"), index=str(args.index / "index")))
    if args.cost:
        cost(index, [one for one in questions() if one.number == 0][::10])
        return
    rows = claims(questions(), args.most)
    found = list(judged_quickly(index, rows, args.index / "support-vectors.pickle"))
    if args.fit:
        constant, terms = fit([one for one in found if not one.is_odd])
        print(f"WEIGHTS = Weights(\n    {constant},\n    (")
        print("".join(f"        Term{tuple(term)!r},\n" for term in terms) + "    ),\n)")
        return
    if args.show:
        show([one for one in found if not one.is_odd], args.show)
    odd = [one for one in found if one.is_odd]
    if args.entailment:
        odd = list(read_by(args.entailment, odd, args.gguf))
    report(odd)
    index.close()


def read_by(name: str, found: Sequence[Judged], gguf: Path | None) -> Iterator[Judged]:
    """`found`, and what the entailment model of that name has against the claims that are borne."""
    times = []
    with closing(LlamaCpp(read_gguf(gguf), CONTEXT) if gguf else Ollama()) as server:
        model = server.choose().name if name == BY_LLM else ""
        reader = open_reader(name, server, model, CONTEXT)
        for one in found:
            if not one.is_borne:
                yield one
                continue
            started = time.perf_counter()
            verdict = Verdict(tuple(one.spans), "supported", unsure=one.best.findings.unsure)
            yield replace(one, objections=reader.objections(one.row.text, verdict))
            times.append(time.perf_counter() - started)
    print(f"{len(times)} claims read again, {1000 * statistics.median(times):.0f} ms each")


def judged_quickly(index: Index, rows: Sequence[Row], file: Path) -> list[Judged]:
    """The texts of all claims are embedded at once, because that is faster, and kept in `file`."""
    own, embedder = index.embedder, Kept(index.embedder, file)
    embedder.passages([row.text for row in rows])
    embedder.tokens([row.text for row in rows])
    index._embedder = embedder
    started = time.perf_counter()
    found = list(judged(index, rows))
    index._embedder = own
    embedder.save()
    print(f"{len(rows)} claims, {time.perf_counter() - started:.0f} s")
    return found


if __name__ == "__main__":
    main()
