"""Both sides of theorem 3.1 for one program: correlations at initialisation, and deviations after training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import numpy as np

from tp.graph.axes import Scale, wide
from tp.interpret.engine import materialised
from tp.measure.calls import in_turn
from tp.measure.claims import only_output
from tp.measure.fit import Fit, fit
from tp.measure.more import More
from tp.measure.plan import Plan
from tp.measure.room import affordable, require_memory
from tp.measure.sweep import Report, Samples, sweep
from tp.measure.targets import labelled
from tp.measure.verdict import Judgement, Verdict, coarse, judge, unpredicted
from tp.measure.verify import QuantityResult, verify
from tp.transform.rescale import Rescaling, rescaled

if TYPE_CHECKING:
    from tp.graph.graph import Graph
    from tp.measure.drawing import Means
    from tp.syntax.program import Program
    from tp.training.run import Trainer

CORRELATIONS = ("C[0,2]", "C[0,3]", "C[1,1]")
"""The left side: if these decay, so do all others that are measured (docs/calculus.md)."""
DEVIATION, KERNEL, GRADIENT = "F - F_lin", "kernel drift", "gradient drift"
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


@dataclass(frozen=True, slots=True)
class Linearization:
    """Both sides, and whether they agree. ``diverged`` has the first step of a diverging run by width."""

    program: str
    file: str
    schedule: Schedule
    left: tuple[QuantityResult, ...]
    right: tuple[QuantityResult, ...]
    curves: tuple[Curve, ...]
    diverged: Mapping[int, int]
    assumptions: tuple[str, ...]
    widths: tuple[int, ...]
    dtype: str
    engines: Mapping[int, str]
    interrupted: bool

    @property
    def weak(self) -> bool | None:
        """Do the correlations decay? None where that is open."""
        return _decay(self.left)

    @property
    def linear(self) -> bool | None:
        """Do the deviations decay? None where that is open."""
        return _decay(self.right)

    @property
    def agreement(self) -> str:
        if self.weak is None or self.linear is None:
            return "undecided"
        return "agree" if self.weak == self.linear else "disagree"

    @property
    def exit_code(self) -> int:
        """0: both sides are decided and agree; 1: they disagree or a prediction is refuted; 3: undecided."""
        if self.agreement == "disagree" or any(
            q.judgement.verdict is Verdict.REFUTED for q in (*self.left, *self.right)
        ):
            return 1
        return 3 if self.interrupted or self.agreement == "undecided" else 0


def _decay(rows: Sequence[QuantityResult]) -> bool | None:
    """True where every quantity is confirmed to decay, False where one is confirmed, or shown, not to."""
    decided = [q for q in rows if q.known and q.judgement.verdict in (Verdict.CONFIRMED, Verdict.LOOSE)]
    if any(q.judgement.verdict is Verdict.CONFIRMED and q.predicted is not None and q.predicted >= 0 for q in decided):
        return False
    return True if len(decided) == len(rows) else None


def reparametrized(program: Program, schedule: Schedule) -> Program:
    """``program`` with the powers of n of ``schedule``: a program like any other, for the calculus too."""
    if not schedule.rho and not schedule.scale:
        return program
    outputs = {node: Scale(1.0, schedule.scale) for node in program.graph.outputs.values()}
    change = Rescaling(results=outputs, learning_rate=Scale(1.0, schedule.rho - 2 * schedule.scale))
    return replace(program, graph=rescaled(program.graph, change))


def linearize(
    program: Program,
    plan: Plan,
    schedule: Schedule,
    data: str | None = None,
    *,
    report: Report | None = None,
    means: Means | None = None,
) -> Linearization:
    """Measure the correlations of ``program``, train it and its linear model, and compare the two sides.

    Raises TpError TP501 to TP504 for settings and memory, TP512 for what cannot be trained, TP60x for data.
    """
    from tp.correlations.analysis import Analysis

    changed = reparametrized(program, schedule)
    left = verify(replace(changed, claims=()), plan, CORRELATIONS, data, means=means)
    found = Analysis(changed.graph).regime
    trainer = trainer_of(changed, schedule, data, plan.dtype, [f.name for f in found.features if f.width])
    predicted: dict[str, Fraction | None] = {DEVIATION: found.deviation, KERNEL: found.drift}
    predicted |= {f"moved {f.name}": f.moved for f in found.features if f.name in trainer.features}
    exponents = [q.predicted for q in left.quantities if q.name == "C[1,1]"]
    predicted[GRADIENT] = exponents[0]
    names = list(predicted)

    def judged(samples: Samples) -> dict[str, tuple[Fit, Judgement]]:
        eps = float(np.finfo(plan.dtype).eps)
        floors = {n: eps * float(np.nanmedian(values)) for n, values in samples.get("|F|", {}).items()}
        out: dict[str, tuple[Fit, Judgement]] = {}
        for name in names:
            if samples.get(name):
                fitted = fit(samples[name], floors, len(names))
                exact = name != GRADIENT or predicted[name] is not None
                out[name] = fitted, judge(predicted[name], fitted) if exact else unpredicted(fitted)
        return out

    def wanted(samples: Samples) -> More:
        rows = judged(samples).values()
        more = reduce(or_, (judgement.more for _, judgement in rows), More.NOTHING)
        return more | More.SEEDS if any(coarse(fitted) for fitted, _ in rows) else more

    def need(n: int) -> int:
        return trainer.memory(n, plan.dtype, plan.engine)

    require_memory({n: need(n) for n in plan.widths}, materialised(changed.graph.parameters))
    plan = replace(plan, max_width=max((n for n in plan.larger if affordable(need(n))), default=None))
    watch = _Watch(trainer, schedule, plan)
    drawn = sweep(plan, in_turn(watch.draw), wanted, lambda n: trainer.cost(n, plan.engine), report)
    measured = judged(drawn.samples)
    rows = [
        QuantityResult(
            name,
            True,
            predicted[name],
            found.exact,
            measured[name][0] if name in measured else None,
            measured[name][1] if name in measured else Judgement(Verdict.UNDECIDED, "not measured"),
        )
        for name in names
    ]
    return Linearization(
        program=program.name,
        file=program.file,
        schedule=schedule,
        left=left.quantities,
        right=tuple(rows),
        curves=watch.curves(),
        diverged=dict(sorted(watch.diverged.items())),
        assumptions=left.assumptions,
        widths=drawn.widths,
        dtype=plan.dtype,
        engines={n: "conditioned" if trainer.absent(n, plan.engine) else "dense" for n in drawn.widths},
        interrupted=left.interrupted or drawn.interrupted,
    )


def trainer_of(
    program: Program, schedule: Schedule, data: str | None, dtype: str, features: Sequence[str] = ()
) -> Trainer:
    """The runs of ``program`` under ``schedule``; ``features`` that have no name of their own are left out."""
    from tp.training.costs import find
    from tp.training.run import Path, Rule, Trainer

    graph: Graph = program.graph
    output = graph.type(graph.outputs[only_output(program)])
    inputs, targets = labelled(program.inputs, output, schedule.samples, data, dtype)
    order = np.random.default_rng(0).integers(schedule.samples, size=(schedule.steps, schedule.batch))
    path = Path(inputs, targets, order, min(schedule.probes, schedule.samples), schedule.looks)
    named = [name for name in features if name in graph.names and wide(graph.type(graph.names[name]))]
    return Trainer(graph, path, Rule(find(schedule.cost), schedule.eta, schedule.momentum), named)


class _Watch:
    """Draws runs, keeps their curves, and notices those that diverge."""

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
            "|F|": np.sqrt((found["output"][:, -1] ** 2).mean(axis=(1, 2))),
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
