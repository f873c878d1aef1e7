"""Files written whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from qa_assistant.settings import user_folder


def cache_folder() -> Path:
    """Where what can be made again is kept; it may not exist yet. Raises SettingsError as `user_folder()` does."""
    return user_folder("cache")


def write_whole(path: Path, text: str, *, private: bool = False, check: Callable[[Path], None] | None = None) -> None:
    """Writes `text` to `path`, which is never seen half-written; a file that is there is replaced and keeps its mode.

    Of a link what it points to is replaced; a pipe or a device is only written to. `private`: readable by the user
    alone. `check` sees the new file before it is in place; what it raises leaves `path` as it was. Raises OSError.
    """
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8", newline="\n")
        return
    temporary, path = _beside(path), Path(os.path.realpath(path))
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            temporary.chmod(path.stat().st_mode & 0o777)
        if check is not None:
            check(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def try_to_write(path: Path) -> None:
    """Raises OSError where `write_whole` would for want of a folder or a permission. Leaves nothing behind."""
    if path.exists() and not path.is_file():
        return
    temporary = _beside(path)
    temporary.touch(exist_ok=False)
    temporary.unlink()


def _beside(path: Path) -> Path:
    """A new file's name in the folder that `path`, or what it is a link to, is in; with the ending of `path`."""
    return Path(os.path.realpath(path)).with_name(f".{secrets.token_hex(8)}{path.suffix}")
