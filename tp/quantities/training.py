"""Training as a program: values after a few steps, split into initial value, change of F_lin, and the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import count, islice

from tp.exponent import largest
from tp.graph.axes import ONE, Scale, entries
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.parameter import Parameter
from tp.interpret.orders import calculus_for, interpret
from tp.optimizers import SGD, Optimizer
from tp.optimizers.rules import Clipping, Gradient, Linear, Outer, Rule, Setting, Step
from tp.orders.typical.recorder import Derived
from tp.orders.typical.value import Value
from tp.primitives.constant import Constant
from tp.primitives.law_facts import initial_size
from tp.quantities.programs import datum, metric, reads_in, scalar_output
from tp.transform.direction import Direction, pairing, squared_norm
from tp.transform.displacement import Displaced, Displacement, Displacing
from tp.transform.fused import Fusing
from tp.transform.gradient import direction, pullback
from tp.transform.instantiate import instantiate
from tp.transform.jet import jets
from tp.transform.two_sided import two_sided

ValueOf = Callable[[GraphBuilder, int], Value]
"""The abstract value of a node."""


@dataclass(frozen=True, slots=True)
class Backprop:
    """A program together with its gradient, as one program over the same weights.

    ``image`` maps nodes of the program to nodes of ``graph``, where products of piecewise-linear functions of one value
    are single functions (:mod:`tp.transform.fused`); ``gradient`` is ∇F; ``kernel`` is the scalar ∇F·Λ∇F, or
    None where it vanishes identically. ``reads`` are the nodes of ``graph`` that read weights as values, by weight.
    ``parameters`` are :func:`two_sided`. ``cotangents`` are ∂F/∂h by node h of ``graph``.
    """

    graph: Graph
    image: Mapping[int, int]
    output: int
    gradient: Direction
    kernel: int | None
    reads: Mapping[str, int]
    cotangents: Mapping[int, int]
    parameters: Mapping[str, Parameter]

    @property
    def roots(self) -> list[int]:
        return [self.output, *([] if self.kernel is None else [self.kernel]), *self.gradient.nodes]


def backprop(program: Graph) -> Backprop:
    """``program`` at one generic input, with the gradient of its scalar output."""
    graph = GraphBuilder.like(program)
    roots = [*program.outputs.values(), *program.names.values()]
    image = instantiate(program, roots, graph, datum(graph), beside=Fusing(graph))
    output = scalar_output(program, graph, image)
    reads = reads_in(program, graph, list(program.outputs.values()))
    pulled = pullback(graph, output, graph.add(Constant((1.0,))), reads.values(), every=True)
    gradient = direction(pulled, reads)
    kernel = squared_norm(graph, gradient, metric(program), exact=False)
    return Backprop(graph.build(), image, output, gradient, kernel, reads, pulled.cotangents, two_sided(program))


@dataclass(frozen=True, slots=True)
class Trained:
    """Nodes of ``graph`` by node of the backprop program, after ``steps`` steps of training; ``algebra`` made them.

    ``response`` is the node of what the first step changes F by to first order, over the learning rate and the error
    signal: ∇F·Λu for the update u of the optimiser, which is the kernel for gradient descent (``linear``). None: it
    vanishes identically. ``remarks`` are about settings beside the sizes of initial gradients. ``shrinks``: every
    step takes a share of some weight that does not depend on n.
    """

    graph: GraphBuilder
    nodes: Mapping[int, Displaced]
    algebra: Displacing
    steps: int
    response: int | None
    linear: bool
    remarks: tuple[str, ...]
    shrinks: bool


Changes = tuple[Direction, ...]
"""Updates of later steps, each minus the update at the initial weights."""


def appended(_: GraphBuilder, earlier: Changes, change: Direction) -> Changes:
    """All changes, each by itself."""
    return (*earlier, change)


def training(
    back: Backprop,
    optimizer: Optimizer | None = None,
    thin: Callable[[GraphBuilder, Direction], Direction] = lambda _, d: d,
    joined: Callable[[GraphBuilder, Changes, Direction], Changes | None] = appended,
    value: ValueOf | None = None,
    *,
    decays: bool = True,
) -> Iterator[Trained]:
    """The program after 1, 2, 3, ... steps of the ``optimizer`` (None: SGD) with error signals of one.

    ``thin`` may drop parts of directions, and ``joined`` parts of earlier changes, that do not change the orders of the
    result. The steps end where ``joined`` gives None: a further change adds nothing. ``value`` gives abstract values of
    nodes, on which updates that are not linear in gradients depend (None: derived here). Without ``decays`` weights do
    not shrink. Raises TpError TP514 for an optimiser whose updates have no known orders.

    "First order" is the move along the update at the initial weights (and along the weights), as in the linear model
    F_lin. The rest is everything else: nonlinear effects of the move, and the change of the updates themselves.
    """
    optimizer = (optimizer or SGD()).of(back.parameters)
    updates = _Updates(back, optimizer, value or _derived(back.graph))
    graph = updates.graph
    flat = Displacing(graph, Displacement())
    before = jets(back.graph, back.roots, flat, datum(graph))
    initial = updates.steps(flat, before).initial
    response = updates.response(before, initial)
    start, remarks = thin(graph, initial), updates.remarks(flat, before)
    rest: Changes | None = ()
    roots = [*back.roots, *back.image.values()]
    for step in count(1):
        first = start.rescaled(graph, lambda _, step=step: Scale(float(step)))
        algebra = Displacing(graph, Displacement((first,), rest, updates.share if decays else lambda _: None))
        moved = jets(back.graph, roots, algebra, datum(graph))
        yield Trained(graph, moved, algebra, step, response, updates.linear, remarks, bool(updates.fixed))
        rest = joined(graph, rest, thin(graph, updates.steps(algebra, moved).change))
        if rest is None:
            return


def trained(back: Backprop, steps: int, optimizer: Optimizer | None = None) -> Trained:
    """The program after ``steps`` >= 1 steps, see :func:`training`."""
    if steps < 1:
        raise ValueError(f"training needs at least 1 step, not {steps}")
    return next(islice(training(back, optimizer), steps - 1, None))


def change(direction: Direction, algebra: Displacing, nodes: Mapping[int, Displaced]) -> Direction:
    """A direction at moved weights minus the same at the initial weights; it has no entries."""
    found = Direction({}, {})
    for gradient in _gradients(direction, algebra, nodes, {}):
        found = found.joined(gradient.change(algebra))
    return found


def _derived(graph: Graph) -> ValueOf:
    """Abstract values by a calculus of its own."""
    calculus, values = calculus_for(graph), dict[int, Derived]()
    return lambda graph, node: interpret(graph, [node], calculus, values)[node].value


def _gradients(
    direction: Direction, algebra: Displacing, nodes: Mapping[int, Displaced], reads: Mapping[str, int]
) -> Iterator[Gradient]:
    """The parts of ``direction``, weight by weight, at moved weights."""
    parameters = algebra.graph.parameters
    for name, leaf in direction.leaves.items():
        weight = nodes[reads[name]] if name in reads else None
        yield Gradient(parameters[name], nodes[leaf], weight=weight)
    for name, factors in direction.factors.items():
        yield Gradient(parameters[name], outers=tuple(Outer(nodes[f.left], nodes[f.right], f.shared) for f in factors))


class _Updates:
    """The updates of all weights, as nodes of ``graph``."""

    def __init__(self, back: Backprop, optimizer: Optimizer, value: ValueOf) -> None:
        self.back = back
        self.graph = GraphBuilder.like(back.graph)
        self.value = value
        scale = metric(back.graph)
        self.rates = {name: scale(name) * optimizer.ramps(name) ** Fraction(-1) for name in back.graph.parameters}
        limits = {name: found for name in back.graph.parameters if (found := optimizer.limits(name))}
        # To clip twice is to clip at the smaller norm.
        self.limits = {name: min(found, key=lambda scale: scale.exponent) for name, found in limits.items()}
        self.rules: dict[str, Rule] = {
            name: optimizer.rule(back.parameters[name])
            for name in (*back.gradient.leaves, *back.gradient.factors)
            if self.rates[name].coefficient
        }
        self.frozen = [name for name in back.graph.parameters if name not in self.rules]
        self.shares = {
            name: share * optimizer.ramps(name) ** Fraction(-1)
            for name, parameter in back.graph.parameters.items()
            if not parameter.noise and (share := optimizer.share(name)) is not None
        }

    def steps(self, algebra: Displacing, nodes: Mapping[int, Displaced]) -> Step:
        """The updates at the initial weights, times Λ, and their change at moved weights."""
        setting = self._setting(algebra)
        initial, change = Direction({}, {}), Direction({}, {})
        gradients = list(_gradients(self.back.gradient, algebra, nodes, self.back.reads))
        clipping = Clipping(setting, gradients) if self.limits else None
        for gradient in gradients:
            if (rule := self.rules.get(gradient.parameter.name)) is not None:
                limit = self.limits.get(gradient.parameter.name)
                if clipping is not None and limit is not None:
                    gradient = clipping.of(gradient, limit)
                found = rule.step(setting, gradient)
                self._decays(setting, rule, gradient)
                initial, change = initial.joined(found.initial), change.joined(found.change)
        rate = self.rates.__getitem__
        return Step(initial.rescaled(self.graph, rate), change.rescaled(self.graph, rate))

    def _setting(self, algebra: Displacing) -> Setting:
        return Setting(algebra, lambda node: self.value(self.graph, node), lambda name: self._norm(algebra, name))

    def share(self, name: str) -> Scale | None:
        """The multiple of a weight that its steps take away, up to a constant; None for none."""
        return self.shares.get(name)

    def _decays(self, setting: Setting, rule: Rule, gradient: Gradient) -> None:
        """Adds decay inside of a gradient to :attr:`shares`, at the initial weights."""
        name = gradient.parameter.name
        if name not in self.shares and (share := rule.share(setting, gradient)) is not None:
            self.shares[name] = share * self.rates[name]

    def remarks(self, algebra: Displacing, nodes: Mapping[int, Displaced]) -> tuple[str, ...]:
        """What the rules say of the initial updates."""
        setting, found = self._setting(algebra), list[str]()
        for gradient in _gradients(self.back.gradient, algebra, nodes, self.back.reads):
            rule = self.rules.get(gradient.parameter.name)
            if rule is not None and (said := rule.remark(setting, gradient)) is not None:
                found.append(said)
        if self.fixed:
            whole = "all weights" if len(self.fixed) == len(self.graph.parameters) else ", ".join(self.fixed)
            found.append(
                f"weight decay takes the same share of {whole} in a step at every width, so that F moves by a share of"
                " its size that does not shrink with n"
            )
        return tuple(found)

    @property
    def fixed(self) -> list[str]:
        """The weights of which every step takes a share that does not depend on n."""
        return [name for name, share in self.shares.items() if share.exponent == 0]

    @property
    def linear(self) -> bool:
        """Whether all updates are gradients."""
        return all(isinstance(rule, Linear) for rule in self.rules.values()) and not self.limits

    def response(self, nodes: Mapping[int, Displaced], initial: Direction) -> int | None:
        """∇F·Λu at the initial weights, see :class:`Trained`."""
        if self.linear:
            return None if self.back.kernel is None else nodes[self.back.kernel].base
        gradient = self.back.gradient.without(self.frozen).mapped(lambda node: nodes[node].base)
        return pairing(self.graph, gradient, initial)

    def _norm(self, algebra: Displacing, name: str) -> tuple[Fraction | None, Fraction | None]:
        """The exponents of the norm of a weight and of that of its move; None for zero."""
        parameter = self.graph.parameters[name]
        size = entries((*parameter.outs, *parameter.ins)).exponent / 2
        entry = initial_size(parameter)
        start = None if entry is None else entry + size
        moves: list[Fraction | None] = []
        for part in (*algebra.displacement.first, *algebra.displacement.rest):
            squared = squared_norm(self.graph, part.only(name), lambda _: ONE, exact=False)
            exponent = None if squared is None else self.value(self.graph, squared).root_mean_square
            moves.append(None if exponent is None else exponent / 2)
        if start is not None and (share := algebra.displacement.radial(name)) is not None:
            moves.append(start + share.exponent)
        return start, largest(*moves)
