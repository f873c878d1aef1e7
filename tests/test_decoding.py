"""Encodings: what a file is written in, and what is said when that cannot be told."""

from __future__ import annotations

import pytest
from test_readers import GERMAN, RUSSIAN, every, one, reason

from qa_assistant.ingestion.corpus import Problem
from qa_assistant.ingestion.decoding import decode

POLISH = "Minister spraw zagranicznych spotkał się z japońskim kolegą, aby omówić ważną współpracę."
TURKISH = "Dışişleri Bakanı Japon mevkidaşıyla görüştü. Toplantıda enerji işbirliği ele alındı."
GREEK = "Ο υπουργός Εξωτερικών συναντήθηκε με τον Ιάπωνα ομόλογό του στο πλαίσιο της συνόδου."
JAPANESE = "外務大臣は日本の同僚と会談した。会議ではエネルギー協力について話し合われた。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_german_in_every_encoding(encoding: str) -> None:
    assert one("a.txt", GERMAN.encode(encoding)).text == GERMAN


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (RUSSIAN, "utf-16-le"),
        (RUSSIAN, "utf-16-be"),
        (POLISH, "cp1250"),
        (TURKISH, "cp1254"),
        (GREEK, "cp1253"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (RUSSIAN, "cp866"),
        (f"{GERMAN} Der Bürgermeister schwieg.", "cp437"),
        (f"{GERMAN} Der Bürgermeister schwieg.", "cp850"),
        (f"{POLISH} Rozmowy były długie, a głosy spokojne.", "cp852"),
        (f"{TURKISH} Cumhurbaşkanı açıklama yapmadı, görüşme Ankara'da sürdü.", "cp857"),
        ("Müller", "cp850"),
        ("Müller", "cp1252"),
        ("L’été à Genève – très important", "cp1252"),
        (f"{TURKISH};Muğla\n{GERMAN};Köln\nL’été à Genève était très important cette année;Genève", "cp1254"),
        (f"The strongman Hafþór Björnsson lifted 501 kilograms at his home in Iceland.\n{GERMAN}", "cp1252"),
        ("Ráðherrann sagði að þetta væri mjög mikilvægt fyrir þjóðina.\nÞýðing: já", "cp1252"),
    ],
)
def test_old_encodings(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    "text",
    [
        f"{GERMAN} — „Gut“, sagte er, „und schön …“",
        "L’été à Genève – très important pour l’Élysée, a-t-il dit à la délégation étrangère",
        "“It’s done,” he said—“and it isn’t…” He wouldn’t say more",
    ],
)
def test_a_damaged_byte_does_not_make_windows_dos(text: str) -> None:
    for byte in (b"\x81", b"\x8d", b"\x9d"):
        for damaged in (text.encode("cp1252") + b" " + byte, text.encode("cp1252") + b"x" + byte + b"y"):
            assert decode(damaged) == damaged.decode("cp1252", "replace")


@pytest.mark.parametrize("text", [GERMAN, RUSSIAN, POLISH, JAPANESE])
def test_a_damaged_byte_spoils_one_letter_and_not_the_text(text: str) -> None:
    data = text.encode()
    assert decode(data + b"\xc3") == f"{text}\ufffd"
    assert decode(b"\xff" + data) == f"\ufffd{text}"
    cut = data[: next(at for at in range(len(data) - 1, 0, -1) if data[at] > 0x7F)]
    assert decode(cut).rstrip("\ufffd") == cut.decode("utf-8", "ignore")


@pytest.mark.parametrize(
    ("name", "around"), [("a.txt", "{}"), ("a.md", "{}"), ("a.csv", 'text\n"{}"\n'), ("a.jsonl", '{{"text": "{}"}}')]
)
@pytest.mark.parametrize(
    ("damage", "counted"), [("", ""), ("\ufffd", ""), ("\x81", "1 letter"), ("\x81\ufffd\x8d", "2 letters")]
)
def test_letters_that_cannot_be_read_are_counted(name: str, around: str, damage: str, counted: str) -> None:
    source = around.format(GERMAN * 2 + damage).encode().replace(b"\xc2", b"")
    (article,), problems = every(name, source)
    assert article.text.rstrip("\ufffd") == GERMAN * 2
    said = f"has {counted} that cannot be read: save it as UTF-8"
    assert problems == ([Problem(name, said, lost=False)] if counted else [])


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 4,
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\1\0\x08\x06\0\0\0",
        b"ab\0\1\2\3\4",
        b"\xff\xfe" + bytes(60),
    ],
)
def test_binary_files_are_no_text(data: bytes) -> None:
    assert reason("a.txt", data) == "is not text: it is full of control characters"


def test_stray_controls_are_replaced_and_invisible_characters_dropped() -> None:
    assert one("a.txt", f"{GERMAN}\0\x1b[31m\ufeff").text == f"{GERMAN}\ufffd\ufffd[31m"
