"""What a catalogue publishes, entry by entry: an article with its passages and vectors, or a run of words with theirs.

An entry is JSON, compressed, in base64: Chroma keeps texts. Its stamp changes when it does; of one build an article's
text and passages never do, so its stamp is that of the build and of the files it stands in.

What a server says is hostile, as an article is: nothing is taken over that ingestion would not have stored.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

from qa_assistant.display import harmless
from qa_assistant.errors import IndexUnusable
from qa_assistant.records import Article, Metadata, Passage, Span

if TYPE_CHECKING:
    from qa_assistant.index.catalog import Catalog

_WORDS = "words:"
_WORDS_AT_ONCE = 1_000


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


def unpack(catalog: Catalog, name: str, entry: str) -> None:
    """Puts the entry into the catalogue, in place of what it had. Raises IndexUnusable if it is no such entry."""
    try:
        said = json.loads(zlib.decompress(base64.b64decode(entry)))
        if name.startswith(_WORDS):
            _unpack_words(catalog, said)
        else:
            _unpack_article(catalog, name, said)
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise IndexUnusable(
            f"The shared index is damaged: {error}", hint="Publish it anew under another name."
        ) from error


def remove(catalog: Catalog, name: str) -> None:
    """Of words nothing is removed: of one build they are never published less."""
    if not name.startswith(_WORDS):
        catalog.remove_sources(name)
        catalog.remove_article(name)


def means(catalog: Catalog) -> list[list[Any]]:
    return [[kind, count, _text(total)] for kind, count, total in catalog.means.stored()]


def set_means(catalog: Catalog, said: list[list[Any]]) -> None:
    catalog.means.restore([(kind, count, base64.b64decode(total)) for kind, count, total in said])


_METADATA = ("title", "date", "place", "agency", "language")


def _unpack_words(catalog: Catalog, said: Any) -> None:
    import numpy as np

    vectors = np.stack([np.frombuffer(base64.b64decode(vector), "<f2") for _, vector in said["words"]])
    catalog.keywords.add_words([word for word, _ in said["words"]], vectors.astype(np.float32))


def _unpack_article(catalog: Catalog, id_: str, said: Any) -> None:
    import numpy as np

    told = dict(zip(_METADATA, said["metadata"], strict=True))
    paths = [path for source in said["sources"] for path in source]
    for shown in (id_, said["text"], *filter(None, told.values()), *paths):
        if harmless(shown) != shown:
            raise ValueError("a text that a terminal would obey")
    for path in paths:
        if PurePosixPath(path).is_absolute() or PureWindowsPath(path).drive or ".." in path.split("/"):
            raise ValueError("a file that is not in its corpus")
    catalog.remove_sources(id_)
    catalog.remove_article(id_)
    catalog.add_article(Article(id_, "", said["text"], Metadata(**told)))
    for ordinal, item in enumerate(said["passages"]):
        start, end = item["span"]
        spans = tuple(Span(*pair) for pair in item["sentences"])
        vector = np.frombuffer(base64.b64decode(item["vector"]), "<f2").astype(np.float32)
        sentence_vectors = np.frombuffer(base64.b64decode(item["sentence_vectors"]), "<f2").astype(np.float32)
        catalog.add_passage(
            Passage(id_, ordinal, start, end, said["text"][start:end], spans),
            " ".join(item["words"]),
            vector,
            sentence_vectors.reshape(len(spans), -1),
        )
    for path, file in said["sources"]:
        catalog.add_source(path, file, id_)


def _stamp(said: list[Any]) -> str:
    return hashlib.sha256(json.dumps(said).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _packed(said: Any) -> str:
    return base64.b64encode(zlib.compress(json.dumps(said).encode(), 1)).decode("ascii")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
