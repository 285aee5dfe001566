"""How often the entries of a node are near zero, where the sign of a gradient changes (calculus, theorem 3.12c)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tp.activations import find
from tp.graph.axes import wide
from tp.graph.interpretation import Interpretation
from tp.graph.nodes import Nodes
from tp.graph.operation import Operation
from tp.interpret.zeros import ZerosOf
from tp.primitives.apply import Apply
from tp.primitives.concat import Concat
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.error_signal import ErrorSignal
from tp.primitives.gather_scatter import Gather, Scatter
from tp.primitives.gaussian_mean import GaussianMean
from tp.primitives.generic import Generic
from tp.primitives.input import Input
from tp.primitives.joint_normal import JointNormal
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

if TYPE_CHECKING:
    from tp.orders.typical.recorder import Derived


@dataclass(frozen=True, slots=True)
class Near:
    """A product of powers of values with bounded densities.

    ``degrees`` are the powers, by any names of the values; empty: away from zero. ``masked``: zero identically at some
    places, where its move vanishes too, but for the places where a mask changes. The
    powers are about the other places.
    """

    degrees: Mapping[Any, Fraction] = field(default_factory=dict)
    masked: bool = False

    @property
    def simple(self) -> bool:
        return all(degree <= 1 for degree in self.degrees.values())


STEADY = Near()


@dataclass(frozen=True, slots=True)
class At:
    """The node that a rule is about, what is known of its operands (None: nothing), and their sizes."""

    graph: Nodes
    node: int
    known: Sequence[Near | None]
    sizes: Sequence[Fraction | None]

    def new(self, known: Sequence[Near | None], *, masked: bool) -> Near | None:
        """The node as a value with a bounded density: a generic combination of values that are seldom near zero."""
        if any(n is None or not n.simple for n in known):
            return None
        return Near({self.node: Fraction(1)}, masked)


_near: Interpretation[Callable[[Any, At], Near | None]] = Interpretation("crossings of zero")
"""``rule(operation, at)``: what is known of the node."""


class CrossingsOf:
    """Whether entries of the nodes of one graph change sign as seldom as those of a value with a bounded density."""

    def __init__(self, graph: Nodes, zeros: ZerosOf) -> None:
        self.graph = graph
        self.zeros = zeros
        self._found: dict[int, Near | None] = {}

    def simple(self, node: int, values: Mapping[int, Derived]) -> bool:
        """Whether P(0 < |z| < ε) = O(ε^{1 - δ}) for every δ > 0, relative to the size of z.

        ``values`` has the abstract values of what the node is made of.
        """
        for index in self.graph.needed([node]):
            if index not in self._found:
                self._found[index] = self._at(index, values)
        found = self._found[node]
        return found is not None and found.simple

    def _at(self, index: int, values: Mapping[int, Derived]) -> Near | None:
        node = self.graph[index]
        zeros = self.zeros(index)
        if zeros.nothing:
            return None
        if not wide(node.type) or not zeros.weights:
            return STEADY
        if zeros.steady:
            # The part with a bounded density may be smaller than the rest, which may vanish on an interval.
            parts = [(values[i].value.exponent, e) for i, e in zeros.dense if i != index and i in values]
            whole = values[index].value.exponent
            return Near(zeros.degrees) if all(s is not None and s + e == whole for s, e in parts) else None
        known = [self._found[i] for i in node.operands]
        sizes = [values[i].value.exponent if i in values else None for i in node.operands]
        return _near.of(node.operation)(node.operation, At(self.graph, index, known, sizes))


@_near.rule(Apply, Read, Constant, Input, Variable, ErrorSignal, Generic, Permuted, Repermuted, Rank, Reranked)
@_near.rule(Switched, Remainder, Mapped, MapRemainder, Peak, GaussianMean, JointNormal)
def unknown(_: Operation, at: At) -> Near | None:
    return None


@_near.rule(Largest)
def mask(_: Largest, at: At) -> Near | None:
    return Near(masked=True)


@_near.rule(Detach, Broadcast)
def same(_: Operation, at: At) -> Near | None:
    return at.known[0]


@_near.rule(Rename, Gather, Concat, Scatter)
def placed(operation: Operation, at: At) -> Near | None:
    """Places that nothing is moved to, as those of a padding, are zero, and stay so."""
    found = [n for n in at.known if n is not None]
    if len(found) < len(at.known):
        return None
    empty = isinstance(operation, Scatter) or (isinstance(operation, Gather) and min(operation.table) < 0)
    masked = empty or any(n.masked for n in found)
    return at.new(found, masked=masked) if any(n.degrees for n in found) else Near(masked=masked)


@_near.rule(Linear)
def combination(operation: Linear, at: At) -> Near | None:
    """The largest terms decide. They must not be masked, or a smaller one is left alone at some places."""
    used = [i for i, scale in enumerate(operation.scales) if scale.coefficient]
    if len(used) == 1:
        return at.known[used[0]]
    sizes = {i: size + operation.scales[i].exponent for i in used if (size := at.sizes[i]) is not None}
    if not sizes:
        return None
    largest = [i for i, size in sizes.items() if size == max(sizes.values())]
    known = [at.known[i] for i in largest]
    masks = [n is not None and n.masked for n in known]
    if any(masks) and len(largest) < len(sizes):
        return None
    if len(sizes) == 1:
        return known[0]
    keys = [frozenset(n.degrees) for n in known if n is not None]
    if len(keys) > len(set(keys)) and not (set(keys) == {frozenset()} and _monotone(at, largest)):
        return None  # functions of one value may cancel, as those in tanh(h) - h
    return at.new(known, masked=all(masks))


def _monotone(at: At, operands: Sequence[int]) -> bool:
    """Whether one of the operands, all positive, is a monotone function, and the others do not depend on n."""
    nodes = [at.graph[at.graph[at.node].operands[i]] for i in operands]
    functions = [n.operation for n in nodes if isinstance(n.operation, Pointwise)]
    constants = sum(isinstance(n.operation, Constant) for n in nodes)
    if len(functions) != 1 or constants + 1 != len(nodes):
        return False
    return find(functions[0].activation).touches(functions[0].k + 1) == 0


@_near.rule(Sum)
def total(operation: Sum, at: At) -> Near | None:
    return _summed(at, operation.over, at.known[0])


@_near.rule(Product)
def product(operation: Product, at: At) -> Near | None:
    left, right = at.known
    if left is None or right is None:
        return _summed(at, operation.over, None) if operation.over else None
    keys = {**left.degrees, **right.degrees}
    degrees = {k: left.degrees.get(k, Fraction(0)) + right.degrees.get(k, Fraction(0)) for k in keys}
    found = Near(degrees, left.masked or right.masked)
    return _summed(at, operation.over, found) if operation.over else found


def _summed(at: At, over: Sequence[str], known: Near | None) -> Near | None:
    """A generic sum of terms of one size; over a wide axis it is a normal number, or a smooth function of all else."""
    operands = at.graph[at.node].operands
    if any(a.name in over for i in operands for a in wide(at.graph.type(i))):
        return Near({at.node: Fraction(1)}, known is None or known.masked)
    return None if known is None else at.new([known], masked=known.masked)


@_near.rule(Pointwise)
def function(operation: Pointwise, at: At) -> Near | None:
    found, activation = at.known[0], find(operation.activation)
    touches = activation.touches(operation.k)
    masked = activation.masks(operation.k)
    if touches == 0:
        return Near(masked=masked)
    if found is None or touches is None:
        return None
    if activation.degree() is not None or (operation.k == 0 and activation.vanishing() is not None):
        degrees = {key: degree * touches for key, degree in found.degrees.items()}
        return Near(degrees, masked or found.masked)
    # Its zeros are elsewhere, or it is zero on an interval: a density is needed there, that of one value.
    single = len(found.degrees) == 1 and found.simple and not found.masked
    return Near({at.node: touches}, masked) if single else None
