"""Brings an index in line with a corpus: read what changed, split, embed, add; then remove what is gone.

While one batch is embedded the next is read and split and the one before is stored (`pipeline.py`). New articles and
their files' sources are added in one transaction a batch, which removes what they replace, so that whoever reads
meanwhile finds complete articles only. Whatever kills this, what was committed is not embedded again.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Generator, KeysView, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qa_assistant.errors import IndexMissing, OtherModel
from qa_assistant.index.database import now, telling_damage
from qa_assistant.index.generations import corpus_noted, refuse_in_corpus, remove_leftovers, restore_current
from qa_assistant.index.index import Index
from qa_assistant.index.lock import writer_lock
from qa_assistant.index.means import BACKGROUND
from qa_assistant.index.publishing import bring_in_line, is_due, publish_anew
from qa_assistant.index.sharing import publish, refuse_copy
from qa_assistant.ingestion.changes import Batch, Changes, Comparison, Progress, refuse_another_corpus
from qa_assistant.ingestion.corpus import Problem
from qa_assistant.ingestion.pipeline import Behind, one_ahead
from qa_assistant.records import Article, Passage
from qa_assistant.settings import Settings, load

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array
    from qa_assistant.index.embedding import Embedder
    from qa_assistant.ingestion.splitting import Splitter


_TAIL = 10_000
"""New passages after which Chroma follows in the midst of an ingest: until then each search compares them all."""


UnderWay = deque[KeysView[str]]
"""Ids of the articles of the last two batches that were read, which are being embedded or about to be."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an ingest did, or would do if it was a dry run; `articles` and `passages` are in the index afterwards."""

    changes: Changes
    problems: list[Problem]
    skipped: list[str]
    articles: int
    passages: int
    published: bool = False
    """Whether Chroma lacked something before, whatever the changes: the index moved, or a run was interrupted."""


@dataclass(frozen=True, slots=True)
class EmbeddedPassage:
    """A passage with its vector, shape `(dimension,)`, and its sentences', shape `(sentences, dimension)`."""

    article: Article
    passage: Passage
    vector: Array
    sentence_vectors: Array


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch with the passages of its new articles, and how far reading was with it."""

    batch: Batch
    new: Sequence[Article]
    pairs: Sequence[tuple[Article, Passage]]
    read: Sequence[Progress]


@telling_damage()
def ingest(
    settings: Settings | None = None,
    *,
    paths: Sequence[Path] = (),
    dry_run: bool = False,
    rebuild: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Report:
    """Brings the index in line with the corpus, or with the given files and folders of it.

    Without `settings` they come from the environment, the config file and the defaults, as those of `Assistant()` do.
    Unchanged files cost a look at their size and time; articles that only moved are not embedded again. `rebuild`
    builds a new index beside the old one, which takes over when it is complete; so does an ingest of the whole corpus
    where the embedding model, the size of passages or the rules for sentences were changed. One that was interrupted is
    gone on with. Raises CorpusError or IndexUnusable, SettingsError for a new index in the corpus.
    """
    settings = settings or load().settings
    refuse_in_corpus(settings)
    if dry_run:
        with contextlib.ExitStack() as opened:
            known = None if rebuild else _existing(settings, paths)
            if known:
                opened.callback(known.close)
            return _compare(settings, known, paths, progress)
    if settings.shared_index:
        refuse_copy(settings)
    with writer_lock(settings.index_path):
        restore_current(settings)  # else it would be taken for what an interrupted run left
        remove_leftovers(settings)
        index = None if rebuild else _existing(settings, paths, locked=True)
        with closing(index or Index.create(settings)) as target:
            report = _update(settings, target, paths, progress)
            if index is None:
                target.take_over()
            if settings.shared_index:
                publish(target)
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
    with contextlib.ExitStack() as opened:
        opened.callback(index.close)
        refuse_another_corpus(settings, index.catalog)
        if not paths and index.made_otherwise(settings):
            return None
        opened.pop_all()
    return index


def _compare(
    settings: Settings, index: Index | None, paths: Sequence[Path], progress: Callable[[Progress], None]
) -> Report:
    comparison = Comparison(
        settings, index.catalog.files() if index else {}, index.catalog.sources() if index else {}, paths
    )
    for _ in comparison.batches(progress):
        pass
    counts = index.catalog.counts() if index else (0, 0)
    due = index is not None and is_due(index)
    return Report(comparison.changes(), comparison.problems, comparison.skipped, *counts, due)


def _update(settings: Settings, index: Index, paths: Sequence[Path], progress: Callable[[Progress], None]) -> Report:
    catalog = index.catalog
    comparison = Comparison(settings, catalog.files(), catalog.sources(), paths)
    due = is_due(index)
    embed_missing(index)
    under_way: UnderWay = deque(maxlen=2)
    pending: frozenset[str] = frozenset()
    with closing(one_ahead(_prepared(index, comparison, under_way))) as ready, Behind() as writer:
        for work in ready:
            words = catalog.keywords.new_words(searchable(*pair) for pair in work.pairs)
            words = {word: written for word, written in words.items() if word not in pending}
            embedded = embed(index.embedder, work.pairs) if work.pairs else []
            vectors = index.embedder.questions(list(words.values())) if words else None
            writer.do(_add, index, work, embedded, words, vectors, under_way)
            pending = frozenset(words)
            for step in work.read:
                progress(step)
    _remove(index, comparison.gone)
    bring_in_line(index)
    with catalog.transaction():
        catalog.set_meta("updated_at", now())
        catalog.set_meta("corpus", corpus_noted(settings))  # its folder may have moved
    return Report(comparison.changes(), comparison.problems, comparison.skipped, *catalog.counts(), due)


def _prepared(index: Index, comparison: Comparison, under_way: UnderWay) -> Generator[Prepared, None, None]:
    """The batches, read and split. An article of a batch under way is not new, though it may not be written yet."""
    splitter: Splitter | None = None
    read: list[Progress] = []
    for batch in comparison.batches(read.append):
        with index.catalog.reading():  # between two batches being written, not in the midst of one
            known = {id_ for other in under_way for id_ in other}
            new = [
                article
                for id_, article in batch.articles.items()
                if id_ not in known and not index.catalog.has_article(id_)
            ]
            under_way.append(batch.articles.keys())
        if new and splitter is None:
            from qa_assistant.ingestion.splitting import Splitter

            splitter = Splitter(index.passage_tokens, index.embedder.count_tokens)
        pairs = [(article, passage) for article in new for passage in splitter.split(article)] if splitter else []
        yield Prepared(batch, new, pairs, tuple(read))
        read.clear()
    if read:
        yield Prepared(Batch(), [], [], tuple(read))


def embed(embedder: Embedder, pairs: Sequence[tuple[Article, Passage]]) -> list[EmbeddedPassage]:
    """Embeds passages and their sentences, all in one go so that lengths can be bucketed.

    An article's title, where the text does not hold it, is embedded with each of its passages.
    """
    texts = [searchable(article, passage) for article, passage in pairs]
    texts += [span.of(article.text) for article, passage in pairs for span in passage.sentences]
    vectors = embedder.passages(texts)
    embedded: list[EmbeddedPassage] = []
    at = len(pairs)
    for number, (article, passage) in enumerate(pairs):
        after = at + len(passage.sentences)
        embedded.append(EmbeddedPassage(article, passage, vectors[number], vectors[at:after]))
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


def _add(
    index: Index,
    work: Prepared,
    embedded: Sequence[EmbeddedPassage],
    words: Mapping[str, str],
    word_vectors: Array | None,
    under_way: UnderWay,
) -> None:
    """Adds a batch in one transaction, `words` with their vectors, shape `(len(words), dimension)`."""
    catalog = index.catalog
    with catalog.transaction():
        for article in work.new:
            catalog.add_article(article)
        for article in work.batch.articles.values():
            catalog.set_language(article)
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
        before = {id_ for state, _ in work.batch.files for id_ in catalog.articles_of(state.path)}
        for state, sources in work.batch.files:
            catalog.set_file(state, sources)
        for article_id in catalog.unreferenced(before):  # nobody sees two versions of an article
            if not any(article_id in other for other in under_way):  # else it moves to a file that comes next
                catalog.remove_article(article_id)
    bring_in_line(index, least=_TAIL)


def _remove(index: Index, gone: Sequence[str]) -> None:
    """Forgets files that are gone and removes articles that no file holds any more."""
    catalog = index.catalog
    with catalog.transaction():
        before = {id_ for path in gone for id_ in catalog.articles_of(path)}
        for path in gone:
            catalog.remove_file(path)
        for article_id in catalog.unreferenced(before):
            catalog.remove_article(article_id)
