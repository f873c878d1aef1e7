"""How an index behaves as it grows: 1,000, 10,000 and 100,000 passages.

    python tests/benchmarks/scale.py --cache DIR [--sizes 1000 10000 100000] [--news 400] [--json FILE]

Real sentences of the news corpus, each embedded once, are recombined at random into articles of 7 passages of 12
sentences. A passage's vector is NOT the model's: it is the normalised mean of its sentences' vectors and a little noise
(embedding 100,000 passages takes hours). Articles go through the project's own catalogue and Chroma store; only reading
and splitting are left out of `stored_per_s`. Sentence vectors and finished indexes are kept in DIR. Then, by size:

- `search`: warm, questions of XQuAD in two languages, each timed beside `exact`, in turn: its embedding and one numpy
  matrix product over the same vectors; `judged` is the same with the confidence that an answer takes; `cold` is
  `qa-assistant search` in a process of its own, with its peak memory; `warm_mb` is the peak of one that asks 40 times;
- `recall@10`: how many of the 10 nearest passages, by that product, are among Chroma's candidates, which the first
  questions of a process have; later ones have the product's own;
- `nothing_to_do`, `update_one`: seconds of an ingest of files as they were, and with one article edited.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from corpora import DATA, article, news, squad
from numpy.typing import NDArray

from qa_assistant.answering.retrieval import NEAREST, retrieve
from qa_assistant.index import centring
from qa_assistant.index.catalog import FileState
from qa_assistant.index.index import Index
from qa_assistant.index.means import BACKGROUND
from qa_assistant.index.onnx_engine import OnnxEngine
from qa_assistant.index.publishing import publish_anew
from qa_assistant.index.words import has_sound, words_of
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.records import Article, Filters, Passage, Span
from qa_assistant.sentences import spans
from qa_assistant.settings import Settings
from qa_assistant.threads import let_waiting_threads_sleep

sys.path.insert(0, str(Path(__file__).parents[1]))

from nearest import nearest

Vectors = NDArray[np.float32]
PASSAGES, SENTENCES, NOISE = 7, 12, 0.02
ARTICLES_AT_ONCE = 100
QUESTIONS = 60


class Material:
    """Sentences and words with their vectors, embedded once and kept in `folder`."""

    def __init__(self, folder: Path, articles: int) -> None:
        found = {span.of(one.text) for one in news(most=articles) for span in spans(one.text, "de")}
        self.sentences = sorted(sentence for sentence in found if len(sentence) > 20 and "\n" not in sentence)
        words: dict[str, str] = {}
        for sentence in self.sentences:
            for word in words_of(sentence):
                if has_sound(word.folded):
                    words.setdefault(word.folded, word.written)
        self.words = list(words)
        self.vectors = kept(folder / f"sentences-{articles}.npy", self.sentences, "passage: ")
        self.word_vectors = kept(folder / f"words-{articles}.npy", list(words.values()), "query: ")


def kept(file: Path, texts: Sequence[str], prefix: str) -> Vectors:
    if not file.exists():
        np.save(file, OnnxEngine().encode(texts, prefix))
    vectors: Vectors = np.load(file)
    assert len(vectors) == len(texts), f"{file} is of other texts: remove it"
    return vectors


def build(settings: Settings, size: int, material: Material) -> dict[str, float]:
    """Stores `size` passages and writes their files; returns the rates."""
    index = Index.create(settings)
    corpus = settings.corpus_path
    corpus.mkdir(parents=True, exist_ok=True)
    chance, noise = random.Random(size), np.random.default_rng(size)
    started = time.process_time(), time.perf_counter()
    with index.catalog.transaction():
        index.catalog.keywords.add_words(material.words, material.word_vectors)
        index.catalog.means.add("words", material.word_vectors)
        index.catalog.means.add("background", index.embedder.passages(BACKGROUND))
    for first in range(0, size, PASSAGES * ARTICLES_AT_ONCE):
        with index.catalog.transaction():
            for at in range(first, min(size, first + PASSAGES * ARTICLES_AT_ONCE), PASSAGES):
                store(index, corpus, at, min(PASSAGES, size - at), material, chance, noise)
    catalogued = time.process_time() - started[0], time.perf_counter() - started[1]
    publish_anew(index)
    stored = time.process_time() - started[0], time.perf_counter() - started[1]
    index.take_over()
    index.close()
    return {
        "catalogued_per_cpu_s": size / catalogued[0],
        "stored_per_cpu_s": size / stored[0],
        "stored_per_s": size / stored[1],
    }


def store(
    index: Index, corpus: Path, number: int, passages: int, material: Material, chance: random.Random, noise: Any
) -> None:
    """One article of so many passages, into the catalogue and as a file."""
    chosen = [chance.choices(range(len(material.sentences)), k=SENTENCES) for _ in range(passages)]
    texts = [" ".join(material.sentences[one] for one in places) for places in chosen]
    made = article(f"a{number:07}.txt", "\n\n".join(texts), "de")
    catalog = index.catalog
    catalog.add_article(made)
    vectors = []
    start = 0
    for ordinal, (places, text) in enumerate(zip(chosen, texts, strict=True)):
        inside = material.vectors[places]
        vector = inside.mean(axis=0)
        vector = vector / np.linalg.norm(vector) + noise.normal(0, NOISE, len(vector))
        vectors.append(np.asarray(vector / np.linalg.norm(vector), np.float32))
        catalog.add_passage(cut(made, ordinal, start, text, places, material), text, vectors[-1], inside)
        start += len(text) + 2
    catalog.means.add("passages", np.stack(vectors))
    file = corpus / made.path
    file.write_text(made.text, encoding="utf-8")
    os.utime(file, ns=(10**18, 10**18))
    catalog.set_file(FileState(made.path, file.stat().st_size, 10**18, made.id), {made.path: made.id})


def cut(made: Article, ordinal: int, start: int, text: str, places: Sequence[int], material: Material) -> Passage:
    found: list[Span] = []
    at = start
    for place in places:
        found.append(Span(at, at + len(material.sentences[place])))
        at = found[-1].end + 1
    return Passage(made.id, ordinal, start, start + len(text), text, tuple(found))


def searches(settings: Settings) -> dict[str, float]:
    """Warm searches beside exact ones, and how many of the nearest passages are candidates."""
    folder = DATA / "xquad-dev"
    asked = [
        (language, question.text)
        for language in ("en", "de")
        for question in squad(folder / f"xquad.{language}.json", folder / "xquad.de.json", "de")[1][:: 612 // QUESTIONS]
    ]
    index = Index.open(settings)
    rows = list(index.catalog.vector_rows(0, 10_000))
    matrix = np.concatenate([vectors for _, vectors in rows])
    off = index.catalog.vectors.centre().offset
    matrix = centring.centred(matrix, off)
    keys = [key for part, _ in rows for key, _, _ in part]
    places = {row: place for place, row in enumerate(index.catalog.rows_of(keys).values())}
    by_chroma = Index.open(settings)
    by_chroma._memory.of = lambda store: None  # type: ignore[method-assign]
    ours, judged, exact, recall, chroma = [], [], [], [], []
    for number, (language, question) in enumerate(asked):
        started = time.perf_counter()
        asked_vector = index.embedder.questions([question])[0]
        vector = centring.centred(asked_vector, off)
        best = np.argpartition(-(matrix @ vector), NEAREST)[:NEAREST]
        middle = time.perf_counter()
        retrieve(index, question, language, 10, Filters(), judged=False)
        ended = time.perf_counter()
        retrieve(index, question, language, 10, Filters())
        last = time.perf_counter()
        found = nearest(by_chroma, asked_vector, NEAREST)
        if number >= 4:  # the first are warming up
            exact.append(middle - started)
            ours.append(ended - middle)
            judged.append(last - ended)
            chroma.append(time.perf_counter() - last)
        top = best[np.argsort(-(matrix[best] @ vector))][:10]
        recall.append(len(set(top.tolist()) & {places[row] for row in found}) / 10)
    index.close()
    by_chroma.close()
    return {
        "search_p50_ms": quantile(ours, 0.5), "search_p95_ms": quantile(ours, 0.95),
        "judged_p50_ms": quantile(judged, 0.5), "exact_p50_ms": quantile(exact, 0.5),
        "chroma_p50_ms": quantile(chroma, 0.5), "times_exact": quantile(ours, 0.5) / quantile(exact, 0.5),
        "recall@10": float(np.mean(recall)),
    }  # fmt: skip


_MEASURE = """
import resource, subprocess, sys, time
started = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, capture_output=True)
print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Run by a small process: what a large one starts is counted with the memory of the large one."""


def cold(settings: Settings) -> dict[str, float]:
    program = shutil.which("qa-assistant", path=str(Path(sys.executable).parent)) or "qa-assistant"
    call = [sys.executable, "-S", "-c", _MEASURE, program, "--index", settings.index, "--corpus", settings.corpus]
    seconds, megabytes = [], []
    for query in ("Who demonstrated in Vienna?", "Wer gewann das Spiel?", "Что сказал министр?") * 2:
        said = subprocess.run([*call, "search", query], check=True, capture_output=True, text=True).stdout.split()
        seconds.append(float(said[0]))
        megabytes.append(float(said[1]) / 1024)
    return {"cold_p50_ms": quantile(seconds, 0.5), "cold_p95_ms": quantile(seconds, 0.95), "peak_mb": max(megabytes)}


_ASK = """
import resource, sys, time
from qa_assistant import Assistant
with Assistant(index=sys.argv[1], corpus=sys.argv[2]) as assistant:
    for number in range(40):
        assistant.search(f"Who demonstrated in Vienna on day {number}?")
        time.sleep(0.1)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def warm_memory(settings: Settings) -> dict[str, float]:
    call = [sys.executable, "-c", _ASK, settings.index, settings.corpus]
    said = subprocess.run(call, check=True, capture_output=True, text=True).stdout
    return {"warm_mb": float(said) / 1024}


def upkeep(settings: Settings) -> dict[str, float]:
    nothing = min(timed(lambda: ingest(settings)) for _ in range(3))
    updates = []
    for file in sorted(settings.corpus_path.iterdir())[:3]:
        file.write_text(file.read_text(encoding="utf-8") + " Das ist neu.", encoding="utf-8")
        os.utime(file, ns=(10**18, 10**18 + 10**9))
        updates.append(timed(lambda: ingest(settings)))
    return {"nothing_to_do_s": nothing, "update_one_s": min(updates[1:])}


def timed(work: Any) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def quantile(seconds: Sequence[float], share: float) -> float:
    return 1000 * sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * share))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--news", type=int, default=400, help="Articles whose sentences are used.")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    if "OPENBLAS_THREAD_TIMEOUT" not in os.environ:  # numpy is imported already, and has read how its threads wait
        let_waiting_threads_sleep()
        os.execv(sys.executable, [sys.executable, *sys.argv])
    args.cache.mkdir(parents=True, exist_ok=True)
    report: dict[str, Any] = {}
    for size in args.sizes:
        folder = args.cache / f"{size}-{args.news}"
        settings = Settings(corpus=str(folder / "corpus"), index=str(folder / "index"))
        rates = folder / "rates.json"
        if not rates.exists():
            shutil.rmtree(folder, ignore_errors=True)
            found = build(settings, size, Material(args.cache, args.news))
            stored = sum(file.stat().st_size for file in settings.index_path.rglob("*") if file.is_file())
            rates.write_text(json.dumps(found | {"bytes_a_passage": stored / size}))
        row = (
            json.loads(rates.read_text())
            | cold(settings)
            | warm_memory(settings)
            | searches(settings)
            | upkeep(settings)
        )
        report[str(size)] = {name: round(value, 3) for name, value in row.items()}
        print(f"{size:>7}  " + "  ".join(f"{name} {value}" for name, value in report[str(size)].items()), flush=True)
    if args.json:
        args.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
