"""An index: the catalogue (SQLite), the vectors (Chroma) and the embedding model that made them, opened together.

INDEX/current            name of the generation that readers use; replaced in one step
INDEX/<generation>/      catalog.sqlite and, unless Chroma runs elsewhere, chroma/
INDEX/writer.lock        held by the one process that writes
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from qa_assistant.errors import IndexMissing, IndexUnusable
from qa_assistant.index.catalog import FILE_NAME, Catalog
from qa_assistant.index.means import BACKGROUND
from qa_assistant.settings import Settings

if TYPE_CHECKING:
    from qa_assistant.index.embedding import Embedder, Vectors
    from qa_assistant.index.vector_store import VectorStore

_REBUILD = "Name the one it was made with, or build the index anew: qa-assistant ingest --rebuild"


class Index:
    """One corpus' index. The embedding model and Chroma are opened when they are first needed."""

    def __init__(self, settings: Settings, folder: Path, catalog: Catalog) -> None:
        self.settings = settings
        self.folder = folder
        self.catalog = catalog

    @classmethod
    def open(cls, settings: Settings) -> Index:
        """The index as it is now.

        Raises IndexMissing if there is none, IndexUnusable if it is damaged or another embedding model made it.
        """
        folder = current_generation(settings.index_path)
        if folder is None or not (folder / FILE_NAME).is_file():
            raise IndexMissing(
                f"There is no index for {settings.corpus_path} yet.", hint="Make it: qa-assistant ingest"
            )
        index = cls(settings, folder, Catalog(folder))
        made_with = index.catalog.meta("embedding_model")
        if made_with != settings.embedding_model:
            index.close()
            raise IndexUnusable(
                f"The index was made with the embedding model {made_with}, not {settings.embedding_model}.",
                hint=_REBUILD,
            )
        return index

    @classmethod
    def create(cls, settings: Settings) -> Index:
        """A new, empty generation of the index, which readers do not see before `take_over()`."""
        folder = settings.index_path / f"generation-{secrets.token_hex(4)}"
        folder.mkdir(parents=True)
        catalog = Catalog(folder, create=True)
        with catalog.transaction():
            catalog.set_meta("embedding_model", settings.embedding_model)
            catalog.set_meta("passage_tokens", str(settings.passage_tokens))
            catalog.set_meta("corpus", str(settings.corpus_path.resolve()))
            catalog.set_meta("collection", f"qa-assistant-{secrets.token_hex(8)}")
        return cls(settings, folder, catalog)

    def take_over(self) -> None:
        """Makes this generation the one that readers use, in one step, and removes the others."""
        root = self.folder.parent
        pointer = root / "current.new"
        pointer.write_text(self.folder.name, encoding="utf-8")
        pointer.replace(root / "current")
        for other in root.glob("generation-*"):
            if other != self.folder:
                shutil.rmtree(other, ignore_errors=True)

    @cached_property
    def embedder(self) -> Embedder:
        from qa_assistant.index.embedding import open_embedder

        return open_embedder(self.settings)

    @cached_property
    def vectors(self) -> VectorStore:
        from qa_assistant.index.vector_store import VectorStore

        collection = self.catalog.meta("collection")
        assert collection is not None
        return VectorStore(self.folder / "chroma", self.settings.chroma, collection)

    def background(self) -> Vectors:
        """The mean vector of `BACKGROUND`, shape `(dimension,)`; embedded anew for an index that did not keep it."""
        mean, count = self.catalog.means.mean("background")
        return mean if count else self.embedder.passages(BACKGROUND).mean(axis=0)

    @property
    def passage_tokens(self) -> int:
        """The size of passages this index was made with; it stays until the index is built anew."""
        return int(self.catalog.meta("passage_tokens") or self.settings.passage_tokens)

    def close(self) -> None:
        self.catalog.close()
        if "vectors" in self.__dict__:
            self.vectors.close()


def current_generation(root: Path) -> Path | None:
    """The folder that readers use now, or None if nothing was ever completed."""
    try:
        name = (root / "current").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return root / name


@contextmanager
def writer_lock(root: Path) -> Iterator[None]:
    """Held while writing: one process at a time. Raises IndexUnusable if another one holds it."""
    from filelock import FileLock, Timeout

    try:
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(root / "writer.lock", timeout=0):
            yield
    except Timeout as error:
        raise IndexUnusable(
            f"Another process is writing the index in {root}.", hint="Wait until it is done; questions work meanwhile."
        ) from error
    except OSError as error:
        raise IndexUnusable(
            f"The index folder {root} cannot be written: {error.strerror}", hint="Name another with --index DIR."
        ) from error
