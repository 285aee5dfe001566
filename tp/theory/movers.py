"""How far the updates of each weight alone move the first values that the weight enters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from tp.diagnostics.span import Span
from tp.exponent import largest
from tp.graph.axes import wide
from tp.graph.graph import Graph
from tp.graph.nodes import Nodes
from tp.primitives.traits import weight_of
from tp.quantities.programs import datum
from tp.quantities.training import Backprop, Trained
from tp.theory.reach import Place, reached
from tp.theory.together import Together
from tp.transform.displacement import Displaced, Displacing
from tp.transform.jet import jets

USELESS = Fraction(2)
"""A bound of a move by more than this power of n says nothing: it only grows from step to step."""


def useless(exponent: Fraction | None, *, exact: bool, follows: bool = False) -> bool:
    """Whether the ``exponent`` of a move, relative to Θ(1), is of no use.

    Either the move ``follows`` a value that grows, and the exponent says how that is passed on; or it is not ``exact``,
    and a bound far above Θ(1).
    """
    power = exponent or Fraction(0)
    return (follows and power > 0) or (not exact and power > USELESS)


@dataclass(frozen=True, slots=True)
class Mover:
    """A weight, and the exponent ``moved`` of the move that its own updates give the first value it enters.

    None: no move. ``size`` is the exponent of that value at initialisation (None: identically zero). ``one`` is that of
    a move that counts as Θ(1): 0 for the argument of a function and for an output; for a value that enters a product or
    a further weight, that of the move which, made by all its entries together, moves F by Θ(1) after training (None:
    none does). ``since`` is the step of training from which the weight moves as far as after all steps, None where it
    does not move. ``exact``: the exponents are attained. ``follows``: the value is made from one that grows.
    """

    name: str
    span: Span | None
    moved: Fraction | None
    size: Fraction | None
    one: Fraction | None
    since: int | None
    exact: bool = True
    follows: bool = False

    @property
    def target(self) -> Fraction:
        """The exponent of a move as large as it should be: Θ(1), or the size of the value where that is larger."""
        return largest(self.size, self.one) or Fraction(0)

    @property
    def lead(self) -> Fraction | None:
        """The exponent of the move relative to its target; None where there is no move."""
        return None if self.moved is None else self.moved - self.target

    @property
    def beyond(self) -> bool:
        """Whether the exponent is of no use, see :func:`useless`."""
        return useless(self.lead, exact=self.exact, follows=self.follows)

    @property
    def known(self) -> bool:
        """Whether ``verdict`` is right: a bound is enough to say that the weight moves less."""
        return self.exact or self.verdict in ("less", "never")

    @property
    def verdict(self) -> str:
        """``maximally`` at the target, ``less`` below it, ``too much`` above it, ``never`` where there is no move."""
        if self.lead is None:
            return "never"
        return "maximally" if self.lead == 0 else "less" if self.lead < 0 else "too much"


def movers(
    program: Graph,
    back: Backprop,
    after: Trained,
    order: Callable[[int | None], Fraction | None],
    since: Mapping[str, int],
    sharp: Callable[[Iterable[int | None]], bool],
    together: Together,
    grown: Collection[int] = (),
    growing: Collection[int] = (),
) -> list[Mover]:
    """One mover for each weight of ``program`` that an output depends on, at the value where ``lead`` is largest.

    ``back`` is the program with its gradient, ``after`` the trained program. ``order(node)`` is the exponent of a node
    of the trained program, and ``sharp(nodes)`` says whether that of their sum is attained; ``since`` has the step from
    which each weight moves. ``together`` bounds moves: values that a weight cannot move further than earlier ones are
    passed over. ``grown`` are functions in ``back`` of arguments that grow: what is made from one is only bounded,
    since the parts into which its change is split may cancel. ``growing`` are the arguments that grow: what is made
    from them, or from what another weight moves too much, follows.
    """
    entered = _entered(back.graph)
    ones: dict[int, tuple[Fraction | None, bool]] = {}

    def one_at(node: int) -> tuple[Fraction | None, bool]:
        if node not in ones:
            ones[node] = _one(back, after, node, order, sharp)
        return ones[node]

    made: list[tuple[Mover, int]] = []
    for name, places in reached(program).items():
        if program.parameters[name].noise:
            continue
        alone = _Alone(back, after, name, entered)
        best: Mover | None = None
        chosen = 0
        for place in places:
            node = back.image[place.node]
            base = after.nodes[node].base
            size = order(base)
            if best is not None and _no_further(together.moves(node), size, place, best):
                continue
            moved = alone.moved(node)
            parts = [moved.first, moved.rest]
            far = largest(*map(order, parts))
            exact = sharp(parts) and sharp([base])
            exact = exact and (not grown or set(grown).isdisjoint(back.graph.needed([node])))
            one: Fraction | None = Fraction(0)
            if place.linear:
                one, sure = one_at(node)
                exact = exact and sure
            span = program.parameters[name].span
            mover = Mover(name, span, far, size, one, since.get(name), exact)
            if best is None or _further(mover, best):
                best, chosen = mover, node
        assert best is not None
        made.append((best, chosen))
    large = {*growing, *(node for mover, node in made if mover.verdict == "too much")}
    if not large:
        return [mover for mover, _ in made]
    below = ((mover, set(back.graph.needed([node])) - {node}) for mover, node in made)
    return [replace(mover, follows=not large.isdisjoint(nodes)) for mover, nodes in below]


def _further(mover: Mover, other: Mover) -> bool:
    return (mover.lead is not None, mover.lead or Fraction(0)) > (other.lead is not None, other.lead or Fraction(0))


def _no_further(most: Fraction | None, size: Fraction | None, place: Place, best: Mover) -> bool:
    """Whether a value of exponent ``size`` at ``place``, which moves by at most ``most``, has no larger lead."""
    if most is None:
        return True
    target = largest(size, None if place.linear else Fraction(0))
    return best.lead is not None and target is not None and most - target <= best.lead


class _Alone:
    """A program whose weight ``name`` alone moves, all others as training left them.

    ``entered`` are the weights that enter each node.
    """

    def __init__(self, back: Backprop, after: Trained, name: str, entered: Mapping[int, frozenset[str]]) -> None:
        self.graph = back.graph
        self.after = after
        self.name = name
        self.entered = entered
        # All other weights are as training left them: a value may be zero until another weight has moved.
        self.algebra = Displacing(after.graph, after.algebra.displacement.of(name))
        self.known: dict[int, Displaced] = {}

    def moved(self, node: int) -> Displaced:
        """How far the updates of the weight move ``node``."""
        stack, seen = [node], {node}
        while stack:
            index = stack.pop()
            if index in self.known:
                continue
            if self.name not in self.entered[index]:
                self.known[index] = Displaced(self.algebra.total(self.after.nodes[index]))
            else:
                stack.extend(i for i in self.graph[index].operands if i not in seen)
                seen.update(self.graph[index].operands)
        self.known = jets(self.graph, [node], self.algebra, datum(self.after.graph), self.known)
        return self.known[node]


def _one(
    back: Backprop,
    after: Trained,
    node: int,
    order: Callable[[int | None], Fraction | None],
    sharp: Callable[[Iterable[int | None]], bool],
) -> tuple[Fraction | None, bool]:
    """The exponent of the move of the value at ``node`` that moves F by Θ(1), and whether it is attained.

    It is 1 / (number of entries x size of an entry of ∂F/∂h), with ∂F/∂h after training. A bound of ∂F/∂h bounds the
    move from below.
    """
    cotangent = back.cotangents.get(node)
    if cotangent is None:
        return None, True
    found = jets(back.graph, [cotangent], after.algebra, datum(after.graph), after.nodes)[cotangent]
    parts = [found.base, found.first, found.rest]
    slope = largest(*map(order, parts))
    if slope is None:
        return None, sharp(parts)
    return -slope - sum((axis.exponent for axis in wide(back.graph.type(node))), Fraction(0)), sharp(parts)


def _entered(graph: Nodes) -> dict[int, frozenset[str]]:
    """By node the weights that enter it."""
    found: dict[int, frozenset[str]] = {}
    for index in graph:
        node = graph[index]
        weight = weight_of(node.operation)
        own = frozenset[str]() if weight is None else frozenset((weight.name,))
        parts = {found[i] for i in node.operands}
        # Most nodes have the weights of one operand: these sets are shared.
        largest = max(parts, key=len, default=own)
        found[index] = largest if all(p <= largest for p in (own, *parts)) else own.union(*parts)
    return found
