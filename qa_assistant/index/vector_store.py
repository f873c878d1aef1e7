"""The passage vectors, in Chroma: inside the program, or on a Chroma server. The only import of chromadb."""

from __future__ import annotations

import contextlib
import json
import re
import threading
import weakref
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_assistant.environment import without_variables
from qa_assistant.errors import IndexUnusable
from qa_assistant.index.filtering import VectorRow, where_clause
from qa_assistant.records import Filters
from qa_assistant.settings import server_address

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array

_HNSW = {
    "space": "cosine", "ef_construction": 200, "ef_search": 3_000, "max_neighbors": 32,
    "batch_size": 2, "sync_threshold": 2,
}  # fmt: skip
"""Cosine distance; a graph denser than Chroma's default and searched wider, because a passage that is not a candidate
can't be cited: of 2,449 passages of the news corpus 0.992 of the 10 nearest are found with `ef_search` 200, all with
1,000, in the same time; of 100,000 of `tests/benchmarks/scale.py` 0.998 with 3,000. The graph is written to disk with
each batch: what is not, up to 1,000 vectors, is added anew whenever a process opens the store (measured with 2,100
vectors: 0.41 s to open it and search, 0.04 s with nothing left to add)."""

_BATCH = 5_000
"""Vectors of one call: Chroma takes up to 5,461, and writes its whole graph after each."""

_PAGE = 10_000

_CLIENTS = threading.Lock()
"""Chroma shares one engine among the clients of a folder; one thread may stop it while another opens its own."""

_FORGOTTEN: deque[Any] = deque()
"""Clients of stores that nobody closed, to be closed by whoever opens or closes one next. Their stores may be found to
be garbage at any moment, while this very thread holds `_CLIENTS`."""


class _Collection:
    """One collection in Chroma. Whatever goes wrong there is IndexUnusable."""

    _where: str
    _collection: Any

    def _call(self, method: str, **arguments: Any) -> Any:
        with _telling_trouble(self._where):
            return getattr(self._collection, method)(**arguments)


class VectorStore(_Collection):
    """Cosine search over passage vectors. Keys are `Passage.key`."""

    def __init__(self, folder: Path, address: str, collection: str, *, create: bool = True) -> None:
        """Opens `collection`, with `create` making it if need be.

        Raises IndexUnusable where Chroma cannot be opened or reached.
        """
        self._where = address or str(folder)
        self._client: Any = None
        self._forgotten: weakref.finalize[..., VectorStore] | None = None
        try:
            with _telling_trouble(self._where):
                if not address and not create and not folder.is_dir():
                    raise FileNotFoundError("there is no such folder")  # which Chroma would make
                self._client = _server(address) if address else _embedded(folder)
                # Whoever forgets to close it does not keep its files open for ever.
                self._forgotten = weakref.finalize(self, _FORGOTTEN.append, self._client)
                how = {"embedding_function": None, "configuration": {"hnsw": _HNSW}}
                self._collection = (
                    self._client.get_or_create_collection(collection, **how)
                    if create
                    else self._client.get_collection(collection, embedding_function=None)
                )
        except IndexUnusable:
            self.close()
            raise

    def add(self, rows: Sequence[VectorRow], vectors: Array) -> None:
        """`vectors` has shape `(len(rows), dimension)`. A key that is there already is replaced."""
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            self._call(
                "upsert",
                ids=[row.key for row in batch],
                embeddings=vectors[start : start + _BATCH],
                metadatas=[row.metadata() for row in batch],
            )

    def remove(self, keys: Iterable[str]) -> None:
        gone = list(keys)
        for start in range(0, len(gone), _BATCH):
            self._call("delete", ids=gone[start : start + _BATCH])

    def nearest(self, vector: Array, limit: int, filters: Filters) -> dict[str, float]:
        """The keys of the passages nearest to `vector` that satisfy `filters`, with their cosine, best first."""
        found = self._call(
            "query", query_embeddings=[vector], n_results=limit, where=where_clause(filters), include=["distances"]
        )
        return {
            key: 1.0 - float(distance)
            for key, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        }  # fmt: skip

    def vectors(self, keys: Sequence[str]) -> dict[str, Array]:
        """These passages' vectors, each of shape `(dimension,)`; keys that are not stored are left out."""
        if not keys:
            return {}
        found = self._call("get", ids=list(keys), include=["embeddings"])
        return dict(zip(found["ids"], found["embeddings"], strict=True))

    def keys(self) -> set[str]:
        return set(self._call("get", include=[])["ids"])

    def count(self) -> int:
        return int(self._call("count"))

    def drop(self) -> None:
        """Removes the collection with all its vectors. Raises IndexUnusable, also if it is gone already."""
        with _telling_trouble(self._where):
            self._client.delete_collection(self._collection.name)

    def close(self) -> None:
        """Releases files and connections, unless another store of this process uses the same ones."""
        if self._forgotten and self._forgotten.detach():
            _close(self._client)


def sizes(folder: Path) -> str:
    """JSON of how long each file of a store's graph is, by its name."""
    graph = (file for file in sorted(folder.rglob("*")) if file.parent != folder and file.is_file())
    return json.dumps({file.name: file.stat().st_size for file in graph})


def check_sizes(folder: Path, expected: str) -> None:
    """Raises IndexUnusable where a file is not as long as `sizes()` said: Chroma crashes over a graph cut short."""
    hint = "Mend it: qa-assistant doctor --repair"
    if not re.fullmatch(r"[\w-]{1,64}", folder.name):
        raise IndexUnusable("The catalogue names a folder for Chroma that no program made.", hint=hint)
    wrong = [name for name, size in json.loads(expected).items() if _size(folder, name) != size]
    if wrong:
        raise IndexUnusable(f"Chroma at {folder} cannot be used: {wrong[0]} is damaged.", hint=hint)


def _size(folder: Path, name: str) -> int:
    return sum(file.stat().st_size for file in folder.glob(f"*/{name}"))


class EntryStore(_Collection):
    """Texts by name on a Chroma server, each with a stamp: what a shared index is published as."""

    def __init__(self, address: str, collection: str) -> None:
        """Raises IndexUnusable if the server cannot be reached."""
        self._where = address
        with _telling_trouble(address):
            self._client = _server(address)
            self._collection = self._client.get_or_create_collection(collection, embedding_function=None)

    def put(self, entries: Mapping[str, tuple[str, str]]) -> None:
        """`{name: (stamp, text)}`."""
        self._call(
            "upsert",
            ids=list(entries),
            embeddings=[[0.0]] * len(entries),
            metadatas=[{"stamp": stamp} for stamp, _ in entries.values()],
            documents=[text for _, text in entries.values()],
        )

    def get(self, names: Sequence[str]) -> dict[str, str]:
        """The texts of those that are there."""
        found = self._call("get", ids=list(names), include=["documents"])
        return dict(zip(found["ids"], found["documents"], strict=True))

    def stamps(self) -> dict[str, str]:
        """Of every entry."""
        stamps: dict[str, str] = {}
        while True:
            found = self._call("get", limit=_PAGE, offset=len(stamps), include=["metadatas"])
            stamps |= {name: one["stamp"] for name, one in zip(found["ids"], found["metadatas"], strict=True)}
            if len(found["ids"]) < _PAGE:
                return stamps

    def remove(self, names: Sequence[str]) -> None:
        for start in range(0, len(names), _BATCH):
            self._call("delete", ids=list(names[start : start + _BATCH]))

    def close(self) -> None:
        _close(self._client)


@contextlib.contextmanager
def _telling_trouble(where: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        full = "disk is full" in reason or "No space left" in reason
        room = "Make room there, and in the folder for temporary files (TMPDIR)."  # where SQLite writes, too
        hint = room if full else "See what is wrong with `qa-assistant doctor`."
        raise IndexUnusable(f"Chroma at {where} cannot be used: {reason}", hint=hint) from error


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """One thread opens or closes clients; those that were left behind are closed first."""
    with _CLIENTS:
        while _FORGOTTEN:
            with contextlib.suppress(Exception):  # whom it would concern is gone
                _FORGOTTEN.popleft().close()
        yield


def _close(client: Any) -> None:
    with _one_at_a_time():
        client.close()


def _chroma_settings() -> Any:
    from chromadb.config import Settings

    # Chroma never closes the connections it keeps alive, so it keeps none.
    return Settings(anonymized_telemetry=False, chroma_http_max_keepalive_connections=0)


def _embedded(folder: Path) -> Any:
    import chromadb

    with _one_at_a_time():
        return chromadb.PersistentClient(str(folder), settings=_chroma_settings())


def _server(address: str) -> Any:
    import chromadb

    host, port, secure = server_address(address)
    # It would send vectors through what HTTP_PROXY and the like name; it reads them when it is made.
    with _one_at_a_time(), without_variables("_proxy"):
        return chromadb.HttpClient(host=host, port=port, ssl=secure, settings=_chroma_settings())
