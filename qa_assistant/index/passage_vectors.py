"""The passages' vectors in the catalogue, and how far Chroma has followed it.

The catalogue has every vector; Chroma is a copy that finds the nearest ones faster, made from here whenever it is
missing or damaged. Rows above `stored_row` are not in it yet and are compared one by one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa_assistant.index import centring

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array

VECTOR_TABLES = """
CREATE TABLE vectors (passage INTEGER PRIMARY KEY REFERENCES passages (id), vector BLOB NOT NULL);
CREATE TABLE removed (key TEXT PRIMARY KEY);
"""

_AT_ONCE = 4_096
"""Vectors held in memory while they are compared: 6 MB."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What Chroma holds: the passages up to `row`, and `removed` ones that the catalogue does not have any more.

    `name` is that of its folder, or of its collection on a server; empty before there is one. `address` is the
    server's, empty for a folder, None where an older program did not note which server it filled.
    """

    name: str
    row: int
    removed: int
    address: str | None

    def elsewhere(self, address: str) -> str:
        """That it was not made at this address, a server's or empty for the folder; empty if it was."""
        if not self.name or self.address == address:
            return ""
        return f"it was not made {f'at {address}' if address else 'in the index folder'}"


@dataclass(frozen=True, slots=True)
class Centre:
    """What was taken off the vectors that Chroma holds: nothing, by a program that did not do it yet."""

    offset: Array
    """Shape `(dimension,)`, or `(1,)` if it is nothing."""
    counted: int
    """Passages over whose mean it was chosen."""


class PassageVectors:
    """Vectors by row number of the passage, as float16: a cosine keeps three digits."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def add(self, row: int, vector: Array) -> None:
        """`vector` has shape `(dimension,)`."""
        self._db.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?)", (row, vector.astype("<f2").tobytes()))

    def remove(self, row: int, key: str) -> None:
        """Forgets a passage's vector; Chroma's copy, if it has one, is noted to go."""
        self._db.execute("DELETE FROM vectors WHERE passage = ?", (row,))
        if row <= self.touched_row():
            self._db.execute("INSERT OR IGNORE INTO removed VALUES (?)", (key,))

    def of(self, rows: Iterable[int]) -> dict[int, Array]:
        """The vectors of these passages, each of shape `(dimension,)`; passages without one are left out."""
        import numpy as np

        wanted = list(rows)
        found: dict[int, Array] = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            query = f"SELECT passage, vector FROM vectors WHERE passage IN ({', '.join('?' * len(part))})"
            found |= {row: np.frombuffer(blob, "<f2").astype(np.float32) for row, blob in self._db.execute(query, part)}
        return found

    def kept(self, found: Mapping[int, float]) -> dict[int, float]:
        """Those of these rows that are in the catalogue still."""
        query = f"SELECT passage FROM vectors WHERE passage IN ({', '.join('?' * len(found))})"
        return {row: found[row] for (row,) in self._db.execute(query, list(found))}

    def missing(self) -> list[int]:
        """Passages without a vector, which only damage or an index of an older program leaves."""
        query = "SELECT id FROM passages WHERE id NOT IN (SELECT passage FROM vectors) ORDER BY id"
        return [row[0] for row in self._db.execute(query)]

    def nearest(
        self, vector: Array, limit: int, after: int, condition: str = "", values: Sequence[str] = ()
    ) -> dict[int, float]:
        """Of the passages with rows above `after` those nearest to `vector`, with their cosine, best first.

        Every one is compared, less `centre().offset`, which was taken off `vector`, too; that has length 1.
        `condition` and `values` are `filtering.filter_condition()`'s.
        """
        import numpy as np

        offset = self.centre().offset
        best: list[tuple[float, int]] = []
        for rows, matrix in self.chunks(after, None, condition, values):
            cosines = centring.centred(matrix, offset) @ vector
            best += [(float(cosines[at]), rows[at]) for at in np.argsort(-cosines)[:limit]]
            best = sorted(best, key=lambda pair: (-pair[0], pair[1]))[:limit]
        return {row: cosine for cosine, row in best}

    def chunks(
        self, after: int, last: int | None, condition: str = "", values: Sequence[str] = ()
    ) -> Iterator[tuple[list[int], Array]]:
        """Rows above `after`, up to `last` (None: all), and their vectors as they were added, `(rows, dimension)`."""
        import numpy as np

        tables = "vectors v JOIN passages p ON p.id = v.passage JOIN articles a ON a.id = p.article_id"
        query = f"SELECT v.passage, v.vector FROM {tables if condition else 'vectors v'} WHERE v.passage > ?"
        if last is not None:
            query += f" AND v.passage <= {last:d}"
        cursor = self._db.execute(f"{query}{' AND ' + condition if condition else ''}", (after, *values))
        while part := cursor.fetchmany(_AT_ONCE):
            rows, blobs = zip(*part, strict=True)
            yield list(rows), np.frombuffer(b"".join(blobs), "<f2").reshape(len(rows), -1).astype(np.float32)

    # What Chroma has

    def stored(self) -> Stored:
        removed = self._db.execute("SELECT count(*) FROM removed").fetchone()[0]
        name = self._meta("store")
        is_folder = name.startswith("chroma")  # as no collection is called
        address = "" if is_folder else self._meta("store_address") or None
        return Stored(name, int(self._meta("stored_row") or 0), removed, address)

    def centre(self) -> Centre:
        import numpy as np

        offset = np.frombuffer(bytes.fromhex(self._meta("store_offset")) or bytes(4), "<f4")
        return Centre(offset, int(self._meta("store_counted") or 0))

    def unstored(self) -> int:
        """How many passages Chroma does not have yet."""
        query = "SELECT count(*) FROM vectors WHERE passage > ?"
        return int(self._db.execute(query, (self.stored().row,)).fetchone()[0])

    def removed(self) -> list[str]:
        """Keys that Chroma may still hold though their passages are gone."""
        return [row[0] for row in self._db.execute("SELECT key FROM removed")]

    def note_removed(self, keys: Iterable[str]) -> None:
        self._db.executemany("INSERT OR IGNORE INTO removed VALUES (?)", ((key,) for key in keys))

    def count(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM vectors").fetchone()[0])

    def last_row(self) -> int:
        return int(self._db.execute("SELECT ifnull(max(passage), 0) FROM vectors").fetchone()[0])

    def touched_row(self) -> int:
        """No row above this one was ever begun to be copied to Chroma."""
        return int(self._meta("touched_row") or 0)

    def touch(self, row: int) -> None:
        """Notes that rows up to this one are about to be copied, in case that is interrupted."""
        self._set_meta("touched_row", str(max(row, self.touched_row())))

    def set_stored(self, name: str, row: int, centre: Centre, address: str) -> None:
        """Readers use the store `name`, which holds all passages up to `row`, less `centre`, and no removed one.

        `address` is that of the server that has it, empty if it is in a folder.
        """
        self.rename_store(name, address)
        self._set_meta("store_offset", centre.offset.astype("<f4").tobytes().hex())
        self._set_meta("store_counted", str(centre.counted))
        self._set_meta("stored_row", str(row))
        self.touch(row)
        self._db.execute("DELETE FROM removed")

    def rename_store(self, name: str, address: str) -> None:
        self._set_meta("store", name)
        self._set_meta("store_address", address)

    def _meta(self, key: str) -> str:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else ""

    def _set_meta(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))
