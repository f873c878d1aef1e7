"""How much memory is free."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")


def available_bytes() -> int | None:
    """What can be taken without swapping, inside a container's limit too; None where the system does not tell."""
    told = [found for found in (_system(), _container()) if found is not None]
    return min(told, default=None)


def _system() -> int | None:
    with contextlib.suppress(OSError, ValueError, StopIteration):
        lines = _MEMINFO.read_text(encoding="ascii").splitlines()
        return 1024 * int(next(line for line in lines if line.startswith("MemAvailable:")).split()[1])
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def _container() -> int | None:
    """https://docs.kernel.org/admin-guide/cgroup-v2.html; the page cache counts as used there, and can be given up."""
    with contextlib.suppress(OSError, ValueError, StopIteration):
        most, used = (int((_CGROUP / f"memory.{name}").read_text(encoding="ascii")) for name in ("max", "current"))
        lines = (_CGROUP / "memory.stat").read_text(encoding="ascii").splitlines()
        return most - used + int(next(line for line in lines if line.startswith("inactive_file ")).split()[1])
    return None
