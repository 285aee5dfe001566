"""The regime of training, from orders alone: ill-normalised, unstable, trivial, lazy or feature learning.

Two steps of gradient descent are enough to see every exponent of an MLP (Yang and Hu 2021, appendix H): the second one
sees weights that the first has moved. Error signals are of order one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from tp.diagnostics.span import Span
from tp.exponent import largest
from tp.graph.axes import wide
from tp.graph.graph import Graph
from tp.interpret.orders import interpret
from tp.optimizers import Optimizer
from tp.orders.typical.recorder import Calculus, Derived
from tp.quantities.definitions import DEVIATION
from tp.quantities.programs import metric
from tp.quantities.training import Backprop, Trained, backprop, change, trained
from tp.theory.features import activated
from tp.theory.movers import Mover, movers
from tp.theory.thin import thinned
from tp.transform.direction import squared_norm

STEPS = 2
"""Steps of training that are analysed."""


class Kind(Enum):
    """What training does to a program (calculus, section 7)."""

    ILL_NORMALISED = "ill-normalised"
    UNSTABLE = "unstable"
    TRIVIAL = "trivial"
    LAZY = "lazy"
    FEATURE_LEARNING = "feature learning"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a properly normalised system, with the exponent that decides it (None: identically zero)."""

    text: str
    exponent: Fraction | None
    holds: bool


@dataclass(frozen=True, slots=True)
class Feature:
    """The argument of an activation: its exponent at initialisation, and that of its move in training.

    ``width``: it has a wide axis. ``exact``: ``initial`` or, where that is not positive, ``moved`` is positive and
    attained.
    """

    name: str
    span: Span | None
    width: bool
    initial: Fraction | None
    moved: Fraction | None
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Regime:
    """The regime with the exponents of n that decide it, after :data:`STEPS` steps.

    ``deviation`` is that of F - F_lin, ``drift`` that of the change of the kernel, ``gradient`` that of the norm of the
    change of Λ^{1/2} ∇F. ``exact`` is False where a deciding exponent is an upper bound only. ``grounds`` has the
    derivations by name.
    """

    kind: Kind
    reason: str
    exact: bool
    conditions: tuple[Condition, ...]
    features: tuple[Feature, ...]
    movers: tuple[Mover, ...]
    deviation: Fraction | None
    drift: Fraction | None
    gradient: Fraction | None
    grounds: dict[str, Derived]

    @property
    def rate(self) -> Fraction | None:
        """r where features move by n^{-r}; None where they do not move at all."""
        moved = [f.moved for f in self.features if f.moved is not None]
        return -max(moved) if moved else None


def regime(program: Graph, calculus: Calculus, optimizer: Optimizer | None = None) -> Regime:
    """The regime of ``program`` under its learning rates and the ``optimizer`` (None: SGD). Raises TpError TP514."""
    return _Reading(program, calculus, optimizer).regime()


def _power(exponent: Fraction | None) -> str:
    return "0" if exponent is None else f"n^({exponent})"


class _Reading:
    def __init__(self, program: Graph, calculus: Calculus, optimizer: Optimizer | None) -> None:
        self.program = program
        self.calculus = calculus
        self.back: Backprop = backprop(program)
        self.values: dict[int, Derived] = {}
        self.after: Trained = trained(self.back, STEPS, lambda g, d: thinned(g, d, calculus, self.values), optimizer)
        self.grounds: dict[str, Derived] = {}

    def order(self, node: int | None, name: str | None = None) -> Fraction | None:
        """The exponent of a node of the trained program; under a ``name`` its derivation is kept."""
        derived = self.calculus.zero
        if node is not None:
            derived = interpret(self.after.graph, [node], self.calculus, self.values)[node]
        if name is not None:
            self.grounds[name] = derived
        return derived.value.root_mean_square

    def regime(self) -> Regime:
        output = self.after.nodes[self.back.output]
        initial = self.order(output.base, "F")
        first = self.order(output.first, "first-order change of F")
        deviation = self.order(output.rest, DEVIATION)
        kernel = drift = None
        if self.back.kernel is not None:
            scalar = self.after.nodes[self.back.kernel]
            kernel = self.order(scalar.base, "kernel")
            drift = largest(
                self.order(scalar.first, "first-order drift of the kernel"),
                self.order(scalar.rest, "drift of the kernel"),
            )
        moved = largest(first, deviation)
        features = tuple(self._features())
        conditions = (
            Condition("F(θ0) = O(1)", initial, initial is None or initial <= 0),
            Condition("kernel = Θ(1)", kernel, kernel == 0),
            Condition("a step changes F by O(1)", moved, moved is None or moved <= 0),
        )
        kind, reason = self._kind(conditions, features, moved, deviation)
        exact = all(d.value.exact for d in self.grounds.values())
        found = tuple(movers(self.program, self.back, self.after, self.order))
        gradient = self._gradient()
        return Regime(kind, reason, exact, conditions, features, found, deviation, drift, gradient, self.grounds)

    def _gradient(self) -> Fraction | None:
        """The exponent of the norm of the change of Λ^{1/2} ∇F, from updates Λ ∇F. Frozen weights have none."""
        rate = metric(self.program)
        frozen = [name for name in self.program.parameters if rate(name).coefficient == 0]
        moved = change(self.back.update, self.after.algebra, self.after.nodes).without(frozen)
        squared = squared_norm(self.after.graph, moved, lambda w: rate(w) ** Fraction(-1), exact=False)
        found = self.order(squared, "squared change of the gradient")
        return None if found is None else found / 2

    def _kind(
        self,
        conditions: tuple[Condition, ...],
        features: tuple[Feature, ...],
        moved: Fraction | None,
        deviation: Fraction | None,
    ) -> tuple[Kind, str]:
        sharp = {name: d.value.exact for name, d in self.grounds.items()}
        output = self.after.nodes[self.back.output]
        step = self._surely_grows(output.first, output.rest)
        wrong = list(self._wrong(conditions, features, moved, step))
        for kind, reason, exact in wrong:
            if exact:
                return kind, reason
        if wrong:
            kind, reason, _ = wrong[0]
            return Kind.UNDECIDED, f"only bounds are known: perhaps {kind.value}, {reason}"
        if moved is None or moved < 0:
            return Kind.TRIVIAL, f"training moves F by {_power(moved)} only"
        if deviation is None or deviation < 0:
            least = "" if sharp[DEVIATION] else "at most "
            if not sharp["first-order change of F"]:
                return Kind.UNDECIDED, "only a bound of the first-order change of F is known"
            return Kind.LAZY, f"F - F_lin is {least}of order {_power(deviation)}"
        if not sharp[DEVIATION]:
            return Kind.UNDECIDED, f"F - F_lin is at most of order {_power(deviation)}; no more is known"
        learning = [f for f in features if f.moved == 0]
        if learning:
            where = "" if any(f.width for f in learning) else " (a finite number of units; wide layers do not move)"
            return Kind.FEATURE_LEARNING, f"training moves {learning[0].name} by Θ(1){where}"
        return Kind.FEATURE_LEARNING, "F - F_lin is of order 1"

    def _wrong(
        self, conditions: tuple[Condition, ...], features: tuple[Feature, ...], moved: Fraction | None, step: bool
    ) -> Iterable[tuple[Kind, str, bool]]:
        """(kind, reason, whether the exponent is attained) for everything that is too large or too small."""
        initial = conditions[0]
        if not initial.holds:
            reason = f"F is of order {_power(initial.exponent)} at initialisation"
            yield Kind.ILL_NORMALISED, reason, self.grounds["F"].value.exact
        for f in features:
            if f.initial is not None and f.initial > 0:
                yield Kind.ILL_NORMALISED, f"{f.name} grows as {_power(f.initial)} at initialisation", f.exact
            elif f.width and (f.initial is None or f.initial < 0):
                yield Kind.ILL_NORMALISED, f"{f.name} vanishes as {_power(f.initial)} at initialisation", True
        for f in features:
            if f.moved is not None and f.moved > 0:
                yield Kind.UNSTABLE, f"training moves {f.name} by {_power(f.moved)}", f.exact
        if moved is not None and moved > 0:
            yield Kind.UNSTABLE, f"training moves F by {_power(moved)}", step

    def _surely_grows(self, *nodes: int | None) -> bool:
        """Whether some of ``nodes`` has a positive exponent that is attained."""
        found = interpret(self.after.graph, [n for n in nodes if n is not None], self.calculus, self.values)
        terms = (t for n in nodes if n is not None for t in found[n].value.terms)
        return any(t.exponent > 0 and not t.bound for t in terms)

    def _features(self) -> Iterable[Feature]:
        seen: set[int] = set()
        named = {node: name for name, node in reversed(list(self.program.names.items()))}
        for activation, argument in activated(self.program):
            node = self.after.nodes[self.back.image[argument]]
            if argument in seen or not node.moves:
                continue
            seen.add(argument)
            found = self.program[argument]
            name = named.get(argument) or found.label or f"the argument of {activation}"
            initial = self.order(node.base)
            moved = largest(self.order(node.first), self.order(node.rest))
            parts = [node.base] if initial is not None and initial > 0 else [node.first, node.rest]
            yield Feature(name, found.span, bool(wide(found.type)), initial, moved, self._surely_grows(*parts))
