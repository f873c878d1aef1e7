"""Bytes → text: which encoding a file is in, and the canonical form that every offset counts in."""

from __future__ import annotations

import codecs
import re
from collections.abc import Generator

from qa_assistant import language
from qa_assistant.display import BLANK_LETTERS, counted, harmless
from qa_assistant.errors import CorpusError
from qa_assistant.ingestion.raw import Flaw

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # Before UTF-16, whose mark it begins with.
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Encodings of other scripts that charset-normalizer may choose; between those of Latin script it cannot choose well.
_SCRIPTS = (
    "cp1251",
    "koi8_r",
    "cp866",
    "cp1253",
    "cp1255",
    "cp1256",
    "shift_jis",
    "euc_jp",
    "gb18030",
    "big5",
    "cp949",
)
# Windows-1252 is what most old text in Latin script is in; these languages need letters that it does not have.
_LATIN = {
    **dict.fromkeys(("pl", "cs", "sk", "hu", "sl", "hr", "bs", "ro"), "cp1250"),
    **dict.fromkeys(("tr", "az"), "cp1254"),
    **dict.fromkeys(("lv", "lt"), "cp1257"),
}
_DOS = {"cp1252": "cp850", "cp1250": "cp852", "cp1254": "cp857", "cp1257": "cp775"}
"""What DOS had for the languages of a Windows code page; cp850 has the letters of cp437."""
_INSIDE_WORDS = re.compile(rb"(?<=[A-Za-z])[\x80-\xff](?=[a-z])")
_AS_ICELANDIC = re.compile("[ðþýÐÞÝ]")
"""What the Turkish letters of Windows-1254 look like in Windows-1252."""
_LEAST_OTHER_SCRIPT = 0.3
"""Share of bytes above 127 that text in another script than Latin has at least."""
_SAMPLE = 100_000
_LEAST_RIGHT = 4
"""Letters beyond ASCII that are right for each byte that is wrong, in a text that is UTF-8 but damaged."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_MOST_CONTROL_UNICODE, _MOST_CONTROL_LEGACY = 0.1, 0.01
"""Share of control characters above which a file is no text; less in an old encoding, where any bytes are valid."""

_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    f"[\u00ad\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f{BLANK_LETTERS}]"
    # Selectors of a form of an ideograph, which can spell out any bytes where none is before them.
    "|(?<![\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]"
)


def decode(data: bytes, *, declared: str | None = None) -> str:
    """`data` as text, without a byte order mark.

    A byte order mark decides, then UTF-8 (U+FFFD for single bytes that are damaged), then `declared` (what a web page
    says of itself), then a guess with Windows-1252 in the end. Raises CorpusError for bytes that are no text.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _checked(data[len(mark) :].decode(name, "replace"), _MOST_CONTROL_UNICODE)
    if wide := _utf16_without_mark(data):
        return _checked(data.decode(wide, "replace"), _MOST_CONTROL_UNICODE)
    try:
        return _checked(data.decode("utf-8"), _MOST_CONTROL_UNICODE)
    except UnicodeDecodeError:
        damaged = data.decode("utf-8", "replace")
        if _is_damaged_utf8(damaged):
            return _checked(damaged, _MOST_CONTROL_UNICODE)
    return _checked(data.decode(_legacy(data, declared), "replace"), _MOST_CONTROL_LEGACY)


def letters(data: bytes) -> Generator[Flaw, None, str]:
    """The text of `data` as `decode()` has it, and a flaw if some of it are no letters in the encoding that was taken.

    U+FFFD written in UTF-8 is one. Raises CorpusError as `decode()` does.
    """
    text = decode(data)
    count = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    if count > 0:
        yield Flaw(f"has {counted(count, 'letter')} that cannot be read: save it as UTF-8", lost=False)
    return text


def with_line_feeds(text: str) -> str:
    """`text` with LF line ends and without a byte order mark: what is parsed further, row by row."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def canonical(text: str) -> str:
    """`text` with LF line ends, nothing in it that a terminal obeys, and nothing invisible but what scripts need.

    Byte order marks, zero-width spaces, soft hyphens, direction overrides, tags and blank letters are dropped, control
    characters and lone surrogates become U+FFFD. All else is untouched: joiners (U+200C, U+200D, U+034F), marks of
    direction (U+200E, U+200F, U+061C) and variation selectors stay.
    """
    lines = _LINE_END.sub("\n", text)
    return harmless(_INVISIBLE.sub("", lines))


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 by its NUL bytes: blanks, line ends and Latin letters have one, always on the same side."""
    sample = data[:_SAMPLE]
    if len(data) % 2 or len(sample) < 4:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    least = len(sample) / 2 * 0.05
    if odd > least and even * 10 < odd:
        return "utf-16-le"
    if even > least and odd * 10 < even:
        return "utf-16-be"
    return None


def _legacy(data: bytes, declared: str | None) -> str:
    """The encoding of text that is not Unicode; of Windows-1252's own kind unless much speaks for another."""
    if declared and (name := _usable(declared)):
        return name
    sample = data[:_SAMPLE]
    printed = sample.translate(None, b" \t\r\n")
    if sum(byte > 127 for byte in printed) >= _LEAST_OTHER_SCRIPT * len(printed):
        import charset_normalizer

        best = charset_normalizer.from_bytes(sample, cp_isolation=[*_SCRIPTS, "cp1250", "cp1252"]).best()
        if best is not None and best.encoding in _SCRIPTS:
            return best.encoding
    # Even with some letters wrong, the text shows its language.
    text = canonical(sample.decode("cp1252", "replace"))
    found = language.detect(text)
    if found not in _LATIN:  # a table may have articles in several languages
        found = language.detect("\n".join(filter(_AS_ICELANDIC.search, text.split("\n"))))
    return _or_dos(sample, _LATIN.get(found or "", "cp1252"))


def _or_dos(sample: bytes, windows: str) -> str:
    """`windows`, or what DOS had in its place if that alone explains the bytes inside words, and these are many.

    Quotes and dashes of Windows would be letters of DOS as well, but not inside words; its small letters mostly large.
    """
    inside = b"".join(_INSIDE_WORDS.findall(sample))
    as_windows, as_dos = (inside.decode(name, "replace") for name in (windows, _DOS[windows]))
    least = max(sum(map(str.islower, as_windows)), sum(byte > 127 for byte in sample) // 3)
    return _DOS[windows] if "\ufffd" in as_windows and sum(map(str.islower, as_dos)) > least else windows


def _is_damaged_utf8(text: str) -> bool:
    """Whether bytes that are not quite UTF-8, decoded with U+FFFD for what is wrong, are UTF-8 all the same.

    In an old encoding a letter beyond ASCII is hardly ever followed by what UTF-8 asks for.
    """
    beyond = sum(char > "\x7f" for char in text)
    wrong = text.count("\ufffd")
    return beyond - wrong >= _LEAST_RIGHT * wrong


def _usable(declared: str) -> str | None:
    """The codec for an encoding that a web page names; Latin-1 means Windows-1252, as browsers read it."""
    try:
        name = codecs.lookup(declared).name
        b"a".decode(name)  # Codecs that are not for text raise LookupError here.
    except (LookupError, ValueError):
        return None
    if name in ("ascii", "iso8859-1"):
        return "cp1252"
    # The bytes have been seen to be no UTF, and the escape codecs of Python are no encodings of files.
    return None if name.startswith(("utf", "idna", "punycode", "unicode", "raw")) else name


def _checked(text: str, most_control: float) -> str:
    if text and len(_CONTROL.findall(text)) > most_control * len(text):
        raise CorpusError("is not text: it is full of control characters")
    return text
