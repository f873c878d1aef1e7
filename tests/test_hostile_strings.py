"""The check that all hostile tests rest on finds what it must, and lets through what is meant."""

from hostile import HOSTILE, unsafe


def test_what_is_unsafe_and_what_is_not() -> None:
    for name in (
        "csi", "osc_title", "osc_link", "osc_clipboard", "strings_never_closed", "reset", "c1", "overwriting",
        "bell_and_nul", "bidi_override", "bidi_isolates", "zero_width", "tags", "blank_letters", "annotations",
        "separators", "lone_surrogates",
    ):  # fmt: skip
        assert unsafe(HOSTILE[name]), name
        assert unsafe(HOSTILE[name], terminal=True), name
    for name in ("rich_markup", "textual_action", "html", "zalgo", "emoji", "wide", "right_to_left", "long_line"):
        assert not unsafe(HOSTILE[name]), name
    assert not unsafe("\x1b[?25l\x1b[38;5;237m━\x1b[0m\r\x1b[2K\x1b[1A\x1b[2K\x1b[?25h\r\n", terminal=True)
    assert unsafe("a\rb", terminal=True)
