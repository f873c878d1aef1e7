"""Engines for the packaged weights: tokens a second, and what is lost of R@1 beside float32.

    python tests/benchmarks/engines.py [--news 40] [--only ONNX] [--json FILE]

Each embeds the German paragraphs of XQuAD among articles of the news corpus, and their sentences. The questions, in
four languages, are always embedded by the C engine. R@1 is that of the two cosines that ranking is made of, of passage
and best sentence, centred and added. Rates are tokens over seconds of processor time, which other processes disturb
less than the clock; `threads` is over how many of them the work was spread, and what the clock said stands beside.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from corpora import DATA, news, squad
from numpy.typing import NDArray

from qa_assistant import sentences
from qa_assistant.index import centring
from qa_assistant.index.embedding import PackagedEmbedder
from qa_assistant.index.onnx_engine import OnnxEngine, usable_cores
from qa_assistant.index.onnx_graph import Precision
from qa_assistant.index.torch_engine import TorchEngine, in_buckets

Vectors = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]
LANGUAGES = ("en", "de", "ru", "tr")
PREFIX = "passage: "


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--news", type=int, default=40, help="Articles of the news corpus.")
    parser.add_argument("--only", default="", help="Engines whose names have this; all are compared with the first.")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    folder = DATA / "xquad-dev"
    paragraphs, _ = squad(folder / "xquad.de.json", folder / "xquad.de.json", "de")
    units = [unit for article in [*paragraphs, *news(most=args.news)] for unit in split(article.path, article.text)]
    files = [folder / f"xquad.{language}.json" for language in LANGUAGES]
    asked = [question for file in files for question in squad(file, folder / "xquad.de.json", "de")[1]]
    embedder = PackagedEmbedder()
    questions = in_buckets([one.text for one in asked], embedder._engine.query, embedder.dimension)
    places = {path: place for place, (path, _, _) in enumerate(units)}
    right = np.array([places[one.paragraph] for one in asked])
    report: dict[str, Any] = {}
    reference: Vectors | None = None
    for name, threads, made in engines(embedder):
        if args.only not in name:
            continue
        row, vectors = measured(made(), units, questions, right, embedder)
        reference = vectors if reference is None else reference
        row = {"threads": threads, **row, "cosine": round(float((vectors * reference).sum(axis=1).mean()), 5)}
        report[name] = row
        print(f"{name:<24} " + "  ".join(f"{key} {value}" for key, value in row.items()), flush=True)
    if args.json:
        args.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def engines(embedder: PackagedEmbedder) -> list[tuple[str, int, Callable[[], Encode]]]:
    """Name, threads and maker of each; what all are compared with is first."""
    cores = usable_cores()

    def onnx(precision: Precision, threads: int) -> Callable[[], Encode]:
        def made() -> Encode:
            engine = OnnxEngine(precision, threads)
            return lambda texts: engine.encode(texts, PREFIX)

        return made

    return [
        ("torch float32", 1, lambda: torch("float32", 1)),
        ("torch bfloat16", 1, lambda: torch("bfloat16", 1)),
        ("torch bfloat16, threads", cores, lambda: torch("bfloat16", cores)),
        ("torch int8 (dynamic)", 1, lambda: torch("int8", 1)),
        ("ONNX float32", 1, onnx("float32", 1)),
        ("ONNX uint8", 1, onnx("uint8", 1)),
        ("ONNX int8", 1, onnx("int8", 1)),
        ("ONNX int8, threads", cores, onnx("int8", cores)),
        ("C engine", cores, lambda: lambda texts: in_buckets(texts, embedder._engine.passage, embedder.dimension)),
    ]


def torch(kind: str, threads: int) -> Encode:
    import torch

    from qa_assistant.index.packaged_model import load_packaged_model

    torch.set_num_threads(threads)
    model = load_packaged_model()
    if kind == "int8":
        quantize: Any = torch.ao.quantization.quantize_dynamic
        model[0].auto_model = quantize(model[0].auto_model, {torch.nn.Linear}, dtype=torch.qint8)
    engine = TorchEngine(model)
    engine._bfloat16 = kind == "bfloat16"
    return lambda texts: engine.encode(texts, PREFIX)


def split(path: str, text: str) -> list[tuple[str, str, list[str]]]:
    """A paragraph of XQuAD whole, a news article in passages of 12 sentences: path, text, sentences."""
    found = [span.of(text) for span in sentences.spans(text, "de")]
    size = len(found) if path.startswith("squad") else 12
    return [(path, " ".join(found[at : at + size]), found[at : at + size]) for at in range(0, len(found), size)]


def measured(
    encode: Encode,
    units: Sequence[tuple[str, str, list[str]]],
    questions: Vectors,
    right: NDArray[np.int64],
    embedder: PackagedEmbedder,
) -> tuple[dict[str, Any], Vectors]:
    """A row of the table, and the passages' vectors."""
    texts = [text for _, text, _ in units]
    parts = [part for _, _, found in units for part in found]
    encode(parts[:8])
    cpu, clock = time.process_time(), time.perf_counter()
    passages, singles = encode(texts), encode(parts)
    cpu, clock = time.process_time() - cpu, time.perf_counter() - clock
    edges = np.cumsum([0, *(len(found) for _, _, found in units)])
    dense = cosines(questions, passages)
    best = np.maximum.reduceat(cosines(questions, singles), edges[:-1], axis=1)
    hit = {"dense": dense.argmax(axis=1) == right, "both": (dense + best).argmax(axis=1) == right}
    tokens = sum(map(embedder.count_tokens, [*texts, *parts]))
    return {
        "tokens_per_cpu_s": round(tokens / cpu), "tokens_per_s": round(tokens / clock),
        "R@1": round(float(hit["both"].mean()), 4), "R@1 dense": round(float(hit["dense"].mean()), 4),
    }, passages  # fmt: skip


def cosines(questions: Vectors, vectors: Vectors) -> Vectors:
    off = centring.CENTRING * vectors.mean(axis=0)
    return centring.centred(questions, off) @ centring.centred(vectors, off).T


if __name__ == "__main__":
    main()
