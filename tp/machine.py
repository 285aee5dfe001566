"""This machine: its free memory, its processors, and the folder for files that are kept between runs."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """The folder for compiled programs and results: ``$TP_CACHE``, or ``tp`` in the user's cache folder."""
    chosen = os.environ.get("TP_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "tp"


def processors() -> int:
    """The number of processors that this process may use, at least 1."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def free_memory() -> int:
    """Bytes that this process may still use: the smaller of what the system and its control group have left."""
    import psutil

    free = int(psutil.virtual_memory().available)
    group = _group_memory()
    return free if group is None else min(free, group)


def gib(amount: int) -> str:
    """``amount`` bytes as text, in GiB with one decimal."""
    return f"{amount / 2**30:.1f} GiB"


def _group_memory() -> int | None:
    """Bytes left to the control group of this process; None where there is no limit."""
    root = Path("/sys/fs/cgroup")
    try:
        limit = (root / "memory.max").read_text(encoding="ascii").strip()
        used = (root / "memory.current").read_text(encoding="ascii").strip()
        return None if limit == "max" else max(0, int(limit) - int(used))
    except (OSError, ValueError):
        return None
