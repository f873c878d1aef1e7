"""Keys that terminals send in more ways than Textual knows."""

from __future__ import annotations

from typing import cast


def know_alt() -> None:
    """Alt with a digit or Enter, as most terminals on Linux send it: Escape, then the key.

    Textual takes `Escape 1` for the “¡” of a Mac's keyboard. To bind that name would keep those who do type “¡”, “£”
    or “§” from it, so what Textual makes of the sequence is changed: without an entry it is the key with Alt.
    """
    from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
    from textual.keys import Keys

    sequences = cast("dict[str, object]", ANSI_SEQUENCES_KEYS)
    for digit in "123456789":
        sequences.pop(f"\x1b{digit}", None)
    sequences["\x1b\r"] = (Keys.ControlJ,)  # has no name for Alt+Enter; this one is a new line too
