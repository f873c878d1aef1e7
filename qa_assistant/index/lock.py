"""One process writes an index at a time. The lock is the system's, so that it ends with its holder, however it ends.

INDEX/writer.lock        locked by the one that writes
INDEX/writer.json        who that is; what a holder that was killed left there is not believed
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from qa_assistant.display import one_line
from qa_assistant.errors import IndexBusy, IndexUnusable
from qa_assistant.files import write_whole

FILES = _LOCK, _HOLDER = "writer.lock", "writer.json"
_PATIENCE = 0.5
"""Seconds: longer than somebody takes who only looks whether the lock is held."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that writes. `since` is ISO 8601 with the machine's offset."""

    pid: int
    command: str
    host: str
    since: str

    def __str__(self) -> str:
        elsewhere = f" on {self.host}" if self.host != platform.node() else ""
        when = datetime.fromisoformat(self.since).astimezone()
        return f"process {self.pid}{elsewhere} ({self.command}), since {when:%H:%M:%S} on {when.day} {when:%b %Y}"


@contextmanager
def writer_lock(root: Path) -> Iterator[None]:
    """Held while writing. Raises IndexBusy if another process holds it, naming it, IndexUnusable if it is read-only.

    Or if the folder's name is not UTF-8: Chroma would refuse it, but only once everything is embedded.
    """
    from filelock import FileLock, Timeout

    try:
        str(root.absolute()).encode()
    except UnicodeEncodeError as error:
        raise IndexUnusable(
            f"The index cannot be in {root}: this path is not UTF-8.", hint="Name another with --index DIR."
        ) from error
    holder = root / _HOLDER
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)  # copies of the articles
        lock = FileLock(root / _LOCK, timeout=_PATIENCE)
        lock.acquire()
    except Timeout as error:
        who = _holder(root) or "another process"
        meanwhile = "; questions work meanwhile" if _is_one_there(root) else ""
        raise IndexBusy(
            f"The index in {root} is being written by {who}.", hint=f"Wait until it is done{meanwhile}."
        ) from error
    except OSError as error:
        raise _read_only(root, error) from error
    try:
        with writing(root):
            write_whole(holder, json.dumps(asdict(_this_process())))
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


@contextmanager
def writing(root: Path) -> Iterator[None]:
    """Around what writes files below `root`. Raises IndexUnusable if the disk is full or the folder read-only."""
    try:
        yield
    except OSError as error:
        raise _read_only(root, error) from error


def current_writer(root: Path) -> Holder | None:
    """Who writes the index in `root` now; None if nobody does."""
    found = _holder(root)
    return found if found and _is_locked(root) else None


def stale_holder(root: Path) -> Holder | None:
    """Who was killed while it wrote; None if nobody was since the last one that was not."""
    found = _holder(root)
    return found if found and not _is_locked(root) else None


def _is_locked(root: Path) -> bool:
    from filelock import FileLock, Timeout

    try:
        with FileLock(root / _LOCK, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:
        return False


def _holder(root: Path) -> Holder | None:
    try:
        known = json.loads((root / _HOLDER).read_text(encoding="utf-8"))
        datetime.fromisoformat(known["since"])
        return Holder(int(known["pid"]), one_line(known["command"]), one_line(known["host"]), known["since"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _this_process() -> Holder:
    command = one_line(Path(sys.argv[0]).name)[:200]  # without what was asked
    return Holder(os.getpid(), command, platform.node(), datetime.now().astimezone().isoformat(timespec="seconds"))


def _read_only(root: Path, error: OSError) -> IndexUnusable:
    kept = "what was done is kept, and questions work" if _is_one_there(root) else "what was done is kept"
    return IndexUnusable(
        f"The index folder {root} cannot be written: {error.strerror or error}",
        hint=f"Make room if the disk is full, or name another with --index DIR; {kept}.",
    )


def _is_one_there(root: Path) -> bool:
    """Whether questions find an index in `root`."""
    from qa_assistant.index.generations import current_generation  # which imports this module

    return current_generation(root) is not None
