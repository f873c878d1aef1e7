"""What differs between a corpus and the catalogue: reads files that changed, says what became of each article."""

from __future__ import annotations

import functools
import hashlib
import os
import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qa_assistant.errors import CorpusError
from qa_assistant.index.catalog import Catalog, FileState
from qa_assistant.index.generations import corpus_noted
from qa_assistant.ingestion import corpus
from qa_assistant.records import Article
from qa_assistant.settings import Settings

_BATCH_CHARACTERS = 200_000
"""Text embedded and committed at a time: enough to fill batches of similar length, little to lose or to hold."""

_BATCH_FILES = 1_000
_MOST_PARTS = 100
"""Into so many batches at most one file's articles go: with each of them the catalogue writes anew what the file holds.
"""

_SETTLED_NS = 2_000_000_000
"""A file this close to the time it is read at may change again within the clock's step: its time is not believed."""

Sources = Mapping[str, Mapping[str, str]]
"""For each file the articles it holds: `{file: {path of the article: article id}}`."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading of changed files is, in bytes; `path` was read last."""

    done: int
    total: int
    path: str

    @property
    def percent(self) -> int:
        return 100 * self.done // max(1, self.total)


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of articles, by path."""

    added: list[str]
    updated: list[str]
    moved: list[str]
    removed: list[str]

    def __bool__(self) -> bool:
        return bool(self.added or self.updated or self.moved or self.removed)


@dataclass(slots=True)
class Batch:
    """Articles that were read, by id, and what files hold with them."""

    articles: dict[str, Article] = field(default_factory=dict)
    files: list[tuple[FileState, Mapping[str, str]]] = field(default_factory=list)
    characters: int = 0

    def add(self, article: Article) -> None:
        self.articles[article.id] = article
        self.characters += len(article.text)

    @property
    def full(self) -> bool:
        return self.characters >= _BATCH_CHARACTERS or len(self.files) >= _BATCH_FILES


def refuse_another_corpus(settings: Settings, catalog: Catalog) -> None:
    """Raises CorpusError where the index of another folder would be emptied: none of its files is in this one.

    A corpus that only moved has them all.
    """
    made_from = catalog.meta("corpus")
    if not made_from or made_from == corpus_noted(settings):
        return
    known = catalog.files()
    if known and len(corpus.scan(settings.corpus_path).gone(known)) == len(known):
        raise CorpusError(
            f"{settings.corpus_path} has none of the files of this index, which was made from {made_from}; the index "
            "was left as it is.",
            hint="Name another index with --index DIR, or replace this one: qa-assistant ingest --rebuild",
        )


class Comparison:
    """One comparison of the corpus (or of `paths` in it) with what the catalogue knows."""

    def __init__(
        self, settings: Settings, known: Mapping[str, FileState], before: Sources, paths: Sequence[Path] = ()
    ) -> None:
        """Raises CorpusError if the corpus cannot be read, or is empty though it was not."""
        self._settings = settings
        self._known = known
        self._before = before
        self._after = dict(before)
        found = corpus.scan(settings.corpus_path)
        if known and not found.files:
            raise CorpusError(
                f"{settings.corpus_path} holds no articles any more; the index was left as it is.",
                hint=f"If that is meant, remove the index: {settings.index_path}",
            )
        chosen = _chooser(settings.corpus_path, paths)
        self.skipped = [path for path in found.skipped if chosen(path)]
        self.problems = [problem for problem in found.problems if chosen(problem.path)]
        self.gone = [path for path in found.gone(known) if chosen(path)]
        self._changed = [file for file in found.files if chosen(file.label) and not self._looks_unchanged(file)]

    def batches(self, progress: Callable[[Progress], None]) -> Iterator[Batch]:
        """Reads every file that looks changed, or is read in another way now.

        A file that can't be read keeps what was indexed of it; one that can, and holds no word, does not.
        """
        total, done = sum(file.size for file in self._changed), 0
        batch = Batch()
        for file in self._changed:
            state, held, articles = self._read(file)
            most = max(_BATCH_CHARACTERS, sum(len(article.text) for article in articles) // _MOST_PARTS)
            for number, article in enumerate(articles):
                if batch.characters >= most:
                    batch.files.append(self._in_part(file, held, articles[:number]))
                    yield batch
                    batch = Batch()
                    progress(Progress(done + file.size * number // len(articles), total, file.label))
                batch.add(article)
            batch.files.append((state, held))
            if batch.full:
                yield batch
                batch = Batch()
            done += file.size
            progress(Progress(done, total, file.label))
        if batch.files:
            yield batch

    def changes(self) -> Changes:
        """After all batches were read: what became of each article."""
        before, gone = _flat(self._before), frozenset(self.gone)
        after = _flat({file: held for file, held in self._after.items() if file not in gone})
        left = {id_ for path, id_ in before.items() if path not in after}
        new = [path for path in after if path not in before]
        moved = [path for path in new if after[path] in left]
        arrived = {after[path] for path in moved}
        return Changes(
            added=sorted(path for path in new if after[path] not in left),
            updated=sorted(path for path, id_ in after.items() if before.get(path, id_) != id_),
            moved=sorted(moved),
            removed=sorted(path for path, id_ in before.items() if path not in after and id_ not in arrived),
        )

    def _looks_unchanged(self, file: corpus.SourceFile) -> bool:
        known = self._known.get(file.label)
        if known is None or (known.size, known.mtime_ns) != (file.size, file.mtime_ns):
            return False
        return known.way_of_reading == corpus.way_of_reading(file.path, self._settings)

    def _read(self, file: corpus.SourceFile) -> tuple[FileState, Mapping[str, str], Sequence[Article]]:
        """Its state, `{path of the article: article id}`, and the articles that are to be looked at."""
        before = self._before.get(file.label, {})
        try:
            data = corpus.read_bytes(self._settings.corpus_path / file.path)
        except (OSError, CorpusError) as error:
            reason = error.message if isinstance(error, CorpusError) else f"cannot be read: {error.strerror}"
            self.problems.append(corpus.Problem(file.label, reason))
            return _to_be_read_again(file), before, ()
        settled = abs(time.time_ns() - file.mtime_ns) > _SETTLED_NS
        way = corpus.way_of_reading(file.path, self._settings)
        digest = hashlib.sha256(data).hexdigest() + (f":{way}" if way else "")
        state = FileState(file.label, len(data), file.mtime_ns if settled else 0, digest)
        known = self._known.get(file.label)
        if known and known.digest == state.digest:
            return state, before, ()
        articles, problems = corpus.read(file, data, self._settings)
        emptied = not articles and all(problem.reason == corpus.EMPTY for problem in problems)
        if emptied and before:
            problems = [corpus.Problem(file.label, f"{corpus.EMPTY}, so it has no article any more")]
        self.problems.extend(problems)
        if any(problem.lost for problem in problems):
            if not articles and not emptied:
                return _to_be_read_again(file), before, ()  # what was indexed of it stays
            state = _to_be_read_again(file)
        self._after[file.label] = {article.path: article.id for article in articles}
        return state, self._after[file.label], articles

    def _in_part(
        self, file: corpus.SourceFile, held: Mapping[str, str], read: Sequence[Article]
    ) -> tuple[FileState, Mapping[str, str]]:
        """What to record of a file of which only these articles are committed: those, and all that it held before.

        One that it holds still, on another line, has its new place at once, so that it is not lost in between.
        """
        before = self._before.get(file.label, {})
        there = {*before.values(), *(article.id for article in read)}
        return _to_be_read_again(file), {**before, **{path: id_ for path, id_ in held.items() if id_ in there}}


def _to_be_read_again(file: corpus.SourceFile) -> FileState:
    """So that it is read, and what is missing of it named, again next time."""
    return FileState(file.label, file.size, 0, "")


def _flat(sources: Sources) -> dict[str, str]:
    return {path: id_ for held in sources.values() for path, id_ in held.items()}


def _chooser(root: Path, paths: Sequence[Path]) -> Callable[[str], bool]:
    """Whether a label is that of one of `paths`, or of what is below one; all are if there are none.

    Raises CorpusError for a path that is not there, or not in the corpus.
    """
    chosen: set[str] = set()
    resolved = functools.cache(Path.resolve)
    for path in paths:
        if not os.path.exists(path):  # noqa: PTH110 - this one raises nothing where a folder cannot be entered
            raise CorpusError(f"There is no {path}.", hint="Name a file or folder of the corpus.")
        inside = _inside(root, path, resolved)
        if not inside:
            name, folder = ("it", path) if path.is_dir() else ("its folder", path.parent)
            raise CorpusError(
                f"{path} is not in the corpus {root}.",
                hint=f"Make {name} the corpus: qa-assistant --corpus {shlex.quote(str(folder))} ingest",
            )
        chosen |= inside
    if not chosen or "" in chosen:
        return lambda _: True
    return lambda path: not chosen.isdisjoint(corpus.with_folders(path))


def _inside(root: Path, path: Path, resolved: Callable[[Path], Path]) -> set[str]:
    """The labels that `path` may have in the corpus: by the links it goes through, and by where they lead."""
    whole = path.absolute()
    # The innermost folder of the path that is the corpus: it may have other names as well.
    written = [whole.relative_to(above) for above in (whole, *whole.parents) if resolved(above) == resolved(root)][:1]
    found = [inside for inside in written if ".." not in inside.parts]
    if resolved(path).is_relative_to(resolved(root)):
        found.append(resolved(path).relative_to(resolved(root)))
    return {corpus.label(inside.as_posix()) if inside.parts else "" for inside in found}
