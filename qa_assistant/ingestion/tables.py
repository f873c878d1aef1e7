"""Tables of articles, one in each row: JSON lines and CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from qa_assistant.errors import CorpusError
from qa_assistant.ingestion.decoding import letters, with_line_feeds
from qa_assistant.ingestion.raw import Flaw, Raw, scalar
from qa_assistant.settings import Settings

COLUMNS = ("text_column", "title_column", "date_column", "place_column", "agency_column", "language_column")
"""The settings that decide what the readers below make of a file."""

_DELIMITERS = ",;\t|"
_EXCEL_MARK = re.compile(rf"""\A"?sep=[{_DELIMITERS}]"?[{_DELIMITERS}]*\n""", re.IGNORECASE)
"""A first line that only tells Excel the delimiter."""
_SAMPLE = 8192
"""Characters that tell how a table is written."""


def jsonl(data: bytes, settings: Settings) -> Iterator[Raw | Flaw]:
    """One JSON object a line. Not `splitlines`: JSON text may hold other line separators as they are."""
    text = with_line_feeds((yield from letters(data)))
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            yield Flaw(f"is not valid JSON: {error.msg} at character {error.pos + 1}", number)
        except (ValueError, RecursionError):
            yield Flaw("is not usable JSON: a number is too long, or it is nested too deeply", number)
        else:
            if isinstance(row, dict):
                yield _row(row.get, settings, number)
            else:
                yield Flaw("is not a JSON object", number)


def table(data: bytes, settings: Settings) -> Iterator[Raw | Flaw]:
    """CSV with a header; delimiter and quotes are found out.

    Raises CorpusError if the header has no column of texts.
    """
    text = _EXCEL_MARK.sub("\n", with_line_feeds((yield from letters(data))))
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    rows = _rows(text, settings)
    header: Sequence[str] | None = None
    for line, cells in rows:
        if isinstance(cells, Flaw):
            yield cells
        elif header is None:
            names = [cell.strip() for cell in cells]
            header = _named(names, settings)
            if settings.text_column not in header:
                raise CorpusError(f"has no column {_text_column(settings)}, only: {', '.join(names)}")
        elif any(cell.strip() for cell in cells[len(header) :]):
            yield Flaw(f"has {len(cells)} cells, but the header has {len(header)}", line)
        else:
            yield _row(dict(zip(header, cells, strict=False)).get, settings, line)


def _rows(text: str, settings: Settings) -> Iterator[tuple[int, list[str] | Flaw]]:
    """Each row that is not empty, with the line it begins at. A row that breaks the rules does not end the table."""
    delimiter, quote, skip_space = _dialect(text, settings)
    reader = csv.reader(
        io.StringIO(text),
        delimiter=delimiter,
        quotechar=quote,
        skipinitialspace=skip_space,
        doublequote=True,
        strict=True,
    )
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            last = reader.line_num
            swallowed = f"; left out up to line {last:,}: is a quote not closed?" if last > line else ""
            yield line, Flaw(f"is not valid CSV: {error}{swallowed}", line)
        else:
            if any(cell.strip() for cell in cells):
                yield line, cells


def _dialect(text: str, settings: Settings) -> tuple[str, str, bool]:
    """Delimiter, quote character, and whether blanks follow delimiters: those that find the column of texts in the
    header, the most frequent delimiter first.

    Not `csv.Sniffer`: prose misleads it, and its patterns need minutes for 500 quotes in a row, hours for 2,000.
    """
    header = text.lstrip("\n").partition("\n")[0]
    usual = sorted(_DELIMITERS, key=header.count, reverse=True)
    for quote in "'\"" if header.startswith("'") else '"':
        for delimiter in usual:
            spaces = _has_spaces(text[:_SAMPLE], header, delimiter, quote)
            names = next(csv.reader([header], delimiter=delimiter, quotechar=quote, skipinitialspace=spaces), [])
            if settings.text_column in _named([name.strip() for name in names], settings):
                return delimiter, quote, spaces
    return usual[0], '"', False


def _named(header: Sequence[str], settings: Settings) -> list[str]:
    """`header` with the names that settings give where only capitals differ: `Text` is `text` if nothing else is."""
    wanted = [getattr(settings, column) for column in COLUMNS]
    missing = {name.casefold(): name for name in wanted if name not in header}
    return [name if name in wanted else missing.get(name.casefold(), name) for name in header]


def _text_column(settings: Settings) -> str:
    return f"“{settings.text_column}” (setting text_column)"


def _has_spaces(sample: str, header: str, delimiter: str, quote: str) -> bool:
    """Whether a blank follows each delimiter of the header, or stands before the quote that begins a cell."""
    if 0 < header.count(delimiter) == header.count(f"{delimiter} "):
        return True
    # The first quote of a line, or one behind a cell's end; those inside a cell are doubled.
    begins = rf"(?:^[^{quote}\n]*|(?<!{quote}){quote}){re.escape(delimiter)} {quote}(?!{quote})"
    return re.search(begins, sample, re.MULTILINE) is not None


def _row(get: Callable[[str], Any], settings: Settings, line: int) -> Raw | Flaw:
    text = get(settings.text_column)
    if text is None:
        return Flaw(f"has no {_text_column(settings)}", line)
    if not isinstance(text, str):
        return Flaw(f"has a “{settings.text_column}” that is not text", line)
    return Raw(
        text,
        title=scalar(get(settings.title_column)),
        date=scalar(get(settings.date_column)),
        place=scalar(get(settings.place_column)),
        agency=scalar(get(settings.agency_column)),
        language=scalar(get(settings.language_column)),
        line=line,
    )
