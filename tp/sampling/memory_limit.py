"""Whether the machine has the memory that an experiment needs. All commands use this rule."""

from __future__ import annotations

from dataclasses import replace

from tp.diagnostics.diagnostic import error
from tp.experiments.experiment import Experiment
from tp.machine import free_memory, gib
from tp.sampling.plan import Plan


def within_memory(experiment: Experiment, plan: Plan) -> Plan:
    """``plan`` without added widths that need more memory than is free. Raises TpError TP501 if its own do."""
    require_memory(experiment, plan)
    have = free_memory()
    return replace(plan, max_width=max((n for n in plan.larger if experiment.memory(plan.at(n)) <= have), default=None))


def require_memory(experiment: Experiment, plan: Plan) -> None:
    """Raises TpError TP501 where ``experiment`` needs more bytes at a width of ``plan`` than the machine has left."""
    have = free_memory()
    for n in plan.widths:
        need = experiment.memory(plan.at(n))
        if need > have:
            message = f"width {n} needs {gib(need)} of memory, and this machine has {gib(have)} free"
            forced = experiment.engine(plan.at(n)).forced
            reason = f"; only normal weights can be matrix-free, and {forced}" if forced else ""
            hint = f"use smaller --widths, fewer --quantities or --dtype float32{reason}"
            raise error("TP501", message, hint=hint)
