"""Peak memory of a cold `search` over an index, as the operating system counts it (maximum resident set size).

    python tests/benchmarks/memory.py --index DIR/index --corpus DIR/corpus [--query TEXT]

DIR is what `tests/benchmarks/retrieval.py --index DIR` left behind: paragraphs and the news corpus.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", required=True)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--query", default="Who demonstrated in Vienna?")
    args = parser.parse_args()
    program = shutil.which("qa-assistant", path=str(Path(sys.executable).parent)) or "qa-assistant"
    subprocess.run(
        [program, "--index", args.index, "--corpus", args.corpus, "search", args.query], check=True, capture_output=True
    )
    kilobytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"peak memory of a cold search: {kilobytes / 1024:.0f} MB")


if __name__ == "__main__":
    main()
