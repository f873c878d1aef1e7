"""An index: the catalogue (SQLite), the vectors (Chroma) and the embedding model that made them, opened together.

The catalogue decides, and has all there is. A Chroma store is a copy of its vectors that is never written once readers
know its name, so that no reader sees half of anything: what is newer is compared vector by vector (`publishing.py`).
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import TYPE_CHECKING

from qa_assistant import sentences
from qa_assistant.errors import IndexMissing, IndexOutdated, IndexUnusable, OtherModel
from qa_assistant.index import centring, generations
from qa_assistant.index.catalog import FILE_NAME, Catalog
from qa_assistant.index.database import READ_ONLY
from qa_assistant.index.filtering import filter_condition
from qa_assistant.index.lock import writer_lock
from qa_assistant.index.means import BACKGROUND
from qa_assistant.index.vector_memory import HeldVectors, VectorMemory
from qa_assistant.records import Filters
from qa_assistant.settings import Settings

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array
    from qa_assistant.index.embedding import Embedder
    from qa_assistant.index.passage_vectors import Stored
    from qa_assistant.index.vector_store import VectorStore

COMPARED = 10_000
"""Vectors that are compared one by one, in 45 ms, without asking Chroma, which takes ten times as long to import."""

_REMEMBERED = 4_096
"""Words of questions whose vectors are kept, 6 MB."""

_REBUILD = "Name the one it was made with, or build the index anew: qa-assistant ingest --rebuild"


class Index:
    """One corpus' index. The embedding model and Chroma are opened when they are first needed."""

    def __init__(self, settings: Settings, folder: Path, catalog: Catalog) -> None:
        self.settings = settings
        self.folder = folder
        self.catalog = catalog
        self._store: tuple[str, VectorStore] | None = None
        self._embedder: Embedder | None = None
        self._opening = threading.Lock()
        self._memory = VectorMemory(folder)
        self._meanings: dict[str, Array] = {}

    @classmethod
    def open(cls, settings: Settings, *, locked: bool = False) -> Index:
        """The index as it is now. One of an older schema is brought up to date; `locked` if this process writes it.

        Raises IndexMissing if there is none, IndexUnusable if it is damaged or another embedding model made it.
        """
        if settings.shared_index and not locked:
            from qa_assistant.index.sharing import follow

            follow(settings)
        while True:
            folder = generations.current_generation(settings.index_path)
            try:
                return cls._opened(settings, folder, locked)
            except (IndexMissing, IndexUnusable):
                if folder == generations.current_generation(settings.index_path):
                    raise  # else another generation took over this very moment

    @classmethod
    def _opened(cls, settings: Settings, folder: Path | None, locked: bool) -> Index:
        if folder is None or not (folder / FILE_NAME).is_file():
            raise IndexMissing(
                f"There is no index for {settings.corpus_path} yet.", hint="Make it: qa-assistant ingest"
            )
        try:
            catalog = Catalog(folder)
        except IndexOutdated:
            with contextlib.nullcontext() if locked else writer_lock(settings.index_path):
                catalog = Catalog(folder, migrate=True)
        index = cls(settings, folder, catalog)
        made_with = catalog.meta("embedding_model")
        if made_with != settings.embedding_model:
            index.close()
            raise OtherModel(
                f"The index was made with the embedding model {made_with}, not {settings.embedding_model}.",
                hint=_REBUILD,
            )
        if locked:
            index._note_complete()  # in case whoever built it was killed before it could
        if catalog.meta("vectors_in"):
            from qa_assistant.index.publishing import copy_vectors_from_chroma

            with contextlib.nullcontext() if locked else writer_lock(settings.index_path):
                copy_vectors_from_chroma(index)
        return index

    @classmethod
    def create(cls, settings: Settings) -> Index:
        """A generation that readers do not see before `take_over()`: one that was interrupted, else a new one."""
        return cls(settings, *(generations.unfinished_generation(settings) or generations.new_generation(settings)))

    def take_over(self) -> None:
        """Makes this generation the one that readers use, in one step, and removes the others."""
        generations.make_current(self.folder)
        self._note_complete()
        generations.remove_leftovers(self.settings)

    def _note_complete(self) -> None:
        if self.catalog.meta("building"):
            with self.catalog.transaction():
                self.catalog.set_meta("building", "")

    @property
    def is_current(self) -> bool:
        """Whether readers use this generation still: another one may have taken over since it was opened."""
        return self.catalog.is_latest and self.folder == generations.current_generation(self.settings.index_path)

    def reopened(self) -> Index:
        """The index that took this one's place. This one works on for whoever uses it. Raises as `open()` does."""
        index = Index.open(self.settings)
        index._embedder = self._embedder
        return index

    @property
    def embedder(self) -> Embedder:
        from qa_assistant.index.embedding import open_embedder

        with self._opening:  # a question and its words ask at once
            if self._embedder is None:
                self._embedder = open_embedder(self.settings)
            return self._embedder

    def store(self) -> VectorStore | None:
        """The Chroma store that the catalogue names now, or None before there is one. Raises IndexUnusable."""
        name = self.catalog.vectors.stored().name
        if self._store and self._store[0] == name:
            return self._store[1]
        self.close_store()
        if not name:
            return None
        from qa_assistant.index.vector_store import VectorStore, check_sizes

        if not self.settings.chroma:
            check_sizes(self.folder / name, self.catalog.meta("store_sizes") or "{}")
        store = VectorStore(self.folder / name, self.settings.chroma, self.collection, create=False)
        self._store = name, store
        return store

    def open_store(self, filters: Filters) -> None:
        """Opens what `nearest_beside()` needs, which tells if it cannot be used."""
        with self.catalog.reading(), contextlib.suppress(IndexUnusable):
            if self._asks_chroma() and not self._held(filters):
                self.store()

    def _asks_chroma(self) -> bool:
        return bool(self.settings.chroma) or self.catalog.vectors.last_row() > COMPARED

    def _held(self, filters: Filters) -> HeldVectors | None:
        """The vectors of the store, if they are in memory and nothing is asked that only Chroma knows."""
        return None if filters or self.settings.chroma else self._memory.of(self.catalog.vectors.stored().name)

    @property
    def collection(self) -> str:
        """Name of the collection in Chroma."""
        return self.catalog.meta("collection") or ""

    def nearest_beside(
        self, pool: Executor, question: Callable[[], Array], limit: int, filters: Filters
    ) -> Callable[[], dict[int, float]]:
        """Rows of the passages nearest to the vector `question()` that satisfy `filters`, and their cosine, best first.

        Chroma's part is done in `pool`, `question()` too; what is returned waits for it. Both vectors are centred as
        those in Chroma are.

        Raises IndexUnusable if a Chroma server does not answer. A local store that cannot be used is done without, as
        it is where there are few: then every vector of the catalogue is compared, which finds the same.
        """
        catalog = self.catalog
        stored, offset = catalog.vectors.stored(), catalog.vectors.centre().offset

        def vector() -> Array:
            return centring.centred(question(), offset)

        held, most = self._held(filters), limit + stored.removed
        if held:
            self.close_store()  # as much memory again
            looking: Callable[[], dict[int, float] | None] = pool.submit(lambda: held.nearest(vector(), most)).result
        else:
            looking = self._in_store(pool, stored, vector, most, filters) if self._asks_chroma() else lambda: None
            if not filters and not self.settings.chroma:
                self._memory.asked(stored.name)

        def nearest() -> dict[int, float]:
            found = looking()
            after = 0 if found is None else stored.row
            near = catalog.vectors.nearest(vector(), limit, after, *filter_condition(filters))
            if held:  # Chroma's keys are looked up already
                found = catalog.vectors.kept(found or {})
            near |= found or {}
            return dict(sorted(near.items(), key=lambda pair: -pair[1])[:limit])

        return nearest

    def _in_store(
        self, pool: Executor, stored: Stored, vector: Callable[[], Array], most: int, filters: Filters
    ) -> Callable[[], dict[int, float] | None]:
        """Asks Chroma in `pool`; what is returned waits for it, and gives None if the store cannot be used."""
        looking: Future[dict[str, float]] | None = None
        if elsewhere := stored.elsewhere(self.settings.chroma):
            logging.getLogger(__name__).warning(
                "Chroma's store cannot be used: %s. All vectors are compared instead. Mend it: qa-assistant ingest",
                elsewhere,
            )
            return lambda: None
        with self._store_trouble(stored):
            store = self.store() if stored.row else None
            looking = pool.submit(lambda: store.nearest(vector(), most, filters)) if store else None

        def rows() -> dict[int, float] | None:
            found: dict[str, float] | None = None
            if looking:
                with self._store_trouble(stored):
                    found = looking.result()
            if found is None:
                return None
            rows = self.catalog.rows_of(found)
            return {rows[key]: cosine for key, cosine in found.items() if key in rows}

        return rows

    @contextlib.contextmanager
    def _store_trouble(self, stored: Stored) -> Iterator[None]:
        """A local store that cannot be used is done without, and that is said; a server's error is raised."""
        try:
            yield
        except IndexUnusable as error:
            self.close_store()
            if self.settings.chroma:
                raise
            if self.catalog.only_read:  # where Chroma cannot write, it cannot be asked
                logging.getLogger(__name__).warning("%s All vectors are compared instead of asking Chroma.", READ_ONLY)
            elif not self._is_replaced(stored.name):
                logging.getLogger(__name__).warning(
                    "%s All vectors are compared instead. Mend it: qa-assistant doctor --repair", error.message
                )

    def _is_replaced(self, name: str) -> bool:
        """Whether readers use another store than `name` by now: a writer removed it while it was being opened."""
        try:
            with contextlib.closing(Catalog(self.folder)) as catalog:
                return catalog.vectors.stored().name != name
        except (IndexMissing, IndexUnusable):  # the whole generation is gone
            return True

    def meanings(self, words: Sequence[str]) -> Array:
        """The vectors of a question's words, shape `(len(words), dimension)`; those asked before are remembered.

        Not those that the catalogue has of the same words: the article may write them with another capital, which costs
        a question its confidence.
        """
        import numpy as np

        known = self._meanings if len(self._meanings) < _REMEMBERED else {}
        new = [word for word in words if word not in known]
        if new:
            known = known | dict(zip(new, self.embedder.words(new), strict=True))
            self._meanings = known  # as a whole: another thread may be reading it
        return (
            np.stack([known[word] for word in words]) if words else np.zeros((0, self.embedder.dimension), np.float32)
        )

    def background(self) -> Array:
        """The mean vector of `BACKGROUND`, shape `(dimension,)`; embedded anew for an index that did not keep it."""
        mean, count = self.catalog.means.mean("background")
        return mean if count else self.embedder.passages(BACKGROUND).mean(axis=0)

    @property
    def passage_tokens(self) -> int:
        """The size of passages this index was made with; it stays until the index is built anew.

        Raises IndexUnusable if the catalogue is damaged.
        """
        with self.catalog.reading():
            return int(self.catalog.meta("passage_tokens") or self.settings.passage_tokens)

    def made_otherwise(self, settings: Settings) -> str:
        """In what it differs from one that would be built now; empty if in nothing. Raises IndexUnusable."""
        with self.catalog.reading():
            if self.catalog.meta("sentences") != sentences.VERSION:
                return "an older program told where its sentences end"
            made, wanted = self.passage_tokens, settings.passage_tokens
        return f"its passages have up to {made} tokens, not {wanted}" if made != wanted else ""

    def close_store(self) -> None:
        store, self._store = self._store, None
        if store:
            store[1].close()

    def close(self) -> None:
        self.catalog.close()
        self.close_store()
