"""Where the numbers of a result come from: the same facts in every result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tp.optimizers import chosen
from tp.sampling.reading import duration, larger

if TYPE_CHECKING:
    from tp.optimizers import Optimizer
    from tp.program import Program
    from tp.sampling.plan import Plan
    from tp.sampling.sweep import Sweep


@dataclass(frozen=True, slots=True)
class Provenance:
    """The program called ``program`` in ``file``, and what was drawn of it.

    ``widths`` are those at which something was drawn, rising. ``engines`` has by width the interpreter that drew:
    "dense" or "conditioned", and ``apart`` by part of a study the engines that drew it where they are others at the
    same width. The numbers are from ``cells`` calls, ``stored`` of which an earlier run had made. ``interrupted``: the
    user broke off. ``short``: the ``budget`` (seconds of work) ended a part of the measurement that would have gone on.
    ``optimizer`` moves the weights; None: gradient descent. Without any numbers all but ``program``, ``file`` and
    ``optimizer`` are empty.
    """

    program: str
    file: str
    widths: tuple[int, ...] = ()
    dtype: str = ""
    engines: Mapping[int, str] = field(default_factory=dict[int, str])
    cells: int = 0
    stored: int = 0
    interrupted: bool = False
    budget: float = 0.0
    short: bool = False
    apart: Mapping[str, Mapping[int, str]] = field(default_factory=dict[str, Mapping[int, str]])
    optimizer: Optimizer | None = None

    def next_budget(self, undecided: Sequence[str]) -> str:
        """A budget to go on with, as text, where this one ended with quantities ``undecided``; else empty."""
        return duration(larger(self.budget)) if self.short and undecided and not self.interrupted else ""

    def also(self, *drawn: Sweep | Provenance) -> Provenance:
        """With the cells of further sweeps, and interrupted where one of them was."""
        return replace(
            self,
            cells=self.cells + sum(more.cells for more in drawn),
            stored=self.stored + sum(more.stored for more in drawn),
            interrupted=self.interrupted or any(more.interrupted for more in drawn),
            short=self.short or any(more.short for more in drawn),
        )

    def part(self, name: str, drawn: Sweep | Provenance) -> Provenance:
        """With the cells of a further sweep, whose engines are kept as those of the part ``name`` if they differ."""
        other = {n: engine for n, engine in drawn.engines.items() if self.engines.get(n, engine) != engine}
        return replace(self.also(drawn), apart={**self.apart, **({name: other} if other else {})})


def provenance(program: Program, plan: Plan, drawn: Sweep, optimizer: Optimizer | None = None) -> Provenance:
    """The provenance of what a sweep has ``drawn``; ``optimizer`` None is that of the program."""
    return Provenance(
        program.name,
        program.file,
        drawn.widths,
        plan.dtype,
        drawn.engines,
        drawn.cells,
        drawn.stored,
        drawn.interrupted,
        plan.time_limit,
        drawn.short,
        optimizer=optimizer or chosen(program.optimizers),
    )
