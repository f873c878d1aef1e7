"""What a question asks about beside its names, and which articles have them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import Corpus

from qa_assistant import Assistant
from qa_assistant.answering.focus import NAMED_WITHIN, focus, named_first, names_of, naming
from qa_assistant.answering.retrieval import retrieve
from qa_assistant.index.words import words_of
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.language import detect
from qa_assistant.records import Article, Filters, Hit, Metadata, Passage, Span

ONE_PIECE = {"Norman", "Minister", "England", "Vertrag", "Treaty"}


def count_tokens(text: str) -> int:
    return 1 if text == "a" or text in ONE_PIECE else 2


def names(question: str, language: str = "en") -> list[str]:
    return [word.written for word in names_of(question, language, count_tokens)]


def hit(key: str, text: str, passage: str | None = None) -> Hit:
    article = Article(key, f"{key}.txt", text, Metadata(language=detect(text)))
    part = passage or text
    start = text.index(part)
    whole = Passage(key, 0, start, start + len(part), part, (Span(start, start + len(part)),))
    return Hit(whole, article, 1.0, (1.0,))


def kept(question: str, *hits: Hit) -> list[str]:
    asking = ("Who", "How", "What")
    asked = [word for word in words_of(question) if word.written[0].isupper() and word.written not in asking]
    return [one.article.id for one in naming(question, "en", asked, hits)]


@pytest.mark.parametrize(
    ("question", "language", "found"),
    [
        ("What did Bayramov and Takei discuss?", "en", ["Bayramov", "Takei"]),
        ("Who is Norman?", "en", ["Norman"]),
        ("Norman kimdir?", "tr", ["Norman"]),
        ("How old is Norman?", "en", ["Norman"]),
        ("Wer ist Norman?", "de", []),
        ("Was sagte der Minister?", "de", []),
        ("What treaty did Norman sign with Takei?", "en", ["Takei"]),
        ("what did they discuss?", "en", []),
        ("what did bayramov and takei discuss?", "en", ["bayramov", "takei"]),
        ("who is takei?", "en", ["takei"]),
        ("what treaty did takei sign?", "en", []),
        ("who is norman?", "en", []),
        ("What did bayramov discuss?", "en", []),
    ],
)
def test_names(question: str, language: str, found: list[str]) -> None:
    assert names(question, language) == found


def test_names_that_were_found_are_taken_off_in_any_spelling() -> None:
    question = "What did Bayramov and Merkel discuss?"
    asked = names_of(question, "en", count_tokens)
    assert focus(question, asked, ["Байрамов прибыл."]) == "What did and Merkel discuss?"
    assert focus(question, asked, []) == question
    assert focus("Who is Takei?", names_of("Who is Takei?", "en", count_tokens), ["Takei"]) == "Who is Takei?"


def test_only_articles_that_have_the_name_where_nothing_else_is_asked() -> None:
    near, right = hit("near", "Thurnher discussed this."), hit("right", "Такеи приехал.")
    assert kept("Who is Takei?", near, right) == ["right"]
    assert kept("How old is Takei?", near, right) == ["right"]
    assert kept("Who is Merkel?", near, right) == ["near", "right"]
    assert kept("Who is Takei?", near) == ["near"]


def test_an_article_names_a_country_that_it_speaks_of_in_its_own_language() -> None:
    near, right = hit("near", "Was ist passiert?"), hit("right", "Ein Zug aus Ungarn ist angekommen.")
    assert kept("What happened in Hungary?", near, right) == ["right"]
    assert kept("What happened in Mongolia?", near, right) == ["near", "right"]


def test_articles_of_another_language_come_first_if_they_alone_have_the_name() -> None:
    near, own = hit("near", "The corridor will be open to all from May."), hit("own", "Mr Overchuk was there as well.")
    right, far = hit("right", "Вице-премьер Оверчук прибыл."), hit("far", "Погода была хорошая.")
    names = words_of("Overchuk")

    def ranked(language: str, *hits: Hit) -> list[str]:
        return [one.article.id for one in named_first(language, names, hits)]

    assert ranked("en", near, far, right) == ["right", "near", "far"]
    assert ranked("en", near, far, right, own) == ["near", "far", "right", "own"]
    assert ranked("ru", near, far, right) == ["near", "far", "right"]
    assert ranked("en", near, far) == ["near", "far"]
    assert ranked("en") == []
    assert named_first("en", [], [near, right]) == [near, right]


def test_a_report_in_another_language_answers_if_it_alone_has_the_name(corpus: Corpus) -> None:
    corpus.write("tr.txt", "Merkez Bankası enflasyon hakkında açıklama yaptı. Enflasyon yüksek, dedi.\n")
    corpus.write("ru.txt", "Эльвира Набиуллина выступила в Москве. «Инфляция остаётся высокой», — сказала она.\n")
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes")) as assistant:
        found = retrieve(assistant.index, "Nabiullina enflasyon hakkında ne dedi?", "tr", 8, Filters())
    assert found.hits[0].article.path == "ru.txt"
    assert found.evidence and not found.evidence.same_language


def test_the_one_word_that_says_what_is_asked_about_is_looked_for_however_it_is_written() -> None:
    near, right = hit("near", "Thurnher sprach über Strom."), hit("right", "Von Energie war die Rede.")
    assert kept("what is said about energy?", near, right) == ["right"]
    assert kept("who is norman?", near, hit("norman", "Norman sprach.")) == ["norman"]
    assert kept("what is said about fishing?", near, right) == ["near", "right"]
    assert kept("what energy is discussed by Thurnher?", near, right) == ["near"]


def test_where_more_is_asked_the_best_article_is_kept() -> None:
    named, other = hit("named", "Takei came."), hit("other", "The treaty was signed.")
    assert kept("Who signed a treaty with Takei?", named, other) == ["named"]
    assert kept("Who signed a treaty with Takei?", other, named) == ["other", "named"]


def test_a_name_counts_wherever_the_article_has_it() -> None:
    text = "Takei came. " + "The minister spoke. " * 20 + "He left."
    assert kept("Who is Takei?", hit("other", "He left early."), hit("whole", text, "He left.")) == ["whole"]
    book = "x " * NAMED_WITHIN
    assert kept("Who is Takei?", hit("a", "He left."), hit("b", book + "Takei left.", "Takei left.")) == ["b"]


def test_a_question_about_a_name_is_not_answered_from_articles_about_others(corpus: Corpus, shipped_text: str) -> None:
    corpus.write("talks.txt", shipped_text)
    corpus.write("debate.txt", "Wien – Über diese Fragen diskutierte Ingrid Thurnher mit ihren Gästen im Fernsehen.\n")
    corpus.write("letter.txt", "London, November 3, 1995 (Reuters) – Who is she? A noble wrote to his king.\n")
    corpus.write("doctor.txt", "Доктор Кто думал, что он последний. Кто такой Доктор, никто не знает.\n")
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes")) as assistant:
        for question in ("Who is Takei?", "Кто такой Такеи?", "What did Bayramov and Takei discuss?", "who is takei"):
            answer = assistant.answer(question)
            assert {one.article.path.rpartition("/")[2] for one in answer.citations} == {"talks.txt"}, question


def test_a_name_that_no_article_has_is_said_to_be_missing(corpus: Corpus, shipped_text: str) -> None:
    corpus.write("talks.txt", shipped_text)
    corpus.write("debate.txt", "Wien – Über diese Fragen diskutierte Ingrid Thurnher mit ihren Gästen im Fernsehen.\n")
    corpus.write("titled.md", "---\ntitle: Kubicki im Gespräch\n---\nDer Politiker sprach über die Wahl.\n")
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes")) as assistant:
        for absent in ("Who is Lukashenko?", "Кто такой Лукашенко?", "Lukashenko kimdir?"):
            evidence = retrieve(assistant.index, absent, detect(absent), 8, Filters()).evidence
            assert evidence and evidence.missing, absent
            assert not assistant.answer(absent).citations, absent
        for present in ("Who is Takei?", "Кто такой Такеи?", "Who is Kubicki?", "What about Vienna?"):
            evidence = retrieve(assistant.index, present, detect(present), 8, Filters()).evidence
            assert evidence and not evidence.missing, present


def test_a_country_is_not_said_to_be_missing_where_the_article_writes_it_otherwise(corpus: Corpus) -> None:
    corpus.write("a.txt", "Ägyptische Sicherheitskräfte haben zwölf Angehörige einer Reisegruppe getötet.\n")
    corpus.write("b.txt", "Wien – Über diese Fragen diskutierte Ingrid Thurnher mit ihren Gästen im Fernsehen.\n")
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes")) as assistant:
        for question, language, missing in (
            ("What happened in Egypt?", "en", ()),
            ("Mısır'da ne oldu?", "tr", ()),
            ("What happened in Hungary?", "en", ("Hungary",)),
        ):
            evidence = retrieve(assistant.index, question, language, 8, Filters()).evidence
            assert evidence and evidence.missing == missing, question


def test_a_german_noun_is_not_said_to_be_missing_where_the_article_is_in_another_language(corpus: Corpus) -> None:
    corpus.write("a.txt", "BAKU (Reuters) - The primes and their factors were the topic of a talk on arithmetic.\n")
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes")) as assistant:
        for question in ("Was ist mit den Primzahlen?", "Was ist mit der Multiplikation?", "Wer erwähnt Primkörper?"):
            evidence = retrieve(assistant.index, question, "de", 8, Filters()).evidence
            assert evidence and not evidence.missing, question


def test_a_headline_is_not_quoted_beside_its_own_sentence(corpus: Corpus) -> None:
    corpus.write("bridge.md", "# Die neue Brücke über die Elbe ist offen\n\nDie neue Brücke über die Elbe ist offen.\n")
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes")) as assistant:
        quotes = [one.quote for one in assistant.answer("Ist die Brücke über die Elbe offen?").citations]
    assert len(quotes) == 1, quotes


def test_nothing_is_said_to_be_missing_that_a_script_would_not_show(corpus: Corpus) -> None:
    corpus.write(
        "ja.txt", "【東京共同】武井俊輔外務副大臣は3日、イランの外相と代替エネルギー分野での協力を協議した。\n"
    )
    corpus.write("ar.txt", "ناقش الوزير التركي في ٣ ديسمبر ٢٠٢٢ التعاون في مجال الطاقة مع نظيره شكري.\n")
    corpus.write("de.txt", "Kiel, 3. März 1999 (dpa) - Die Fähre nach Oslo liegt seit dem Morgen im Hafen fest.\n")
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes")) as assistant:
        for question, missing in (
            ("What did Takei discuss in Tokyo?", ()),
            ("What about Turkey in 2022?", ()),
            ("Who is Shoukry?", ()),
            ("What was said in 2021?", ("2021",)),
        ):
            evidence = retrieve(assistant.index, question, "en", 8, Filters()).evidence
            assert evidence and evidence.missing == missing, question
        corpus.write("fa.txt", "شنبه ۱۲ آذر ۱۴۰۱ زلزله‌ای شهر خوی را لرزاند و صدها نفر زخمی شدند.\n")
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes")) as assistant:
        evidence = retrieve(assistant.index, "What was said in 2021?", "en", 8, Filters()).evidence
        assert evidence and not evidence.missing
