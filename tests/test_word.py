"""Word files: all that Word shows is text, whatever it is wrapped in."""

from __future__ import annotations

import copy
import io

import docx
import pytest
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml
from test_readers import one, reason

from qa_assistant.ingestion import readers
from qa_assistant.records import Metadata


def saved(document: Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def written(xml: str) -> str:
    """What is read of a Word file with these blocks in it."""
    document = docx.Document()
    for block in parse_xml(f"<w:body {nsdecls('w')}>{xml}</w:body>"):
        document.element.body.insert_element_before(block, "w:sectPr")
    return one("a.docx", saved(document)).text


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_docx() -> None:
    document = docx.Document()
    document.core_properties.title = "Der Titel"
    document.add_paragraph("Berlin, 3. Dezember 2022 (dpa) - Erster Absatz.")
    document.add_paragraph("")
    cells = document.add_table(rows=2, cols=2)
    for index, word in enumerate(("a", "b", "c", "d")):
        cells.cell(index // 2, index % 2).text = word
    cells.cell(1, 0).merge(cells.cell(1, 1))
    document.add_paragraph("Letzter Absatz.")
    article = one("a.docx", saved(document))
    assert article.text == "Berlin, 3. Dezember 2022 (dpa) - Erster Absatz.\n\na\tb\nc d\n\nLetzter Absatz."
    assert article.metadata == Metadata("Der Titel", "2022-12-03", "Berlin", "dpa", "de")


def test_docx_cells_that_span_rows_and_columns() -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=4)
    for number, cell in enumerate(table._cells):
        cell.text = f"{number}"
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(1, 2).merge(table.cell(2, 3))
    lines = []
    for row in table.rows:  # what python-docx finds, each cell once
        cells = {id(cell._tc): " ".join(cell.text.split()) for cell in row.cells}
        lines.append("\t".join(cells.values()))
    assert lines == ["0 4\t1 2\t3", "0 4\t5\t6 7 10 11", "8\t9\t6 7 10 11"]
    assert one("a.docx", saved(document)).text == "\n".join(lines)


def test_docx_whose_cells_claim_to_span_a_billion_columns_or_many_rows() -> None:
    document = docx.Document()
    wide, high = document.add_table(rows=1, cols=2), document.add_table(rows=2, cols=1)
    wide.cell(0, 0).text, wide.cell(0, 1).text = "breit", "daneben"
    wide.cell(0, 0)._tc.grid_span = 10**9
    high.cell(0, 0).text = "hoch"
    high.cell(0, 0)._tc.vMerge = "restart"
    high.cell(1, 0)._tc.vMerge = "continue"
    last = high.rows[1]._tr
    for _ in range(2_000):  # python-docx finds the first of them by recursion
        last.addnext(copy.deepcopy(last))
    assert one("a.docx", saved(document)).text == "breit\tdaneben\n\n" + "\n".join(["hoch"] * 2_002)


def test_docx_whose_cells_repeat_more_text_than_an_article_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    document = docx.Document()
    table = document.add_table(rows=40, cols=1)
    table.cell(0, 0).text = "x" * 30_000
    table.cell(0, 0).merge(table.cell(39, 0))
    monkeypatch.setattr(readers, "LONGEST_ARTICLE", 39 * 30_000)
    assert reason("a.docx", saved(document)).startswith("has more than")


def test_docx_that_is_none() -> None:
    assert reason("a.docx", b"words") == "is not a Word file (.docx), or is damaged"


@pytest.mark.parametrize(
    "wrapped",
    [
        "<w:ins>{}</w:ins>",
        "<w:moveTo>{}</w:moveTo>",
        "<w:smartTag><w:smartTag>{}</w:smartTag></w:smartTag>",
        "<w:customXml><w:customXmlPr/>{}</w:customXml>",
        '<w:fldSimple w:instr="DATE">{}</w:fldSimple>',
        "<w:sdt><w:sdtPr><w:rPr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>",
        '<w:bdo w:val="rtl"><w:dir w:val="ltr">{}</w:dir></w:bdo>',
        "<w:hyperlink><w:ins>{}</w:ins></w:hyperlink>",
        "<w:ins><w:hyperlink>{}</w:hyperlink></w:ins>",
        "<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>Hafen</w:t></w:r></w:rt><w:rubyBase>{}</w:rubyBase></w:ruby></w:r>",
    ],
)
def test_docx_text_that_is_wrapped_in_something(wrapped: str) -> None:
    middle = wrapped.format(run("20 Millionen"))
    assert written(f"<w:p>{run('Er zahlte ')}{middle}{run(' Euro.')}</w:p>") == "Er zahlte 20 Millionen Euro."


def test_docx_blocks_rows_and_cells_that_are_wrapped_in_something() -> None:
    def wrapped(xml: str) -> str:
        return f"<w:sdt><w:sdtContent>{xml}</w:sdtContent></w:sdt>"

    def cell(text: str) -> str:
        return f"<w:tc><w:p>{run(text)}</w:p></w:tc>"

    row = f"<w:tr>{cell('b')}{wrapped(cell('c'))}{cell('d')}</w:tr>"
    table = f"<w:tbl><w:tr>{cell('a')}</w:tr>{wrapped(row)}</w:tbl>"
    first, second, third = (f"<w:p>{run(text)}</w:p>" for text in ("Eins.", "Zwei.", "Drei."))
    assert written(first + wrapped(second + table) + third) == "Eins.\n\nZwei.\n\na\nb\tc\td\n\nDrei."


def test_docx_what_was_deleted_or_moved_away_or_is_hidden_is_not_text() -> None:
    gone = f"<w:moveFrom>{run('weg')}</w:moveFrom><w:del><w:r><w:delText>weg</w:delText></w:r></w:del>"
    hidden = "<w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>weg</w:t></w:r></w:ins>"
    assert written(f"<w:p>{run('Da')}{gone}{hidden}<w:ins>{run('.')}</w:ins></w:p>") == "Da."


def test_docx_text_boxes_follow_their_paragraph() -> None:
    box = f"<w:txbxContent><w:p>{run('Kasten.')}</w:p><w:p><w:ins>{run('Ende.')}</w:ins></w:p></w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    twice = (
        f"<mc:AlternateContent {mc}><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    for one_box in (f"<w:pict>{box}</w:pict>", twice):
        source = f"<w:p>{run('Davor ')}<w:r>{one_box}</w:r>{run('und danach.')}</w:p><w:p>{run('Schluss.')}</w:p>"
        assert written(source) == "Davor und danach.\n\nKasten.\n\nEnde.\n\nSchluss."


def test_docx_footnotes_and_endnotes_stand_at_the_end() -> None:
    document = docx.Document()
    document.add_paragraph("Der Minister besuchte Wien.")
    for kind, text in (("endnote", "Ende."), ("footnote", "Quelle: Landtag.")):
        line = f'<w:{kind} w:id="0" w:type="separator"><w:p><w:r><w:separator/></w:r></w:p></w:{kind}>'
        notes = f"{line}<w:{kind} w:id='1'><w:p><w:ins>{run(text)}</w:ins></w:p></w:{kind}>"
        blob = f"<w:{kind}s {nsdecls('w')}>{notes}</w:{kind}s>".encode()
        part = Part(PackURI(f"/word/{kind}s.xml"), "application/xml", blob, document.part.package)
        document.part.relate_to(part, getattr(RELATIONSHIP_TYPE, f"{kind.upper()}S"))
    assert one("a.docx", saved(document)).text == "Der Minister besuchte Wien.\n\nQuelle: Landtag.\n\nEnde."


def test_docx_tables_in_cells_are_read_with_them() -> None:
    document = docx.Document()
    cell = document.add_table(rows=1, cols=2).cell(0, 0)
    cell.text = "außen"
    inner = cell.add_table(rows=2, cols=1)
    inner.cell(0, 0).text, inner.cell(1, 0).text = "innen oben", "innen unten"
    assert one("a.docx", saved(document)).text == "außen innen oben innen unten"


@pytest.mark.parametrize(
    ("style", "title"),
    [("Title", "Fähre gesunken"), ("Heading 1", "Fähre gesunken"), ("Heading 2", None), ("Normal", None)],
)
def test_a_first_paragraph_styled_as_a_title_is_one(style: str, title: str | None) -> None:
    document = docx.Document()
    document.core_properties.title = ""
    document.add_paragraph("")
    document.add_paragraph("Fähre gesunken", style=style)
    document.add_paragraph("Vor Rostock sank eine Fähre.", style="Heading 1")
    assert one("a.docx", saved(document)).metadata.title == title
    document.core_properties.title = "Die Fähre"
    assert one("a.docx", saved(document)).metadata.title == "Die Fähre"
