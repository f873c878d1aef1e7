"""Threads of numeric libraries sleep while they wait, in every command, unless the user says otherwise."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_SAY = """
import os, sys
from qa_assistant.cli.main import run
assert "numpy" not in sys.modules, "it has read already how to wait"
run(["--version"])
print(os.environ["OMP_WAIT_POLICY"], os.environ["OPENBLAS_THREAD_TIMEOUT"])
"""


@pytest.mark.parametrize(("own", "expected"), [({}, "passive 4"), ({"OMP_WAIT_POLICY": "active"}, "active 4")])
def test_a_command_says_it_before_the_libraries_are_imported(own: dict[str, str], expected: str) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "OPENBLAS_"))}
    said = subprocess.run([sys.executable, "-c", _SAY], env=bare | own, capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == expected
