"""Words in one spelling: names in other scripts are told by their sound."""

from __future__ import annotations

import pytest

from qa_assistant.answering.focus import NAMED
from qa_assistant.answering.word_matching import sounds_alike
from qa_assistant.index.words import is_heard, words_of


def folded(text: str) -> list[str]:
    return [word.folded for word in words_of(text)]


def test_accents_and_vowels_that_stand_apart_part_no_word() -> None:
    assert folded("Mu\u0308ller и\u0306од") == folded("Müller йод") == ["muller", "yod"]
    assert folded("बाकू से") == ["baku", "se"]


def test_a_foreign_name_in_japanese_is_a_word() -> None:
    assert [word.written for word in words_of("首都バクーでジョー・バイデン氏と")] == [
        *("首都", "バクー", "で", "ジョー", "バイデン", "氏と")
    ]


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("Baku", "Μπακού"), ("Baku", "バクー"), ("Andros", "Άντρος"), ("Dakar", "داكار"),
        ("Harutyunyan", "Հարությունյան"),        ("Pashinyan", "Փաշինյանը"),
        ("Toyota", "トヨタ"), ("Zelensky", "Зеленський"), ("Bayramov", "Байрамов"),
    ],
)  # fmt: skip
def test_one_name_in_two_scripts_sounds_alike(asked: str, written: str) -> None:
    assert sounds_alike(words_of(asked), folded(written)).max() > NAMED


def test_names_are_heard_in_alphabets_with_vowels() -> None:
    for text in ("Der Zug „新幹線“ hält.", "Баку", "Μπακού", "Բաքու", "Việt Nam"):
        assert is_heard(text), text
    for text in ("武井氏はNATOと協議", "باكو", "באקו", "바쿠에서", "बाकू", "ბაქოში"):
        assert not is_heard(text), text
