"""What is indexed: files, articles, passages and their sentence vectors, in one SQLite file.

The catalogue decides: an article is in the index when a transaction here says so. A vector in Chroma whose passage is
not here does not exist for a reader.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qa_assistant.dates import day_range
from qa_assistant.errors import IndexUnusable, NotFound
from qa_assistant.index.database import MEND, Database, now
from qa_assistant.index.filtering import filter_condition
from qa_assistant.index.keyword_index import KeywordIndex
from qa_assistant.index.means import Means
from qa_assistant.index.passage_vectors import PassageVectors
from qa_assistant.index.words import words_of
from qa_assistant.records import Article, Filters, Metadata, Passage, Span, agencies

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array

FILE_NAME = "catalog.sqlite"


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as it was when it was last read.

    `digest` is the SHA-256 of its bytes; for a table a colon follows and how it was read. Empty if it is to be read
    again.
    """

    path: str
    size: int
    mtime_ns: int
    digest: str

    @property
    def way_of_reading(self) -> str:
        return self.digest.partition(":")[2]


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """A passage with its row number and its sentences' vectors, shape `(sentences, dimension)`, float32."""

    row: int
    passage: Passage
    sentence_vectors: Array


class Catalog(Database):
    """One open catalogue. Threads that share one read inside `reading()`."""

    def __init__(self, folder: Path, *, create: bool = False, migrate: bool = False) -> None:
        """With `create`, a new one where there is none; with `migrate`, one of an older schema is brought up to date.

        Raises IndexUnusable if the file is damaged or of a newer schema, IndexOutdated if it is of an older one.
        """
        super().__init__(folder / FILE_NAME, create=create, migrate=migrate)
        self._totals: tuple[tuple[int, int], tuple[int, float]] | None = None
        self.keywords = KeywordIndex(self._db)
        self.means = Means(self._db)
        self.vectors = PassageVectors(self._db)

    # Files and where articles come from

    def files(self) -> dict[str, FileState]:
        return {row[0]: FileState(*row) for row in self._db.execute("SELECT path, size, mtime_ns, digest FROM files")}

    def sources(self) -> dict[str, dict[str, str]]:
        """For each file the articles it holds: `{file: {path of the article: article id}}`."""
        found: dict[str, dict[str, str]] = {}
        for file, path, article_id in self._db.execute("SELECT file, path, article_id FROM sources"):
            found.setdefault(file, {})[path] = article_id
        return found

    def set_file(self, state: FileState, sources: Mapping[str, str]) -> None:
        """Records a file and the articles it holds (`{path: article id}`), in place of what was recorded for it."""
        self.remove_file(state.path)
        self._db.execute(
            "INSERT INTO files VALUES (?, ?, ?, ?)", (state.path, state.size, state.mtime_ns, state.digest)
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO sources VALUES (?, ?, ?)",
            [(path, state.path, id_) for path, id_ in sources.items()],
        )

    def remove_file(self, path: str) -> None:
        self._db.execute("DELETE FROM sources WHERE file = ?", (path,))
        self._db.execute("DELETE FROM files WHERE path = ?", (path,))

    def articles_of(self, path: str) -> list[str]:
        """Ids of the articles that this file holds."""
        return [row[0] for row in self._db.execute("SELECT article_id FROM sources WHERE file = ?", (path,))]

    def sources_by_article(self, ids: Sequence[str] | None = None) -> dict[str, list[list[str]]]:
        """For each article where it stands, `[path, file]` in order; of all articles, or of those with `ids`."""
        found: dict[str, list[list[str]]] = {}
        some = f" WHERE article_id IN ({', '.join('?' * len(ids))})" if ids is not None else ""
        query = f"SELECT article_id, path, file FROM sources{some} ORDER BY path"
        for id_, path, file in self._db.execute(query, ids or ()):
            found.setdefault(id_, []).append([path, file])
        return found

    def add_source(self, path: str, file: str, article_id: str) -> None:
        """Notes that an article stands in a file that is not on this machine."""
        self._db.execute("INSERT OR IGNORE INTO files VALUES (?, 0, 0, '')", (file,))
        self._db.execute("INSERT OR REPLACE INTO sources VALUES (?, ?, ?)", (path, file, article_id))

    def remove_sources(self, article_id: str) -> None:
        self._db.execute("DELETE FROM sources WHERE article_id = ?", (article_id,))

    def unreferenced(self, ids: Iterable[str]) -> list[str]:
        """Those of the articles that no file holds any more."""
        query = "SELECT 1 FROM sources WHERE article_id = ?"
        return [id_ for id_ in ids if not self._db.execute(query, (id_,)).fetchone()]

    # Articles and passages

    def add_article(self, article: Article) -> None:
        known = article.metadata
        first, last = day_range(known.date) if known.date else (None, None)
        self._db.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (article.id, known.title, known.date, first, last, known.place, known.agency,
             f"/{'/'.join(agencies(known.agency))}/", known.language, article.text, now()),
        )  # fmt: skip

    def add_passage(self, passage: Passage, words: str, vector: Array, sentence_vectors: Array) -> None:
        """`words` are what the keyword index finds it by.

        `vector` has shape `(dimension,)`, `sentence_vectors` `(sentences, dimension)`.
        """
        spans = json.dumps([[span.start, span.end] for span in passage.sentences])
        # Never the number of a passage that Chroma may hold still.
        last = self._db.execute("SELECT ifnull(max(id), 0) FROM passages").fetchone()[0]
        row = max(last, self.vectors.touched_row()) + 1
        self._db.execute(
            "INSERT INTO passages (id, article_id, ordinal, start, end, length, sentences, sentence_vectors)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (row, passage.article_id, passage.ordinal, passage.start, passage.end, len(words_of(words)), spans,
             sentence_vectors.astype("<f2").tobytes()),
        )  # fmt: skip
        self.vectors.add(row, vector)
        self.keywords.add(row, words)
        self.means.add("sentences", sentence_vectors)

    def remove_article(self, article_id: str) -> None:
        """Removes an article, its passages and their vectors."""
        rows = self._db.execute("SELECT id, ordinal FROM passages WHERE article_id = ?", (article_id,)).fetchall()
        for row, ordinal in rows:
            self.keywords.remove(row)
            self.vectors.remove(row, f"{article_id}:{ordinal}")
        self._db.execute("DELETE FROM passages WHERE article_id = ?", (article_id,))
        self._db.execute("DELETE FROM articles WHERE id = ?", (article_id,))

    def set_language(self, article: Article) -> None:
        """Of an article that is there: its id is the same whatever its language is said to be."""
        language = article.metadata.language
        self._db.execute(
            "UPDATE articles SET language = ? WHERE id = ? AND language IS NOT ?", (language, article.id, language)
        )

    def has_article(self, article_id: str) -> bool:
        return self._db.execute("SELECT 1 FROM articles WHERE id = ?", (article_id,)).fetchone() is not None

    def article(self, article_id: str) -> Article:
        """Raises NotFound; `article_id` may be shortened to an unambiguous beginning."""
        found = self.articles("WHERE a.id = ?", (article_id,))
        if not found and article_id:
            beginning = (len(article_id), article_id)
            ids = self._db.execute("SELECT id FROM articles WHERE substr(id, 1, ?) = ? LIMIT 2", beginning).fetchall()
            found = self.articles(f"WHERE a.id IN ({', '.join('?' * len(ids))})", [id_ for (id_,) in ids])
        if len(found) != 1:
            what = "is the beginning of more than one article's id" if found else "is no article in the index"
            raise NotFound(f"“{article_id}” {what}.", hint="`qa-assistant articles list` shows what is indexed.")
        return found[0]

    def articles(self, condition: str = "", values: Sequence[str | int] = ()) -> list[Article]:
        """The articles in order of date, those without one last."""
        rows = self._db.execute(
            "SELECT a.id, (SELECT min(path) FROM sources WHERE article_id = a.id), a.text, a.title, a.date, a.place,"
            f" a.agency, a.language FROM articles a {condition} ORDER BY a.date IS NULL, a.date, 2",
            values,
        )
        return [Article(id_, path or "", text, Metadata(*known)) for id_, path, text, *known in rows]

    def newest(self, most: int, filters: Filters) -> list[Article]:
        """The newest articles that `filters` let through, newest first, those without a date last."""
        condition, values = filter_condition(filters)
        ids = f"SELECT id FROM articles a WHERE {condition or 1} ORDER BY last_day IS NULL, last_day DESC, id LIMIT ?"
        found = self.articles(f"WHERE a.id IN ({ids})", [*values, most])
        return sorted(found, key=lambda article: article.metadata.date or "", reverse=True)

    def passages(self, rows: Iterable[int], articles: dict[str, Article]) -> dict[int, IndexedPassage]:
        """The passages with these row numbers, with their sentence vectors; fills `articles` with theirs.

        Raises IndexUnusable if an article is missing.
        """
        import numpy as np

        wanted = list(rows)
        found: dict[int, IndexedPassage] = {}
        marks = ", ".join("?" * len(wanted))
        columns = "id, article_id, ordinal, start, end, sentences, sentence_vectors"
        query = f"SELECT {columns} FROM passages WHERE id IN ({marks})"
        stored = self._db.execute(query, wanted).fetchall()
        unknown = list({article_id: None for _, article_id, *_ in stored if article_id not in articles})
        condition = f"WHERE a.id IN ({', '.join('?' * len(unknown))})"
        articles.update((article.id, article) for article in self.articles(condition, unknown))
        for row, article_id, ordinal, start, end, sentences, blob in stored:
            spans = tuple(Span(*pair) for pair in json.loads(sentences))
            if article_id not in articles:  # which SQLite's quick look at the file may not see
                raise IndexUnusable(f"The catalogue is damaged: it has no article {article_id}.", hint=MEND)
            text = articles[article_id].text[start:end]
            vectors = np.frombuffer(blob, "<f2").astype(np.float32).reshape(len(spans), -1)
            found[row] = IndexedPassage(row, Passage(article_id, ordinal, start, end, text, spans), vectors)
        return found

    def passages_of(self, article_id: str) -> list[IndexedPassage]:
        """An article's passages, in order."""
        query = "SELECT id FROM passages WHERE article_id = ? ORDER BY ordinal"
        rows = [row[0] for row in self._db.execute(query, (article_id,))]
        found = self.passages(rows, {})
        return [found[row] for row in rows]

    def rows_of(self, keys: Iterable[str]) -> dict[str, int]:
        """Row numbers of the passages with these keys; keys that are not in the catalogue are left out."""
        found: dict[str, int] = {}
        for key in keys:
            article_id, _, ordinal = key.rpartition(":")
            row = self._db.execute(
                "SELECT id FROM passages WHERE article_id = ? AND ordinal = ?", (article_id, ordinal)
            ).fetchone()
            if row:
                found[key] = row[0]
        return found

    def keys(self) -> Iterator[tuple[int, str]]:
        """Row number and key of every passage."""
        for row, article_id, ordinal in self._db.execute("SELECT id, article_id, ordinal FROM passages"):
            yield row, f"{article_id}:{ordinal}"

    def vector_rows(self, after: int, at_once: int) -> Iterator[tuple[list[tuple[str, str | None, str | None]], Array]]:
        """Key, date and agency of every passage with a row above `after`, and their vectors, `(n, dimension)`."""
        import numpy as np

        cursor = self._db.execute(
            "SELECT p.article_id || ':' || p.ordinal, a.date, a.agency, v.vector FROM vectors v"
            " JOIN passages p ON p.id = v.passage JOIN articles a ON a.id = p.article_id WHERE v.passage > ?"
            " ORDER BY v.passage",
            (after,),
        )
        while part := cursor.fetchmany(at_once):
            blobs = b"".join(row[3] for row in part)
            yield [row[:3] for row in part], np.frombuffer(blobs, "<f2").reshape(len(part), -1).astype(np.float32)

    def counts(self) -> tuple[int, int]:
        """Articles and passages."""
        articles = self._db.execute("SELECT count(*) FROM articles").fetchone()[0]
        return articles, self._db.execute("SELECT count(*) FROM passages").fetchone()[0]

    def undated(self, filters: Filters) -> int:
        """Articles without a date that `filters` would let through but for their dates."""
        others, values = filter_condition(replace(filters, since=None, until=None))
        query = f"SELECT count(*) FROM articles a WHERE a.date IS NULL AND {others or 1}"
        count: int = self._db.execute(query, values).fetchone()[0]
        return count

    def totals(self) -> tuple[int, float]:
        """Passages, and their words on average; counted once a state of the catalogue."""
        state = self._db.execute("PRAGMA data_version").fetchone()[0], self._db.total_changes
        if self._totals is None or self._totals[0] != state:
            count, average = self._db.execute("SELECT count(*), avg(length) FROM passages").fetchone()
            self._totals = state, (count, float(average or 1.0))
        return self._totals[1]

    def dates(self) -> tuple[str, str] | None:
        """The earliest and the latest date of an article, as exact as they are known; None if none has one."""
        query = "SELECT date FROM articles WHERE date IS NOT NULL ORDER BY {} LIMIT 1"
        first, last = (self._db.execute(query.format(by)).fetchone() for by in ("first_day", "last_day DESC"))
        return (first[0], last[0]) if first else None

    def agencies(self) -> list[str]:
        """The agencies as the articles name them, most frequent first."""
        query = "SELECT agency FROM articles WHERE agency IS NOT NULL GROUP BY agency ORDER BY count(*) DESC, agency"
        return [row[0] for row in self._db.execute(query)]
