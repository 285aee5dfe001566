"""Runs of training at many widths, as draws like any others: stored, resumed, made by many workers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tp.costs import find, name_of
from tp.data.targets import labelled
from tp.diagnostics.diagnostic import error
from tp.exit_code import ExitCode
from tp.experiments.training.observables import looked_at, names, numbers, recorded
from tp.experiments.training.path import Path
from tp.experiments.training.schedule import Schedule, reparametrized
from tp.graph.axes import wide
from tp.graph.graph import Graph
from tp.graph.text import print_computation
from tp.interpret.cost.engine import materialised
from tp.sampling.calls import Values
from tp.sampling.drawing import Means, Task, runner
from tp.sampling.memory_limit import within_memory
from tp.sampling.plan import Plan
from tp.sampling.remote import Job, graph_of
from tp.sampling.sweep import Report, Samples, Sweep, sweep
from tp.statistics.more import More
from tp.store.identity import inputs_hash
from tp.studies.claims.evaluate import only_output
from tp.studies.curves import Curve, curves, diverged

if TYPE_CHECKING:
    from tp.experiments.training.trainer import Trainer
    from tp.program import Program


UNSEEN = 1
"""Samples that are looked at and never trained on."""


@dataclass(frozen=True)
class Training(Job):
    """Runs of the only output of a graph along ``path``; its other names are features. ``arrays`` is a hash of all."""

    arrays: str
    path: Path = field(compare=False)
    schedule: Schedule

    def draw(self, n: int, first: int, count: int) -> Values:
        trainer = _trainer(self)
        return numbers(trainer, trainer.run(n, count, first, self.dtype, self.engine))


@lru_cache(maxsize=4)
def _trainer(job: Training) -> Trainer:
    """Kept, since a trainer has its compiled programs."""
    marked = graph_of(job.graph)
    output, *features = marked.outputs
    called = {name: marked.outputs[name] for name in features}
    graph = replace(marked, outputs={output: marked.outputs[output]}, names=called)
    return _built(graph, job.path, job.schedule, features)


def trainer_of(
    program: Program,
    schedule: Schedule,
    data: str | None,
    dtype: str,
    features: Sequence[str] = (),
    curved: bool = False,
) -> Trainer:
    """The runs of ``program`` under ``schedule``; ``features`` that have no name of their own are left out.

    With ``curved`` they show second derivatives, too.
    """
    graph = program.graph
    name = only_output(program)
    if name is None:
        raise error("TP512", "a program with one output can be trained", hint=f"outputs: {', '.join(graph.outputs)}")
    if schedule.optimizer.shrinks:
        _require_centred(graph)
    output = graph.type(graph.outputs[name])
    # The first sample is never trained on: there the two models need not meet in the end.
    inputs, targets = labelled(program.inputs, output, UNSEEN + schedule.samples, data, dtype)
    find(name_of(schedule.cost)).require(targets.reshape((len(targets), -1)))
    order = UNSEEN + _batches(schedule)
    path = Path(
        inputs,
        targets,
        order,
        probes=UNSEEN + min(schedule.probes, schedule.samples),
        looks=schedule.looks,
        curved=schedule.curved if curved else (),
        unseen=UNSEEN,
    )
    named = [name for name in features if name in graph.names and wide(graph.type(graph.names[name]))]
    return _built(graph, path, schedule, named)


def _batches(schedule: Schedule) -> npt.NDArray[np.int64]:
    """[steps, batch] of numbers below ``samples``: none twice in a batch, so that one of all samples is all of them.

    The first batch has sample 0, which is the probe that counts as seen.
    """
    draw = np.random.default_rng(0)
    if schedule.batch == 1:
        order = draw.integers(schedule.samples, size=(schedule.steps, 1))
    else:
        order = np.stack([draw.permutation(schedule.samples)[: schedule.batch] for _ in range(schedule.steps)])
    if 0 not in order[0]:
        order[0, 0] = 0
    return order


def _built(graph: Graph, path: Path, schedule: Schedule, features: Sequence[str]) -> Trainer:
    from tp.experiments.training.trainer import Trainer

    return Trainer(graph, path, schedule.optimizer, name_of(schedule.cost), features)


def _require_centred(graph: Graph) -> None:
    """Raises TpError TP513: a mean is no part of the weight that shrinks."""
    for p in graph.parameters.values():
        if p.law.mean is not None:
            raise error("TP513", f"weight decay needs weights without a mean, and {p.name} has one", p.span)


def draw_runs(
    program: Program,
    trainer: Trainer,
    schedule: Schedule,
    plan: Plan,
    means: Means,
    wanted: Callable[[Samples], More] = lambda _: More.NOTHING,
    report: Report | None = None,
) -> Sweep:
    """Runs of ``trainer`` at the widths of ``plan``. Raises TpError TP501 where memory does not allow it."""
    plan = within_memory(
        plan, lambda n: trainer.memory(n, plan.dtype, plan.engine), materialised(program.graph.parameters)
    )

    def draw(n: int, seeds: int, key: int) -> Values:
        return numbers(trainer, trainer.run(n, seeds, key, plan.dtype, plan.engine))

    if not find(name_of(schedule.cost)).shipped:  # its name means nothing to another process
        means = Means(warn=means.warn)
    run = runner(task_of(program, trainer, schedule, plan), draw, means)
    return sweep(plan, run, wanted, lambda n: trainer.cost(n, plan.engine), report)


def task_of(program: Program, trainer: Trainer, schedule: Schedule, plan: Plan) -> Task:
    """The runs of ``trainer``, as something that is drawn and can be kept."""
    path = trainer.path
    arrays = {
        **path.inputs,
        "@targets": path.targets,
        "@batches": path.batches,
        "@optimizer": np.frombuffer(schedule.optimizer.identity.encode(), np.uint8),
        "@cost": np.frombuffer(name_of(schedule.cost).encode(), np.uint8),
        "@probes": np.array([path.probes, path.unseen]),
        "@looks": np.array(path.looks),
        "@curved": np.array(path.curved),
    }
    # Features are outputs of the graph that is hashed and sent: equal names may be of different nodes.
    graph = program.graph
    marked = replace(graph, outputs={**graph.outputs, **{name: graph.names[name] for name in trainer.features}})
    return Task(
        program.name,
        marked,
        names(trainer),
        arrays,
        plan.dtype,
        lambda n: trainer.engine(n, plan.engine),
        lambda n: tuple(sorted(trainer.absent(n, plan.engine))),
        lambda: Training(print_computation(marked), plan.dtype, plan.engine, inputs_hash(arrays), path, schedule),
    )


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs without predictions. ``diverged`` has the first step of a diverging run by width."""

    curves: tuple[Curve, ...]
    diverged: Mapping[int, int]
    interrupted: bool
    program: str
    schedule: Schedule

    @property
    def exit_code(self) -> ExitCode:
        """UNDECIDED where the runs were interrupted; FAILS where one diverged; else HOLDS."""
        if self.interrupted:
            return ExitCode.UNDECIDED
        return ExitCode.FAILS if self.diverged else ExitCode.HOLDS


def train(
    program: Program,
    plan: Plan,
    schedule: Schedule,
    data: str | None = None,
    *,
    means: Means | None = None,
    report: Report | None = None,
) -> Runs:
    """``plan.seeds`` runs (4 if not said) at every width.

    Raises TpError TP501 to TP513 for settings and memory, TP60x for data.
    """
    changed = reparametrized(program, schedule)
    trainer = trainer_of(changed, schedule, data, plan.dtype)
    plan = replace(plan, seeds=plan.seeds or 4)
    drawn = draw_runs(changed, trainer, schedule, plan, means or Means(), report=report)
    records = recorded(drawn.samples)
    seen = curves(records, trainer.path, looked_at(trainer))
    return Runs(seen, diverged(records), drawn.interrupted, program.name, schedule)
