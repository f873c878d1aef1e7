"""Whether catalogue and Chroma agree: what one has and the other has not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qa_assistant.errors import IndexUnusable
from qa_assistant.index.index import Index
from qa_assistant.index.probe import stored_keys
from qa_assistant.index.vector_store import check_sizes


@dataclass(frozen=True, slots=True)
class Integrity:
    """What is wrong with an index; all empty, or 0, if nothing is."""

    damage: str = ""
    """Of the catalogue, in SQLite's words."""
    unusable: str = ""
    """Why Chroma's store cannot be used."""
    orphans: tuple[str, ...] = ()
    """Keys of vectors in Chroma without a passage in the catalogue, beside those that are noted to go."""
    absent: tuple[str, ...] = ()
    """Keys of passages that Chroma should have and has not."""
    no_vector: int = 0
    """Passages whose vector the catalogue lacks."""

    @property
    def sound(self) -> bool:
        return self == Integrity()

    def __str__(self) -> str:
        found = [
            f"the catalogue is damaged ({self.damage})" if self.damage else "",
            f"Chroma's store cannot be used ({self.unusable})" if self.unusable else "",
            f"{len(self.orphans)} vectors in Chroma belong to no passage" if self.orphans else "",
            f"{len(self.absent)} passages are missing in Chroma" if self.absent else "",
            f"{self.no_vector} passages have no vector" if self.no_vector else "",
        ]
        return "; ".join(part for part in found if part)


def examine(index: Index, *, thorough: bool = False, keys: Callable[..., set[str]] = stored_keys) -> Integrity:
    """Compares every passage with every vector. `thorough` has SQLite check its indexes too, which takes longer.

    `keys` asks a store for its keys; by default in a process of its own, which may crash.
    """
    catalog = index.catalog
    damage = catalog.check(thorough=thorough)
    if damage:
        return Integrity(damage=damage)
    with catalog.reading():
        stored = catalog.vectors.stored()
        rows = dict(catalog.keys())
        gone = set(catalog.vectors.removed())
        no_vector = len(catalog.vectors.missing())
    held: set[str] = set()
    unusable = stored.elsewhere(index.settings.chroma)
    if stored.name and not unusable:
        try:
            if not index.settings.chroma:
                check_sizes(index.folder / stored.name, catalog.meta("store_sizes") or "{}")
            held = keys(index.folder / stored.name, index.settings.chroma, index.collection)
        except IndexUnusable as error:
            unusable = error.message
    if catalog.vectors.stored() != stored:  # a writer published another one this very moment
        return examine(index, thorough=thorough, keys=keys)
    due = set() if unusable else {key for row, key in rows.items() if row <= stored.row}
    orphans = held - set(rows.values()) - gone
    return Integrity("", unusable, tuple(sorted(orphans)), tuple(sorted(due - held)), no_vector)
