"""Tables of articles: every good row is read, every bad one is named by its line."""

from __future__ import annotations

import json

import pytest

from qa_assistant.ingestion.corpus import Problem, SourceFile, read
from qa_assistant.records import Article, Metadata
from qa_assistant.settings import Settings


def every(name: str, data: str, settings: Settings | None = None) -> tuple[list[Article], list[Problem]]:
    content = data.encode("utf-8")
    return read(SourceFile(name, len(content), 0), content, settings or Settings())


def test_jsonl_reports_bad_rows_and_goes_on() -> None:
    rows = [
        json.dumps({"text": "Erster\r\nText\0\ud800", "title": " Ein\nTitel ", "date": 2022, "language": "de"}),
        "",
        "{broken",
        '["list"]',
        '{"title": "kein Text"}',
        '{"text": 7}',
        '{"text": "  "}',
        "[" * 100_000,
        '{"text": "x", "n": ' + "9" * 5000 + "}",
        '{"text": "Letzter \u2028 Text", "title": ["x"], "date": true}',
    ]
    articles, problems = every("a.jsonl", "\r\n".join(rows))
    assert [(article.path, article.text) for article in articles] == [
        ("a.jsonl#1", "Erster\nText\ufffd\ufffd"),
        ("a.jsonl#10", "Letzter \n Text"),
    ]
    assert articles[0].metadata == Metadata("Ein Titel", "2022", None, None, "de")
    assert (articles[1].metadata.title, articles[1].metadata.date) == (None, None)
    assert [problem.path for problem in problems] == [f"a.jsonl#{line}" for line in (3, 4, 5, 6, 7, 8, 9)]
    assert problems[0].reason.startswith("is not valid JSON: ")
    assert problems[4].reason == "is empty"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quoted", [True, False])
def test_csv_of_every_kind(delimiter: str, quoted: bool) -> None:
    mark = '"' if quoted else ""
    rows = [["title", "text", "date"], ["Eins", "It's 'fine' today", "3.12.2022"], ["Zwei", "Und Text", "2022-12"]]
    source = "\r\n".join(delimiter.join(f"{mark}{cell}{mark}" for cell in row) for row in rows)
    articles, problems = every("a.csv", "\ufeff" + source)
    assert problems == []
    assert [(article.metadata.title, article.text, article.metadata.date) for article in articles] == [
        ("Eins", "It's 'fine' today", "2022-12-03"),
        ("Zwei", "Und Text", "2022-12"),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "title, text, date\nEins, Ein Text; er ist kurz, 2022\n",
        'title,text,date\nEins, "Ein Text; er ist kurz",2022\n',
        'title,text,date\n"Eins", "Ein Text; er ist kurz", "2022"\n',
        "'title', 'text', 'date'\n'Eins', 'Ein Text; er ist kurz', '2022'\n",
        "'title','text','date'\n'Eins','Ein Text; er ist kurz','2022'\n",
        "'tis,title,text,date\n1,Eins,Ein Text; er ist kurz,2022\n",
    ],
)
def test_csv_with_spaces_and_single_quotes(source: str) -> None:
    (article,), problems = every("a.csv", source)
    assert problems == []
    assert (article.metadata.title, article.text, article.metadata.date) == ("Eins", "Ein Text; er ist kurz", "2022")


def test_csv_prose_of_quotes_and_commas_is_kept_as_it_is() -> None:
    text = 'Er sagte ""Ja"", ""Nein"", ""Mehr"",\n""Ja"", ""Nein"", ""Mehr"" und ging.'
    (article,), problems = every("a.csv", f'title,text,date\n Eins,"{text}",2022\n')
    assert problems == []
    assert article.text == text.replace('""', '"')


def test_csv_rows_that_end_with_delimiters_are_read() -> None:
    articles, problems = every("a.csv", "text;title\nEins;A;\nZwei;B; ;\nDrei;C;;D\n")
    assert [article.text for article in articles] == ["Eins", "Zwei"]
    assert problems == [Problem("a.csv#4", "has 4 cells, but the header has 2")]


@pytest.mark.parametrize("mark", ["sep=;", "SEP=;", '"sep=;"', "sep=;;"])
def test_csv_whose_first_line_tells_excel_the_delimiter(mark: str) -> None:
    (article,), problems = every("a.csv", f"\ufeff{mark}\r\ntitle;text\r\nEins;Ein Text, er ist kurz\r\n")
    assert problems == []
    assert (article.path, article.metadata.title, article.text) == ("a.csv#3", "Eins", "Ein Text, er ist kurz")


def test_csv_of_nothing_but_quotes_ends() -> None:
    articles, problems = every("a.csv", 'text,x\nb,"a",' + '"' * 8_000 + "a\ngut,y\n")
    assert [article.text for article in articles] == ["gut"]
    assert [problem.path for problem in problems] == ["a.csv#2"]


def test_csv_rows_are_named_by_the_line_they_begin_at() -> None:
    source = (
        'text;title\n"eins ""zitiert""\nzweite; Zeile";A\n\nzwei;B;C\n"drei"x;C\n;D\nvier\n"fünf '
        + "x" * 200_000
        + '";E\n'
    )
    articles, problems = every("a.csv", source)
    assert [(article.path, article.text[:20]) for article in articles] == [
        ("a.csv#2", 'eins "zitiert"\nzweit'),
        ("a.csv#8", "vier"),
        ("a.csv#9", "fünf xxxxxxxxxxxxxxx"),
    ]
    assert [problem.path for problem in problems] == ["a.csv#5", "a.csv#6", "a.csv#7"]


def test_csv_with_an_open_quote_says_where() -> None:
    articles, problems = every("a.csv", 'text,title\ngut,A\n"offen,B\nC,D\n')
    assert [article.path for article in articles] == ["a.csv#2"]
    said = "is not valid CSV: unexpected end of data; left out up to line 4: is a quote not closed?"
    assert problems == [Problem("a.csv#3", said)]
    articles, problems = every("a.csv", 'text,title\n"offen,B\nC,D\n"zu",E\n"x"y,F\ngut,G\n')
    assert [article.path for article in articles] == ["a.csv#6"]
    assert [(problem.path, "up to line 4" in problem.reason) for problem in problems] == [
        ("a.csv#2", True),
        ("a.csv#5", False),
    ]


def test_dates_that_cannot_be_read_are_named_once_a_file() -> None:
    articles, problems = every("a.csv", "date,text\n03/04/2023,Eins\n2023-04-03,Zwei\n,Drei\n\x1b[31m04/05/2023,Vier\n")
    assert [article.metadata.date for article in articles] == [None, "2023-04-03", None, None]
    said = "has 2 dates that cannot be read, “03/04/2023” first: write them as 2022-12-03"
    assert problems == [Problem("a.csv", said, lost=False)]
    _, (problem,) = every("a.jsonl", json.dumps({"date": "9" * 1_000, "text": "Eins"}))
    assert problem.reason == f"has 1 date that cannot be read, “{'9' * 39}…” first: write them as 2022-12-03"
    assert every("a.csv", 'date,text\n03/04/2023,"Berlin, 3. April 2023 (dpa) - Eins"\n')[1] == []


def test_csv_columns_are_settings() -> None:
    settings = Settings(text_column="body", title_column="headline", agency_column="source")
    articles, problems = every("a.csv", "headline,body,source\nKopf,Text,BBC\n", settings)
    assert problems == []
    assert (articles[0].text, articles[0].metadata.title, articles[0].metadata.agency) == ("Text", "Kopf", "BBC")
    without = Problem("a.csv", "has no column “text” (setting text_column), only: Title, body")
    assert every("a.csv", "Title,body\nKopf,Text\n") == ([], [without])
    without = Problem("a.jsonl#1", "has no “text” (setting text_column)")
    assert every("a.jsonl", '{"body": "Text"}') == ([], [without])


def test_csv_columns_are_known_whatever_their_capitals() -> None:
    (article,), problems = every("a.csv", "TITLE; Date ;Text\nKopf;2022-12-03;Ein Text, er ist kurz\n")
    assert (problems, article.text) == ([], "Ein Text, er ist kurz")
    assert (article.metadata.title, article.metadata.date) == ("Kopf", "2022-12-03")
    (article,), _ = every("a.csv", "Text,text,TEXT\nA,B,C\n")
    assert article.text == "B"
    (article,), _ = every("a.csv", "Text,TEXT\nA,B\n", Settings(title_column="Text"))
    assert (article.metadata.title, article.text) == ("A", "B")
