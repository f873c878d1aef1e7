"""Bulk ingest beside the embedding engine alone on the same texts, in one run; and both embedding engines.

    python tests/benchmarks/ingest_rate.py [--articles 150] [--json FILE]

`share` is the rate of `ingest()` (read, split, embed, store in Chroma and SQLite) over that of embedding alone. A first
ingest, not timed, imports what is imported, shows torch the shapes of the batches and notes the texts; then embedding
alone is timed before and after the ingest that counts.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from corpora import news

from qa_assistant.index import embedding
from qa_assistant.index.embedding import PackagedEmbedder, in_buckets
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

    def alone() -> float:
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
    torch_s = timed(lambda: embedder.passages(sample))
    engine_s = timed(lambda: in_buckets(sample, embedder._engine.passage, embedder.dimension))
    characters = sum(len(text) for texts, _, _ in calls for text in texts)
    report = {
        "articles": args.articles, "texts": sum(len(texts) for texts, _, _ in calls), "characters": characters,
        "ingest_s": round(whole, 1), "embedding_alone_s": [round(before, 1), round(after, 1)],
        "share": round((before + after) / 2 / whole, 3),
        "torch_tokens_per_s": round(tokens / torch_s), "engine_tokens_per_s": round(tokens / engine_s),
    }  # fmt: skip
    print(json.dumps(report, indent=2))
    if args.json:
        args.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
