"""Two readers and one writer over one index: every citation must resolve to an article version that existed.

python tests/benchmarks/soak.py --minutes 10
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from soaking import soak


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = soak(Path(folder), 60 * options.minutes)
    print(f"{options.minutes:g} minutes: {found.answers} answers with {found.citations} citations by two readers")
    print("one writer:", ", ".join(f"{count} × {what.removeprefix('to ')}" for what, count in found.writes.items()))
    print(f"citations that resolve to no version {found.unresolved}, stale searches {found.stale}")
    for fault in found.faults[:20]:
        print(fault)
    return 1 if found.unresolved or found.stale or found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
