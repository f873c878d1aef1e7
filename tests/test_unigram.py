"""SentencePiece cuts texts as the library `tokenizers` does, and says where each piece stands."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_assistant.index.packaged_file import PackagedFile, read_packaged
from qa_assistant.index.unigram import NOWHERE, Unigram

TEXTS = [
    "Der Hafen von Hamburg bleibt bis Montag geschlossen.",
    "Министры говорили об энергетике.",
    "İstanbul'da ılık bir gün; Əlcəzair, œuvre, ﬁn, ½ und ＡＢＣ",
    "a\u200bb\u00a0c\ufeff  d\n\n e",
    "e\u0301te\u0301, \u0301abc, O\u0308l, \u1112\u1161\u11ab",
    "日本語テスト 🙂🙂 ℃ … ﷺ مرحبا नमस्ते ไทย",
    "",
    " \n ",
]


@pytest.fixture(scope="module")
def file() -> PackagedFile:
    return read_packaged()


@pytest.fixture(scope="module")
def unigram(file: PackagedFile) -> Unigram:
    return Unigram(file)


def test_both_libraries_cut_alike(file: PackagedFile, unigram: Unigram) -> None:
    other = file.tokenizer
    other.enable_truncation(file.positions)
    for text in (*TEXTS, "lang " * 600):
        assert unigram.numbers(text) == other.encode(text).ids == unigram.read(text)[0]


@pytest.mark.parametrize("text", TEXTS)
def test_pieces_stand_where_they_say(file: PackagedFile, unigram: Unigram, text: str) -> None:
    numbers, spans = unigram.read(text)
    assert (spans[0], spans[-1]) == (NOWHERE, NOWHERE)
    for number, (start, end) in zip(numbers[1:-1], spans[1:-1], strict=True):
        piece = file.pieces[number][0].strip("▁")
        assert number == file.special["unk_token"] or piece in unicodedata.normalize("NFKC", text[start:end])


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60))
def test_all_of_a_text_is_in_some_piece(unigram: Unigram, text: str) -> None:
    numbers, spans = unigram.read(text)
    assert numbers == unigram.numbers(text)
    covered = {at for start, end in spans for at in range(start, end)}
    assert all(at in covered for at, char in enumerate(text) if unicodedata.normalize("NFKC", char).isalnum())
