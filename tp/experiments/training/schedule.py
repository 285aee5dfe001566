"""How a program is trained."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from numbers import Integral
from typing import TYPE_CHECKING

from tp.costs import CostFunction, name_of
from tp.diagnostics.diagnostic import error
from tp.graph.axes import ONE, Scale, Width
from tp.optimizers import Optimizer, chosen
from tp.transform.rescale import Rescaling, rescaled
from tp.transform.two_sided import two_sided

if TYPE_CHECKING:
    from tp.program import Program

MOST_POWER = 8
"""The largest absolute value of a power of n; larger ones overflow."""
BOUNDS = (("steps", 1, 10_000), ("batch", 1, 4096), ("samples", 1, 4096), ("probes", 1, 4096))
"""The whole numbers of a schedule, with the least and the largest value of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How a program is trained: ``steps`` of the ``optimizer`` on batches from ``samples`` in a fixed random order.

    ``optimizer`` None is the one that the program chooses, and gradient descent where it chooses none.

    A ``batch`` has no sample twice, so one as large as ``samples`` is the whole training set. The program and its
    linear model are evaluated at ``probes`` of the samples and at one more, which is never trained on. ``cost`` is the
    name of a cost, or a JAX function of an output and a target; runs with a function are not kept in a store.

    Learning rates are multiplied by n^``rho``, and the output by n^``scale`` (the external scale of Chizat et al.).
    Rates are also multiplied by n^(-2 scale), which keeps the linear dynamics unchanged. Raises TpError TP504 for an
    unknown cost, and TP513 for settings outside their ranges.
    """

    optimizer: Optimizer | None = None
    steps: int = 20
    cost: str | CostFunction = "squared"
    batch: int = 1
    samples: int = 6
    probes: int = 1
    rho: Fraction = Fraction(0)
    scale: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        for name, least, most in BOUNDS:
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, Integral) or not least <= int(value) <= most:
                raise error("TP513", f"{name} must be a whole number between {least} and {most}, not {value!r}")
        if self.batch > self.samples:
            raise error("TP513", f"a batch has no sample twice: {self.batch} is more than {self.samples} samples")
        for name in ("rho", "scale"):
            power = getattr(self, name)
            if not isinstance(power, Fraction | int) or abs(power) > MOST_POWER:
                hint = "a Fraction, or as an option text such as -1/2"
                raise error("TP513", f"{name} must be a rational number up to {MOST_POWER}, not {power!r}", hint=hint)
        object.__setattr__(self, "cost", name_of(self.cost))

    def of(self, program: Program) -> Schedule:
        """This schedule with the optimiser of ``program``, unless it has its own, and what that declares of weights."""
        optimizer = self.optimizer or chosen(program.optimizers)
        return replace(self, optimizer=optimizer.of(two_sided(program.graph)))

    @property
    def mover(self) -> Optimizer:
        """The optimiser of a schedule that is that :meth:`of` a program; of another one its own, or plain descent."""
        return self.optimizer or chosen(())

    @property
    def looks(self) -> tuple[int, ...]:
        """0, powers of two, and the last step."""
        powers = [1 << k for k in range(self.steps.bit_length()) if 1 << k < self.steps]
        return (0, *powers, self.steps)

    @property
    def curved(self) -> tuple[int, ...]:
        """The looks at which second derivatives are taken: 0, powers of four, and the last step."""
        return tuple(s for s in self.looks if s in (0, self.steps) or s.bit_length() % 2)


def reparametrized(program: Program, schedule: Schedule) -> Program:
    """``program`` with output and learning rates multiplied by the powers of n of ``schedule``."""
    if not schedule.rho and not schedule.scale:
        return program
    width = next(iter(program.graph.widths.values()))
    outputs = {node: _power(width, schedule.scale) for node in program.graph.outputs.values()}
    change = Rescaling(results=outputs, learning_rate=_power(width, schedule.rho - 2 * schedule.scale))
    return replace(program, graph=rescaled(program.graph, change))


def _power(width: Width, power: Fraction) -> Scale:
    """n^power."""
    return Scale.of(width, power / width.exponent) if power else ONE
