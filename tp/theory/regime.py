"""The regime of training, from orders alone: ill-normalised, unstable, trivial, lazy or feature learning.

Steps of gradient descent are followed until a further one changes no order (calculus, theorem 6). Error signals are of
order one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from fractions import Fraction

from tp.activations.facts import facts
from tp.diagnostics.span import Span
from tp.exponent import in_words, largest, power_of_n
from tp.graph.axes import wide
from tp.graph.graph import Graph
from tp.graph.nodes import Nodes
from tp.graph.slot import ELSEWHERE
from tp.interpret.near_zero import singular
from tp.interpret.orders import interpret
from tp.optimizers import Optimizer
from tp.orders.typical.recorder import Calculus, Derived
from tp.primitives.remainder import Crossings
from tp.primitives.traits import applied_weight, function_of
from tp.quantities.definitions import DEVIATION
from tp.quantities.programs import datum, metric
from tp.quantities.training import Backprop, Trained, backprop, change, training
from tp.theory.features import activated, feature_name, first_names
from tp.theory.kinks import kinks_meet
from tp.theory.movers import Mover, movers, useless
from tp.theory.steps import SETTLING, Parts, since
from tp.theory.together import Together
from tp.transform.direction import squared_norm
from tp.transform.displacement import Displaced, Displacing
from tp.transform.jet import jets

UNSEEN = "F - F_lin, one step, unseen"
KERNEL = "kernel"
RESPONSE = "∇F·Λu"
"""What takes the place of the kernel for an optimiser whose update u is not the gradient."""
FIRST = "first-order change of F"
DRIFTS = ("first-order drift of the kernel", "drift of the kernel")


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
    """One condition of a properly normalised system, with the exponent that decides it (None: identically zero).

    The exponent is an upper bound unless ``exact``. ``holds`` is None where such a bound does not decide the condition.
    ``follows``: it is that of what is made from a value that training lets grow.
    """

    text: str
    exponent: Fraction | None
    holds: bool | None
    exact: bool = True
    follows: bool = False

    @property
    def beyond(self) -> bool:
        """Whether the exponent is of no use, see :func:`useless`."""
        return useless(self.exponent, exact=self.exact, follows=self.follows)


@dataclass(frozen=True, slots=True)
class Feature:
    """The argument of an activation: its exponent at initialisation, and that of its move in training.

    ``width``: it has a wide axis. ``open``: it decays, but what is made of it is of order 1 before it is summed over a
    wide axis, as with a gate. ``exact``: ``initial`` or, where that is not positive, ``moved`` is positive and
    attained. ``sharp``: ``moved`` is attained. ``follows``: it is made from another one that grows. ``node`` is its
    node in the program.
    """

    name: str
    span: Span | None
    width: bool
    initial: Fraction | None
    moved: Fraction | None
    exact: bool = True
    sharp: bool = True
    open: bool = False
    follows: bool = False
    node: int | None = None

    @property
    def vanishes(self) -> bool:
        """Whether it decays on a wide axis, and is no gate that training brings to Θ(1)."""
        decays = self.width and self.initial is not None and self.initial < 0
        return decays and not (self.open and self.moved == 0)

    @property
    def perhaps(self) -> bool:
        """Whether it decays, and only a bound says that training brings it to Θ(1)."""
        return self.width and self.initial is not None and self.initial < 0 and not self.vanishes and not self.sharp


@dataclass(frozen=True, slots=True)
class Regime:
    """The regime with the exponents of n that decide it, after ``steps`` symbolic steps of training.

    ``settled``: further steps change no exponent. ``unstable_from``: the first step that surely moves something by a
    positive power of n; no later one is followed. ``deviation`` is that of F - F_lin. ``unseen`` is that of F - F_lin
    after one step at an input that is not trained on: where steps cross kinks, it is smaller. ``drift`` is that of the
    change of the kernel, ``gradient`` that of the norm of the change of Λ^{1/2} ∇F. ``exact`` is False where a deciding
    exponent is an upper bound only. ``grounds`` has the derivations by name, and ``nodes`` the nodes of ``graph`` that
    they are about (None: vanishes identically). ``remarks`` say where an ε is lost or takes over, and what decay takes
    away.
    """

    kind: Kind
    reason: str
    exact: bool
    conditions: tuple[Condition, ...]
    features: tuple[Feature, ...]
    movers: tuple[Mover, ...]
    deviation: Fraction | None
    unseen: Fraction | None
    drift: Fraction | None
    gradient: Fraction | None
    grounds: dict[str, Derived] = field(repr=False)
    graph: Nodes = field(repr=False)
    nodes: dict[str, int | None] = field(repr=False)
    steps: int
    settled: bool
    unstable_from: int | None
    remarks: tuple[str, ...] = ()

    def sharp(self, exponent: Fraction | None, *names: str) -> bool:
        """Whether ``exponent``, the largest of the grounds called ``names``, is attained by one of them."""
        return attained(exponent, (self.grounds[name] for name in names if name in self.grounds))

    @property
    def rate(self) -> Fraction | None:
        """r where features move by n^{-r}; None where they do not move at all."""
        moved = [f.moved for f in self.features if f.moved is not None]
        return -max(moved) if moved else None


def regime(
    program: Graph,
    calculus: Calculus,
    optimizer: Optimizer | None = None,
    most: int | None = None,
    values: dict[int, Derived] | None = None,
) -> Regime:
    """The regime of ``program`` under its learning rates and the ``optimizer`` (None: SGD).

    At most ``most`` steps are followed (None: as many as there are weights, and :data:`SETTLING` more). The values of
    the nodes of the trained program are added to ``values``. Raises TpError TP514.
    """
    most = most or len(program.parameters) + SETTLING
    reading = _Reading(program, calculus, optimizer, most, {} if values is None else values)
    found = reading.regime()
    if not reading.after.shrinks:
        return found
    without = _Reading(program, calculus, optimizer, most, {}, decays=False).regime()
    return replace(found, remarks=(*found.remarks, f"without weight decay: {without.kind.value} ({without.reason})"))


def attained(exponent: Fraction | None, grounds: Iterable[Derived]) -> bool:
    """Whether a part of one of ``grounds`` has exactly this ``exponent`` (None: whether all of them vanish)."""
    terms = [t for derived in grounds for t in derived.value.terms]
    if exponent is None:
        return not terms
    return any(t.exponent + t.share / 2 == exponent and not t.bound for t in terms)


class _Reading:
    def __init__(
        self,
        program: Graph,
        calculus: Calculus,
        optimizer: Optimizer | None,
        most: int,
        values: dict[int, Derived],
        *,
        decays: bool = True,
    ) -> None:
        self.decays = decays
        self.program = program
        self.calculus = calculus
        self.back: Backprop = backprop(program)
        self.values = values
        self.grounds: dict[str, Derived] = {}
        self.nodes: dict[str, int | None] = {}
        self.parts = Parts(calculus, self.values)
        self.sizes: list[Mapping[str, Fraction]] = []
        """By step and weight the exponent of the move of the weight."""
        self.settled = True
        self.unstable_from: int | None = None
        self.grown: set[int] = set()
        """Functions, none homogeneous, in the graph with the gradient whose arguments grow."""
        self.growing: set[int] = set()
        """Arguments of functions that grow, in the graph with the gradient."""
        self.first: Trained | None = None
        """The program after one step."""
        self.after: Trained = self._followed(optimizer, most)

    def _followed(self, optimizer: Optimizer | None, most: int) -> Trained:
        """The program after the last step: further ones change nothing, or something grows, or there were too many."""
        after: Trained | None = None
        parts = self.parts
        for after in training(self.back, optimizer, parts.thinned, parts.joined, parts.value, decays=self.decays):
            self.first = self.first or after
            self.sizes.append(self.parts.sizes(after.graph, after.algebra.displacement))
            if any(self._surely_grows(after, node.first, node.rest) for node in self._watched(after, certain=True)):
                self.settled, self.unstable_from = False, after.steps
                break
            if after.steps == most or any(self._unknown(after, node) for node in self._watched(after)):
                self.settled = False
                break
        assert after is not None
        return after

    def _unknown(self, after: Trained, value: Displaced) -> bool:
        """Whether the bound of a move is of no use: it only grows in later steps."""
        nodes = [n for n in (value.first, value.rest) if n is not None]
        found = interpret(after.graph, nodes, self.calculus, self.values)
        return any(useless(found[n].value.root_mean_square, exact=False) for n in nodes)

    def _watched(self, after: Trained, certain: bool = False) -> Iterable[Displaced]:
        """F and the arguments of activations; if ``certain``, without what is made of powers whose argument grows."""
        powers = self._overgrown(after) if certain else set[int]()
        for node in (self.back.output, *(self.back.image[argument] for _, argument in activated(self.program))):
            if not powers or powers.isdisjoint(self.back.graph.needed([node])):
                yield after.nodes[node]

    def _overgrown(self, after: Trained) -> set[int]:
        """Powers in the graph with the gradient whose argument moves by more than its size.

        1 / sqrt(a + b) with b far above a is small, though its series in b is large: first order and rest cancel.
        Powers with whole positive exponents are finite sums. A logarithm is like a power.
        """
        found: set[int] = set()
        for index in self.program.needed(list(self.program.outputs.values())):
            function = function_of(self.program[index].operation)
            if function is None or not singular(facts(function.activation)):
                continue
            argument = after.nodes[self.back.image[self.program[index].operands[0]]]
            size, *moves = (
                None if node is None else interpret(after.graph, [node], self.calculus, self.values)[node].value
                for node in (argument.base, argument.first, argument.rest)
            )
            moved = largest(*(None if value is None else value.root_mean_square for value in moves))
            initial = None if size is None else size.root_mean_square
            if moved is not None and (initial is None or moved > initial):
                found.add(self.back.image[index])
        return found

    def order(self, node: int | None, name: str | None = None) -> Fraction | None:
        """The exponent of a node of the trained program; under a ``name`` its derivation is kept."""
        derived = self.calculus.zero
        if node is not None:
            derived = interpret(self.after.graph, [node], self.calculus, self.values)[node]
        if name is not None:
            self.grounds[name] = derived
            self.nodes[name] = node
        return derived.value.root_mean_square

    def regime(self) -> Regime:
        output = self.after.nodes[self.back.output]
        initial = self.order(output.base, "F")
        first = self.order(output.first, FIRST)
        deviation = self.order(output.rest, DEVIATION)
        response = KERNEL if self.after.linear else RESPONSE
        size = self.order(self.after.response, response)
        drift = None
        if self.back.kernel is not None:
            scalar = self.after.nodes[self.back.kernel]
            drift = largest(
                self.order(scalar.first, DRIFTS[0]),
                self.order(scalar.rest, DRIFTS[1]),
            )
        moved = largest(first, deviation)
        powers = self._overgrown(self.after)
        self.grown |= powers
        self.growing |= {i for power in powers for i in self.back.graph[power].operands}
        if powers:
            for name in {DEVIATION, *DRIFTS} & self.grounds.keys():
                self.grounds[name] = self.calculus.limited(self.grounds[name], ())
        features = tuple(self._features())
        conditions = (
            self._condition("F(θ0) = O(1)", initial, "F"),
            self._condition(f"{response} = Θ(1)", size, response),
            self._condition("a step changes F by O(1)", moved, FIRST, DEVIATION),
        )
        if powers or any(f.moved is not None and f.moved > 0 for f in features):
            # What follows a growing argument is bounded only: a function of it may stay bounded.
            conditions = (*conditions[:2], self._bounded(conditions[2]))
        kind, reason = self._kind(conditions, features, moved, deviation)
        together = Together(self.back, self.after, self.calculus, self.values)
        grown = (self.grown, self.growing)
        moved_by = since(self.sizes)
        found = movers(self.program, self.back, self.after, self.order, moved_by, self._sharp, together, *grown)
        if any(m.follows or m.beyond for m in found) or first is None or (deviation is not None and deviation > first):
            conditions = (*conditions[:2], replace(conditions[2], follows=True))
        return Regime(
            kind=kind,
            reason=reason,
            exact=self.settled and all(d.value.exact for d in self.grounds.values()),
            conditions=conditions,
            features=features,
            movers=tuple(found),
            deviation=deviation,
            unseen=self._unseen(deviation),
            drift=drift,
            gradient=self._gradient(),
            grounds=self.grounds,
            graph=self.after.graph,
            nodes=self.nodes,
            steps=self.after.steps,
            settled=self.settled,
            unstable_from=self.unstable_from,
            remarks=self.after.remarks,
        )

    def _sharp(self, nodes: Iterable[int | None]) -> bool:
        """Whether the exponent of the sum of ``nodes`` is attained."""
        present = [n for n in nodes if n is not None]
        found = interpret(self.after.graph, present, self.calculus, self.values)
        values = [found[n] for n in present]
        return attained(largest(*(d.value.root_mean_square for d in values)), values)

    @staticmethod
    def _bounded(condition: Condition) -> Condition:
        """``condition``, which follows a growing value, with its exponent as an upper bound."""
        small = condition.exponent is None or condition.exponent <= 0
        return replace(condition, exact=False, holds=True if small else None, follows=True)

    def _condition(self, text: str, exponent: Fraction | None, *grounds: str) -> Condition:
        """Whether a quantity is O(1), the kernel Θ(1), if that follows from an exponent that may be a bound."""
        exact = attained(exponent, (self.grounds[name] for name in grounds if name in self.grounds))
        small = exponent is None or exponent <= 0
        holds: bool | None = small
        if grounds[0] in (KERNEL, RESPONSE):
            holds = exponent == 0 and exact if exact or exponent is None or exponent < 0 else None
        elif not small and not exact:
            holds = None
        return Condition(text, exponent, holds, exact)

    def _unseen(self, deviation: Fraction | None) -> Fraction | None:
        """The exponent of F - F_lin after one step, at an input that is not trained on."""
        operations = (self.back.graph[i].operation for i in self.back.graph.needed([self.back.output]))
        functions = (function for o in operations if (function := function_of(o)) is not None)
        if self.first is None or not any(facts(f.activation).kinked for f in functions):
            return deviation
        algebra = Displacing(self.first.graph, self.first.algebra.displacement, Crossings.UNSEEN)
        inputs = datum(self.first.graph, None, ELSEWHERE)
        output = jets(self.back.graph, [self.back.output], algebra, inputs)[self.back.output]
        found = self.order(output.rest, UNSEEN)
        if kinks_meet(self.back.graph, self.back.output):
            self.grounds[UNSEEN] = self.calculus.limited(self.grounds[UNSEEN], ())
        return found

    def _gradient(self) -> Fraction | None:
        """The exponent of the norm of the change of Λ^{1/2} ∇F."""
        rate = metric(self.program)
        frozen = [name for name in self.program.parameters if rate(name).coefficient == 0]
        moved = change(self.back.gradient, self.after.algebra, self.after.nodes).without(frozen)
        squared = squared_norm(self.after.graph, moved, rate, exact=False)
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
        step = conditions[2].exact and self._surely_grows(self.after, output.first, output.rest)
        wrong = list(self._wrong(conditions, features, moved, step))
        for kind, reason, exact in wrong:
            if exact:
                return kind, reason
        if wrong:
            kind, reason, _ = wrong[0]
            return Kind.UNDECIDED, f"only bounds are known: perhaps {kind.value}, {reason}"
        if not self.settled:
            return Kind.UNDECIDED, f"orders still change after {self.after.steps} steps of training"
        if moved is None or moved < 0:
            small = "training never moves F" if moved is None else f"training moves F by {power_of_n(moved)} only"
            return Kind.TRIVIAL, small
        if deviation is None or deviation < 0:
            if not sharp[FIRST]:
                return Kind.UNDECIDED, "only a bound of the first-order change of F is known"
            return Kind.LAZY, f"F - F_lin is {in_words(deviation, sharp[DEVIATION])}"
        if not sharp[DEVIATION]:
            return Kind.UNDECIDED, f"F - F_lin is {in_words(deviation, exact=False)}; no more is known"
        learning = [f for f in features if f.moved == 0]
        if learning:
            where = (
                ""
                if any(f.width for f in learning)
                else " (a finite number of units; no wide argument of an activation moves so far)"
            )
            return Kind.FEATURE_LEARNING, f"training moves {learning[0].name} by Θ(1){where}"
        return Kind.FEATURE_LEARNING, f"F - F_lin is {in_words(deviation)}"

    def _wrong(
        self, conditions: tuple[Condition, ...], features: tuple[Feature, ...], moved: Fraction | None, step: bool
    ) -> Iterable[tuple[Kind, str, bool]]:
        """(kind, reason, whether the exponent is attained) for everything that is too large or too small."""
        initial = conditions[0]
        if initial.holds is not True:
            reason = f"F is {in_words(initial.exponent, initial.exact)} at initialisation"
            yield Kind.ILL_NORMALISED, reason, self.grounds["F"].value.exact
        for f in features:
            if f.initial is not None and f.initial > 0:
                yield Kind.ILL_NORMALISED, f"{f.name} grows as {power_of_n(f.initial)} at initialisation", f.exact
            elif f.initial is not None and (f.vanishes or f.perhaps):
                reason = f"{f.name} vanishes as {power_of_n(f.initial)} at initialisation"
                yield Kind.ILL_NORMALISED, reason, f.vanishes
        since = "" if self.unstable_from is None else f" in step {self.unstable_from}"
        for f in features:
            if f.moved is not None and f.moved > 0:
                yield Kind.UNSTABLE, f"training moves {f.name} by {_power(f.moved, exact=f.exact)}{since}", f.exact
        if moved is not None and moved > 0:
            yield Kind.UNSTABLE, f"training moves F by {_power(moved, exact=step)}{since}", step

    def _surely_grows(self, after: Trained, *nodes: int | None) -> bool:
        """Whether some of ``nodes`` of the program ``after`` training has a positive exponent that is attained."""
        found = interpret(after.graph, [n for n in nodes if n is not None], self.calculus, self.values)
        terms = (t for n in nodes if n is not None for t in found[n].value.terms)
        return any(2 * t.exponent + t.share > 0 and not t.bound for t in terms)

    def _features(self) -> Iterable[Feature]:
        seen: set[int] = set()
        named = first_names(self.program)
        for activation, argument in activated(self.program):
            node = self.after.nodes[self.back.image[argument]]
            if argument in seen or not node.moves:
                continue
            seen.add(argument)
            found = self.program[argument]
            name = feature_name(self.program, argument, activation, named)
            initial = self.order(node.base)
            moved = largest(self.order(node.first), self.order(node.rest))
            parts = [node.base] if initial is not None and initial > 0 else [node.first, node.rest]
            grows = self._surely_grows(self.after, *parts)
            sharp = attained(moved, [self.values[part] for part in (node.first, node.rest) if part is not None])
            gate = initial is not None and initial < 0 and self._open(argument)
            if not self.grown.isdisjoint(self.back.graph.needed([self.back.image[argument]])):
                # Parts of this move may cancel.
                sharp, grows = False, grows and initial is not None and initial > 0
            if (initial is not None and initial > 0) or (moved is not None and moved > 0):
                self.grown |= self._functions(argument)
                self.growing.add(self.back.image[argument])
            follows = not self.growing.isdisjoint(
                set(self.back.graph.needed([self.back.image[argument]])) - {self.back.image[argument]}
            )
            width = bool(wide(found.type))
            yield Feature(name, found.span, width, initial, moved, grows, sharp, gate, follows, argument)

    def _open(self, argument: int) -> bool:
        """Whether all that is made of ``argument``, entry by entry, is of order 1 at initialisation.

        It is followed through what decays, up to values that do not.
        """
        decaying = {argument}
        for index in self.program.needed(list(self.program.outputs.values())):
            node = self.program[index]
            if decaying.isdisjoint(node.operands):
                continue
            size = self.order(self.after.nodes[self.back.image[index]].base)
            axes = {axis.name for i in node.operands for axis in wide(self.program.type(i))}
            if applied_weight(node.operation) is not None or not axes <= {a.name for a in wide(node.type)}:
                return False
            if size is None or size < 0:
                decaying.add(index)
        return decaying.isdisjoint(self.program.outputs.values())

    def _functions(self, argument: int) -> set[int]:
        """The functions of ``argument`` that are not homogeneous, in the graph with the gradient."""
        found: set[int] = set()
        for index in self.program.needed(list(self.program.outputs.values())):
            function = function_of(self.program[index].operation)
            if function is not None and argument in self.program[index].operands:
                found |= {self.back.image[index]} if facts(function.activation).degree is None else set()
        return found


def _power(exponent: Fraction, *, exact: bool) -> str:
    return "a size without a useful bound" if useless(exponent, exact=exact) else power_of_n(exponent)
