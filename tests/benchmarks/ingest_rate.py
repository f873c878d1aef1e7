"""Bulk ingest beside the embedding engine alone on the same texts, in one run; and both embedding engines.

    python tests/benchmarks/ingest_rate.py [--articles 150] [--json FILE]

`share` is the rate of `ingest()` (read, split, embed, store in Chroma and SQLite) over that of embedding alone. The
model is loaded, and torch and LlamaIndex are imported, before either clock starts.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpora import news

from qa_assistant.index.embedding import PackagedEmbedder
from qa_assistant.ingestion import ingest as module
from qa_assistant.ingestion.splitting import Splitter
from qa_assistant.settings import Settings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=150)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    embedder = PackagedEmbedder()
    embedder.passages(["x" * 100] * 500)  # imports torch
    Splitter(400, embedder.count_tokens)  # imports LlamaIndex
    calls: list[tuple[list[str], Any, str]] = []
    original = PackagedEmbedder._embed

    def recording(self: PackagedEmbedder, texts: Sequence[str], engine: Any, prefix: str) -> Any:
        calls.append((list(texts), engine, prefix))
        return original(self, texts, engine, prefix)

    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for article in news(most=args.articles):
            (corpus / f"{article.path}.txt").write_text(article.text, encoding="utf-8")
        settings = Settings(corpus=str(corpus), index=f"{folder}/index")
        PackagedEmbedder._embed = recording  # type: ignore[method-assign]
        from qa_assistant.index import embedding

        embedding.open_embedder = lambda _: embedder  # type: ignore[assignment]
        started = time.perf_counter()
        module.ingest(settings)
        whole = time.perf_counter() - started
        PackagedEmbedder._embed = original  # type: ignore[method-assign]
        started = time.perf_counter()
        for call in calls:
            original(embedder, *call)
        alone = time.perf_counter() - started
        sample = calls[0][0][:100]
        tokens = sum(map(embedder.count_tokens, sample))
        torch_s = timed(embedder, sample)
        engine_s = timed(PackagedEmbedder(), sample, engine=True)
    characters = sum(len(text) for texts, _, _ in calls for text in texts)
    report = {
        "articles": args.articles, "texts": sum(len(texts) for texts, _, _ in calls), "characters": characters,
        "ingest_s": round(whole, 1), "embedding_alone_s": round(alone, 1), "share": round(alone / whole, 3),
        "torch_tokens_per_s": round(tokens / torch_s), "engine_tokens_per_s": round(tokens / engine_s),
    }  # fmt: skip
    print(json.dumps(report, indent=2))
    if args.json:
        args.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def timed(embedder: PackagedEmbedder, texts: list[str], *, engine: bool = False) -> float:
    from qa_assistant.index.embedding import in_buckets

    started = time.perf_counter()
    if engine:
        in_buckets(texts, embedder._engine.passage, embedder.dimension)
    else:
        embedder.passages(texts)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
