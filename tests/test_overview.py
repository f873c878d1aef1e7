"""“What is this article about?”: how the article begins answers it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from conftest import Corpus
from fake_ollama import FakeOllama
from followup_samples import FIRST, HISTORY

from qa_assistant import Assistant
from qa_assistant.answering.followup_rule import by_rule
from qa_assistant.answering.overview import asks_of_place, is_of_article_before, topic_of
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.records import Answer, Filters, Finished, Notice, Turn
from qa_assistant.settings import Settings

OF_ONE = [
    "What is this article about?", "What's it about?", "Summarise", "Can you summarize the article for me?",
    "Give me a short summary of the article, please", "What does the article say?", "What happened?",
    "Worum geht es?", "Worum geht's in dem Artikel?", "Wovon handelt der Artikel?", "Bitte fasse den Text zusammen",
    "О чём эта статья?", "О чем рассказывает статья?", "Кратко перескажите статью", "Что произошло?",
    "Bu makale ne hakkında?", "Makalenin konusu nedir?", "Haberi kısaca özetle", "Ne oldu?",
    "Bu məqalə nə haqqındadır?", "Məqaləni xülasə et", "Nə baş verib?",
    "What the article is about", "Worum es in dem Artikel geht", "What is said about this article?",
    "Summarize in German", "Makalenin ne hakkında olduğunu", "Məqalənin nə haqqında olduğunu", "Ce que dit l’article",
    "De quoi parle cet article ?", "Résume l’article", "Que s’est-il passé ?",
]  # fmt: skip

OF_SEVERAL = [
    "What are the articles about?", "What's the news?", "Was gibt es Neues?", "Fasse die Artikel zusammen",
    "О чём статьи?", "Haberler neler?", "Məqalələr nə haqqındadır?", "De quoi parlent ces textes ?",
]  # fmt: skip

NEWS = [
    "Is there any news?", "Gibt es Neuigkeiten?", "Есть ли новости?",
    "What's the latest news?", "What are the latest news?", "Was sind die neuesten Nachrichten?", "Neueste Meldungen",
    "Какие последние новости?", "Какие новости?", "Quelles sont les dernières nouvelles ?", "Dernières nouvelles",
    "Son gelişmeler neler?", "Son haberler neler?", "En son haber nedir?", "Son dakika haberleri",
    "Son xəbərlər nədir?", "Nə yenilik var?",
]  # fmt: skip

WITH_TOPIC = {
    "What is the article about the ferry about?": "the ferry",
    "Summarize the article on Maersk for me": "Maersk",
    "Eine Zusammenfassung der Artikel über Minen": "Minen",
    "О чём статья о Маерск?": "Маерск",
    "Maersk hakkındaki haberi özetle": "Maersk",
    "Maersk haqqında məqalə nə haqqındadır?": "Maersk",
    "Résumez l'article sur Maersk": "Maersk",
    f"{FIRST} Summarize the article.": FIRST,
}

OF_PLACE = {
    "What happened in New York?": "New York", "Was ist in Lüdenscheid passiert?": "Lüdenscheid",
    "Was war in Frankfurt am Main los?": "Frankfurt am Main", "Что произошло в Дзержинске?": "Дзержинске",
    "Adapazarı’nda ne oldu?": "Adapazarı", "Gəncədə nə baş verib?": "Gəncə",
    "Que s’est-il passé à Rio de Janeiro ?": "Rio de Janeiro",
}  # fmt: skip

OTHERS = [
    FIRST, "What was the meeting about?", "What happened on 3 December?", "Was steht im Artikel über Maersk?",
    "Worum geht es bei dem Treffen?", "О чём говорили министры?", "Ne konuştular?", "De quoi parle Takei ?",
    "Who wrote the article?", "News agency", "",
    "Was geschah in der Nacht?", "What happened in the talks?", "What happened in Kiel and who was hurt?",
]  # fmt: skip

FERRY = """Rostock, 3. März 2024, dpa

# Fähre liegt fest

Die Fähre nach Trelleborg liegt seit Sonntag im Hafen von Rostock fest. An Bord waren 212 Passagiere. Ein Schlepper
hatte sie gerammt. Verletzt wurde niemand. Die Reederei spricht von einem Schaden in Höhe von zwei Millionen Euro.
"""
WOLVES = """Hannover, 5. April 2024, dpa

In Niedersachsen leben nach Angaben des Ministeriums mehr Wölfe als im Vorjahr. Gezählt wurden 54 Rudel.
"""
OLD = "Bremen, 1. Mai 2019, dpa\n\nDer Fischmarkt von Bremen bekommt eine neue Halle. Sie kostet neun Millionen Euro.\n"


@pytest.fixture
def assistant(corpus: Corpus) -> Iterator[Assistant]:
    for name, text in {"ferry.md": FERRY, "wolves.txt": WOLVES, "old.txt": OLD}.items():
        corpus.write(name, text)
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes")) as opened:
        yield opened


def quotes(answer: Answer) -> list[str]:
    return [" ".join(citation.quote.split()) for citation in answer.citations]


@pytest.mark.parametrize("question", OF_ONE)
def test_one_article_is_asked_about(question: str) -> None:
    assert topic_of(question) == ""
    assert is_of_article_before(question)
    assert by_rule(question, HISTORY) == f"{FIRST} {question}"


@pytest.mark.parametrize("question", OF_SEVERAL)
def test_all_articles_are_asked_about(question: str) -> None:
    assert topic_of(question) == ""
    assert not is_of_article_before(question)


@pytest.mark.parametrize("question", NEWS)
def test_the_news_is_asked_for_in_a_chat_too(question: str) -> None:
    assert topic_of(question) == ""
    assert by_rule(question, HISTORY) == question


@pytest.mark.parametrize(("question", "topic"), WITH_TOPIC.items())
def test_an_article_about_something(question: str, topic: str) -> None:
    assert topic_of(question) == topic
    assert not is_of_article_before(question)


@pytest.mark.parametrize(("question", "place"), OF_PLACE.items())
def test_what_happened_in_a_place(question: str, place: str) -> None:
    assert topic_of(question) == place
    assert asks_of_place(question)


@pytest.mark.parametrize("question", OTHERS)
def test_what_asks_for_a_part_of_an_article_is_another_question(question: str) -> None:
    assert topic_of(question) is None


@pytest.mark.parametrize("question", OF_ONE)
def test_the_only_article_is_quoted_from_its_beginning(shipped_index: Settings, question: str) -> None:
    with Assistant(replace(shipped_index, answer_with="quotes")) as opened:
        answer = opened.answer(question)
    assert answer.status == "answered"
    assert len(answer.citations) == 3
    assert quotes(answer)[0].startswith("Der aserbaidschanische Außenminister Jeyhun Bayramov ist im Rahmen")
    assert [citation.start for citation in answer.citations] == sorted(citation.start for citation in answer.citations)


def test_without_a_topic_the_newest_articles_begin(assistant: Assistant) -> None:
    events = list(assistant.ask("What's the news?"))
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert [quote[:20] for quote in quotes(finished.answer)] == [
        "In Niedersachsen leb", "Die Fähre nach Trell", "Der Fischmarkt von B",
    ]  # fmt: skip
    assert Notice("The question names no article: this is how the newest 3 begin.") in events


def test_only_articles_that_pass_the_filters_begin(assistant: Assistant) -> None:
    assert quotes(assistant.answer("What's the news?", Filters(until="2020-12-31")))[0].startswith("Der Fischmarkt")
    assert assistant.answer("What's the news?", Filters(until="2000-12-31")).status == "no_answer"


def test_the_article_about_a_topic_begins_without_its_headline(assistant: Assistant) -> None:
    answer = assistant.answer("Worum geht es im Artikel über die Fähre?")
    assert [quote[:20] for quote in quotes(answer)] == [
        "Die Fähre nach Trell", "An Bord waren 212 Pa", "Ein Schlepper hatte ",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("What happened on 3 March?", "Die Fähre"),
        ("What happened in May 2019?", "Der Fischmarkt"),
        ("Was geschah am 5. April 2024?", "In Niedersachsen"),
        ("Was war am 5.4.2024 los?", "In Niedersachsen"),
        ("Что произошло 3 марта 2024 года?", "Die Fähre"),
        ("3 Mart'ta ne oldu?", "Die Fähre"),
        ("Que s'est-il passé le 1er mai 2019 ?", "Der Fischmarkt"),
    ],
)
def test_what_happened_on_a_date_is_how_the_articles_of_it_begin(
    assistant: Assistant, question: str, begins: str
) -> None:
    answer = assistant.answer(question)
    assert quotes(answer)[0].startswith(begins)
    assert len({citation.article.id for citation in answer.citations}) == 1
    assert assistant.answer(question, Filters(since="2025")).status == "no_answer"


def test_a_date_without_an_article_is_searched_for(assistant: Assistant) -> None:
    assert assistant.answer("What happened on 7 July 1999?").status == "no_answer"


def test_what_happened_in_a_place_is_how_the_articles_that_name_it_begin(assistant: Assistant, corpus: Corpus) -> None:
    answer = assistant.answer("Was ist in Rostock passiert?")
    assert quotes(answer)[0].startswith("Die Fähre")
    assert len(answer.citations) == 3
    corpus.write("tug.txt", "Rostock, 9. März 2024, dpa\n\nDer Schlepper ist repariert. „Was passiert ist, bleibt.“\n")
    ingest(corpus.settings)
    assert [quote[:9] for quote in quotes(assistant.answer("What happened in Rostock?"))] == ["Der Schle", "Die Fähre"]
    assert assistant.answer("What happened in Nowhereville?").status == "no_answer"
    assert assistant.answer("Что произошло в Ъ?").status == "no_answer", "no sound to look for"


def test_no_article_is_about_that(assistant: Assistant) -> None:
    assert assistant.answer("Summarize the article about Lufthansa").status == "no_answer"


def test_in_a_chat_it_is_the_article_of_the_answer_before(assistant: Assistant) -> None:
    history = (Turn("Wie viele Rudel leben in Niedersachsen?", "Gezählt wurden 54 Rudel. [1]"),)
    answer = assistant.answer("Summarize the article", history=history)
    assert quotes(answer)[0].startswith("In Niedersachsen leben")
    assert {citation.article.path for citation in answer.citations} == {"wolves.txt"}


def test_a_language_model_reads_how_the_articles_begin(assistant: Assistant, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply("A ferry to Trelleborg has been stuck in the port of Rostock since Sunday [1].")
    with Assistant(replace(assistant.settings, answer_with="ollama", timeout=5)) as with_model:
        answer = with_model.answer("What is the article about Trelleborg about?")
    assert quotes(answer) == ["Die Fähre nach Trelleborg liegt seit Sonntag im Hafen von Rostock fest."]
    assert [hit.article.path for hit in answer.hits] == ["ferry.md"]


@pytest.mark.parametrize(
    ("headline", "sentence"),
    [
        ("Հանդիպում Փարիզում", "Վարչապետը մեկնել է Փարիզ՝ հանդիպելու նախագահի հետ։"),
        ("دلہی میں ملاقات", "وزیر اعظم نے آج دہلی میں صدر سے ملاقات کی۔"),
        ("दिल्ली में बैठक", "प्रधानमंत्री ने आज दिल्ली में राष्ट्रपति से मुलाकात की।"),
        ("首脳会談", "首相は東京で大統領と会談し「協力したい」と述べた！"),
    ],
)
def test_a_sentence_ends_as_its_language_ends_it(corpus: Corpus, headline: str, sentence: str) -> None:
    corpus.write("a.txt", f"{headline}\n\n{sentence}\n")
    ingest(corpus.settings)
    with Assistant(replace(corpus.settings, answer_with="quotes")) as opened:
        assert quotes(opened.answer("What is this article about?")) == [sentence]
