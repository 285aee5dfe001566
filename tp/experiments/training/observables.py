"""What is kept of runs: named numbers, one for each run, of which every figure about training is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tp.experiments.training.path import Path

if TYPE_CHECKING:
    from tp.experiments.training.trainer import Trainer

DEVIATION, SEEN = "F - F_lin", "F - F_lin, seen"
"""At the unseen samples, and at those of the probes that are trained on."""
KERNEL, GRADIENT, OUTPUT = "kernel drift", "gradient drift", "|F|"
HESSIAN, HESSIAN_DRIFT, RATIO = "hessian", "hessian drift", "hessian / gradient"
LOSS, LINEAR_LOSS, SIGNAL, CURVATURE = "loss", "linear loss", "signal", "curvature"
DIVERGED = "diverged"
STEEPEST, SLOWEST, FASTEST = "steepest", "slowest", "fastest"
"""Of the initial kernel at the samples that are trained on: the largest K_0(x, x), the extreme eigenvalues."""
EXPLODED = 1e6
"""A loss so many times the first one is a diverging run."""
MOST_STEPS = 64
"""Steps at which numbers of every step are kept, evenly spaced, beside those before each look."""


def after(name: str, step: int) -> str:
    """The number ``name`` after ``step`` steps."""
    return f"{name} after {step}"


def at(name: str, step: int) -> str:
    """The number ``name`` of the step number ``step``, counted from 0."""
    return f"{name} at {step}"


def moved(feature: str) -> str:
    return f"moved {feature}"


def kept_steps(path: Path) -> list[int]:
    """The steps at which losses and slopes are kept."""
    even = np.linspace(0, path.steps - 1, min(path.steps, MOST_STEPS)).round().astype(int).tolist()
    return sorted({*even, *(look - 1 for look in path.looks[1:])})


def looked_at(trainer: Trainer) -> tuple[str, ...]:
    """What is seen after every look."""
    return (DEVIATION, SEEN, KERNEL, *(moved(name) for name in trainer.features), GRADIENT, OUTPUT)


def names(trainer: Trainer) -> tuple[str, ...]:
    """The names of all numbers of a run."""
    path = trainer.path
    looks = [after(name, s) for name in looked_at(trainer) for s in path.looks]
    curved = [after(name, s) for name in (HESSIAN, HESSIAN_DRIFT, RATIO) for s in path.curved]
    steps = [at(name, s) for name in (LOSS, LINEAR_LOSS, SIGNAL, CURVATURE) for s in kept_steps(path)]
    return (*looks, *curved, *steps, DIVERGED, STEEPEST, SLOWEST, FASTEST)


def numbers(trainer: Trainer, found: Mapping[str, npt.NDArray[np.float64]]) -> dict[str, npt.NDArray[np.float64]]:
    """The numbers of :func:`names` from what :meth:`Trainer.run` ``found``: [runs] each.

    ``diverged`` is 0, or one more than the number of the first step with a loss that is no number or has exploded, or
    that of all steps where it is the outputs after the last one that did.
    """
    path = trainer.path
    kernel, gap = found["kernel"], found["output"] - found["linear"]
    by_look: dict[str, Any] = {
        DEVIATION: _size(gap[:, :, : path.unseen]),
        SEEN: _size(gap[:, :, path.unseen :]),
        KERNEL: _size(kernel - kernel[:, :1]),
        **{moved(name): found[f"moved {name}"] for name in trainer.features},
        GRADIENT: found["gradient"],
        OUTPUT: _size(found["output"]),
    }
    values = {after(name, s): v[:, i] for name, v in by_look.items() for i, s in enumerate(path.looks)}
    if path.curved:
        # What a diverged run has is no number, and becomes none here either.
        with np.errstate(all="ignore"):
            ratio = found["hessian"] / np.sqrt(kernel[:, :, 0, 0])
        second = {HESSIAN: found["hessian"], HESSIAN_DRIFT: found["hessian drift"], RATIO: ratio}
        places = {s: i for i, s in enumerate(path.looks)}
        values |= {after(name, s): v[:, places[s]] for name, v in second.items() for s in path.curved}
    by_step = {LOSS: "loss", LINEAR_LOSS: "linear loss", SIGNAL: "signal", CURVATURE: "curvature"}
    values |= {at(name, s): found[key][:, s] for name, key in by_step.items() for s in kept_steps(path)}
    wild = _diverging(found["loss"]) | _diverging(found["linear loss"])
    first = np.where(wild.any(axis=1), 1.0 + wild.argmax(axis=1), 0.0)
    end = _diverging(_size(found["output"])[:, [0, -1]]) | _diverging(_size(found["linear"])[:, [0, -1]])
    first = np.where((first == 0) & end.any(axis=1), float(path.steps), first)
    return {**values, DIVERGED: first, **{name: found[name] for name in (STEEPEST, SLOWEST, FASTEST)}}


def _size(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Root mean squares over all but runs and looks."""
    with np.errstate(all="ignore"):
        return np.sqrt((values**2).reshape((*values.shape[:2], -1)).mean(axis=2))


def _diverging(loss: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """By run and step: is the loss (or an output) no number, or far beyond the first one and 1?"""
    limit = EXPLODED * np.maximum(np.abs(loss[:, :1]), 1.0)
    return ~np.isfinite(loss) | (np.abs(loss) > limit)
