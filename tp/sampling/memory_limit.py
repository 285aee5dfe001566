"""Whether the machine has the memory that a measurement needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from tp.diagnostics.diagnostic import error
from tp.machine import free_memory, gib
from tp.sampling.plan import Plan


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
    have = free_memory()
    for n in sorted(need):
        if need[n] > have:
            message = f"width {n} needs {gib(need[n])} of memory, and this machine has {gib(have)} free"
            reason = f"; only normal weights need not be in memory, and {because}" if because else ""
            hint = f"use smaller --widths, fewer --quantities or --dtype float32{reason}"
            raise error("TP501", message, hint=hint)


def affordable(need: int) -> bool:
    """Does the machine have ``need`` bytes left?"""
    return need <= free_memory()
