"""How a program was trained."""

from __future__ import annotations

from tp.experiments.training.schedule import Schedule
from tp.optimizers import DEFAULT, Groups
from tp.report.document import Fact


def schedule(found: Schedule, *, looks: bool = True) -> Fact:
    """The settings of a run in one line, without those of ``looks`` if there are none; an object in JSON."""
    optimizer = found.mover
    eta, *more = optimizer.described
    groups = isinstance(optimizer, Groups)
    batches = f"batches of {found.batch} out of {found.samples} samples"
    said = [
        "" if groups else eta,
        f"{found.cost} cost",
        f"{batches}, looked at: an unseen one and {found.probes} of them" if looks else batches,
        "" if groups or optimizer.name == DEFAULT else f"optimiser {optimizer.name}",
        *more,
        f"rates times n^({found.rho})" if found.rho else "",
        f"output times n^({found.scale})" if found.scale else "",
    ]
    value = {
        "steps": found.steps,
        **optimizer.json,
        "cost": found.cost,
        "batch": found.batch,
        "samples": found.samples,
        "probes": found.probes,
        "rho": str(found.rho),
        "scale": str(found.scale),
    }
    return Fact("; ".join(filter(None, said)), "schedule", value)
