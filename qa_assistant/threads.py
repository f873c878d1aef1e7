"""How the threads of numeric libraries wait. Each reads that once, when it is first imported."""

from __future__ import annotations

import os

_WAIT = {
    "OMP_WAIT_POLICY": "passive",  # GNU OpenMP, in the C engine that embeds questions
    "OPENBLAS_THREAD_TIMEOUT": "4",  # OpenBLAS, in numpy: 2 ** 4 cycles and not 2 ** 26
}


def let_waiting_threads_sleep() -> None:
    """They would spin, and keep a core from whoever has work for it; what the user set stays.

    Beside programs that compute, a question was embedded in 27 ms and not 38, on a busier machine in 51 and not 665
    (`tests/benchmarks/busy.py`). With both cores free, a question among 100,000 passages took 101 ms and 187 ms of
    processor time, and takes 86 and 104.
    """
    for name, value in _WAIT.items():
        os.environ.setdefault(name, value)
