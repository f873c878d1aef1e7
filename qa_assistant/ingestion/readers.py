"""One function for each format: bytes of a file → the articles in it, as found.

PDF and Word files are read by pypdf and python-docx directly, the libraries that LlamaIndex's PDFReader and DocxReader
call: importing `llama_index.readers.file` takes two seconds and adds neither tables, titles nor clear errors.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import logging
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from qa_assistant.display import counted
from qa_assistant.errors import CorpusError
from qa_assistant.ingestion.decoding import canonical, letters
from qa_assistant.ingestion.raw import LONGEST_ARTICLE, Flaw, Raw, scalar
from qa_assistant.ingestion.tables import jsonl, table
from qa_assistant.ingestion.webpage import html
from qa_assistant.settings import Settings

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table
    from pypdf import PageObject

Reader = Callable[[bytes, Settings], Iterator[Raw | Flaw]]
"""Yields what it finds. Raises CorpusError, with a message that goes on from the path (`is empty`), if the whole
file cannot be read; exceptions of libraries over damaged files pass through."""

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)??(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_LONGEST_FRONT_MATTER = 65_536
_HEADING = re.compile(r"\A\s*# +(.+?)[ #]*(?:\n|\Z)")
_LARGEST_UNPACKED = 256 * 2**20
"""Bytes a Word file may unpack to: a small archive can be made to fill the memory."""
_UNPACKS_TO_MORE = f"would unpack to more than {_LARGEST_UNPACKED // 2**20} MiB"
_OCR = "scans must go through text recognition (OCR) first"
_TOO_LONG = f"has more than the {LONGEST_ARTICLE:,} characters of an article: split it, one file an article"
_UNSEEN = (
    ".//w:r[w:rPr/w:vanish[not(@w:val) or not(contains('|0|false|off|', concat('|', @w:val, '|')))]]"
    "|.//w:del|.//w:moveFrom|.//w:rt"
)
"""What Word does not show, or no longer, and how Japanese words are read."""
_WRAPPERS = (
    ".//w:ins|.//w:moveTo|.//w:smartTag|.//w:customXml|.//w:fldSimple|.//w:sdt|.//w:sdtContent|.//w:bdo|.//w:dir"
    "|.//w:ruby|.//w:rubyBase|.//w:rubyBase/w:r"
)
"""Around text that Word shows: tracked insertions, content controls and the like. python-docx does not look in them."""
_TEXT_BOXES = ".//w:txbxContent[not(ancestor::*[local-name()='Fallback'])]"
"""Each once: for older programs there is a copy in another format."""
_TITLES = "Title", "Heading 1"
"""Names of styles as python-docx tells them, whatever the language of Word."""
_NO_VALUE = ("null", "~")


def text_file(data: bytes, settings: Settings) -> Iterator[Raw | Flaw]:
    """A text file is one article, word for word."""
    yield Raw((yield from letters(data)))


def markdown(data: bytes, settings: Settings) -> Iterator[Raw | Flaw]:
    """A Markdown file is one article; YAML front matter is not part of its text. The marks stay as they are."""
    text = canonical((yield from letters(data)))
    matter = _FRONT_MATTER.match(text[:_LONGEST_FRONT_MATTER])
    values: Mapping[str, str] | None = None
    if matter:
        try:
            values = _front_matter(matter[1] or "")
        except CorpusError as error:
            yield Flaw(error.message, lost=False)
    if values is None:  # Two rules across the page may look like front matter; then all of it is text.
        values = {}
    elif matter:
        text = text[matter.end() :]
    heading = _HEADING.match(text[:1000])
    yield Raw(
        text,
        title=values.get("title") or (heading[1] if heading else None),
        date=values.get("date"),
        place=values.get("place"),
        agency=values.get("agency"),
        language=values.get("language") or values.get("lang"),
    )


def _front_matter(source: str) -> dict[str, str] | None:
    """The scalars of a YAML mapping, with keys in lower case; None if it is no mapping."""
    import yaml

    try:
        # BaseLoader keeps each value as written: `no` stays Norwegian, a date that does not exist stays text. Not its
        # faster twin in C, which crashes the whole program over deep nesting.
        found = yaml.load(source, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        raise CorpusError("has front matter that is not valid YAML; it is kept as text") from None
    if not source.strip():
        return {}
    if not isinstance(found, dict):
        return None
    values = {str(key).strip().casefold(): scalar(value) for key, value in found.items()}
    return {key: value for key, value in values.items() if value and value not in _NO_VALUE}


def pdf(data: bytes, settings: Settings) -> Iterator[Raw | Flaw]:
    """The text of all pages. The properties are left alone: in PDFs the title is mostly the name of some draft."""
    import pypdf

    with _silent("pypdf"):
        reader = pypdf.PdfReader(io.BytesIO(data))
        # An empty password opens files that only forbid printing and the like.
        if reader.is_encrypted and not reader.decrypt(""):
            raise CorpusError("is protected by a password")
        texts = (page.extract_text().strip("\n") for page in reader.pages)
        pages = list(_bounded(texts))  # a page takes a second, and a kilobyte can hold many
    text = "\n\n".join(page for page in pages if page.strip())
    if not text:
        raise CorpusError(f"has no text: {_OCR}")
    yield Raw(text)
    with _silent("pypdf"):
        blank = (page for page, its_text in zip(reader.pages, pages, strict=True) if not its_text.strip())
        pictures = sum(map(_shows_something, blank))
    if pictures:
        which = f"{pictures} of {counted(len(pages), 'page')}"
        # A cover or a photograph is no loss, a file of them is a scan.
        yield Flaw(f"has only pictures on {which}: {_OCR}", lost=pictures > len(pages) / 2)


def _shows_something(page: PageObject) -> bool:
    content = page.get_contents()
    return content is not None and any(operator in (b"Do", b"INLINE IMAGE") for _, operator in content.operations)


def word(data: bytes, settings: Settings) -> Iterator[Raw | Flaw]:
    """Paragraphs and tables of a Word file in their order, an empty line between; hidden text is left out. Text boxes
    follow the paragraph they belong to, footnotes and endnotes the whole. The title is that of its properties,
    else a first paragraph that is styled as one."""
    import docx
    from docx.table import Table

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
    except zipfile.BadZipFile:
        raise CorpusError("is not a Word file (.docx), or is damaged") from None
    if unpacked > _LARGEST_UNPACKED:
        raise CorpusError(_UNPACKS_TO_MORE)
    document = docx.Document(io.BytesIO(data))
    _lay_open(document.element.body)
    body = (_table_text(item) if isinstance(item, Table) else item.text for item in document.iter_inner_content())
    blocks = (block for block in itertools.chain(body, _notes(document)) if block.strip())
    yield Raw("\n\n".join(_bounded(blocks)), title=_word_title(document))


def _lay_open(root: Any) -> None:
    """Leaves below `root` what Word shows, as python-docx expects it: runs right in paragraphs, these in the text."""
    from docx.oxml.ns import nsmap, qn

    found = partial(root.getroottree().xpath, namespaces=nsmap)

    for element in found(_UNSEEN):
        element.getparent().remove(element)
    for wrapper in reversed(found(_WRAPPERS)):  # the innermost first
        for child in list(wrapper):
            wrapper.addprevious(child)
        wrapper.getparent().remove(wrapper)
    for box in reversed(found(_TEXT_BOXES)):
        paragraph = next(box.iterancestors(qn("w:p")), None)
        if paragraph is not None:
            for block in reversed(list(box)):
                paragraph.addnext(block)


def _notes(document: Document) -> Iterator[str]:
    """The paragraphs of its footnotes, then those of its endnotes."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml.ns import qn
    from docx.oxml.parser import parse_xml

    for kind in (RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES):
        for item in document.part.rels.values():
            if item.reltype == kind and not item.is_external:
                notes: Any = parse_xml(item.target_part.blob)
                _lay_open(notes)
                yield from (paragraph.text for paragraph in notes.iter(qn("w:p")))


def _table_text(found: Table) -> str:
    return "\n".join(_bounded(line for line in _table_lines(found) if line.strip()))


def _table_lines(found: Table) -> Iterator[str]:
    """A line for each row, tabs between its cells; what spans columns counts once, what spans rows in each."""
    from docx.oxml.ns import qn

    # python-docx's `row.cells` repeats a cell for every column that it claims to span, a billion if the file says so,
    # and climbs row by row to the cell that another one continues.
    above: dict[int, str] = {}
    for row in found.rows:
        cells: list[str] = []
        here: dict[int, str] = {}
        column = row.grid_cols_before
        for cell in row._tr.tc_lst:
            continued = above.get(column) if cell.vMerge == "continue" else None
            if continued is None:
                paragraphs = cell.iter(qn("w:p"))  # those of tables in it as well
                continued = " ".join(word for paragraph in paragraphs for word in paragraph.text.split())
            cells.append(continued)
            here[column] = cells[-1]
            column += cell.grid_span
        above = here
        yield "\t".join(cells).rstrip()


def _bounded(texts: Iterable[str]) -> Iterator[str]:
    """`texts`. Raises CorpusError once they are too long for an article together: cells that span rows, and pages that
    share their content, repeat what they hold."""
    size = 0
    for text in texts:
        size += len(text)
        if size > LONGEST_ARTICLE:
            raise CorpusError(_TOO_LONG)
        yield text


def _word_title(document: Document) -> str | None:
    from docx.opc.constants import RELATIONSHIP_TYPE

    # Asked for properties that a file does not have, python-docx makes some up, with the title "Word Document".
    has_some = any(item.reltype == RELATIONSHIP_TYPE.CORE_PROPERTIES for item in document.part.package.rels.values())
    named = scalar(document.core_properties.title) if has_some else None
    return named or _word_heading(document)


def _word_heading(document: Document) -> str | None:
    """The first paragraph, if that is styled as a title or as a heading of the first level."""
    first = next((paragraph for paragraph in document.paragraphs if paragraph.text.strip()), None)
    style = first.style if first is not None else None
    return scalar(first.text) if first is not None and style and style.name in _TITLES else None


@contextlib.contextmanager
def _silent(library: str) -> Iterator[None]:
    """Keeps `library` from logging each oddity of a file to stderr, among the program's own words."""
    logger = logging.getLogger(library)
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def _page(data: bytes, settings: Settings) -> Iterator[Raw | Flaw]:
    with _silent("trafilatura"), _silent("htmldate"):
        yield from html(data, settings)


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        ".txt": text_file,
        ".md": markdown,
        ".html": _page,
        ".htm": _page,
        ".pdf": pdf,
        ".docx": word,
        ".jsonl": jsonl,
        ".csv": table,
    }
)
"""The reader for each supported suffix, in lower case."""
