"""Which questions are follow-ups, and what completes them without a model."""

from __future__ import annotations

import pytest
from followup_samples import BY_RULE, FIRST, FOLLOW_UP, HISTORY

from qa_assistant.answering.followup_rule import LONGEST, by_rule, is_follow_up
from qa_assistant.records import Turn

FOLLOW_UPS = {
    "en": ["And what about energy?", "What about Japan?", "How about Takei?", "But why in Baku?", "Who signed it?",
           "Why did they not sign the agreement in December?", "What did he tell Armenia?", "When was this agreed?",
           "Why?", "Who else came?", "Since when?", "Armenia?", "energy", "2018?", "In which city?",
           "For how long?", "At what time?", "Could you please tell me when?",
           "Can you tell me what the article is about?"],
    "de": ["Und was ist mit Energie?", "Und Takei?", "Aber warum erst jetzt?", "Wer hat es unterzeichnet?",
           "Seit wann?", "Warum haben sie das Abkommen nicht unterzeichnet?", "Was sagten sie über Armenien?",
           "Wer noch?", "Warum?", "Wie steht es um die Landminen?", "Wer sprach noch darüber?",
           "Bis wann denn?", "In welcher Stadt?", "Wie viele Tote?", "Können Sie mir sagen, seit wann?"],
    "ru": ["А энергетика?", "А что насчёт Армении?", "И когда?", "Почему?", "Кто это подписал?", "С кем?",
           "Почему они не подписали соглашение в декабре?", "Что он сказал об Армении?",
           "По какой причине?", "Сколько человек?", "До каких пор?", "С какого времени?"],
    "tr": ["Peki ya enerji?", "Ve Ermenistan?", "Neden?", "Ne zaman?", "Onlar neden anlaşmayı imzalamadı?",
           "Bu anlaşma ne zaman imzalandı?", "Bunu kim imzaladı?", "Başka kim geldi?",
           "Ne zamana kadar?", "Hangi tarihte?", "Kim tarafından?"],
    "az": ["Bəs enerji?", "Və Ermənistan?", "Niyə?", "Nə vaxt?", "Onlar niyə müqaviləni imzalamadılar?",
           "Bunu kim imzaladı?", "Bu müqavilə nə vaxt imzalandı?", "Nə vaxta qədər?",
           "Hansı şəhərdə?", "Kim tərəfindən?"],
    "fr": ["Et l'énergie ?", "Mais pourquoi à Bakou ?", "Pourquoi ?", "Qu'en est-il de l'énergie ?", "Quand ?",
           "Pourquoi n'ont-ils pas signé l'accord en décembre ?", "Qui a signé cet accord ?",
           "Qu'ont-elles dit de l'Arménie ?", "Depuis quand ?", "Jusqu'à quand ?", "Pour combien de temps ?",
           "Pourquoi donc ?", "Dans quelle ville ?"],
}  # fmt: skip

COMPLETE = {
    "en": [FIRST, "Who won the 2018 World Cup?", "Who is Takei?", "What is NATO?", "What happened this year in Baku?",
           "Did Bayramov say that Takei had invited him?", "Which companies were praised?", "What is inflation?",
           "Which minister represented Azerbaijan at the OSCE meeting?", "Android phones are made by whom?",
           "What's the news?", "What are the articles about?", "Do you know anything about landmines?"],
    "de": ["Worüber sprachen Bayramov und Takei?", "Wer gewann 2018 die Fußball-Weltmeisterschaft?",
           "Was ist Inflation?", "Hat Bayramov gesagt, dass er Takei eingeladen hat?",
           "Wie viele Landminen gibt es in Aserbaidschan?",
           "Was geschah dieses Jahr in Baku?", "Undichte Rohre in Berlin: wer zahlt?"],
    "ru": ["Что обсуждали Байрамов и Такеи?", "Кто выиграл чемпионат мира 2018 года?", "Кто такой Такеи?",
           "Что произошло в этом году в Баку?", "Какие компании похвалили министры?",
           "Сказал ли Байрамов, что его пригласил Такеи?", "Какая инфляция?", "О чём статьи?"],
    "tr": ["Bayramov ve Takei ne konuştu?", "2018 Dünya Kupası'nı kim kazandı?", "Bayramov kimdir?",
           "Bu yıl hangi şirketler övüldü?", "Et fiyatları neden arttı?", "Enflasyon nedir?",
           "Takei kaç yaşında?"],
    "az": ["Bayramov və Takei nəyi müzakirə etdi?", "2018-ci il Dünya Kubokunu kim qazandı?", "Bayramov kimdir?",
           "Bu il hansı şirkətlər təriflənib?"],
    "fr": ["De quoi Bayramov et Takei ont-ils parlé ?", "Qui a gagné la Coupe du monde 2018 ?", "Qui est Takei ?",
           "Qu'est-ce que l'inflation ?", "Que s'est-il passé cette année à Bakou ?",
           "Quelles entreprises ont été saluées ?"],
    "other": ["谁赢得了2018年世界杯？", "谁是NATO秘书长？", "ما هو التضخم؟", "¿Ya ganó España el Mundial de fútbol?",
              "Chi ha vinto il campionato del mondo?"],
}  # fmt: skip


def pairs(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(language, question) for language, questions in table.items() for question in questions]


@pytest.mark.parametrize(("language", "question"), pairs(FOLLOW_UPS))
def test_what_brings_too_little_is_a_follow_up(language: str, question: str) -> None:
    assert is_follow_up(question)
    assert by_rule(question, HISTORY) == f"{FIRST} {question}"
    assert by_rule(question, ()) == question


@pytest.mark.parametrize(("language", "question"), pairs(COMPLETE))
def test_a_complete_question_is_not_touched(language: str, question: str) -> None:
    assert by_rule(question, HISTORY) == question


@pytest.mark.parametrize(
    ("before", "question", "asked"),
    [
        ("What did Luther publish?", "And Gandhi?", "What did Gandhi publish?"),
        ("Who will succeed Kasper Rorsted?", "Und Reitz?", "Who will succeed Reitz?"),
        ("What happened in Berlin?", "And in Vienna?", "What happened in Vienna?"),
        ("What did Merkel say in Berlin?", "And in Vienna?", "What did Merkel say in Vienna?"),
        ("What is the rate in the Netherlands?", "And in Spain?", "What is the rate in Spain?"),
        ("Who leads the Netherlands?", "And Spain?", "Who leads Spain?"),
        ("Wie hoch ist der Leitzins in der Türkei?", "Und in Russland?", "Wie hoch ist der Leitzins in Russland?"),
        ("Wie hoch ist der Leitzins in Polen?", "Und in der Schweiz?", "Wie hoch ist der Leitzins in der Schweiz?"),
        ("In der Ukraine, wer regiert da?", "Und in Polen?", "In Polen, wer regiert da?"),
        ("Que sait-on de l'Ukraine ?", "Et de la Pologne ?", "Que sait-on de la Pologne ?"),
        ("Кто подписал договор в Астане?", "А в Баку?", "Кто подписал договор в Баку?"),
        ("Wer ist Rorsted?", "Und Volker Reitz?", "Wer ist Volker Reitz?"),
        ("Was geschah am Hafen in Berlin?", "Und in Wien?", "Was geschah am Hafen in Wien?"),
        ("Кто такой Лавров?", "А Асад?", "Кто такой Асад?"),
        ("Berlin'de ne oldu?", "Peki Viyana'da?", "Viyana'da ne oldu?"),
        ("Elazığ'da kaç kişi öldü?", "Peki ya Peru'da?", "Peru'da kaç kişi öldü?"),
        ("What did Luther publish?", "And what about Gandhi?", "What did Gandhi publish?"),
        ("Wer ist Rorsted?", "Und was ist mit Reitz?", "Wer ist Reitz?"),
        ("Bayramov kimdir?", "Bəs Takei?", "Takei kimdir?"),
        ("Qui est Merkel ?", "Et Hollande ?", "Qui est Hollande ?"),
    ],
)
def test_another_name_takes_the_place_of_the_one_before(before: str, question: str, asked: str) -> None:
    assert by_rule(question, [Turn(before, "")]) == asked


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("What did Merkel say in Berlin?", "And Hollande?"),
        ("What did Merkel say?", "And in Vienna?"),
        ("What did Merkel say?", "And about Vienna?"),
        ("Who is Angela Merkel?", "And Merkel?"),
        ("Was sagte Bayramov?", "Und Landminen?"),
        ("Кто подписал договор в Астане?", "А Туркмения?"),
        ("Что сказали об Асаде?", "А Лавров?"),
        ("Wer ist Präsident der Türkei?", "Und Russland?"),
        ("Wer sprach mit Russland?", "Und die Türkei?"),
        ("Was geschah in der Silvesternacht?", "Und in Hamburg?"),
        ("Was geschah in Köln?", "Und in der Silvesternacht?"),
        ("Que dit Hollande ?", "Et la France ?"),
    ],
)
def test_unless_it_may_be_meant_beside_it(before: str, question: str) -> None:
    assert by_rule(question, [Turn(before, "")]) == f"{before} {question}"


def test_follow_ups_in_a_row_complete_the_question_they_began_with() -> None:
    history = [*HISTORY, Turn(BY_RULE, "Energy."), Turn(f"{FIRST} And landmines?", "Landmines.")]
    assert by_rule("And Japan?", history) == f"{FIRST} And Japan?"
    other = [*history, Turn("Who won the 2018 World Cup?", "No answer.")]
    assert by_rule("And in 2022?", other) == "Who won the 2018 World Cup? And in 2022?"


def test_a_question_before_that_is_long_or_hostile_leaves_the_follow_up_its_place() -> None:
    long = by_rule(FOLLOW_UP, [Turn("word " * 800, "")])
    assert long.endswith(f" {FOLLOW_UP}")
    assert len(long) <= LONGEST + 1 + len(FOLLOW_UP)
    assert by_rule(FOLLOW_UP, [Turn("Who\x1b[2J\nwas it?", "")]) == f"Who\ufffd[2J was it? {FOLLOW_UP}"
    assert by_rule(FOLLOW_UP, [Turn("", "")]) == FOLLOW_UP
