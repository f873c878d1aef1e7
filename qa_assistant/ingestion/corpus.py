"""A folder of files → articles: what is there, and what each file says.

A file that cannot be read never stops the others: it becomes a `Problem`, with a reason in plain words.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path, PurePosixPath

from qa_assistant import dateline, language, written_dates
from qa_assistant.display import counted, one_line, shortened
from qa_assistant.errors import CorpusError, QAError
from qa_assistant.index.generations import index_files
from qa_assistant.ingestion.decoding import canonical
from qa_assistant.ingestion.raw import LONGEST_ARTICLE, Flaw, Raw
from qa_assistant.ingestion.readers import READERS
from qa_assistant.ingestion.tables import COLUMNS, jsonl, table
from qa_assistant.records import Article, Metadata
from qa_assistant.settings import Settings

_LARGEST = 256 * 2**20
"""Bytes of a file that is still read: all of it is held in memory."""
_LONGEST_REASON = 200
_LONGEST_VALUE = 500
_LONGEST_DATE = 40
EMPTY = "is empty"
"""The reason where a file, or a row of one, can be read and holds no word."""
_TOO_LONG = f"has {{:,}} characters, and an article may have {LONGEST_ARTICLE:,}: split it, one file an article"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a supported format. `path` is relative to the corpus, with slashes; odd bytes are surrogate-escaped."""

    path: str
    size: int
    mtime_ns: int

    @property
    def label(self) -> str:
        return label(self.path)


@dataclass(frozen=True, slots=True)
class Problem:
    """A file, folder or row that could not be read. `path` may be `file.csv#12`.

    `reason` goes on from the path, in one line of at most 200 characters: `is empty`, `cannot be read: …`.
    """

    path: str
    reason: str
    lost: bool = True
    """Whether text is missing that the file has."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What is below a folder, each part sorted by path; `skipped` are files of other formats."""

    files: tuple[SourceFile, ...]
    skipped: tuple[str, ...]
    problems: tuple[Problem, ...]

    def gone(self, known: Iterable[str]) -> list[str]:
        """Those of `known`, labels of files, that are not there any more.

        What could not be looked at, or is below a folder that could not, may well be there.
        """
        present = {file.label for file in self.files}
        unknown = {problem.path for problem in self.problems}
        return [path for path in known if path not in present and unknown.isdisjoint(with_folders(path))]


def label(path: str) -> str:
    """A path as it is recorded and shown: what is unsafe, or no UTF-8, is written as `\\x1b`, `\\u202e`, `\\xff`.

    Two files never get the same label, but where one has such an escape in its name, letter by letter. The label of a
    folder is the beginning of the labels of what is in it.
    """
    readable = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    if one_line(readable) == readable:
        return readable
    return "".join(char if char == " " or one_line(char) == char else ascii(char)[1:-1] for char in readable)


def with_folders(path: str) -> Iterator[str]:
    """`a/b.txt` → `a/b.txt`, `a`, and an empty text for the corpus itself."""
    while path:
        yield path
        path = path.rpartition("/")[0]
    yield ""


def scan(corpus: Path) -> Scan:
    """Every supported file below `corpus`; names that begin with a dot and the files of an index are passed over.

    Links are followed, each folder is entered once. Raises CorpusError if `corpus` is no folder that can be opened.
    """
    hint = "Name a folder of articles with --corpus DIR."
    try:
        if not stat.S_ISDIR(corpus.stat().st_mode):
            raise CorpusError(f"The corpus {corpus} is a file, not a folder.", hint=hint)
        with os.scandir(corpus):
            pass
    except (FileNotFoundError, NotADirectoryError):
        raise CorpusError(f"There is no corpus folder at {corpus}.", hint=hint) from None
    except (OSError, ValueError) as error:
        raise CorpusError(f"The corpus {corpus} cannot be read: {_os_words(error)}.", hint=hint) from error
    found = list(_walk(corpus))
    return Scan(
        files=tuple(sorted((item for item in found if isinstance(item, SourceFile)), key=lambda item: item.path)),
        skipped=tuple(sorted(item for item in found if isinstance(item, str))),
        problems=tuple(sorted((item for item in found if isinstance(item, Problem)), key=lambda item: item.path)),
    )


def _walk(corpus: Path) -> Iterator[SourceFile | Problem | str]:
    """Files, problems, and the paths of files of other formats, in no order that matters."""
    seen: set[tuple[int, int]] = set()
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            place = os.stat(corpus / folder)  # noqa: PTH116 - a link's target counts.
            if (place.st_dev, place.st_ino) in seen:
                continue
            seen.add((place.st_dev, place.st_ino))
            with os.scandir(corpus / folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            yield Problem(label(folder), _os_reason(error))
            continue
        below = []
        of_index = index_files(corpus / folder, {entry.name for entry in entries})
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.name.startswith(".") or entry.name in of_index:
                continue
            try:
                status = entry.stat()
            except OSError as error:
                yield Problem(label(path), _os_reason(error))
                continue
            if stat.S_ISDIR(status.st_mode):
                below.append(path)
            elif stat.S_ISREG(status.st_mode) and _is_supported(entry.name):
                yield SourceFile(path, status.st_size, status.st_mtime_ns)
            else:
                yield path
        folders.extend(reversed(below))  # The first by name is entered first, so that links lose in a fixed order.


def _is_supported(name: str) -> bool:
    # Word puts a file `~$name.docx` beside each one that is open.
    return PurePosixPath(name).suffix.lower() in READERS and not name.startswith("~$")


def read(file: SourceFile, data: bytes, settings: Settings) -> tuple[list[Article], list[Problem]]:
    """The articles of `file`, which holds `data`, and what of it could not be read. Never raises."""
    articles: list[Article] = []
    problems: list[Problem] = []
    unread: list[str] = []
    try:
        if not data.strip(b"\0"):  # as a crash may leave a file; what reads its format would call it damaged
            return [], [Problem(file.label, EMPTY)]
        for item in READERS[PurePosixPath(file.path).suffix.lower()](data, settings):
            path = file.label if item.line is None else f"{file.label}#{item.line}"
            if isinstance(item, Flaw):
                problems.append(Problem(path, _one_line(item.reason), item.lost))
            elif len(item.text) > LONGEST_ARTICLE:
                problems.append(Problem(path, _TOO_LONG.format(len(item.text))))
            elif article := _article(item, path):
                articles.append(article)
                unread.extend([item.date] if item.date and not article.metadata.date else ())
            else:
                problems.append(Problem(path, EMPTY))
        if not articles and not problems:
            problems.append(Problem(file.label, EMPTY))
        problems += _of_dates(file, unread)
    except QAError as error:
        problems.append(Problem(file.label, _one_line(error.message)))
    except OSError as error:
        problems.append(Problem(file.label, _os_reason(error)))
    except RecursionError:
        problems.append(Problem(file.label, "cannot be read: it is nested too deeply"))
    except MemoryError:
        problems.append(Problem(file.label, "cannot be read: it takes too much memory"))
    except Exception as error:  # noqa: BLE001 - libraries raise anything at all over damaged and hostile files.
        problems.append(Problem(file.label, _one_line(f"cannot be read: {error or type(error).__name__}")))
    return articles, problems


def _of_dates(file: SourceFile, unread: Sequence[str]) -> list[Problem]:
    """One for a file: a column of dates is mostly written the same way."""
    if not unread:
        return []
    first = shortened(unread[0], _LONGEST_DATE)
    reason = f"has {counted(len(unread), 'date')} that cannot be read, “{first}” first: write them as 2022-12-03"
    return [Problem(file.label, _one_line(reason), lost=False)]


def way_of_reading(path: str, settings: Settings) -> str:
    """Differs where `settings` make other articles of the same file: for tables, by the columns they are read from."""
    if READERS[PurePosixPath(path).suffix.lower()] not in (jsonl, table):
        return ""
    columns = [getattr(settings, name) for name in COLUMNS]
    return hashlib.sha256(json.dumps(columns).encode("ascii")).hexdigest()[:8]


def read_bytes(path: Path) -> bytes:
    """What a file holds. Raises OSError, and CorpusError if it is too large."""
    with path.open("rb") as stream:
        data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise CorpusError(f"is larger than {_LARGEST // 2**20} MiB")
    return data


def _article(raw: Raw, path: str) -> Article | None:
    """The article of `raw`, or None if it has no word. What the file states about itself goes before its dateline."""
    text = canonical(raw.text)
    if not text.strip():
        return None
    said = dateline.read(text)
    known = Metadata(
        title=_value(raw.title),
        date=(written_dates.normalise(raw.date) if raw.date else None) or said.date,
        place=_value(raw.place) or said.place,
        agency=_value(raw.agency) or said.agency or _value(raw.publisher),
    )
    code = (language.normalise(raw.language) if raw.language else None) or language.detect(text)
    # Not path and language: a moved file keeps its id, and so does an article whose language is told better later.
    stamp = json.dumps([text, *astuple(known)[:-1]])
    return Article(
        id=hashlib.sha256(stamp.encode("ascii")).hexdigest()[:16],
        path=path,
        text=text,
        metadata=Metadata(known.title, known.date, known.place, known.agency, code),
    )


def _value(text: str | None) -> str | None:
    """A title, place or agency on one line; None if blank."""
    return " ".join(canonical(text or "").split())[:_LONGEST_VALUE].rstrip() or None


def _os_words(error: OSError | ValueError) -> str:
    """What the system says, without the path on this machine that `str(error)` holds."""
    return str(getattr(error, "strerror", None) or type(error).__name__)


def _os_reason(error: OSError) -> str:
    return _one_line(f"cannot be read: {_os_words(error)}")


def _one_line(reason: str) -> str:
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in reason).split())
    return shortened(line, _LONGEST_REASON)
