"""Files of the corpus in the system's viewer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path, PurePosixPath

from qa_assistant.errors import CorpusError, QAError
from qa_assistant.ingestion.corpus import SourceFile
from qa_assistant.records import Article

_ROW = re.compile(r"#\d+\Z")


def file_of(corpus: Path, article: Article) -> Path:
    """The file that `article` came from. Raises CorpusError if it is gone, or if its name does not tell which it is."""
    for path in (article.path, _ROW.sub("", article.path)):
        found = _labelled(corpus, path) if "\\" in path else [corpus / path] if _is_file(corpus / path) else []
        if len(found) > 1:
            raise CorpusError(
                f"Several files of the corpus are shown as {path}.", hint="Give each of them a name that can be shown."
            )
        if found:
            return found[0]
    raise CorpusError(f"{article.path} is not in the corpus any more.", hint="Bring the index up to date.")


def open_file(path: Path) -> None:
    """Opens `path` in the system's viewer and does not wait for it. Raises QAError if there is none."""
    path = path.absolute()
    try:
        if sys.platform == "win32":
            os.startfile(path)
        else:
            quiet = subprocess.DEVNULL
            viewer = subprocess.Popen(
                [_viewer(path), path], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
            )
            threading.Thread(target=viewer.wait, daemon=True).start()  # else it stays a zombie
    except OSError as error:
        raise QAError(f"The file cannot be opened: {error.strerror}.", hint=_by_hand(path)) from error


def _viewer(path: Path) -> str:
    """The program that opens files."""
    windows = shutil.which("wslview")  # Linux below Windows; it needs no display
    if windows:
        return windows
    viewer = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if not viewer:
        raise QAError("There is no program here that opens files.", hint=_by_hand(path))
    if sys.platform != "darwin" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        # It would start a browser in this very terminal.
        raise QAError("There is no display here to open files on.", hint=_by_hand(path))
    return viewer


def _by_hand(path: Path) -> str:
    return f"The file is {path}"


def _labelled(corpus: Path, label: str) -> list[Path]:
    """The files that the index calls `label` because their names cannot be written down as they are."""
    found = [corpus]
    for part in PurePosixPath(label).parts:
        found = [entry for folder in found for entry in _entries(folder) if SourceFile(entry.name, 0, 0).label == part]
    return [path for path in found if _is_file(path)]


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 - this one raises nothing for a name that is too long or not allowed
