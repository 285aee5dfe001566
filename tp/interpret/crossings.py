"""How often the entries of a node are near zero, where the sign of a gradient changes (calculus, theorem 3.12c)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

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

Degrees = Mapping[Any, Fraction]
"""A product of values with bounded densities: the power of each of them in it. Empty: away from zero."""

STEADY: Degrees = {}

Known = Sequence["Degrees | None"]
"""What is known of the operands; None: nothing."""

_near: Interpretation[Callable[[Any, Nodes, int, Known], Degrees | None]] = Interpretation("crossings of zero")
"""``rule(operation, graph, node, known)``: what is known of the node."""


class CrossingsOf:
    """Whether entries of the nodes of one graph are as seldom near zero as those of a value with a bounded density.

    Places at which a value is zero identically, as a product with a mask is, count as far from zero: there its move
    vanishes too, but for the places where the mask changes.
    """

    def __init__(self, graph: Nodes, zeros: ZerosOf) -> None:
        self.graph = graph
        self.zeros = zeros
        self._found: dict[int, Degrees | None] = {}

    def simple(self, node: int) -> bool:
        """Whether P(0 < |z| < ε) = O(ε^{1 - δ}) for every δ > 0, relative to the size of z."""
        found = self._of(node)
        return found is not None and all(degree <= 1 for degree in found.values())

    def _of(self, node: int) -> Degrees | None:
        for index in self.graph.needed([node]):
            if index not in self._found:
                self._found[index] = self._at(index)
        return self._found[node]

    def _at(self, index: int) -> Degrees | None:
        node = self.graph[index]
        zeros = self.zeros(index)
        if zeros.nothing:
            return None
        if not wide(node.type) or not zeros.weights:
            return STEADY
        if zeros.steady:
            return zeros.degrees
        rule = _near.of(node.operation)
        return rule(node.operation, self.graph, index, [self._found[i] for i in node.operands])


def _simple(known: Degrees | None) -> bool:
    return known is not None and all(degree <= 1 for degree in known.values())


def _new(node: int, known: Known) -> Degrees | None:
    """The node as a value with a bounded density: a generic combination of values that are seldom near zero."""
    return {node: Fraction(1)} if all(map(_simple, known)) and any(known) else None


@_near.rule(Apply, Read, Constant, Input, Variable, ErrorSignal, Generic, Scatter, Permuted, Repermuted, Rank, Reranked)
@_near.rule(Switched, Remainder, Mapped, MapRemainder, Peak, GaussianMean, JointNormal)
def unknown(_: Operation, graph: Nodes, node: int, known: Known) -> Degrees | None:
    return None


@_near.rule(Largest)
def mask(_: Largest, graph: Nodes, node: int, known: Known) -> Degrees | None:
    return STEADY


@_near.rule(Detach, Broadcast)
def same(_: Operation, graph: Nodes, node: int, known: Known) -> Degrees | None:
    return known[0]


@_near.rule(Rename, Gather, Concat)
def placed(operation: Operation, graph: Nodes, node: int, known: Known) -> Degrees | None:
    if isinstance(operation, Gather) and min(operation.table) < 0:
        return None
    return STEADY if all(found is not None and not found for found in known) else _new(node, known)


@_near.rule(Linear)
def combination(operation: Linear, graph: Nodes, node: int, known: Known) -> Degrees | None:
    used = [found for scale, found in zip(operation.scales, known, strict=True) if scale.coefficient]
    return used[0] if len(used) == 1 else _new(node, used)


@_near.rule(Sum)
def total(operation: Sum, graph: Nodes, node: int, known: Known) -> Degrees | None:
    return _summed(graph, node, operation.over, known[0])


@_near.rule(Product)
def product(operation: Product, graph: Nodes, node: int, known: Known) -> Degrees | None:
    left, right = known
    if left is None or right is None:
        return None
    degrees = {key: left.get(key, Fraction(0)) + right.get(key, Fraction(0)) for key in {**left, **right}}
    return _summed(graph, node, operation.over, degrees) if operation.over else degrees


def _summed(graph: Nodes, node: int, over: Sequence[str], known: Degrees | None) -> Degrees | None:
    """A sum over finite axes is generic; nothing is said of one over a wide axis."""
    operands = graph[node].operands
    if any(a.name in over for i in operands for a in wide(graph.type(i))):
        return None
    return _new(node, [known])


@_near.rule(Pointwise)
def function(operation: Pointwise, graph: Nodes, node: int, known: Known) -> Degrees | None:
    found, activation = known[0], find(operation.activation)
    touches = activation.touches(operation.k)
    if touches == 0:
        return STEADY
    if found is None or touches is None:
        return None
    if operation.k == 0 and activation.vanishing() is not None:
        return {key: degree * touches for key, degree in found.items()}
    # Its zeros are elsewhere: a density there is that of one value, not of a product of several.
    return {node: touches} if len(found) == 1 and _simple(found) else None
