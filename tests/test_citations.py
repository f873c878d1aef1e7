"""From a model's raw text to sentences with citations: every form of a mark, every cut, hostile text."""

from __future__ import annotations

import re
import unicodedata

import pytest
from citing import ARTICLE, HITS, TEXT, Resolver, asked, run
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa_assistant.answering.citations import CitationStream, cite, claim_of, renumbered
from qa_assistant.answering.verdict import NO_SOURCE
from qa_assistant.records import AnswerSentence, Checked, Cited, Span, TextDelta

MARK = re.compile(r"\[\s*\d+(?:\s*[,-]\s*\d+)*\s*\]")


@pytest.mark.parametrize(
    "mark, numbers",
    [
        ("[1]", (1,)), ("[1, 2]", (1, 2)), ("[1][2]", (1, 2)), ("[1] [2]", (1, 2)), ("[1-3]", (1, 2, 3)),
        ("[1–3]", (1, 2, 3)), ("[1;3]", (1, 3)), ("[2 3]", (2, 3)), ("[1 and 3]", (1, 3)), ("[1 und 3]", (1, 3)),
        ("[1 & 2]", (1, 2)), ("【1】", (1,)), ("【2†source】", (2,)), ("【2:0†source】", (2,)), ("[1†L3-L7]", (1,)),
        ("［１］", (1,)), ("［１，２］", (1, 2)), ("[١]", (1,)), ("[^1]", (1,)), ("[#1]", (1,)), ("[№ 2]", (2,)),
        ("[ 1 ]", (1,)), ("[Passage 1]", (1,)), ("[passage 1, 2]", (1, 2)), ("[Passages 1 and 2]", (1, 2)),
        ("[passage 1, passage 3]", (1, 3)), ("[Passage #2]", (2,)), ("[Passage: 2]", (2,)), ("[Quelle 1]", (1,)),
        ("[Quellen 1, 3]", (1, 3)), ("[Источник 2]", (2,)), ("[источники 1 и 2]", (1, 2)), ("[Kaynak 1]", (1,)),
        ("[स्रोत 1]", (1,)), ("[المصدر 2]", (2,)), ("[来源1]", (1,)), ("[P1]", (1,)), ("[Teil 2]", (2,)),
        ("**[1]**", (1,)), ("*[1][2]*", (1, 2)), ("__[1]__", (1,)), ("`[Passage 2]`", (2,)), ("**(1)**", (1,)),
        ("[[1]]", (1,)), ("([1])", (1,)), ("([1], [2])", (1, 2)), ("[**1**]", (1,)), ("[1\u200b]", (1,)),
        ("[1\x1b[0m]", (1,)), ("[9]", ()), ("[0]", ()),
        ("[1, 9]", (1,)), ("[2-9]", (2, 3)), ("[1-999999999]", (1, 2, 3)),
        ("[2022]", ()),
        ("[Quelle 9]", ()), ("[passage 77]", ()), ("[1]]", (1,)),
    ],
)  # fmt: skip
def test_a_mark_in_whatever_form(mark: str, numbers: tuple[int, ...]) -> None:
    stream, resolver = run(f"They met {mark}.")
    rest = "]" if mark.endswith("]]") and mark.count("[") == 1 else ""
    assert resolver.asked == [(f"They met{rest}.", numbers)]
    assert stream.text == f"They met{rest}." + "".join([" ", *(f"[{n + 1}]" for n in range(len(numbers)))]).rstrip()


@pytest.mark.parametrize(
    "text",
    [
        "[sic]",
        "[...]",
        "[…]",
        "(1)",
        "[Stand 2022]",
        "[10:30]",
        "[1.5]",
        "[10 %]",
        "[am 3. Mai]",
        "[a]",
        "[3 dead]",
        "[ ]",
        "[x",
        "[29. Mai]",
        "**[sic]**",
        "5 * 3",
        "snake_case",
    ],
)
def test_other_brackets_are_text(text: str) -> None:
    stream, resolver = run(f"They {text} met.")
    assert stream.text == f"They {text} met."
    assert resolver.asked[0][1] == ()


def test_the_shape_of_the_answer() -> None:
    stream, _ = run("They met [2]. Then they spoke [1][2]. Nobody left.")
    assert stream.text == "They met. [1] Then they spoke. [1][2] Nobody left."
    assert [(s.text, s.citations, s.support) for s in stream.sentences] == [
        ("They met. [1]", (1,), "supported"),
        ("Then they spoke. [1][2]", (1, 2), "supported"),
        ("Nobody left.", (), "uncited"),
    ]
    assert stream.sentences[-1].reasons == (NO_SOURCE,)
    first, second = stream.citations
    assert (first.number, first.quote, first.line, first.article) == (1, "Zwei steht da.", 2, ARTICLE)
    assert (second.number, second.quote, second.line) == (2, "Eins steht hier.", 1)
    assert TEXT[second.start : second.end] == second.quote


def test_the_line_is_that_on_which_the_quote_begins() -> None:
    citation = cite(1, HITS[1], Span(17, 42))
    assert (citation.line, citation.quote) == (2, "Zwei steht da.\nDrei auch.")


def test_a_sentence_without_a_number_may_be_given_one() -> None:
    stream, resolver = run("They met.", uncited=(3,))
    assert resolver.asked == [("They met.", ())]
    assert stream.text == "They met. [1]"
    assert stream.sentences[0].support == "supported"


def test_what_fails_says_why_with_the_numbers_that_the_reader_sees() -> None:
    stream, _ = run("They met [3]. They were 45 [3][1].")
    assert stream.sentences[1] == AnswerSentence(
        "They were 45. [1][2]", (1, 2), "unsupported", ("number 45 is not in [1][2]",)
    )


def test_sentences_that_are_left_alone_are_numbered_anew() -> None:
    stream, _ = run("He met [1]. They met [3][2]. She left [3].")
    numbers: dict[int, int] = {}
    kept = [renumbered(sentence, numbers, stream.citations) for sentence in stream.sentences[1:]]
    assert [(sentence.text, sentence.citations) for sentence, _ in kept] == [
        ("They met. [1][2]", (1, 2)),
        ("She left. [1]", (1,)),
    ]
    assert [(new.number, new.quote) for _, cited in kept for new in cited] == [
        (1, "Drei auch."),
        (2, "Zwei steht da."),
    ]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("He met. [1] She left. [2]", [("He met.", (1,)), ("She left.", (2,))]),
        ("He met.[1] She left.[2]", [("He met.", (1,)), ("She left.", (2,))]),
        ("He met.[1]She left.", [("He met.", (1,)), ("She left.", ())]),
        ("[1] He met.\n[2] She left.", [("He met.", (1,)), ("She left.", (2,))]),
        ("[1] He met. [2] She left.", [("He met.", (1,)), ("She left.", (2,))]),
        ("He met.\n[1]\nShe left.\n\n[2][3]", [("He met.", (1,)), ("She left.", (2, 3))]),
        ("- one [1]\n- two [2]\n* three", [("one", (1,)), ("two", (2,)), ("three", ())]),
        ("1. He met [1].\n2. She left. [2]", [("He met.", (1,)), ("She left.", (2,))]),
        ("Topics:\n\n## Energy\n**They** met [1].", [("Topics:", ()), ("Energy", ()), ("They met.", (1,))]),
        ("He met [1] her [2] there.", [("He met her there.", (1, 2))]),
        ('He said "Go." [1] She left!', [('He said "Go."', (1,)), ("She left!", ())]),
        ("He met Mr. Smith of the U.S. Government. [1] Bye.", [
            ("He met Mr. Smith of the U.S. Government.", (1,)), ("Bye.", ()),
        ]),
        ("He met her [1], [2].", [("He met her.", (1, 2))]),
        ("He met her [1] and [2]. She left [1]; [2] / [3].", [("He met her.", (1, 2)), ("She left.", (1, 2, 3))]),
        ("Er traf sie [1], [2] und [3].", [("Er traf sie.", (1, 2, 3))]),
        ("He met her (see [1] and [2]).", [("He met her.", (1, 2))]),
        ("He met her [1] and [2] she left.", [("He met her and she left.", (1, 2))]),
        ("He met her [1] and", [("He met her and", (1,))]),
        ("According to [1], he met her.", [("he met her.", (1,))]),
        ("He met her, according to [1] and [2].", [("He met her.", (1, 2))]),
        ("Laut [2] traf er sie.", [("traf er sie.", (2,))]),
        ("According to [1].", [("According to the source.", (1,))]),
        ("[1]", []),
        ("---\nHe met.", [("He met.", ())]),
    ],
)  # fmt: skip
def test_marks_belong_to_their_sentence(text: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    assert asked(text) == expected


@pytest.mark.parametrize(
    "language, text, expected",
    [
        ("de", "Im Rahmen des 29. Treffens am 3. Dezember kam er. [1] Er ging.", [
            ("Im Rahmen des 29. Treffens am 3. Dezember kam er.", (1,)), ("Er ging.", ()),
        ]),
        ("tr", "29. toplantıda buluştu. [2] Gitti.", [("29. toplantıda buluştu.", (2,)), ("Gitti.", ())]),
        ("ru", "Они встретились [1]. Он ушёл!", [("Они встретились.", (1,)), ("Он ушёл!", ())]),
        ("ja", "会談した。[1]次に行く[2]。", [("会談した。", (1,)), ("次に行く。", (2,))]),
        ("hi", "वे मिले। [1] वह गया।", [("वे मिले।", (1,)), ("वह गया।", ())]),
        ("ar", "التقى الوزيران [1]. من غادر؟ [2] لا أحد.", [
            ("التقى الوزيران.", (1,)), ("من غادر؟", (2,)), ("لا أحد.", ()),
        ]),
    ],
)  # fmt: skip
def test_sentence_ends_by_language(language: str, text: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    assert asked(text, language) == expected


@pytest.mark.parametrize(
    "said, shown",
    [
        ("According to [2], he met her.", "According to the source, he met her. [1]"),
        ("Er traf sie, laut [1] und [2].", "Er traf sie, laut der Quelle. [1][2]"),
        ("As stated in [1] he met her.", "As stated in the source he met her. [1]"),
        ("He stayed according to plan [1].", "He stayed according to plan. [1]"),
    ],
)
def test_a_sentence_that_cannot_do_without_its_mark_names_the_source(said: str, shown: str) -> None:
    assert run(said)[0].text == shown


def test_text_streams_before_its_sentence_ends() -> None:
    stream = CitationStream(Resolver(), passages=3)
    assert stream.feed("They met in Ba") == [TextDelta("They met in Ba")]
    assert stream.feed("ku [") == [TextDelta("ku")]
    assert stream.feed("1") == []
    assert stream.feed("].") == [TextDelta(".")]
    assert stream.feed(" The") == []
    # The next word decides whether the sentence ended; it is complete once something follows it.
    marks, cited, checked, text = stream.feed("n he")
    assert (marks, text) == (TextDelta(" [1]"), TextDelta(" Then he"))
    assert isinstance(cited, Cited)
    assert checked == Checked(AnswerSentence("They met in Baku. [1]", (1,), "supported"))
    assert [type(event) for event in stream.close()] == [Checked]


def test_white_space_is_tidied() -> None:
    stream, _ = run("\n\n  He  met [1] .\n\n\n\n   She\tleft \n")
    assert stream.text == "He met. [1]\n\n   She left"


@pytest.mark.parametrize(
    "text", ["NO_ANSWER", "no answer", "**NO_ANSWER**.", " NO\\_ANSWER [1]\n", "[NO_ANSWER]", "NO_[2]ANSWER"]
)
def test_the_sentinel_alone_is_a_refusal(text: str) -> None:
    for chunks in ([text], list(text)):
        stream, resolver = run(*chunks)
        assert stream.refused
        assert (stream.text, stream.sentences, stream.citations, resolver.asked) == ("", [], [], [])


@pytest.mark.parametrize(
    "text, left, seen",
    [
        ("He met. NO_ANSWER", "He met.", True),
        ("NO_ANSWER\n\nThe passages say nothing.", "The passages say nothing.", True),
        ("He NO_ANSWER met.", "He met.", True),
        ("No, he did not.", "No, he did not.", False),
        ("No", "No", False),
        ("NO_ANSWERS came.", "NO_ANSWERS came.", False),
        ("", "", False),
    ],
)
def test_the_sentinel_beside_text_is_removed(text: str, left: str, seen: bool) -> None:
    stream, _ = run(text)
    assert (stream.text, stream.refused, stream.sentinel_seen) == (left, False, seen)


def test_the_sentinel_is_held_back_until_it_is_none() -> None:
    stream = CitationStream(Resolver(), passages=3)
    assert stream.feed("No an") == []
    assert stream.feed("gel came") == [TextDelta("No angel came")]


def test_nested_brackets_make_no_mark_of_their_own() -> None:
    deep = "x [" * 60 + "1]" * 60
    for text in ("x [[1]7] y", "x [7[1]] y", "x [NO_ANSWER 7] y", deep, "x [[[[7]8]9]6] y", "[[1]\n7]"):
        stream, _ = run(text)
        assert len(MARK.findall(stream.text)) == sum(len(s.citations) for s in stream.sentences), stream.text


def test_a_mark_that_the_end_cuts_off_is_dropped() -> None:
    for end in ("[1", "[Passage 1", "[1, ", "[1†sou"):
        assert run(f"They met {end}")[0].text == "They met"
    assert run("They met [sic")[0].text == "They met [sic"


def test_long_replies_take_no_time() -> None:
    text = "29. " * 200 + "[" * 3000 + "a " * 3000 + "1" * 3000 + "NO_" * 1000
    stream, _ = run(text, language="de")
    assert stream.text


PIECES = st.sampled_from(
    ["[1]", "[2, 3]", "[9]", "[", "]", "1", "2", "(", ")", "【", "】", "NO_ANSWER", "NO_", "ANSWER", "N", "Passage ",
     " and ", " und ", ", ", "According to ", "laut ", "(1)", "(Quelle 2)", "(9, 2)", "siehe ", "Source: ", ", p. 3",
     "a", "He met", ". ", ".", "! ", "? ", "\n", "\n\n\n", " ", "  ", "29. ", "Dr. ", "- ", "1. ", '"', "“", "。", "।",
     "†", ":", ",", "-", "*", "#", "\x1b[", "\x1b]", "\x1b", "\x9b", "\u200b", "\u202e", "\x07", "\\", "_", "U.S. ",
     "x", "ß", "中", "é", "\u0301", "\r", "\r\n"]
)  # fmt: skip
REPLIES = st.lists(PIECES | st.text(max_size=8), max_size=25).map("".join)


@settings(max_examples=150, deadline=None)
@given(REPLIES, st.data(), st.sampled_from(["en", "de", "tr", "ja"]))
@example("He met [1]. [2] Then", None, "en")
def test_what_holds_for_any_reply_and_any_cut(reply: str, data: st.DataObject | None, language: str) -> None:
    whole, resolver = run(reply, language=language)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(reply)), max_size=12))) if data else range(len(reply))
    chunks = [reply[low:high] for low, high in zip([0, *cuts], [*cuts, len(reply)], strict=True)]
    cut, _ = run(*chunks, language=language)
    assert (cut.text, cut.sentences, cut.citations) == (whole.text, whole.sentences, whole.citations)
    assert (cut.refused, cut.sentinel_seen) == (whole.refused, whole.sentinel_seen)

    for char in whole.text:
        assert char in "\n\u200c\u200d" or unicodedata.category(char) not in ("Cc", "Cf", "Cs")
    assert "\n\n\n" not in whole.text
    assert whole.text == whole.text.strip()

    assert all(1 <= number <= len(HITS) for _, numbers in resolver.asked for number in numbers)
    numbers = [citation.number for citation in whole.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(citation.quote == citation.article.text[citation.start : citation.end] for citation in whole.citations)
    shown = [int(number) for mark in MARK.findall(whole.text) for number in re.findall(r"\d+", mark)]
    assert shown == [number for sentence in whole.sentences for number in sentence.citations]
    position = 0
    for sentence in whole.sentences:
        position = whole.text.index(sentence.text, position) + len(sentence.text)


@pytest.mark.parametrize(
    "sentence, claim",
    [
        ("- one", "one"), ("* **one** two", "one two"), ("## Head", "Head"), ("1. one", "one"), ("> - 4) one", "one"),
        ("**4.** one", "one"), ("29. toplantıda", "29. toplantıda"),
        ("-5 degrees", "-5 degrees"), ("2022. was", "2022. was"), ("`one`", "one"), ("snake_case", "snake_case"),
    ],
)  # fmt: skip
def test_a_claim_is_the_bare_sentence(sentence: str, claim: str) -> None:
    assert claim_of(sentence, after=3)[0] == claim
