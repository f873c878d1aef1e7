"""Looks into a Chroma store from a process of its own: a damaged graph crashes whoever opens it (chroma issue 7238).

    python -m qa_assistant.index.probe FOLDER ADDRESS COLLECTION

prints the keys as a JSON list, after a search for one of them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from qa_assistant.errors import IndexUnusable
from qa_assistant.processes import run_module

_PATIENCE = 600
"""Seconds; a million vectors take about one minute."""


def stored_keys(folder: Path, address: str, collection: str) -> set[str]:
    """The keys of a store that can be searched. Raises IndexUnusable if it cannot, or if it crashes Chroma."""
    try:
        done = run_module("qa_assistant.index.probe", str(folder), address, collection, seconds=_PATIENCE)
    except subprocess.TimeoutExpired:
        raise IndexUnusable(f"Chroma at {address or folder} does not answer.") from None
    if done.returncode:
        said = done.stderr.strip().rpartition("\n")[2]
        reason = f"it crashes (signal {-done.returncode})" if done.returncode < 0 else said
        raise IndexUnusable(f"Chroma at {address or folder} cannot be used: {reason}")
    found: list[str] = json.loads(done.stdout)
    return set(found)


def main(folder: str, address: str, collection: str) -> None:
    from qa_assistant.index.vector_store import VectorStore
    from qa_assistant.records import Filters

    try:
        store = VectorStore(Path(folder), address, collection, create=False)
        keys = sorted(store.keys())
        for vector in store.vectors(keys[:1]).values():
            store.nearest(vector, 10, Filters())
    except IndexUnusable as error:
        sys.exit(error.message.partition(" cannot be used: ")[2] or error.message)
    sys.stdout.write(json.dumps(keys))


if __name__ == "__main__":
    main(*sys.argv[1:])
