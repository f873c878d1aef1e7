"""Where expected sentences stand: however the article is called and its accents are encoded; what stands nowhere."""

from __future__ import annotations

import unicodedata

import pytest

from qa_assistant.errors import QuestionsError
from qa_assistant.evaluation.locating import Place, locate
from qa_assistant.evaluation.records import Case, Expected
from qa_assistant.records import Article

TEXT = "Die Südbahn wurde gesperrt."
APART = unicodedata.normalize("NFD", TEXT)
SOURCES = {"a/süd.txt": {"a/süd.txt": "1"}, "copy.txt": {"copy.txt": "1"}, "wire.csv": {"wire.csv#2": "2"}}
CORPUS = ["a/süd.txt", "copy.txt", "wire.csv", "new.txt"]


def located(article: str, quote: str, text: str = TEXT) -> tuple[Place, ...]:
    expected = Expected(article, quote)
    articles = [Article("1", "a/süd.txt", text), Article("2", "wire.csv#2", text)]
    return locate([Case("a", "?", cites=(expected,))], articles, SOURCES, CORPUS)[expected]


@pytest.mark.parametrize(
    "quote", ["Südbahn  wurde", unicodedata.normalize("NFD", "Südbahn wurde"), "Süd\u00adbahn wurde"]
)
@pytest.mark.parametrize("text", [TEXT, APART])
def test_accents_and_what_is_invisible_may_be_encoded_otherwise(quote: str, text: str) -> None:
    (place,) = located("süd.txt", quote, text)
    assert unicodedata.normalize("NFC", text[place.start : place.end]) == "Südbahn wurde"


@pytest.mark.parametrize("name", ["a/süd.txt", "süd.txt", unicodedata.normalize("NFD", "süd.txt"), "copy.txt"])
def test_an_article_has_the_name_of_each_file_it_stands_in(name: str) -> None:
    assert [place.article_id for place in located(name, TEXT)] == ["1"]


def test_an_article_that_is_not_indexed_has_no_places() -> None:
    assert located("new.txt", TEXT) == ()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("old.txt", "there is no article “old.txt”"),
        ("wire.csv#9", "there is no article “wire.csv#9”"),
        ("wire.csv", "wire.csv holds 1 article; name one, such as wire.csv#2"),
        ("copy.txt#2", "there is no article “copy.txt#2”"),
    ],
)
def test_an_article_that_is_nowhere_is_named(name: str, said: str) -> None:
    with pytest.raises(QuestionsError, match=said):
        located(name, TEXT)
