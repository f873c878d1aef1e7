"""Bulk ingest beside the embedding engine alone on the same texts, in one run; and both embedding engines.

    python tests/benchmarks/ingest_rate.py [--articles 150] [--json FILE]

`share` is the rate of `ingest()` (read, split, embed, store in Chroma and SQLite) over that of embedding alone. A first
ingest, not timed, imports what is imported and notes the texts; then embedding alone is timed before and after the
ingest that counts. `cpu_share` is the same in seconds of processor time, which other processes disturb less; `peak_mb`
the largest resident set.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from corpora import news

from qa_assistant.index import embedding
from qa_assistant.index.embedding import PackagedEmbedder
from qa_assistant.index.torch_engine import in_buckets
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.settings import Settings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=150)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    embedder = PackagedEmbedder()
    calls: list[tuple[list[str], Any, str]] = []
    original = PackagedEmbedder._embed

    def recording(self: PackagedEmbedder, texts: Sequence[str], engine: Any, prefix: str) -> Any:
        calls.append((list(texts), engine, prefix))
        return original(self, texts, engine, prefix)

    def alone() -> tuple[float, float]:
        return timed(lambda: [original(embedder, *call) for call in calls])

    embedding.open_embedder = lambda _: embedder  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for article in news(most=args.articles):
            (corpus / f"{article.path}.txt").write_text(article.text, encoding="utf-8")
        PackagedEmbedder._embed = recording  # type: ignore[method-assign]
        ingest(Settings(corpus=str(corpus), index=f"{folder}/first"))
        PackagedEmbedder._embed = original  # type: ignore[method-assign]
        before = alone()
        whole = timed(lambda: ingest(Settings(corpus=str(corpus), index=f"{folder}/index")))
        after = alone()
    sample = max((texts for texts, _, _ in calls), key=lambda texts: sum(map(len, texts)))[:100]
    tokens = sum(map(embedder.count_tokens, sample))
    bulk_s = timed(lambda: embedder.passages(sample))
    engine_s = timed(lambda: in_buckets(sample, embedder._engine.passage, embedder.dimension))
    characters = sum(len(text) for texts, _, _ in calls for text in texts)
    report = {
        "articles": args.articles, "texts": sum(len(texts) for texts, _, _ in calls), "characters": characters,
        "ingest_s": round(whole[0], 1), "embedding_alone_s": [round(before[0], 1), round(after[0], 1)],
        "share": round((before[0] + after[0]) / 2 / whole[0], 3),
        "cpu_share": round((before[1] + after[1]) / 2 / whole[1], 3),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "bulk_tokens_per_s": round(tokens / bulk_s[0]), "engine_tokens_per_s": round(tokens / engine_s[0]),
    }  # fmt: skip
    print(json.dumps(report, indent=2))
    if args.json:
        args.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of the processor."""
    clock, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - cpu


if __name__ == "__main__":
    main()
