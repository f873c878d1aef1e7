"""Kills an ingest of 300 articles 200 times at random moments: what is lost, doubled, orphaned, embedded again?

python tests/benchmarks/kill.py --kills 200 --articles 300
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from killing import Killing


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        tally = Killing(Path(folder), options.articles, options.seed).run(options.kills)
    print(f"{tally.kills} kills over ingests of {options.articles} articles, {tally.completed} of which got through")
    print(f"lost {tally.lost}, doubled {tally.doubled}, orphans {tally.orphans}, embedded again {tally.embedded_again}")
    print("left half done and gone on with or removed:", dict(tally.left))
    print(f"{time.monotonic() - started:.0f} s, seed {options.seed}")
    return 1 if tally.lost or tally.doubled or tally.orphans or tally.embedded_again else 0


if __name__ == "__main__":
    sys.exit(main())
