"""Readers, splitter, question files, stored rows and Ollama's replies with many inputs: how many, how many failed.

python tests/benchmarks/fuzz.py --inputs 1000
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
FILES = ("test_fuzz.py", "test_corpus.py", "test_splitting.py", "test_cases.py")
_COUNTS = re.compile(r"(\d+) passing, (\d+) failing, and \d+ invalid test cases")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--inputs", type=int, default=1000, help="inputs a test, where it does not say itself")
    options = parser.parse_args()
    command = [sys.executable, "-m", "pytest", "-q", "--hypothesis-show-statistics"]
    done = subprocess.run(
        [*command, *(f"tests/{name}" for name in FILES)], cwd=TESTS.parent, capture_output=True, text=True, check=False,
        env={**os.environ, "FUZZ": str(options.inputs)},
    )  # fmt: skip
    name, tried, failed = "", 0, 0
    for line in done.stdout.splitlines():
        if line.startswith("tests/") and "::" in line and line.endswith(":"):
            name = line.rpartition("::")[2].rstrip(":")
        elif counts := _COUNTS.search(line):
            passing, failing = int(counts[1]), int(counts[2])
            tried, failed = tried + passing + failing, failed + failing
            print(f"{name}: {passing + failing} inputs, {failing} failed")
    print(f"{tried} inputs, {failed} failed")
    if done.returncode:
        print(done.stdout[-3000:], file=sys.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
