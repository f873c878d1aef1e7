"""Modules of this program that run in a process of their own, because what they look into may crash whoever does."""

from __future__ import annotations

import os
import subprocess
import sys


def run_module(module: str, *arguments: str, seconds: float) -> subprocess.CompletedProcess[str]:
    """Runs `python -m module` with `arguments`; a negative return code is the signal that ended it.

    Raises subprocess.TimeoutExpired after so many `seconds`.
    """
    # -P: whatever lies in the current folder is not run.
    command = [sys.executable, "-P", "-m", module, *arguments]
    places = os.pathsep.join(str(place) for place in sys.path if place)
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=seconds,
        env={**os.environ, "PYTHONPATH": places},
    )
