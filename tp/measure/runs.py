"""Runs of training at many widths: how a program is trained, and what is seen of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from tp.diagnostics.diagnostic import error
from tp.graph.axes import ONE, Scale, Width, wide
from tp.interpret.engine import materialised
from tp.measure.claims import only_output
from tp.measure.plan import Plan
from tp.measure.room import require_memory
from tp.measure.targets import labelled
from tp.transform.rescale import Rescaling, rescaled

if TYPE_CHECKING:
    from tp.syntax.program import Program
    from tp.training.run import Trainer

DEVIATION, KERNEL, GRADIENT, OUTPUT = "F - F_lin", "kernel drift", "gradient drift", "|F|"
EXPLODED = 1e6
"""A loss so many times the first one is a diverging run."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How a program is trained: ``steps`` of batches from ``samples`` in a fixed random order, probed at ``probes``.

    ``rho`` is the power of n that learning rates are multiplied with, ``scale`` that of the output (Chizat's external
    scale n^scale; with it rates are multiplied with n^(-2 scale), which leaves the linear dynamics as it is).
    """

    steps: int = 20
    eta: float = 0.2
    cost: str = "squared"
    momentum: float = 0.0
    batch: int = 1
    samples: int = 6
    probes: int = 2
    rho: Fraction = Fraction(0)
    scale: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        """Raises TpError TP513 for settings that make no sense."""
        for name, least, most in (("steps", 1, 10_000), ("batch", 1, 4096), ("samples", 2, 4096), ("probes", 1, 4096)):
            value = getattr(self, name)
            if not least <= value <= most:
                raise error("TP513", f"{name} must be between {least} and {most}, not {value}")
        if not (0 < self.eta < float("inf")):
            raise error("TP513", f"the learning rate must be positive, not {self.eta}")
        if not 0 <= self.momentum < 1:
            raise error("TP513", f"the momentum must be at least 0 and below 1, not {self.momentum}")

    @property
    def looks(self) -> tuple[int, ...]:
        """0, powers of two, and the last step."""
        powers = [1 << k for k in range(self.steps.bit_length()) if 1 << k < self.steps]
        return (0, *powers, self.steps)


@dataclass(frozen=True, slots=True)
class Curve:
    """At one width: medians over runs of |F - F_lin| after each look, and of both losses at every step."""

    n: int
    looks: tuple[int, ...]
    deviation: tuple[float, ...]
    loss: tuple[float, ...]
    linear_loss: tuple[float, ...]


def reparametrized(program: Program, schedule: Schedule) -> Program:
    """``program`` with the powers of n of ``schedule``: a program like any other, for the calculus too."""
    if not schedule.rho and not schedule.scale:
        return program
    width = next(iter(program.graph.widths.values()))
    outputs = {node: _power(width, schedule.scale) for node in program.graph.outputs.values()}
    change = Rescaling(results=outputs, learning_rate=_power(width, schedule.rho - 2 * schedule.scale))
    return replace(program, graph=rescaled(program.graph, change))


def _power(width: Width, power: Fraction) -> Scale:
    """n^power."""
    return Scale.of(width, power / width.exponent) if power else ONE


def trainer_of(
    program: Program, schedule: Schedule, data: str | None, dtype: str, features: Sequence[str] = ()
) -> Trainer:
    """The runs of ``program`` under ``schedule``; ``features`` that have no name of their own are left out."""
    from tp.training.costs import find
    from tp.training.run import Path, Rule, Trainer

    graph = program.graph
    name = only_output(program)
    if name is None:
        raise error("TP512", "a program with one output can be trained", hint=f"outputs: {', '.join(graph.outputs)}")
    output = graph.type(graph.outputs[name])
    inputs, targets = labelled(program.inputs, output, schedule.samples, data, dtype)
    order = np.random.default_rng(0).integers(schedule.samples, size=(schedule.steps, schedule.batch))
    path = Path(inputs, targets, order, min(schedule.probes, schedule.samples), schedule.looks)
    named = [name for name in features if name in graph.names and wide(graph.type(graph.names[name]))]
    return Trainer(graph, path, Rule(find(schedule.cost), schedule.eta, schedule.momentum), named)


class Runs:
    """Draws runs, keeps their curves, and notices those that diverge: ``diverged`` has the first such step by width."""

    def __init__(self, trainer: Trainer, schedule: Schedule, plan: Plan) -> None:
        self.trainer, self.schedule, self.plan = trainer, schedule, plan
        self.diverged: dict[int, int] = {}
        self._kept: dict[int, list[dict[str, Any]]] = {}

    def draw(self, n: int, seeds: int, key: int) -> Mapping[str, Any]:
        found = self.trainer.run(n, seeds, key, self.plan.dtype, self.plan.engine)
        gap = np.abs(found["output"] - found["linear"]).reshape((seeds, len(self.schedule.looks), -1))
        deviation = np.sqrt((gap**2).mean(axis=2))
        self._kept.setdefault(n, []).append(
            {"deviation": deviation, "loss": found["loss"], "linear loss": found["linear loss"]}
        )
        wild = _diverging(found["loss"]) | _diverging(found["linear loss"])
        if wild.any():
            first = int(np.argmax(wild.any(axis=0)))
            self.diverged[n] = min(first, self.diverged.get(n, first))
        kernel = found["kernel"]
        values = {
            DEVIATION: deviation[:, -1],
            KERNEL: np.sqrt(((kernel[:, -1] - kernel[:, 0]) ** 2).mean(axis=(1, 2))),
            GRADIENT: found["gradient"][:, -1],
            OUTPUT: np.sqrt((found["output"][:, -1] ** 2).mean(axis=(1, 2))),
            **{f"moved {name}": found[f"moved {name}"][:, -1] for name in self.trainer.features},
        }
        lost = wild.any(axis=1)
        return {name: np.where(lost, np.nan, value) for name, value in values.items()}

    def curves(self) -> tuple[Curve, ...]:
        found: list[Curve] = []
        for n, parts in sorted(self._kept.items()):
            medians = {key: np.median(np.concatenate([p[key] for p in parts]), axis=0).tolist() for key in parts[0]}
            found.append(
                Curve(
                    n,
                    self.schedule.looks,
                    tuple(medians["deviation"]),
                    tuple(medians["loss"]),
                    tuple(medians["linear loss"]),
                )
            )
        return tuple(found)


def _diverging(loss: Any) -> Any:
    """By run and step: is the loss no number, or far beyond the first one?"""
    limit = EXPLODED * np.maximum(np.abs(loss[:, :1]), 1.0)
    return ~np.isfinite(loss) | (np.abs(loss) > limit)


def train(program: Program, plan: Plan, schedule: Schedule, data: str | None = None) -> Runs:
    """``plan.seeds`` runs (4 if not said) at every width, without predictions.

    Raises TpError TP501 to TP512 for settings and memory, TP60x for data.
    """
    changed = reparametrized(program, schedule)
    trainer = trainer_of(changed, schedule, data, plan.dtype)
    need = {n: trainer.memory(n, plan.dtype, plan.engine) for n in plan.widths}
    require_memory(need, materialised(changed.graph.parameters))
    runs = Runs(trainer, schedule, plan)
    for n in plan.widths:
        runs.draw(n, plan.seeds or 4, plan.key)
    return runs
