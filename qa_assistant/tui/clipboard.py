"""Text for the clipboard, which only the terminal can put there."""

from __future__ import annotations

import os

from textual.dom import DOMNode


def copy(node: DOMNode, text: str, what: str) -> None:
    """Sends `text` to the terminal and says so; no terminal tells whether it took it. tmux, as installed, does not."""
    node.app.copy_to_clipboard(text)
    tmux = " tmux passes it on after: tmux set -s set-clipboard on" if os.environ.get("TMUX") else ""
    node.app.notify(f"{what} was sent to the terminal's clipboard.{tmux}", markup=False)
