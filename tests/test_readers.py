"""Each format on its own: what is text, what is metadata, and what is said when a file cannot be read."""

from __future__ import annotations

import io
import logging

import pypdf
import pytest
import trafilatura

from qa_assistant.ingestion import readers, webpage
from qa_assistant.ingestion.corpus import Problem, SourceFile, read
from qa_assistant.records import Article, Metadata
from qa_assistant.settings import Settings

GERMAN = "Größere Übungen fänden häufiger statt, erklärte der Außenminister während der Gespräche in Köln."
RUSSIAN = "Министр иностранных дел встретился с японским коллегой. Обсуждались вопросы энергетики."


def every(name: str, data: bytes | str) -> tuple[list[Article], list[Problem]]:
    content = data.encode() if isinstance(data, str) else data
    return read(SourceFile(name, len(content), 0), content, Settings())


def one(name: str, data: bytes | str) -> Article:
    (article,), problems = every(name, data)
    assert problems == []
    return article


def reason(name: str, data: bytes | str) -> str:
    articles, (problem,) = every(name, data)
    assert articles == []
    assert problem.path == name
    return problem.reason


def test_front_matter() -> None:
    matter = "---\ntitle: 'No: 1'\nDate: 2022-12-03\nplace: [a, b]\nlanguage: no\ntags: {a: b}\n---\n"
    article = one("a.md", (matter + "\n# Head\n**bold**\n").replace("\n", "\r\n"))
    assert article.text == "\n# Head\n**bold**\n"
    assert article.metadata == Metadata("No: 1", "2022-12-03", None, None, "no")


@pytest.mark.parametrize(
    "source", ["# Kopf #\n\nText", "Kopf\n---\nText\n---\n", "---\nein Satz\n---\nText", "---\nohne Ende: ja\n"]
)
def test_markdown_without_front_matter_is_kept_whole(source: str) -> None:
    assert one("a.md", source).text == source


def test_a_heading_at_the_top_is_the_title() -> None:
    assert one("a.md", "# Der Kopf #\n\nText").metadata.title == "Der Kopf"
    assert one("a.md", "Text\n\n# Kein Titel\n").metadata.title is None
    assert one("a.md", "---\ntitle: Oben\n---\n# Unten\n").metadata.title == "Oben"


def test_broken_front_matter_is_told_and_kept() -> None:
    for matter in ("a: [1", "a: !!python/object/apply:os.system [echo]\nb: \t- {", "[" * 5000):
        source = f"---\n{matter}\n---\nText"
        (article,), (problem,) = every("a.md", source)
        assert article.text == source
        assert problem == Problem("a.md", "has front matter that is not valid YAML; it is kept as text", lost=False)


def test_yaml_aliases_do_not_explode() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert one("a.md", f"---\n{bomb}title: Gut\n---\nText").metadata.title == "Gut"


JSON_LD = '<script type="application/ld+json">%s</script>'
PARAGRAPH = (
    "<p>Der Minister sprach am Montag lange über die Lage in der Region und über die Aussichten der Gespräche.</p>"
)


def page(head: str, body: str = "") -> str:
    return f"""<html><head>{head}</head><body><nav><a href="/">Startseite</a> <a href="/abo">Abo</a></nav>
    <article><h1>Die Überschrift</h1>{PARAGRAPH * 4}{body}</article><footer>Impressum 2019</footer></body></html>"""


def test_html_gives_the_article_only() -> None:
    head = """<meta charset="utf-8"><title>Titel - Zeitung</title><meta property="og:title" content="Der Titel">
    <meta property="og:site_name" content="Zeitung">
    <meta property="article:published_time" content="2022-12-03T22:00:00-05:00">"""
    article = one("a.html", page(head))
    assert "Der Minister sprach am Montag" in article.text
    assert "Impressum" not in article.text
    assert "Startseite" not in article.text
    assert article.metadata == Metadata("Der Titel", "2022-12-03", None, "Zeitung", "de")


def test_a_publisher_does_not_replace_the_agency_of_the_dateline() -> None:
    source = page('<meta property="og:site_name" content="Zeitung">').replace("<p>Der", "<p>Berlin (dpa) - Der", 1)
    assert one("a.htm", source.replace("<h1>Die Überschrift</h1>", "")).metadata.agency == "dpa"


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ("", None),
        ('<link rel="canonical" href="https://example.org/2020/01/02/x.html">', None),
        (
            '<meta name="date" content="irgendwann"><meta name="DC.date.issued" content="3. Dezember 2022">',
            "2022-12-03",
        ),
        (
            JSON_LD % '{"@graph": [{"@type": "NewsArticle", "datePublished": "2022-12"}]}',
            "2022-12",
        ),
        (JSON_LD % '{"@type": "Event", "datePublished": "2022-12-03"}', None),
        (JSON_LD % "{broken", None),
    ],
)
def test_only_a_declared_date_of_a_page_counts(head: str, date: str | None) -> None:
    body = (
        "<p>Veröffentlicht am 5. Mai 2021. Stand: 2021-05-06.</p><time>2021-05-07</time><img src='/2021/05/08/a.jpg'>"
    )
    assert one("a.html", page(head, body)).metadata.date == date


def test_html_in_the_encoding_it_declares() -> None:
    source = page('<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">', f"<p>{RUSSIAN * 3}</p>")
    assert RUSSIAN in one("a.html", source.replace("ä", "").replace("ü", "").replace("Ü", "").encode("cp1251")).text
    assert "Gespräche" in one("a.html", page('<meta charset="base64">').encode("cp1252")).text


def test_html_without_an_article() -> None:
    assert (
        reason("a.html", "<html><body></body></html>") == "holds no article that can be told from the rest of the page"
    )
    assert reason("a.html", " ") == "holds no web page that can be read"


MARKED_UP = """<p>Am <b class="x">Abend <i>kam</i>, sagte</b> <a href="/r"><em>er</em></a> <span>dem<br>Sender <font>in
<a href="/k"><u>Köln</u> und</a> Bonn</font></span>, <i>Regen</i> auf.</p><p>Dann <b>nichts</b> mehr.</p>"""


def test_where_each_word_is_marked_up_only_the_text_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = one("a.html", page("", MARKED_UP)).text
    monkeypatch.setattr(webpage, "_MOST_INLINE", 3)
    assert one("a.html", page("", MARKED_UP)).text == usual
    tree = trafilatura.load_html(page("", MARKED_UP))
    assert tree is not None
    whole = tree.text_content()
    webpage._unwrap_crowds(tree)
    assert tree.text_content() == whole
    crowd, sparse = tree.findall(".//p")[-2:]
    assert [child.tag for child in crowd.iter()] == ["p", "a", "em", "span", "br", "font", "a", "u"]
    assert [child.tag for child in sparse.iter()] == ["p", "b"]


def pdf(text: str) -> bytes:
    """The smallest PDF with one page that says `text`."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("cp1252") if text else b""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj" % number + content + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + end


def test_pdf() -> None:
    article = one("a.pdf", pdf("Berlin, 3. Dezember 2022 \\(dpa\\) - Größe"))
    assert article.text == "Berlin, 3. Dezember 2022 (dpa) - Größe"
    assert article.metadata.date == "2022-12-03"


def test_pages_of_a_pdf_are_read_no_further_than_an_article_may_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that share their content take no room in the file and a second each to read."""
    monkeypatch.setattr(readers, "LONGEST_ARTICLE", 50)
    read_pages: list[str] = []
    original = pypdf.PageObject.extract_text

    def extract_text(self: pypdf.PageObject) -> str:
        read_pages.append(original(self))
        return read_pages[-1]

    monkeypatch.setattr(pypdf.PageObject, "extract_text", extract_text)
    writer = pypdf.PdfWriter()
    page = pypdf.PdfReader(io.BytesIO(pdf("Zwanzig Zeichen ----"))).pages[0]
    for _ in range(9):
        writer.add_page(page)
    out = io.BytesIO()
    writer.write(out)
    assert "split it, one file an article" in reason("a.pdf", out.getvalue())
    assert len(read_pages) == 3


@pytest.mark.parametrize("picture", ["/Im0 Do", "BI /W 1 /H 1 /BPC 8 /CS /G ID x EI"])
@pytest.mark.parametrize("scanned", [0, 1, 2, 9])
def test_pages_of_a_pdf_that_show_only_pictures_are_counted(picture: str, scanned: int) -> None:
    blank, scan = (pypdf.PdfReader(io.BytesIO(pdf(text))).pages[0] for text in ("", "x"))
    contents = scan.get_contents()
    assert contents is not None
    contents.set_data(f"9 0 0 9 0 0 cm {picture}".encode())
    scan[pypdf.generic.NameObject("/Contents")] = contents
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf("Archiv")))
    for page in (blank, *[scan] * scanned):
        writer.add_page(page)
    out = io.BytesIO()
    writer.write(out)
    (article,), problems = every("a.pdf", out.getvalue())
    assert article.text == "Archiv"
    said = f"has only pictures on {scanned} of {scanned + 2} pages: scans must go through text recognition (OCR) first"
    assert problems == ([Problem("a.pdf", said, lost=scanned > 2)] if scanned else [])


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_pdf_that_is_encrypted(algorithm: str) -> None:
    for password, readable in (("secret", False), ("", True)):
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf("Geheim")))
        writer.encrypt(password, owner_password="owner", algorithm=algorithm)
        out = io.BytesIO()
        writer.write(out)
        if readable:
            assert one("a.pdf", out.getvalue()).text == "Geheim"
        else:
            assert reason("a.pdf", out.getvalue()) == "is protected by a password"


def test_pdf_without_text_and_damaged(caplog: pytest.LogCaptureFixture) -> None:
    assert "scan" in reason("a.pdf", pdf(""))
    assert reason("a.pdf", b"no PDF at all").startswith("cannot be read")
    assert one("a.pdf", b"junk\n" + pdf("Da")).text == "Da"
    assert caplog.records == []
    assert logging.getLogger("pypdf").level == logging.NOTSET
