"""Whether the machine has the memory that a measurement needs."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from tp.diagnostics.diagnostic import error
from tp.measure.plan import Plan


def within_memory(plan: Plan, need: Callable[[int], int], because: str = "") -> Plan:
    """``plan`` with those further widths only that memory is enough for; ``need(n)`` in bytes.

    Raises TpError TP501 where it is not enough for the widths that are asked for: see :func:`require_memory`.
    """
    require_memory({n: need(n) for n in plan.widths}, because)
    return replace(plan, max_width=max((n for n in plan.larger if affordable(need(n))), default=None))


def require_memory(need: Mapping[int, int], because: str = "") -> None:
    """Raises TpError TP501 where ``need[n]`` bytes for width n are more than the machine has left.

    ``because`` names the weights that cannot but be in memory, if there are any.
    """
    have = available_memory()
    for n in sorted(need):
        if have is not None and need[n] > have:
            message = f"width {n} needs {gib(need[n])} of memory, and this machine has {gib(have)} free"
            reason = f"; only normal weights need not be in memory, and {because}" if because else ""
            hint = f"use smaller --widths, fewer --quantities or --dtype float32{reason}"
            raise error("TP501", message, hint=hint)


def affordable(need: int) -> bool:
    """Does the machine have ``need`` bytes left?"""
    have = available_memory()
    return have is None or need <= have


def available_memory() -> int | None:
    """Bytes that may still be used: what the system or the control group has left; None where nobody says."""
    found = [bytes_ for bytes_ in (_meminfo(), _group_limit()) if bytes_ is not None]
    if found:
        return min(found)
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def _meminfo() -> int | None:
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        return None
    return None


def _group_limit() -> int | None:
    try:
        root = Path("/sys/fs/cgroup")
        limit = (root / "memory.max").read_text(encoding="ascii").strip()
        used = (root / "memory.current").read_text(encoding="ascii").strip()
        return None if limit == "max" else max(0, int(limit) - int(used))
    except (OSError, ValueError):
        return None


def gib(amount: int) -> str:
    return f"{amount / 2**30:.1f} GiB"
