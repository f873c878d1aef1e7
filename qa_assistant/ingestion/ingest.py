"""Brings an index in line with a corpus: read what changed, split, embed, add; then remove what is gone.

Articles, their files' sources and what they replace change in one transaction a batch; what is gone goes last. So
whoever reads meanwhile finds complete articles only, and one version of each. Whatever kills this, what was committed
is not embedded again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qa_assistant.errors import IndexMissing, OtherModel
from qa_assistant.index.generations import leftovers, remove_generation
from qa_assistant.index.index import Index
from qa_assistant.index.lock import writer_lock
from qa_assistant.index.means import BACKGROUND
from qa_assistant.index.publishing import bring_in_line, publish_anew
from qa_assistant.ingestion.changes import Batch, Changes, Comparison, Progress
from qa_assistant.ingestion.corpus import Problem
from qa_assistant.records import Article, Passage
from qa_assistant.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa_assistant.index.embedding import Embedder
    from qa_assistant.ingestion.splitting import Splitter


_TAIL = 10_000
"""New passages after which Chroma follows in the midst of an ingest: until then each search compares them all."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an ingest did, or would do if it was a dry run; `articles` and `passages` are in the index afterwards."""

    changes: Changes
    problems: list[Problem]
    skipped: list[str]
    articles: int
    passages: int


@dataclass(frozen=True, slots=True)
class Embedded:
    """A passage with its vector, shape `(dimension,)`, and its sentences', shape `(sentences, dimension)`."""

    article: Article
    passage: Passage
    vector: NDArray[np.float32]
    sentence_vectors: NDArray[np.float32]


def ingest(
    settings: Settings,
    *,
    paths: Sequence[Path] = (),
    dry_run: bool = False,
    rebuild: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Report:
    """Brings the index in line with the corpus, or with the given files and folders of it.

    Unchanged files cost a look at their size and time; articles that only moved are not embedded again. `rebuild`
    builds a new index beside the old one, which takes over when it is complete; so does an ingest of the whole corpus
    where the embedding model or the size of passages was changed. One that was interrupted is gone on with. Raises
    CorpusError or IndexUnusable.
    """
    if dry_run:
        return _compare(settings, None if rebuild else _existing(settings, paths), paths, progress)
    with writer_lock(settings.index_path):
        for folder in leftovers(settings):
            remove_generation(settings, folder)
        index = None if rebuild else _existing(settings, paths, locked=True)
        target = index or Index.create(settings)
        try:
            report = _update(settings, target, paths, progress)
            if index is None:
                target.take_over()
        finally:
            target.close()
    return report


def _existing(settings: Settings, paths: Sequence[Path], *, locked: bool = False) -> Index | None:
    """The index to be brought in line; None if a new one is to be built, beside what there is."""
    try:
        index = Index.open(settings, locked=locked)
    except IndexMissing:
        return None
    except OtherModel:
        if paths:  # of the rest of the corpus there would be nothing in the new one
            raise
        return None
    if paths or index.passage_tokens == settings.passage_tokens:
        return index
    index.close()
    return None


def _compare(
    settings: Settings, index: Index | None, paths: Sequence[Path], progress: Callable[[Progress], None]
) -> Report:
    comparison = Comparison(
        settings, index.catalog.files() if index else {}, index.catalog.sources() if index else {}, paths
    )
    for _ in comparison.batches(progress):
        pass
    counts = index.catalog.counts() if index else (0, 0)
    return Report(comparison.changes(), comparison.problems, comparison.skipped, *counts)


def _update(settings: Settings, index: Index, paths: Sequence[Path], progress: Callable[[Progress], None]) -> Report:
    catalog = index.catalog
    comparison = Comparison(settings, catalog.files(), catalog.sources(), paths)
    embed_missing(index)
    splitter: Splitter | None = None
    for batch in comparison.batches(progress):
        new = [article for article in batch.articles.values() if not catalog.has_article(article.id)]
        if new and splitter is None:
            from qa_assistant.ingestion.splitting import Splitter

            splitter = Splitter(index.passage_tokens, index.embedder.count_tokens)
        embedded = embed(index.embedder, new, splitter.split) if splitter and new else []
        _add(index, batch, new, embedded)
        bring_in_line(index, least=_TAIL)
    _remove(index, comparison.gone)
    bring_in_line(index)
    with catalog.transaction():
        catalog.set_meta_now("updated_at")
    return Report(comparison.changes(), comparison.problems, comparison.skipped, *catalog.counts())


def embed(embedder: Embedder, articles: Sequence[Article], split: Callable[[Article], list[Passage]]) -> list[Embedded]:
    """Splits the articles and embeds their passages and sentences, all in one go so that lengths can be bucketed.

    An article's title, where the text does not hold it, is embedded with each of its passages.
    """
    pairs = [(article, passage) for article in articles for passage in split(article)]
    texts = [searchable(article, passage) for article, passage in pairs]
    texts += [span.of(article.text) for article, passage in pairs for span in passage.sentences]
    vectors = embedder.passages(texts)
    embedded: list[Embedded] = []
    at = len(pairs)
    for number, (article, passage) in enumerate(pairs):
        after = at + len(passage.sentences)
        embedded.append(Embedded(article, passage, vectors[number], vectors[at:after]))
        at = after
    return embedded


def searchable(article: Article, passage: Passage) -> str:
    """The words a passage is found by: its own, and the article's title."""
    title = article.metadata.title
    return passage.text if not title or title in article.text else f"{title}\n{passage.text}"


def embed_missing(index: Index) -> int:
    """Embeds the passages that have no vector, which only damage leaves; returns how many."""
    catalog = index.catalog
    missing = catalog.vectors.missing()
    for start in range(0, len(missing), 500):
        articles: dict[str, Article] = {}
        found = catalog.passages(missing[start : start + 500], articles)
        texts = [searchable(articles[item.passage.article_id], item.passage) for item in found.values()]
        vectors = index.embedder.passages(texts)
        with catalog.transaction():
            for row, vector in zip(found, vectors, strict=True):
                catalog.vectors.add(row, vector)
    if missing:
        publish_anew(index)
    return len(missing)


def _add(index: Index, batch: Batch, new: Sequence[Article], embedded: Sequence[Embedded]) -> None:
    """Adds a batch in one transaction."""
    catalog = index.catalog
    words = catalog.keywords.new_words(searchable(item.article, item.passage) for item in embedded)
    word_vectors = index.embedder.questions(list(words.values())) if words else None
    with catalog.transaction():
        for article in new:
            catalog.add_article(article)
        if word_vectors is not None:
            catalog.keywords.add_words(list(words), word_vectors)
            catalog.means.add("words", word_vectors)
        for item in embedded:
            found_by = searchable(item.article, item.passage)
            catalog.add_passage(item.passage, found_by, item.vector, item.sentence_vectors)
        if embedded:
            import numpy as np

            catalog.means.add("passages", np.stack([item.vector for item in embedded]))
            if not catalog.means.mean("background")[1]:
                catalog.means.add("background", index.embedder.passages(BACKGROUND))
        before = {id_ for state, _ in batch.files for id_ in catalog.articles_of(state.path)}
        for state, sources in batch.files:
            catalog.set_file(state, sources)
        for article_id in catalog.unreferenced(before):  # nobody sees two versions of an article
            catalog.remove_article(article_id)


def _remove(index: Index, gone: Sequence[str]) -> None:
    """Forgets files that are gone and removes articles that no file holds any more."""
    catalog = index.catalog
    with catalog.transaction():
        before = {id_ for path in gone for id_ in catalog.articles_of(path)}
        for path in gone:
            catalog.remove_file(path)
        for article_id in catalog.unreferenced(before):
            catalog.remove_article(article_id)
