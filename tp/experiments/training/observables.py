"""The numbers that are kept of each run, with a name and a step. All statements about training rest on them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

from tp.experiments.training.path import Path
from tp.ndarray import NDArray
from tp.quantities.definitions import DEVIATION, SEEN

if TYPE_CHECKING:
    from tp.experiments.training.trainer import Trainer

Floats = NDArray[np.float64]

KERNEL, GRADIENT, OUTPUT = "kernel drift", "gradient drift", "|F|"
HESSIAN, HESSIAN_DRIFT, RATIO = "hessian", "hessian drift", "hessian / gradient"
LOSS, LINEAR_LOSS, SIGNAL, CURVATURE = "loss", "linear loss", "signal", "curvature"
DIVERGED = "diverged"
STEEPEST, SLOWEST, FASTEST = "steepest", "slowest", "fastest"
"""Of the initial kernel at the samples that are trained on: the largest K_0(x, x) and the extreme eigenvalues."""
STEPWISE = (LOSS, LINEAR_LOSS, SIGNAL, CURVATURE)
"""The names of numbers of a step. All other numbers with a step belong to the weights after that many steps."""
EXPLODED = 1e6
"""A run diverges where its loss is larger than this many times the first loss (or 1, if that is larger)."""
MOST_STEPS = 64
"""Steps at which stepwise numbers are kept, evenly spaced, beside those before each look."""
WHOLE = -1
"""The step of a number that belongs to a whole run."""
_STEP = re.compile(r"(.+) (?:after|at) (\d+)")


@dataclass(frozen=True, slots=True, order=True)
class Observable:
    """A number that is kept of each run: ``name`` after ``step`` steps, or in the step number ``step`` (from 0).

    The text is "NAME after 16", "NAME at 15" for those in :data:`STEPWISE`, and "NAME" for a run as a whole: the name
    in a store and in JSON.
    """

    name: str
    step: int = WHOLE

    def __str__(self) -> str:
        if self.step == WHOLE:
            return self.name
        return f"{self.name} {'at' if self.name in STEPWISE else 'after'} {self.step}"

    @staticmethod
    def read(text: str) -> Observable:
        """The observable with this text."""
        found = _STEP.fullmatch(text)
        return Observable(text) if found is None else Observable(found[1], int(found[2]))


Records = Mapping[Observable, Mapping[int, Float[Floats, " runs"]]]
"""The numbers of all runs: by observable and width, [runs]."""


def recorded(samples: Mapping[str, Mapping[int, Floats]]) -> Records:
    """The ``samples`` of a sweep of a trainer, by observable, as they are now."""
    return {Observable.read(text): dict(by_width) for text, by_width in samples.items()}


def moved(feature: str) -> str:
    """The name of the move of ``feature``: root mean square over its entries and the probes."""
    return f"moved {feature}"


def kept_steps(path: Path) -> list[int]:
    """The steps at which losses and slopes are kept."""
    even = np.linspace(0, path.steps - 1, min(path.steps, MOST_STEPS)).round().astype(int).tolist()
    return sorted({*even, *(look - 1 for look in path.looks[1:])})


def looked_at(trainer: Trainer) -> tuple[str, ...]:
    """The names of the numbers that every look has."""
    return (DEVIATION, SEEN, KERNEL, *(moved(name) for name in trainer.features), GRADIENT, OUTPUT)


def observables(trainer: Trainer) -> tuple[Observable, ...]:
    """All numbers that are kept of a run."""
    path = trainer.path
    looks = [Observable(name, s) for name in looked_at(trainer) for s in path.looks]
    curved = [Observable(name, s) for name in (HESSIAN, HESSIAN_DRIFT, RATIO) for s in path.curved]
    steps = [Observable(name, s) for name in STEPWISE for s in kept_steps(path)]
    return (*looks, *curved, *steps, *map(Observable, (DIVERGED, STEEPEST, SLOWEST, FASTEST)))


def names(trainer: Trainer) -> tuple[str, ...]:
    """The texts of all :func:`observables`."""
    return tuple(map(str, observables(trainer)))


def numbers(trainer: Trainer, found: Mapping[str, Floats]) -> dict[str, Float[Floats, " runs"]]:
    """The :func:`observables` by their text, from what the runs of ``trainer`` ``found``.

    ``diverged`` is 0 for a run that did not diverge. Otherwise it is 1 + the number (from 0) of the first step whose
    loss, for either model, is NaN, infinite or larger than :data:`EXPLODED` times the first loss (or 1, if that is
    larger). Where only the outputs after the last step are NaN, infinite or as large, it is the number of steps.
    """
    path = trainer.path
    kernel, gap = found["kernel"], found["output"] - found["linear"]
    by_look: dict[str, Any] = {
        DEVIATION: _size(gap[:, :, : path.unseen]),
        SEEN: _size(gap[:, :, path.unseen :]),
        KERNEL: _size(kernel - kernel[:, :1]),
        **{moved(name): found[moved(name)] for name in trainer.features},
        GRADIENT: found["gradient"],
        OUTPUT: _size(found["output"]),
    }
    values = {Observable(name, s): v[:, i] for name, v in by_look.items() for i, s in enumerate(path.looks)}
    if path.curved:
        with np.errstate(all="ignore"):  # diverged runs have NaN, here too
            ratio = found["hessian"] / np.sqrt(kernel[:, :, 0, 0])
        second = {HESSIAN: found["hessian"], HESSIAN_DRIFT: found["hessian drift"], RATIO: ratio}
        places = {s: i for i, s in enumerate(path.looks)}
        values |= {Observable(name, s): v[:, places[s]] for name, v in second.items() for s in path.curved}
    values |= {Observable(name, s): found[name][:, s] for name in STEPWISE for s in kept_steps(path)}
    values |= {Observable(name): found[name] for name in (STEEPEST, SLOWEST, FASTEST)}
    values[Observable(DIVERGED)] = _diverged(found, path.steps)
    return {str(o): values[o] for o in observables(trainer)}


def _diverged(found: Mapping[str, Floats], steps: int) -> Float[Floats, " runs"]:
    """See :func:`numbers`."""
    wild = _diverging(found["loss"]) | _diverging(found["linear loss"])
    first = np.where(wild.any(axis=1), 1.0 + wild.argmax(axis=1), 0.0)
    end = _diverging(_size(found["output"])[:, [0, -1]]) | _diverging(_size(found["linear"])[:, [0, -1]])
    return np.where((first == 0) & end.any(axis=1), float(steps), first)


def _size(values: Float[Floats, "runs looks *rest"]) -> Float[Floats, "runs looks"]:
    """Root mean squares over all axes but the first two."""
    with np.errstate(all="ignore"):
        return np.sqrt((values**2).reshape((*values.shape[:2], -1)).mean(axis=2))


def _diverging(loss: Float[Floats, "runs steps"]) -> NDArray[np.bool_]:
    """[runs, steps]: whether the loss (or an output) is NaN, infinite or larger than the limit."""
    limit = EXPLODED * np.maximum(np.abs(loss[:, :1]), 1.0)
    return ~np.isfinite(loss) | (np.abs(loss) > limit)
