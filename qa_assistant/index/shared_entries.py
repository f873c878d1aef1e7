"""What a catalogue publishes, entry by entry: an article with its passages and vectors, or a run of words with theirs.

An entry is JSON, compressed, in base64: Chroma keeps texts. Its stamp changes when it does; of one build an article's
text and passages never do, so its stamp is that of the build and of the files it stands in.

What a server says is hostile, as an article is: nothing is taken over that ingestion would not have stored.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING, Any

from qa_assistant.display import harmless
from qa_assistant.errors import IndexUnusable
from qa_assistant.records import Article, Metadata, Passage, Span

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array
    from qa_assistant.index.catalog import Catalog

_WORDS = "words:"
_WORDS_AT_ONCE = 1_000

_LARGEST = 512 * 2**20
"""Bytes of an entry, unpacked: several times what the longest article comes to."""


def stamps(catalog: Catalog) -> dict[str, str]:
    """The name of every entry, with its stamp."""
    build = catalog.meta("build") or ""
    found = {id_: _stamp([build, sources]) for id_, sources in catalog.sources_by_article().items()}
    words = catalog.keywords.vector_count()
    for start in range(0, words, _WORDS_AT_ONCE):
        found[f"{_WORDS}{start}"] = _stamp([build, min(_WORDS_AT_ONCE, words - start)])
    return found


def packed(catalog: Catalog, name: str) -> str:
    """The entry of this name."""
    if name.startswith(_WORDS):
        rows = catalog.keywords.vectors_from(int(name.removeprefix(_WORDS)), _WORDS_AT_ONCE)
        return _packed({"words": [[word, _text(vector)] for word, vector in rows]})
    article = catalog.article(name)
    passages = catalog.passages_of(name)
    vectors = catalog.vectors.of(item.row for item in passages)
    return _packed({
        "text": article.text,
        "metadata": [getattr(article.metadata, key) for key in _METADATA],
        "sources": catalog.sources_by_article([name])[name],
        "passages": [
            {
                "span": [item.passage.start, item.passage.end],
                "sentences": [[span.start, span.end] for span in item.passage.sentences],
                "words": catalog.keywords.words([item.row])[item.row],
                "vector": _text(vectors[item.row].astype("<f2").tobytes()),
                "sentence_vectors": _text(item.sentence_vectors.astype("<f2").tobytes()),
            }
            for item in passages
        ],
    })  # fmt: skip


@contextmanager
def checking() -> Iterator[None]:
    """Around what reads what a server says. Raises IndexUnusable if that is not what a publisher writes."""
    try:
        yield
    except (
        ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, zlib.error,
        sqlite3.DataError, sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError,
    ) as error:  # fmt: skip
        raise IndexUnusable(
            f"The shared index is damaged: {error}", hint="Publish it anew under another name."
        ) from error


def unpack(catalog: Catalog, name: str, entry: str, dimension: int) -> None:
    """Puts the entry into the catalogue, in place of what it had; its vectors have `dimension` components.

    Raises IndexUnusable if it is no such entry.
    """
    with checking():
        unpacking = zlib.decompressobj()
        data = unpacking.decompress(base64.b64decode(entry), _LARGEST)
        if not unpacking.eof:
            raise ValueError("an entry that is cut short, or too large")
        said = json.loads(data)
        if name.startswith(_WORDS):
            _unpack_words(catalog, said, dimension)
        else:
            _unpack_article(catalog, name, said, dimension)


def remove(catalog: Catalog, name: str) -> None:
    """Of words nothing is removed: of one build they are never published less."""
    if not name.startswith(_WORDS):
        catalog.remove_sources(name)
        catalog.remove_article(name)


def means(catalog: Catalog) -> list[list[Any]]:
    return [[kind, count, _text(total)] for kind, count, total in catalog.means.stored()]


def dimension_of(said: list[list[Any]]) -> int:
    """Components of all vectors, by what `means()` gave; 0 if nothing is indexed. Raises if it gave no such thing."""
    import numpy as np

    kinds = [kind for kind, _, _ in said]
    check_harmless(*kinds)
    totals = [np.frombuffer(base64.b64decode(total), np.float64) for _, _, total in said]
    counted = all(type(count) is int and 0 < count < 2**63 for _, count, _ in said)
    finite = all(np.isfinite(total).all() for total in totals)
    if not counted or not finite or len(set(kinds)) < len(kinds) or len({len(total) for total in totals}) > 1:
        raise ValueError("means of no vectors")
    return len(totals[0]) if totals else 0


def check_harmless(*texts: str) -> None:
    """Raises ValueError or TypeError."""
    if any(harmless(text) != text for text in texts):
        raise ValueError("a text that a terminal would obey")


def set_means(catalog: Catalog, said: list[list[Any]]) -> None:
    catalog.means.restore([(kind, count, base64.b64decode(total)) for kind, count, total in said])


_METADATA = ("title", "date", "place", "agency", "language")


def _unpack_words(catalog: Catalog, said: Any, dimension: int) -> None:
    import numpy as np

    words = [word for word, _ in said["words"]]
    check_harmless(*words)
    vectors = np.concatenate([_vectors(vector, 1, dimension) for _, vector in said["words"]])
    catalog.keywords.add_words(words, vectors)


def _unpack_article(catalog: Catalog, id_: str, said: Any, dimension: int) -> None:
    told = dict(zip(_METADATA, said["metadata"], strict=True))
    paths = [path for source in said["sources"] for path in source]
    check_harmless(id_, said["text"], *(value for value in told.values() if value is not None), *paths)
    for path in map(PureWindowsPath, paths):  # which takes / for a separator as well as its own
        if path.anchor or ".." in path.parts:
            raise ValueError("a file that is not in its corpus")
    catalog.remove_sources(id_)
    catalog.remove_article(id_)
    catalog.add_article(Article(id_, "", said["text"], Metadata(**told)))
    for ordinal, item in enumerate(said["passages"]):
        (start, end), spans = item["span"], tuple(Span(*pair) for pair in item["sentences"])
        _check_span(start, end, 0, len(said["text"]))
        for span in spans:
            _check_span(span.start, span.end, start, end)
        check_harmless(*item["words"])
        catalog.add_passage(
            Passage(id_, ordinal, start, end, said["text"][start:end], spans),
            " ".join(item["words"]),
            _vectors(item["vector"], 1, dimension)[0],
            _vectors(item["sentence_vectors"], len(spans), dimension),
        )
    for path, file in said["sources"]:
        catalog.add_source(path, file, id_)


def _check_span(start: Any, end: Any, first: int, last: int) -> None:
    if type(start) is not int or type(end) is not int or not first <= start <= end <= last:
        raise ValueError("a passage or sentence that is not in its text")


def _vectors(said: str, count: int, dimension: int) -> Array:
    """Shape `(count, dimension)`. Raises ValueError if that is not what is said."""
    import numpy as np

    vectors = np.frombuffer(base64.b64decode(said), "<f2").astype(np.float32)
    if not np.isfinite(vectors).all():
        raise ValueError("a vector that is none")
    return vectors.reshape(count, dimension)


def _stamp(said: list[Any]) -> str:
    return hashlib.sha256(json.dumps(said).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _packed(said: Any) -> str:
    return base64.b64encode(zlib.compress(json.dumps(said).encode(), 1)).decode("ascii")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
