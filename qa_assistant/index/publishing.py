"""Chroma follows the catalogue: a copy of its store gets what is new and loses what is gone, then readers are told.

Why a copy: Chroma flushes its graph in place, and a process that dies meanwhile leaves files that crash whoever opens
them (chroma issue 7238); and a second process does not see what another wrote until it opens the store anew (3792).
A store that readers know is never written again, so neither can happen to them. On a Chroma server it is updated in
place: there, one process owns the files.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from qa_assistant.errors import IndexUnusable
from qa_assistant.index import centring
from qa_assistant.index.filtering import VectorRow
from qa_assistant.index.index import Index
from qa_assistant.index.lock import writing
from qa_assistant.index.passage_vectors import Centre, Stored
from qa_assistant.index.vector_store import VectorStore, sizes

_SMALL = 2_000
"""Vectors up to which Chroma follows every change: copying them takes less than opening Chroma."""

_SLACK = 50
"""Above, it follows once a 50th of what it holds changed, so that one article's update costs nothing of the kind."""

_MOST_REMOVED = 500
"""Passages that are gone and in Chroma still: each search asks for so many more."""

_AT_ONCE = 5_000

_REPLACED = "replaced_collections"
"""Where the catalogue notes collections on a Chroma server that another one took the place of."""

_SQLITE = "chroma.sqlite3"

_ENOUGH = 1_000
"""Passages whose mean is that of the corpus: more do not move it."""


def bring_in_line(index: Index, *, least: int = 1) -> bool:
    """Makes Chroma hold what the catalogue holds, if that is worth it yet. Whether it did anything.

    `least`: new passages below which nothing is done. Only for the process that holds the writer's lock. Raises
    IndexUnusable, also if the disk is full; then what readers use is as it was.
    """
    stored = index.catalog.vectors.stored()
    if not is_due(index, least=least):
        return False
    if stored.elsewhere(index.settings.chroma) or _centre_is_old(index):
        publish_anew(index)
    elif index.settings.chroma:
        _update_server(index, stored)
    else:
        with writing(index.folder.parent):
            _publish_copy(index, stored)
    return True


def is_due(index: Index, *, least: int = 1) -> bool:
    """Whether `bring_in_line()` would do anything."""
    vectors, chroma = index.catalog.vectors, index.settings.chroma
    stored = vectors.stored()
    if stored.elsewhere(chroma):  # of what is where the settings say nothing is known
        return True
    new = vectors.unstored()
    slack = 0 if chroma or stored.row <= _SMALL else stored.row // _SLACK
    return max(new, stored.removed) >= least and (new > slack or stored.removed > min(slack, _MOST_REMOVED))


def _centre_is_old(index: Index) -> bool:
    """Whether the vectors in Chroma were centred on the mean of too few."""
    counted = index.catalog.vectors.centre().counted
    return counted < _ENOUGH and 2 * counted <= index.catalog.means.mean("passages")[1]


def publish_anew(index: Index) -> None:
    """A new Chroma store with every vector of the catalogue, in place of whatever there is. Raises as above."""
    catalog = index.catalog
    if not catalog.vectors.count():
        with catalog.transaction():
            catalog.vectors.set_stored("", 0, _new_centre(index), "")
        sweep_stores(index)
    elif index.settings.chroma:
        index.close_store()
        with catalog.transaction():
            catalog.set_meta(_REPLACED, f"{catalog.meta(_REPLACED) or ''} {index.collection}")
            catalog.set_meta("collection", f"qa-assistant-{secrets.token_hex(8)}")
            catalog.vectors.set_stored("", 0, _new_centre(index), "")
        _update_server(index, catalog.vectors.stored())
        sweep_stores(index)
        if not index.settings.shared_index:
            drop_replaced(index)
    else:
        with writing(index.folder.parent):
            _publish_new(index)


def drop_replaced(index: Index) -> None:
    """Removes from a Chroma server what `publish_anew()` replaced. Of a shared index not before clients are told."""
    replaced = (index.catalog.meta(_REPLACED) or "").split()
    for name in replaced:
        with (
            contextlib.suppress(IndexUnusable),  # it may be what was missing
            contextlib.closing(VectorStore(index.folder, index.settings.chroma, name, create=False)) as store,
        ):
            store.drop()
    if replaced:
        with index.catalog.transaction():
            index.catalog.set_meta(_REPLACED, "")


def _new_centre(index: Index) -> Centre:
    mean, count = index.catalog.means.mean("passages")
    # Without all of the mean the graph misses fewer: of 20,000 passages of `scale.py` as searched there none, with
    # 0.2 of it left 0.003 of the 10 nearest.
    return Centre(centring.offset(mean, count, share=1.0), count)


def sweep_stores(index: Index) -> list[Path]:
    """Removes local stores that the catalogue does not name; returns them."""
    name = index.catalog.vectors.stored().name
    others = [folder for folder in sorted(index.folder.glob("chroma*")) if folder.name != name or index.settings.chroma]
    for folder in others:
        shutil.rmtree(folder, ignore_errors=True)
    return others


def copy_vectors_from_chroma(index: Index) -> None:
    """The last step of the migration from schema 1, where Chroma alone had the vectors.

    What it does not have any more stays missing; the next ingest embeds it anew.
    """
    catalog = index.catalog
    missing = set(catalog.vectors.missing())
    passages = list(catalog.keys())
    keys = {key: row for row, key in passages if row in missing}
    try:
        store = index.store()
        assert store is not None
        orphans = store.keys() - {key for _, key in passages}
        wanted = list(keys)
        for start in range(0, len(wanted), _AT_ONCE):
            found = store.vectors(wanted[start : start + _AT_ONCE])
            with catalog.transaction():
                for key, vector in found.items():
                    catalog.vectors.add(keys[key], vector)
        with catalog.transaction():
            catalog.vectors.note_removed(orphans)
    except IndexUnusable:
        with catalog.transaction():
            catalog.vectors.set_stored("", 0, catalog.vectors.centre(), "")
    with catalog.transaction():
        catalog.set_meta("vectors_in", "")
        if index.settings.chroma:
            catalog.vectors.rename_store(index.collection, index.settings.chroma)


def _publish_copy(index: Index, stored: Stored) -> None:
    """Another store: a copy of the one that readers use, brought in line."""
    # A graph keeps a place for each vector that was removed; one that is half such places is built anew.
    removed = int(index.catalog.meta("store_removed") or 0) + stored.removed
    source = index.folder / stored.name
    if not stored.name or not source.is_dir() or removed > stored.row // 2:
        _publish_new(index)
        return
    centre = index.catalog.vectors.centre()

    def fill(target: Path) -> None:
        _copy(source, target)
        _fill(index, target, stored.row, centre)

    try:
        _publish(index, fill, centre, removed)
    except IndexUnusable:  # what was copied is damaged
        _publish_new(index)


def _publish_new(index: Index) -> None:
    centre = _new_centre(index)
    _publish(index, lambda target: _fill(index, target, 0, centre), centre, 0)


def _publish(index: Index, fill: Callable[[Path], None], centre: Centre, removed: int) -> None:
    """Has `fill` make a store and tells readers of it; if it cannot be made, they go on with the one they have."""
    index.close_store()
    name = f"chroma-{secrets.token_hex(4)}"
    target = index.folder / name
    last = index.catalog.vectors.last_row()
    try:
        fill(target)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    with index.catalog.transaction():
        index.catalog.vectors.set_stored(name, last, centre, "")
        index.catalog.set_meta("store_sizes", sizes(target))
        index.catalog.set_meta("store_removed", str(removed))
    sweep_stores(index)


def _copy(source: Path, target: Path) -> None:
    """Raises OSError, and not shutil's collection of such, and IndexUnusable if the source is damaged.

    A reader that opens the source at this very moment makes Chroma write to its SQLite file, and a journal that comes
    and goes: that file is copied by SQLite itself, which waits.
    """
    for folder, _, names in os.walk(source):
        inside = target / Path(folder).relative_to(source)
        inside.mkdir()
        for name in names:
            if name == _SQLITE:
                _copy_database(Path(folder) / name, inside / name)
            elif not name.startswith(_SQLITE):
                shutil.copyfile(Path(folder) / name, inside / name)


def _copy_database(source: Path, target: Path) -> None:
    try:
        with (
            contextlib.closing(sqlite3.connect(source, timeout=60)) as one,
            contextlib.closing(sqlite3.connect(target)) as other,
        ):
            one.backup(other)
    except sqlite3.Error as error:
        raise IndexUnusable(f"Chroma's store in {source.parent} cannot be copied: {error}") from error


def _fill(index: Index, folder: Path, after: int, centre: Centre) -> None:
    """Brings the store in `folder`, which holds the passages up to row `after`, in line."""
    with contextlib.closing(VectorStore(folder, "", index.collection)) as store:
        _apply(index, store, after, centre)
        count = store.count()
    expected = index.catalog.vectors.count()
    if count != expected:
        raise IndexUnusable(
            f"Chroma holds {count} vectors where it was given {expected}.", hint="Mend it: qa-assistant doctor --repair"
        )


def _update_server(index: Index, stored: Stored) -> None:
    catalog = index.catalog
    last, centre = catalog.vectors.last_row(), catalog.vectors.centre()
    with catalog.transaction():
        catalog.vectors.touch(last)
    with contextlib.closing(VectorStore(index.folder, index.settings.chroma, index.collection)) as store:
        _apply(index, store, stored.row, centre)
    with catalog.transaction():
        catalog.vectors.set_stored(index.collection, last, centre, index.settings.chroma)


def _apply(index: Index, store: VectorStore, after: int, centre: Centre) -> None:
    store.remove(index.catalog.vectors.removed())
    for rows, vectors in index.catalog.vector_rows(after, _AT_ONCE):
        known = [VectorRow.of(key, date, agency) for key, date, agency in rows]
        store.add(known, centring.centred(vectors, centre.offset))
