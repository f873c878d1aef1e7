"""How fast the command line is, beside the quick-start stack of LlamaIndex, in one run.

    python tests/benchmarks/startup.py --baseline-python /path/to/venv/bin/python [--runs 5] [--json FILE]

The baseline is `../shared/bench/quickstart_baseline.py`, run by an interpreter that has its packages (its own
docstring names them). Every command is a new process, cold but for the file cache; commands take turns, so that a busy
machine slows all of them; the ratio is that of the medians.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
BASELINE = ROOT.parent / "shared/bench/quickstart_baseline.py"
QUESTION = "What did Bayramov and Takei discuss?"


def seconds(command: list[str], environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--baseline-python", default=sys.executable)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    if not BASELINE.is_file():
        sys.exit(f"{BASELINE} is missing; there is nothing to compare with.")
    program = shutil.which("qa-assistant", path=str(Path(sys.executable).parent)) or "qa-assistant"
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "OLLAMA_HOST": "127.0.0.1:9"}
    with tempfile.TemporaryDirectory() as folder:
        ours = [program, "--index", f"{folder}/ours"]
        commands = {
            "baseline": [args.baseline_python, str(BASELINE), "--corpus", str(ROOT / "corpus"), "--index",
                         f"{folder}/baseline", "--question", QUESTION],
            "--help": [program, "--help"],
            "search": [*ours, "search", QUESTION],
            "ask --answer-with quotes": [*ours, "ask", QUESTION, "--answer-with", "quotes"],
            "ingest, nothing to do": [*ours, "ingest"],
        }  # fmt: skip
        for command in commands.values():  # builds both indexes and fills the file cache
            seconds(command, environment)
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(args.runs):
            for name, command in commands.items():
                times[name].append(seconds(command, environment))
    medians = {name: statistics.median(values) for name, values in times.items()}
    report = {name: {"median_s": round(value, 3), "times_as_fast": round(medians["baseline"] / value, 1)}
              for name, value in medians.items()}  # fmt: skip
    for name, row in report.items():
        print(f"{name:<26} {row['median_s']:>8.3f} s   {row['times_as_fast']:>6.1f} times as fast as the baseline")
    if args.json:
        args.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
