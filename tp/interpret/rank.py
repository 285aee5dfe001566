"""How many independent numbers the entries of a preactivation are made of, along its finite axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from tp.graph.axes import Axis, Type, union, wide
from tp.graph.interpretation import Interpretation
from tp.graph.nodes import Nodes
from tp.primitives.apply import Apply
from tp.primitives.arrays import aligned
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.gather_scatter import Gather
from tp.primitives.generic import Generic
from tp.primitives.linear import Linear
from tp.primitives.product import Product
from tp.primitives.read import Read
from tp.primitives.rename import Rename
from tp.primitives.sum_broadcast import Broadcast, Sum

LARGEST = 64
"""Values of more entries than this are taken to have rank 1."""
ROOM = 1 << 20
"""So are those that need arrays of more numbers than this."""
VECTOR = "@vector"


def rank(graph: Nodes, node: int, along: Sequence[str]) -> int:
    """The rank of the covariance of the entries of ``node`` at one place, given the index along the axes ``along``.

    ``node`` is linear in weights, with data as coefficients. Weights are replaced by random vectors in as many
    dimensions as there are entries, data by random numbers. It is 1 where that takes too much room or is not possible.
    """
    import numpy as np

    axes = _finite(graph.type(node))
    grouped = tuple(a for a in axes if a.name not in along)
    count = prod(a.at(1) for a in grouped)
    if count > LARGEST:
        return 1
    vectors = _Vectors(graph, Axis(VECTOR, count))
    try:
        array = vectors.aligned(node, (*(a for a in axes if a not in grouped), *grouped, vectors.axis))
    except _NotPossible:
        return 1
    return min(int(np.linalg.matrix_rank(one)) for one in array.reshape((-1, count, count)))


class _NotPossible(Exception):
    """The arrays do not fit, or the node is not a linear image of weights."""


def _finite(axes: Type) -> Type:
    gone = wide(axes)
    return tuple(a for a in axes if a not in gone)


class _Vectors:
    """Arrays by node, over its finite axes and, where weights enter, over ``axis``."""

    def __init__(self, graph: Nodes, axis: Axis) -> None:
        import numpy as np

        self.graph = graph
        self.axis = axis
        self.generator = np.random.default_rng(0)
        self.found: dict[int, tuple[Any, Type]] = {}

    def __call__(self, node: int) -> tuple[Any, Type]:
        """The array of a node, and its axes."""
        if node not in self.found:
            self.found[node] = self._made(node)
        return self.found[node]

    def aligned(self, node: int, axes: Type) -> Any:
        """The array of a node over exactly ``axes``."""
        import numpy as np

        array, own = self(node)
        return np.broadcast_to(aligned(array, own, axes), [a.at(1) for a in axes])

    def _made(self, node: int) -> tuple[Any, Type]:
        import numpy as np

        found = self.graph[node]
        axes = _finite(found.type)
        if prod(a.at(1) for a in (*axes, self.axis)) > ROOM:
            raise _NotPossible
        operation = found.operation
        if isinstance(operation, Read | Apply):
            axes = (*axes, self.axis)
            return self.generator.standard_normal([a.at(1) for a in axes]), axes
        if isinstance(operation, Constant):
            return np.reshape(operation.numbers, [a.at(1) for a in axes]), axes
        if not self._weighted(node):
            return self.generator.standard_normal([a.at(1) for a in axes]), axes
        rule = _image.rules.get(type(operation))
        if rule is None:
            raise _NotPossible
        return rule(operation, self, found.operands, (*axes, self.axis)), (*axes, self.axis)

    def _weighted(self, node: int) -> bool:
        return any(isinstance(self.graph[i].operation, Read | Apply) for i in self.graph.needed([node]))


_image: Interpretation[Callable[[Any, _Vectors, Sequence[int], Type], Any]] = Interpretation("images of weights")
"""``rule(operation, vectors, operands, axes)``: the array of a node that weights enter, over ``axes``."""


@_image.rule(Linear)
def linear(operation: Linear, vectors: _Vectors, operands: Sequence[int], axes: Type) -> Any:
    # Powers of n count as 1: they change no rank.
    return sum(s.coefficient * vectors.aligned(i, axes) for s, i in zip(operation.scales, operands, strict=True))


@_image.rule(Sum, Product)
def contracted(operation: Sum | Product, vectors: _Vectors, operands: Sequence[int], axes: Type) -> Any:
    both = union(*(vectors(i)[1] for i in operands))
    array = vectors.aligned(operands[0], both)
    for other in operands[1:]:
        array = array * vectors.aligned(other, both)
    gone = tuple(k for k, a in enumerate(both) if a.name in operation.over)
    return aligned(array.sum(axis=gone), tuple(a for a in both if a.name not in operation.over), axes)


@_image.rule(Broadcast, Detach, Generic)
def repeated(_: Broadcast | Detach | Generic, vectors: _Vectors, operands: Sequence[int], axes: Type) -> Any:
    return vectors.aligned(operands[0], axes)


@_image.rule(Rename)
def renamed(operation: Rename, vectors: _Vectors, operands: Sequence[int], axes: Type) -> Any:
    array, own = vectors(operands[0])
    return aligned(array, tuple(Axis(operation.new, a.size) if a.name == operation.old else a for a in own), axes)


@_image.rule(Gather)
def gathered(operation: Gather, vectors: _Vectors, operands: Sequence[int], axes: Type) -> Any:
    import numpy as np

    _, own = vectors(operands[0])
    rest = tuple(a for a in own if a.name != operation.axis.name)
    taken = vectors.aligned(operands[0], (operation.axis, *rest))[np.asarray(operation.table)]
    taken = taken.reshape([a.at(1) for a in (*operation.outs, *rest)])
    return aligned(taken, (*operation.outs, *rest), axes)
