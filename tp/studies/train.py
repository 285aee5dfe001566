"""Runs of training at some widths, beside those of the linear model, without predictions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tp.costs import find, name_of
from tp.data.targets import labelled
from tp.diagnostics.diagnostic import error
from tp.exit_code import ExitCode
from tp.experiments.training.batches import batches
from tp.experiments.training.observables import looked_at, recorded
from tp.experiments.training.path import Path, with_noise
from tp.experiments.training.schedule import Schedule, reparametrized
from tp.graph.axes import Type, wide
from tp.graph.graph import Graph
from tp.optimizers import chosen
from tp.printable import Printable
from tp.sampling.means import Means
from tp.sampling.plan import Plan
from tp.sampling.sweep import Report, Sweep, sweep
from tp.studies.claims.evaluate import only_output
from tp.studies.curves import Along, Curve, diverged
from tp.studies.declared import require_functions
from tp.studies.provenance import Provenance, provenance
from tp.transform.two_sided import two_sided

if TYPE_CHECKING:
    from tp.data.source import Data
    from tp.experiments.training.trainer import Trainer
    from tp.optimizers import Optimizer
    from tp.program import Program


UNSEEN = 1
"""The number of probes that are never trained on."""


def trainer_of(
    program: Program,
    schedule: Schedule,
    data: str | Data | None,
    dtype: str,
    features: Sequence[str] = (),
    curved: bool = False,
) -> Trainer:
    """The runs of ``program`` under ``schedule``, with second derivatives if they are ``curved``.

    Of ``features`` those without a name of their own, and those that are not wide, are left out. Raises TpError TP512
    where there are several outputs, TP513 for weight decay of matrices with a mean or of unknown weights and for
    targets that the cost does not accept, TP60x for data.
    """
    from tp.experiments.training.trainer import Trainer

    graph = program.graph
    optimizer, output = trainable(program, schedule)
    # The first sample is never trained on: there the two models may differ after training.
    count, cost = UNSEEN + schedule.samples, name_of(schedule.cost)
    inputs, targets = labelled(program.inputs, output, count, data, dtype, cost, program.one_hot)
    find(cost).require(targets.reshape((len(targets), -1)))
    order = UNSEEN + batches(schedule.steps, schedule.batch, schedule.samples)
    path = Path(
        inputs,
        targets,
        order,
        probes=UNSEEN + min(schedule.probes, schedule.samples),
        looks=schedule.looks,
        curved=schedule.curved if curved else (),
        unseen=UNSEEN,
    )
    graph, path = with_noise(graph, path)
    named = [name for name in features if name in graph.names and wide(graph.type(graph.names[name]))]
    return Trainer(program.name, graph, path, optimizer, name_of(schedule.cost), named)


def trainable(program: Program, schedule: Schedule) -> tuple[Optimizer, Type]:
    """The optimiser for the weights of ``program``, and the axes of its output. Raises TpError TP512, TP513."""
    graph = program.graph
    optimizer = (schedule.optimizer or chosen(program.optimizers)).of(two_sided(graph))
    optimizer.require(graph.parameters)
    name = only_output(program)
    if name is None:
        raise error("TP512", "a program with one output can be trained", hint=f"outputs: {', '.join(graph.outputs)}")
    if optimizer.shrinks:
        _require_centred(graph, optimizer)
    return optimizer, graph.type(graph.outputs[name])


def _require_centred(graph: Graph, optimizer: Optimizer) -> None:
    """Raises TpError TP513 where a matrix in factors that shrinks has a mean: these are not numbers that can shrink."""
    for p in graph.parameters.values():
        factored = p.ins and optimizer.in_factors(p.name, 1) is not None
        if p.law.mean is not None and factored and optimizer.shrinkage(p.name):
            raise error("TP513", f"weight decay needs matrices without a mean, and {p.name} has one", p.span)


@dataclass(frozen=True, slots=True, repr=False)
class Runs(Printable):
    """Runs without predictions. ``diverged`` has the first step of a diverging run by width."""

    study = "train"

    diverged: Mapping[int, int]
    schedule: Schedule
    provenance: Provenance
    along: Along = field(default_factory=Along, compare=False)

    @property
    def curves(self) -> tuple[Curve, ...]:
        """Medians by width."""
        return self.along.curves

    @property
    def exit_code(self) -> ExitCode:
        """UNDECIDED where the runs were interrupted; FAILS where one diverged; else HOLDS."""
        if self.provenance.interrupted:
            return ExitCode.UNDECIDED
        return ExitCode.FAILS if self.diverged else ExitCode.HOLDS


Watch = Callable[[Runs], None]
"""A function of the runs so far: what an interrupt would leave at that moment."""


def train(
    program: Program,
    plan: Plan,
    schedule: Schedule,
    data: str | Data | None = None,
    *,
    means: Means | None = None,
    report: Report | None = None,
    watch: Watch | None = None,
) -> Runs:
    """``plan.seeds`` runs (4 if not said) at every width; ``watch`` is called as they come in.

    Raises TpError TP501 to TP513 for settings and memory, TP60x for data.
    """
    require_functions(program, plan.widths[0])
    schedule = schedule.of(program)
    changed = reparametrized(program, schedule)
    trainer = trainer_of(changed, schedule, data, plan.dtype)
    plan = replace(plan, seeds=plan.seeds or 4)

    def known(drawn: Sweep) -> Runs:
        records = recorded(drawn.samples)
        along = Along(records, trainer.path, looked_at(trainer))
        return Runs(diverged(records), schedule, provenance(program, plan, drawn, schedule.mover), along)

    def seen(part: Sweep) -> None:
        if watch is not None:
            watch(known(part))

    return known(sweep(trainer, plan, means, report=report, seen=seen))
