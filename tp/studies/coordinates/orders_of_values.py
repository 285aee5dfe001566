"""What the calculus says of named values of a program: their orders at initialisation and after steps of training.

The size of a value is the root mean square of its entries. After a step it is base + first-order change + rest, see
:mod:`tp.quantities.training`: values at an input that is trained on, with error signals of order one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from tp.activations.facts import facts
from tp.diagnostics.diagnostic import TpError
from tp.exponent import largest
from tp.graph.graph import Graph
from tp.graph.mapping import MapOperation
from tp.interpret.near_zero import singular
from tp.interpret.orders import interpret
from tp.optimizers import Optimizer
from tp.orders.typical.recorder import Derived
from tp.primitives.traits import function_of
from tp.quantities.training import Backprop, Trained, backprop, training
from tp.theory.analysis import Analysis
from tp.theory.features import activated
from tp.theory.late_constants import late_constants
from tp.theory.movers import useless
from tp.theory.regime import attained
from tp.theory.steps import SETTLING, Parts


@dataclass(frozen=True, slots=True)
class Order:
    """The exponent of n of a size (None: identically zero), an upper bound unless ``exact``, on a ``grid``.

    Where it is not ``known``, ``reason`` says why. ``above`` is the width from which on all constants of the program
    count (:mod:`tp.theory.late_constants`): at smaller widths the order may be another one. 0: there is none.
    """

    exponent: Fraction | None
    exact: bool = True
    known: bool = True
    reason: str = ""
    grid: Fraction | None = None
    above: float = 0.0


def unknown(reason: str) -> Order:
    """No order."""
    return Order(None, known=False, reason=reason)


@dataclass(frozen=True, slots=True)
class _Moved:
    """The orders of a value and of its change after a step."""

    value: Order
    change: Order


class OrdersOfValues:
    """The orders of the named values of ``program``, at step 0 and after up to ``steps`` steps of ``optimizer``."""

    def __init__(self, program: Graph, optimizer: Optimizer, steps: int) -> None:
        self._analysis = Analysis(program, (), optimizer)
        graph = self._analysis.program
        self.named: Mapping[str, int] = {**graph.names, **graph.outputs}
        late = late_constants(graph, self._analysis.calculus)
        self._above = max((each.width for each in late), default=0.0)
        self._moved: list[dict[str, _Moved]] = []
        self._ended = ""
        """Why nothing is known of the steps after the last one that was followed; empty where it is as the last."""
        if steps:
            try:
                self._follow(optimizer, steps)
            except TpError as problem:
                if not (problem.only("TP514") or problem.only("TP512")):
                    raise
                self._ended = problem.diagnostics[0].message

    def order(self, name: str, kind: str, step: int) -> Order:
        """The order of the value called ``name``, or of its change since step 0, after ``step`` steps."""
        return replace(self._order(name, kind, step), above=self._above)

    def _order(self, name: str, kind: str, step: int) -> Order:
        if step == 0:
            return Order(None) if kind == "change" else self._initial(name)
        if step > len(self._moved) and (self._ended or not self._moved):
            return unknown(self._ended)
        found = self._moved[min(step, len(self._moved)) - 1][name]
        return found.change if kind == "change" else found.value

    def _initial(self, name: str) -> Order:
        derived = interpret(self._analysis.program, [self.named[name]], self._analysis.calculus)[self.named[name]]
        exponent = derived.value.root_mean_square
        return Order(exponent, attained(exponent, [derived]), grid=self._analysis.grid)

    def _follow(self, optimizer: Optimizer, steps: int) -> None:
        program, calculus = self._analysis.program, self._analysis.calculus
        initial = [self._initial(name).exponent for name in program.outputs]
        if any(exponent is not None and exponent > 0 for exponent in initial):
            self._ended = "an output grows with n at initialisation, and error signals with it"
            return
        back, values = backprop(program), dict[int, Derived]()
        parts = Parts(calculus, values)
        most = min(steps, len(program.parameters) + SETTLING)
        for after in training(back, optimizer, parts.thinned, parts.joined, parts.value):
            sizes = _Sizes(self._analysis, back, after, values)
            self._moved.append({name: sizes.moved(node) for name, node in self.named.items()})
            if sizes.grow:
                self._ended = f"step {after.steps} moves a value by a positive power of n, and no later one is followed"
                return
            if after.steps == most:
                self._ended = f"orders may still change after {most} steps"
                return


class _Sizes:
    """Sizes of values in a program ``after`` some steps; ``values`` are abstract values of its nodes."""

    def __init__(self, analysis: Analysis, back: Backprop, after: Trained, values: dict[int, Derived]) -> None:
        self._analysis, self._back, self._after, self._values = analysis, back, after, values
        self._doubtful = set(self._doubts())

    @property
    def grow(self) -> bool:
        """Whether the argument of an activation, or an output, moves by a positive power of n, perhaps."""
        program = self._analysis.program
        watched = [*program.outputs.values(), *(argument for _, argument in activated(program))]
        return any((moved := self._exponents(node)[1]) is not None and moved > 0 for node in watched)

    def moved(self, node: int) -> _Moved:
        initial, moved = self._exponents(node)
        sure = self._doubtful.isdisjoint(self._analysis.program.needed([node]))
        base, *moves = self._parts(node)
        return _Moved(
            self._order(largest(initial, moved), [*base, *moves[0], *moves[1]], sure),
            self._order(moved, [*moves[0], *moves[1]], sure),
        )

    def _order(self, exponent: Fraction | None, grounds: list[Derived], sure: bool) -> Order:
        exact = sure and attained(exponent, grounds)
        if useless(exponent, exact=exact):
            return unknown("no useful bound is known")
        return Order(exponent, exact, grid=self._analysis.trained_grid)

    def _parts(self, node: int) -> tuple[list[Derived], list[Derived], list[Derived]]:
        """What is known of the base, the first-order change and the rest of a node; nothing where they vanish."""
        found = self._after.nodes[self._back.image[node]]
        parts = (found.base, found.first, found.rest)
        known = interpret(self._after.graph, [p for p in parts if p is not None], self._analysis.calculus, self._values)
        base, first, rest = ([] if part is None else [known[part]] for part in parts)
        return base, first, rest

    def _exponents(self, node: int) -> tuple[Fraction | None, Fraction | None]:
        """The exponents of a node at initialisation, and of its move."""
        base, first, rest = self._parts(node)
        size, *moves = (largest(*(d.value.root_mean_square for d in part)) for part in (base, first, rest))
        return size, largest(*moves)

    def _doubts(self) -> Iterator[int]:
        """Functions whose first-order change and rest may cancel, since their arguments grow or move by too much."""
        program = self._analysis.program
        for index in program.needed(list(self._analysis.program.names.values())):
            operation = program[index].operation
            function = function_of(operation)
            if function is None and not isinstance(operation, MapOperation):
                continue
            degree = None if function is None else facts(function.activation).degree
            if degree is not None and function is not None and not singular(facts(function.activation)):
                continue
            initial, moved = self._exponents(program[index].operands[0])
            limit = max(initial or Fraction(0), Fraction(0)) if degree is None else initial
            grows = moved is not None and (limit is None or moved > limit)
            if grows or (degree is None and initial is not None and initial > 0):
                yield index
