"""Whether the machine has the memory that an experiment needs. All commands use this rule.

A run takes :data:`RUNTIME` bytes for the process, and at most :data:`SPARE` times what the experiment estimates for its
numbers. `tests/sampling/test_memory.py` holds this against what the system measures, for every law, engine and
precision.
"""

from __future__ import annotations

from dataclasses import replace

from tp.diagnostics.diagnostic import error
from tp.experiments.at import At
from tp.experiments.experiment import Experiment
from tp.machine import free_memory, gib
from tp.sampling.plan import Plan

RUNTIME = 600 << 20
"""Bytes of a process beside its numbers: Python, JAX, and the compiler at work."""
SPARE = 1.25
"""The most memory of numbers, in multiples of the estimate of the experiment."""


def needed(experiment: Experiment, at: At) -> int:
    """The bytes that a process needs for draws of ``experiment``, rather too many than too few."""
    return RUNTIME + int(SPARE * experiment.memory(at))


def within_memory(experiment: Experiment, plan: Plan) -> Plan:
    """``plan`` without added widths that need more memory than is free. Raises TpError TP501 if its own do."""
    require_memory(experiment, plan)
    have = free_memory()
    return replace(
        plan, max_width=max((n for n in plan.larger if needed(experiment, plan.at(n)) <= have), default=None)
    )


def refused(experiment: Experiment, asked: Plan, allowed: Plan) -> int | None:
    """The bytes of the least width that may be added by the plan that was ``asked`` for, and not by ``allowed``."""
    least = min((n for n in asked.larger if n not in allowed.larger), default=None)
    return None if least is None else needed(experiment, asked.at(least))


def require_memory(experiment: Experiment, plan: Plan) -> None:
    """Raises TpError TP501 where ``experiment`` needs more bytes at a width of ``plan`` than the machine has left."""
    have = free_memory()
    for n in plan.widths:
        need = needed(experiment, plan.at(n))
        if need > have:
            message = f"width {n} needs {gib(need)} of memory, and this machine has {gib(have)} free"
            forced = experiment.engine(plan.at(n)).forced
            reason = f"; only normal weights can be matrix-free, and {forced}" if forced else ""
            hint = f"use smaller --widths, fewer --quantities or --dtype float32{reason}"
            raise error("TP501", message, hint=hint)
