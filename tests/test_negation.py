"""What denies something in six languages, and what only looks as if it did."""

from __future__ import annotations

import pytest

from qa_assistant.answering.negation import denials


@pytest.mark.parametrize(
    ("text", "language", "word"),
    [
        ("Die Terminals wurden nicht geschlossen.", "de", "nicht"),
        ("Keiner der Minister kam.", "de", "Keiner"),
        ("They did not meet.", "en", "not"),
        ("He neither agreed.", "en", "neither"),
        ("Министры не встретились.", "ru", "не"),
        ("Toplantıda su yok.", "tr", "yok"),
        ("Bakan gelmedi.", "tr", "gelmedi"),
        ("Nazir gəlmədi.", "az", "gəlmədi"),
        ("Ils ont signé sans accord.", "fr", "sans"),
        ("Sayının asal olmadığı biliniyor.", "tr", "olmadığı"),
    ],
)
def test_a_denial_is_found_where_it_stands(text: str, language: str, word: str) -> None:
    assert denials(text, language) == [text.index(word)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Die Minister trafen sich in Baku.", "de"),
        ("Er heißt nicht nur Max, er ist auch groß.", "de"),
        ("Ob sie kamen oder nicht, weiß man.", "de"),
        ("The beyond and the knot.", "en"),
        ("It says whether they met or not.", "en"),
        ("Определяет, простое число или нет.", "ru"),
        ("Sayının asal olup olmadığını belirler.", "tr"),
        ("İstanbul'da ormanın yok edilmesi konuşuldu.", "tr"),
        ("Nazirin gəlib gəlmədiyini soruşdular.", "az"),
        ("Ministrii nu s-au întâlnit.", "ro"),
    ],
)
def test_what_denies_nothing(text: str, language: str) -> None:
    assert denials(text, language) == []
