"""SQuAD-format files of every flavour: what is indexed, what is asked, where the answer stands."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hostile import unsafe
from hypothesis import example, given
from hypothesis import strategies as st
from squad_samples import DE, EN, answer, assert_consistent, paragraph, qa, shown, write

from qa_assistant.errors import QuestionsError
from qa_assistant.evaluation.records import Expected
from qa_assistant.evaluation.squad import FILE, load
from qa_assistant.ingestion.decoding import canonical

XQUAD = Path(__file__).parents[1] / "../shared/data/xquad-dev"
RU = "\ufeffПорт Гамбурга закрыт до понедельника. Начался шторм."


# Flavours


def test_xquad_in_one_language_over_paragraphs_in_another(tmp_path: Path) -> None:
    en = write(tmp_path / "en.json", paragraph(EN, qa("56be", "Until when?", answer(EN, "Monday"))))
    de = write(tmp_path / "de.json", paragraph(DE, qa("56be", "Bis wann?", answer(DE, "Montag"))))
    ru = write(tmp_path / "ru.json", paragraph(RU, qa("56be", "До когда?", answer(RU, "понедельника"))))
    found = load(en, ru)
    assert found.paragraphs == (RU[1:],)
    wordings = (("Monday", "понедельника"),)
    cites = [(f"{FILE}#1", "понедельника", RU.index("понедельника") - 1)]
    assert [shown(case) for case in found.cases] == [("56be", "Until when?", "Monday", wordings, cites, True)]
    assert found.cases[0].place == f"{en}: data[0].paragraphs[0].qas[0]"
    assert found.cases[0].cites[0].place == f"{ru}: data[0].paragraphs[0].qas[0]"
    assert load(ru, de).cases[0].facts == (("понедельника", "Montag"),)
    assert load(de).cases[0].facts == (("Montag",),)
    for pair in ((en, ru), (ru, de), (de, None)):
        assert_consistent(load(*pair))


def test_offsets_are_those_of_the_file_with_the_passages(tmp_path: Path) -> None:
    asked = write(tmp_path / "en.json", paragraph(EN, qa("q", "?", answer(EN, "Monday"))))
    told = write(tmp_path / "de.json", paragraph("\ufeffaaaa", qa("q", "?", answer("", "aa", 2))))
    assert shown(load(asked, told).cases[0])[4] == [(f"{FILE}#1", "aa", 1)]


def test_mlqa_asks_in_another_language_than_its_own_contexts(tmp_path: Path) -> None:
    file = write(tmp_path / "context-de-question-en.json", paragraph(DE, qa("a1", "Until when?", answer(DE, "Montag"))))
    found = load(file)
    assert shown(found.cases[0])[1:4] == ("Until when?", "Montag", (("Montag",),))
    assert_consistent(found)


def test_germanquad_with_its_own_keys_and_repeated_contexts(tmp_path: Path) -> None:
    keys: dict[str, Any] = {"answer_id": 53778, "document_id": 43958, "question_id": 51870, "answer_category": "SHORT"}
    answers = [answer(DE, text, **keys) for text in ("bis Montag", "Montag", "bis Montag geschlossen", "Montag")]
    first = paragraph(DE, qa(51870, "Bis wann? ", *answers, is_impossible=False), document_id=43958)
    other = paragraph(DE.upper(), qa(51871, "Was kam auf?", answer(DE.upper(), "STURM"), is_impossible=False))
    again = paragraph(DE + "\r\n", qa(51872, "Was kam auf?", answer(DE, "Ein Sturm"), is_impossible=False))
    same = paragraph(DE + "\n", qa(51873, "Wo?", answer(DE, "Hamburg"), is_impossible=False), document_name="x")
    found = load(write(tmp_path / "train.json", first, other, again, same))
    assert found.paragraphs == (DE, DE.upper(), DE + "\n")
    assert shown(found.cases[0]) == (
        "51870",
        "Bis wann?",
        "bis Montag",
        (("bis Montag", "Montag", "bis Montag geschlossen"),),
        [(f"{FILE}#1", "bis Montag", DE.index("bis Montag"))],
        True,
    )
    assert [case.cites[0].article for case in found.cases[1:]] == [f"{FILE}#2", f"{FILE}#3", f"{FILE}#3"]
    assert_consistent(found)


def test_squad_2_with_questions_that_are_not_answered(tmp_path: Path) -> None:
    plausible = {"plausible_answers": [answer(EN, "Monday")]}
    found = load(
        write(
            tmp_path / "dev-v2.0.json",
            paragraph(
                EN,
                qa("a", "Until when?", answer(EN, "Monday"), answer(EN, "until Monday"), is_impossible=False),
                qa("b", "When did it close?", is_impossible=True, **plausible),
                qa("c", "Who closed it?"),
                qa("d", "Why?", {"text": "", "answer_start": -1}, is_impossible=True),
            ),
            paragraph("Nobody asks about this one."),
        )
    )
    assert [case.answerable for case in found.cases] == [True, False, False, False]
    assert found.paragraphs == (EN, "Nobody asks about this one.")
    assert_consistent(found)


# Where an answer stands

FAMILY = "👩\u200d👩\u200d👧 🇦🇿 "


@pytest.mark.parametrize(
    ("context", "start", "text", "quote", "at"),
    [
        (f"{FAMILY}Montag, Montag", len(FAMILY) + 8, "Montag", "Montag", len(FAMILY) + 8),
        ("👍👍 x Montag.", 7, "Montag", "Montag", 5),  # counted in UTF-16, as JavaScript does
        ("\ufeffBis Montag", 5, "Montag", "Montag", 4),
        ("Eins\r\nzwei\r\n\r\ndrei zwei", 6, "zwei", "zwei", 5),
        ("Eins\r\nzwei\r\n\r\ndrei zwei", 19, "zwei", "zwei", 16),
        ("Eins\r\nzwei\r\n\r\ndrei", 6, "zwei\r\n\r\ndrei", "zwei\n\ndrei", 5),
        ("aaa\r\naaaa", 4, "\naa", "aa", 4),  # cut between the two halves of a line end
        ("a\u200b  a", 1, "\u200b  a", "a", 3),
        ("Der Ha\u00adfen ist zu\u200b, der Ha\u00adfen", 24, "Ha\u00adfen", "Hafen", 22),
        ("Preis\x00: 5\u2028Euro \ud800 sieben", 8, "5\u2028Euro \ud800", "5\nEuro \ufffd", 8),
        ("Bis Montag. Ab Montag.", 3, " Montag. ", "Montag.", 4),
        ("Bis Montag. Ab Montag.", 16, "Montag", "Montag", 15),  # wrong: the nearest
        ("Bis Montag. Ab Montag.", 2, "Montag", "Montag", 4),
        ("Bis Montag. Ab Montag.", -1, "Montag", "Montag", 4),
        ("Bis Montag. Ab Montag.", 10**30, "Montag", "Montag", 15),
        ("Am  dritten\u00a0Montag.", 3, "dritten Montag", "dritten\u00a0Montag", 4),  # other white space
        ("a.c abc (x|y)* $", 8, "(x|y)* $", "(x|y)* $", 8),
        ("abc a.c", 0, "a.c", "a.c", 4),
    ],
)
def test_the_place_of_an_answer(tmp_path: Path, context: str, start: int, text: str, quote: str, at: int) -> None:
    file = write(tmp_path / "q.json", paragraph("Vorher."), paragraph(context, qa("q", "?", answer("", text, start))))
    found = load(file)
    assert found.cases[0].cites == (Expected(f"{FILE}#2", quote, at, f"{file}: data[1].paragraphs[0].qas[0]"),)
    assert_consistent(found)


def test_of_several_answers_the_first_that_stands_there_is_cited(tmp_path: Path) -> None:
    answers = [answer(DE, text, 0) for text in ("Dienstag", "Montag", "Sturm")]
    case = load(write(tmp_path / "q.json", paragraph(DE, qa("q", "Wann?", *answers)))).cases[0]
    assert (case.answer, case.facts) == ("Dienstag", (("Dienstag", "Montag", "Sturm"),))
    assert [one.quote for one in case.cites] == ["Montag"]


def test_every_answer_that_stands_nowhere_is_named(tmp_path: Path) -> None:
    wrong = [qa(id_, "Wann?", answer(DE, "Dienstag\x1b[2J", 4)) for id_ in ("first", "second")]
    file = write(tmp_path / "q.json", paragraph(DE, qa("right", "Wann?", answer(DE, "Montag")), *wrong))
    with pytest.raises(QuestionsError) as caught:
        load(file)
    named = (caught.value.message, *caught.value.more)
    assert len(named) == 2
    assert [word in line for word, line in zip(("“first”", "“second”"), named, strict=True)] == [True, True]
    assert named[0].startswith(f"{file}: data[0].paragraphs[0].qas[1]: the answer “Dienstag")
    assert not unsafe("".join(named))


_TEXTS = st.text(st.characters() | st.sampled_from("\r\n\ufeff\u200b\u2028\x85\x1c \ud800a😀"), min_size=1, max_size=40)


@given(context=_TEXTS, data=st.data())
@example(context="a\r\na", data=None)
def test_any_span_of_any_paragraph_is_found_again(context: str, data: st.DataObject | None) -> None:
    start = data.draw(st.integers(0, len(context) - 1)) if data else 2
    end = data.draw(st.integers(start + 1, len(context))) if data else 4
    text = context[start:end]
    if not canonical(text).split():
        return
    with tempfile.TemporaryDirectory() as folder:
        file = write(Path(folder) / "q.json", paragraph(context, qa("q", "?", answer("", text, start))))
        # JSON joins two halves of a character that stand side by side, which shifts what comes after.
        stored = json.loads(file.read_text())["data"][0]["paragraphs"][0]["context"]
        if stored != context:
            return
        found = load(file)
    expected = found.cases[0].cites[0]
    assert found.paragraphs == (canonical(context),)
    assert expected.quote == canonical(text.lstrip()).strip()
    before = canonical(context[: start + len(text) - len(text.lstrip())])
    skipped = canonical(text.lstrip())
    assert expected.start == len(before) + len(skipped) - len(skipped.lstrip())


# Which question is which


def pair(tmp_path: Path, asked: Sequence[Any], told: Sequence[Any]) -> tuple[Path, Path]:
    """Two files with one article of one paragraph; a question for each id."""
    en = [qa(id_, f"Until when? {id_}", answer(EN, "Monday")) for id_ in asked]
    de = [qa(id_, f"Bis wann? {id_}", answer(DE, DE.split()[number])) for number, id_ in enumerate(told)]
    return write(tmp_path / "en.json", paragraph(EN, *en)), write(tmp_path / "de.json", paragraph(DE, *de))


@pytest.mark.parametrize(
    ("asked", "told", "quotes"),
    [
        (["a", "b"], ["a", "b"], ["Der", "Hafen"]),
        (["b", "a"], ["a", "b"], ["Hafen", "Der"]),
        (["b"], ["a", "b", "c"], ["Hafen"]),  # a part of the questions
        (["a", "b"], ["x", "y"], ["Der", "Hafen"]),  # by position
        (["a", "b"], ["a", "y"], ["Der", "Hafen"]),
        ([1, 2], ["1", "2"], ["Der", "Hafen"]),
        (["a", "a", "a"], ["a", "a", "a"], ["Der", "Hafen", "von"]),
    ],
)
def test_questions_correspond_by_id_or_by_position(
    tmp_path: Path, asked: list[Any], told: list[Any], quotes: list[str]
) -> None:
    found = load(*pair(tmp_path, asked, told))
    assert [case.cites[0].quote for case in found.cases] == quotes
    assert found.paragraphs == (DE,)


@pytest.mark.parametrize(("asked", "told"), [(["a", "b"], ["x"]), (["a", "b"], ["b", "x"]), (["a"], ["b", "c"])])
def test_files_that_do_not_correspond(tmp_path: Path, asked: list[str], told: list[str]) -> None:
    with pytest.raises(QuestionsError, match=r"do not correspond: \d of \d questions are only in the first.*“a”"):
        load(*pair(tmp_path, asked, told))


def test_a_question_that_only_one_file_answers(tmp_path: Path) -> None:
    en = write(tmp_path / "en.json", paragraph(EN, qa("a", "Until when?", is_impossible=True)))
    de = write(tmp_path / "de.json", paragraph(DE, qa("a", "Bis wann?", answer(DE, "Montag"))))
    for files in ((en, de), (de, en)):
        with pytest.raises(QuestionsError, match=r"qas\[0\]: “a” has answers in only one of the two files"):
            load(*files)


@given(st.lists(st.sampled_from(["a", "a:2", "a:3", "a:2:2", "b", " a", "a\u200b", 2, "2"]), min_size=1, max_size=12))
def test_ids_are_made_unique_and_the_first_keeps_its_own(ids: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = load(pair(Path(folder), ids, ids[:1])[0])
    unique = [case.id for case in found.cases]
    assert len(set(unique)) == len(ids)
    written = [str(id_).strip().removesuffix("\u200b") for id_ in ids]
    for number, id_ in enumerate(written):
        assert unique[number] == id_ if id_ not in written[:number] else unique[number].startswith(f"{id_}:")


# The measuring data beside the project


@pytest.mark.parametrize("language", ["de", "en", "ru", "tr"])
def test_xquad(language: str) -> None:
    if not XQUAD.is_dir():
        pytest.skip("needs ../shared/data/xquad-dev beside the project")
    asked = XQUAD / f"xquad.{language}.json"
    for passages in sorted(XQUAD.glob("*.json")):
        found = load(asked, passages)
        assert (len(found.cases), len(found.paragraphs)) == (612, 120)
        assert_consistent(found)
        told = [
            entry["answers"][0]["text"]
            for article in json.loads(passages.read_bytes())["data"]
            for one in article["paragraphs"]
            for entry in one["qas"]
        ]
        assert [case.cites[0].quote for case in found.cases] == [canonical(text).strip() for text in told]
