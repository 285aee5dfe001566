"""How near a node comes to zero, from the graph alone: what roots, quotients and kinks need (calculus, section 3.14).

A *base* is a value with a bounded density: a preactivation, or a sum with one. A node that is a product of powers and
norms of bases comes as near to zero as they do; everything else is not known from below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from tp.activations import Smoothness, find
from tp.graph.axes import names, wide
from tp.graph.interpretation import Interpretation
from tp.graph.nodes import Nodes
from tp.graph.operation import Operation
from tp.laws import LAWS, STRUCTURES
from tp.primitives.apply import Apply
from tp.primitives.concat import Concat
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.error_signal import ErrorSignal
from tp.primitives.gather_scatter import Gather, Scatter
from tp.primitives.generic import Generic
from tp.primitives.input import Input
from tp.primitives.largest import Largest
from tp.primitives.linear import Linear
from tp.primitives.map_remainder import MapRemainder
from tp.primitives.mapped import Mapped
from tp.primitives.peak import Peak
from tp.primitives.permuted import Permuted, Repermuted
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.rank import Rank, Reranked
from tp.primitives.read import Read
from tp.primitives.remainder import Remainder
from tp.primitives.rename import Rename
from tp.primitives.sum_broadcast import Broadcast, Sum
from tp.primitives.switched import Switched
from tp.primitives.variable import Variable

ENDLESS = frozenset({"normal", "laplace"})
"""Laws without an end whose tails are nowhere steeper than those of a Gaussian variable."""

Part = tuple[int, Fraction]
"""A node, and an exponent of n that it is multiplied by."""


@dataclass(frozen=True, slots=True)
class Zeros:
    """What is known of a node near zero.

    ``sign``: nowhere negative. ``steady``: known from below by ``zeros``, the degree in which it vanishes with the norm
    of each group of bases. ``parts``: where it is not, nonnegative summands that are. ``dense``: the parts with a
    bounded density, of which ``roots`` are the weights; () where none is known. ``linear``: linear in one layer of
    weights, with data as coefficients. ``weights`` are all weights that it depends on. It is nowhere below n^``floor``,
    of constants. ``nothing``: identically zero. ``unbounded``: the law of ``dense`` has no end, and is nowhere
    steeper than n^o(1), as that of a Gaussian variable.
    """

    weights: frozenset[str] = frozenset()
    sign: bool = False
    steady: bool = False
    zeros: Mapping[frozenset[int], Fraction] | None = None
    parts: tuple[Part, ...] = ()
    dense: tuple[Part, ...] = ()
    roots: frozenset[str] = frozenset()
    linear: bool = False
    nothing: bool = False
    floor: Fraction | None = None
    unbounded: bool = False

    @property
    def degrees(self) -> Mapping[frozenset[int], Fraction]:
        return self.zeros or {}


@dataclass(frozen=True, slots=True)
class At:
    """What a rule may use: the graph, the node, and what is known of its operands."""

    graph: Nodes
    node: int
    known: Sequence[Zeros]

    @property
    def weights(self) -> frozenset[str]:
        return frozenset[str]().union(*(z.weights for z in self.known))

    def base(self, roots: Iterable[str], *, linear: bool, unbounded: bool = False) -> Zeros:
        """The node itself has a bounded density given all but the weights ``roots``."""
        roots = frozenset(roots)
        mine = frozenset({self.node})
        return Zeros(
            self.weights | roots,
            steady=True,
            zeros={mine: Fraction(1)},
            dense=((self.node, Fraction(0)),),
            roots=roots,
            linear=linear,
            unbounded=unbounded,
        )


_zeros: Interpretation[Callable[[Any, At], Zeros]] = Interpretation("zeros of entries")
"""``rule(operation, at)``: what is known of the result near zero."""


class ZerosOf:
    """:class:`Zeros` of the nodes of one graph, each worked out at its first use."""

    def __init__(self, graph: Nodes) -> None:
        self.graph = graph
        self._found: dict[int, Zeros] = {}

    def __call__(self, node: int) -> Zeros:
        stack = [node]
        while stack:
            index = stack[-1]
            missing = [i for i in self.graph[index].operands if i not in self._found]
            if index in self._found or not missing:
                stack.pop()
                if index not in self._found:
                    self._found[index] = self._at(index)
            else:
                stack.extend(missing)
        return self._found[node]

    def _at(self, index: int) -> Zeros:
        node = self.graph[index]
        found = _zeros.of(node.operation)(
            node.operation, At(self.graph, index, [self._found[i] for i in node.operands])
        )
        if not found.nothing and (not found.weights or not wide(node.type)):
            # A number, or finitely many: of its typical size with a probability that tends to 1.
            return replace(found, steady=True, zeros={}, dense=found.dense if wide(node.type) else ())
        return found


@_zeros.rule(Constant)
def constant(operation: Constant, at: At) -> Zeros:
    positive = min(operation.numbers) > 0
    sign = min(operation.numbers) >= 0
    return Zeros(sign=sign, nothing=not any(operation.numbers), floor=Fraction(0) if positive else None)


@_zeros.rule(Input)
def given(_: Input, at: At) -> Zeros:
    return Zeros()


@_zeros.rule(Variable)
@_zeros.rule(ErrorSignal, Generic, Mapped, MapRemainder, Remainder, Repermuted, Reranked, Scatter, Switched)
def unknown(_: Operation, at: At) -> Zeros:
    return Zeros(at.weights)


@_zeros.rule(Read, Apply)
def weight(operation: Read | Apply, at: At) -> Zeros:
    law = at.graph.parameters[operation.parameter].law
    if not law.scale.coefficient or any(z.nothing for z in at.known):
        return Zeros(at.weights, nothing=True)
    if law.structure is not None and not STRUCTURES[law.structure.name].spread:
        return Zeros(at.weights | {operation.parameter})  # sums of few terms, or zeros: no density is known
    parameter = at.graph.parameters[operation.parameter]
    ins = parameter.sides(operation.transposed)[1] if isinstance(operation, Apply) else ()
    if not LAWS[law.family].dense and law.mean is not None:
        return Zeros(at.weights | {operation.parameter})  # with its mean an entry may be zero
    base = at.base([operation.parameter], linear=True, unbounded=law.family in ENDLESS or bool(wide(ins)))
    if isinstance(operation, Read) and not LAWS[law.family].dense:
        # Two values: away from zero, and so are its combinations with generic coefficients, but for a few neurons.
        return replace(base, steady=False, zeros=None)
    return base


@_zeros.rule(Detach)
def same(_: Detach, at: At) -> Zeros:
    return at.known[0]


@_zeros.rule(Broadcast)
def repeated(_: Broadcast, at: At) -> Zeros:
    return at.known[0]


@_zeros.rule(Rename, Gather)
def moved(operation: Rename | Gather, at: At) -> Zeros:
    (x,) = at.known
    if isinstance(operation, Gather) and min(operation.table) < 0:
        return Zeros(at.weights, sign=x.sign)
    if x.linear and x.steady:
        return at.base(x.roots, linear=True, unbounded=x.unbounded)
    return replace(x, steady=False, zeros=None, parts=(), dense=((at.node, Fraction(0)),) if x.dense else ())


@_zeros.rule(Concat)
def joined(_: Concat, at: At) -> Zeros:
    dense = tuple(p for z in at.known for p in z.dense) if all(z.dense for z in at.known) else ()
    roots = frozenset[str]().union(*(z.roots for z in at.known))
    return Zeros(at.weights, sign=all(z.sign for z in at.known), dense=dense, roots=roots)


@_zeros.rule(Permuted)
def ordered(_: Permuted, at: At) -> Zeros:
    return Zeros(at.weights, sign=at.known[1].sign)


@_zeros.rule(Largest, Rank)
def mask(_: Largest | Rank, at: At) -> Zeros:
    return Zeros(at.weights, sign=True)


@_zeros.rule(Peak)
def left_out(_: Peak, at: At) -> Zeros:
    return Zeros(at.weights, nothing=True)


@_zeros.rule(Linear)
def combination(operation: Linear, at: At) -> Zeros:
    operands = at.graph[at.node].operands
    terms = [
        (scale, i, z)
        for scale, i, z in zip(operation.scales, operands, at.known, strict=True)
        if scale.coefficient and not z.nothing
    ]
    if not terms:
        return Zeros(at.weights, nothing=True)
    if len(terms) == 1:
        scale, _, z = terms[0]
        moved = tuple((i, e + scale.exponent) for i, e in z.dense)
        parts = tuple((i, e + scale.exponent) for i, e in z.parts)
        floor = None if z.floor is None or scale.coefficient < 0 else z.floor + scale.exponent
        return replace(z, sign=z.sign and scale.coefficient > 0, dense=moved, parts=parts, floor=floor)
    if all(z.linear and z.steady for _, _, z in terms):
        roots = frozenset[str]().union(*(z.roots for _, _, z in terms))
        return at.base(roots, linear=True, unbounded=all(z.unbounded for _, _, z in terms))
    if all(z.sign and scale.coefficient > 0 for scale, _, z in terms):
        floors = [z.floor + scale.exponent for scale, _, z in terms if z.floor is not None]
        found = replace(_summed([z for _, _, z in terms], at), floor=max(floors, default=None))
        if found.steady:
            return found
        parts = tuple((i, scale.exponent) for scale, i, z in terms if z.steady and not z.degrees)
        parts = parts or tuple((i, scale.exponent) for scale, i, z in terms if z.steady)[:1]
        return replace(found, parts=parts)
    for place, (scale, _, z) in enumerate(terms):
        others = frozenset[str]().union(*(o.weights for k, (_, _, o) in enumerate(terms) if k != place))
        if z.dense and not z.roots & others:
            # Given all the rest, the sum has the density of this summand.
            dense = tuple((i, e + scale.exponent) for i, e in z.dense)
            return replace(at.base(z.roots, linear=False, unbounded=z.unbounded), weights=at.weights, dense=dense)
    return Zeros(at.weights)


def _summed(known: Sequence[Zeros], at: At) -> Zeros:
    """A sum of nonnegative values: as small as all of them at once."""
    vanishing = [z.degrees for z in known if z.degrees]
    steady = all(z.steady for z in known)
    if steady and any(v != vanishing[0] for v in vanishing):
        degrees = {tuple(v.values()) for v in vanishing}
        if len(degrees) > 1 or len(next(iter(degrees))) > 1:
            return Zeros(at.weights, sign=True)
        bases = frozenset[int]().union(*(group for v in vanishing for group in v))
        return Zeros(at.weights, sign=True, steady=True, zeros={bases: next(iter(degrees))[0]})
    return Zeros(at.weights, sign=True, steady=steady, zeros=vanishing[0] if steady and vanishing else {})


@_zeros.rule(Sum)
def total(operation: Sum, at: At) -> Zeros:
    return _contracted(at.known[0], at, operation.over, at.graph[at.node].operands[0])


def _contracted(x: Zeros, at: At, over: Sequence[str], operand: int, types: Sequence[Any] = ()) -> Zeros:
    if x.nothing:
        return Zeros(at.weights, nothing=True)
    if x.linear and x.steady:
        return at.base(x.roots, linear=True, unbounded=x.unbounded)
    axes = types or at.graph.type(operand)
    if x.sign and x.steady:
        far = any(a.wide for a in axes if a.name in over)  # a mean over many entries concentrates
        return Zeros(at.weights, sign=True, steady=True, zeros={} if far else x.zeros, floor=x.floor)
    return Zeros(at.weights, sign=x.sign, floor=x.floor)


@_zeros.rule(Product)
def product(operation: Product, at: At) -> Zeros:
    left, right = at.graph[at.node].operands
    found = _multiplied(at, left, right)
    if not operation.over:
        return found
    types = (*at.graph.type(left), *at.graph.type(right))
    weighted = None if found.linear else _weighted(at, operation.over)
    return weighted or _contracted(found, at, operation.over, left, types)


def _weighted(at: At, over: Sequence[str]) -> Zeros | None:
    """A sum over a finite axis of preactivations with random coefficients, as in attention, or of one of them."""
    operands = at.graph[at.node].operands
    for place, z in enumerate(at.known):
        other = at.known[1 - place]
        if any(a.wide for a in at.graph.type(operands[place]) if a.name in over) or not z.dense:
            continue
        chosen = isinstance(at.graph[operands[1 - place]].operation, Largest)
        if chosen or (z.linear and other.steady and not other.degrees and not z.roots & other.weights):
            return at.base(z.roots, linear=False)
    return None


def _multiplied(at: At, left: int, right: int) -> Zeros:
    x, y = at.known
    if x.nothing or y.nothing:
        return Zeros(at.weights, nothing=True)
    for z, other in ((x, y), (y, x)):
        if z.linear and not other.weights:
            if not z.steady:
                return replace(z, dense=((at.node, Fraction(0)),))
            return at.base(z.roots, linear=True, unbounded=z.unbounded)
    sign = left == right or (x.sign and y.sign)
    degrees = dict(x.degrees)
    for group, degree in y.degrees.items():
        degrees[group] = degrees.get(group, Fraction(0)) + degree
    steady = x.steady and y.steady
    # The density of a product of two independent values grows as a logarithm only.
    dense = steady and bool(degrees) and all(d == 1 for d in degrees.values()) and bool(x.dense or y.dense)
    return Zeros(
        at.weights,
        sign=sign,
        steady=steady,
        zeros=degrees if steady else None,
        dense=((at.node, Fraction(0)),) if dense else (),
        roots=x.roots | y.roots,
    )


@_zeros.rule(Pointwise)
def function(operation: Pointwise, at: At) -> Zeros:
    (x,) = at.known
    phi = find(operation.activation)
    if operation.k:
        return Zeros(at.weights)
    degree = phi.vanishing()
    known = degree is not None
    positive = phi.least >= 0 or (known and phi.smoothness is Smoothness.SINGULAR_AT_ZERO)  # powers of positive values
    sign = positive or (x.sign and (phi.keeps_sign or known)) or (known and phi.symmetry(0) == "even")
    floor = x.floor * degree if x.floor is not None and degree is not None and degree > 0 else None
    if degree is None or x.nothing:
        return Zeros(at.weights, sign=sign)
    if degree == 0:
        return Zeros(at.weights, sign=True, steady=True, zeros={})
    dense = ((at.node, Fraction(0)),) if degree == 1 and x.dense else ()
    zeros = {group: d * degree for group, d in x.degrees.items()} if x.steady else None
    return Zeros(at.weights, sign=sign, steady=x.steady, zeros=zeros, dense=dense, roots=x.roots, floor=floor)


def finite(graph: Nodes, node: int) -> tuple[str, ...]:
    """The names of the finite axes of a node."""
    return tuple(n for n in names(graph.type(node)) if n not in names(wide(graph.type(node))))
