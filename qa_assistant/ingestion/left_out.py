"""Files of a corpus that are of other formats than those that are read, in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from qa_assistant.display import counted
from qa_assistant.ingestion.readers import READERS

_ENDING = re.compile(r"\.\w{1,8}")
_MOST_ENDINGS = 5


def left_out(paths: Sequence[str]) -> str:
    """`7 files are left out (4 .doc, 2 .rtf, 1 other): only .txt, … are read`; empty if there are no `paths`.

    The most frequent endings are named.
    """
    if not paths:
        return ""
    endings = Counter(_ending(path) for path in paths).most_common()
    named = [f"{number:,} {ending}" for ending, number in endings[:_MOST_ENDINGS]]
    if len(endings) > _MOST_ENDINGS:
        named.append("…")
    *others, last = READERS
    count = f"{counted(len(paths), 'file')} {'is' if len(paths) == 1 else 'are'} left out"
    return f"{count} ({', '.join(named)}): only {', '.join(others)} and {last} are read"


def _ending(path: str) -> str:
    suffix = PurePosixPath(path).suffix.lower()
    return suffix if _ENDING.fullmatch(suffix) and suffix not in READERS else "other"
