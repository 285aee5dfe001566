"""Which values are chosen or moved by the order of entries along a wide axis, and where that leaves bounds only.

The n^κ largest of n^ω entries are no typical entries where κ < ω. What else is made of the same entries may be much
smaller there than elsewhere, as exp(-h^2) is at the largest h. Only what is independent of the choice keeps its size,
and the largest entries themselves where they are of either sign or positive (calculus, theorem 3.19). Sorted values
are at other places than those that they are made of, so that means of products with these are bounds (3.20).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tp.activations.facts import facts
from tp.graph.axes import names, wide
from tp.graph.nodes import Nodes
from tp.graph.operation import Derivative, Operation
from tp.interpret.zeros import ZerosOf
from tp.orders.typical.recorder import Calculus, Derived
from tp.primitives.detach import Detach
from tp.primitives.largest import Largest
from tp.primitives.permuted import Permuted
from tp.primitives.rename import Rename
from tp.primitives.sum_broadcast import Broadcast
from tp.primitives.traits import function_of, weight_of

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mark:
    """A choice of entries by ``operation``, in the order of the node ``key``.

    ``weights`` are those that make the entries of this node differ from each other.
    """

    operation: Operation
    key: int
    weights: frozenset[str]
    elsewhere: bool = False
    """Whether it is made at inputs other than that of F, where others are chosen."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """By wide axis: the ``marks`` of a value, and the weights ``by`` which its entries differ.

    ``by`` leaves out weights that enter through the choice alone, or through the largest entries themselves.
    """

    marks: Mapping[str, frozenset[Mark]] = field(default_factory=dict[str, frozenset[Mark]])
    by: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])


class Selections:
    """The choices in the values of one graph, which may grow."""

    def __init__(self, graph: Nodes, zeros: ZerosOf) -> None:
        self.graph = graph
        self.zeros = zeros
        self._found: dict[int, Chosen] = {}
        self._looked = 0
        self._some = False

    def scan(self) -> None:
        """Looks at new nodes."""
        new = range(self._looked, len(self.graph))
        self._some = self._some or any(rare(self.graph, i) for i in new)
        self._looked = len(self.graph)
        if self._some:
            for index in range(len(self._found), len(self.graph)):
                self._found[index] = self._made(index)

    def _made(self, index: int) -> Chosen:
        node = self.graph[index]
        operation = node.operation
        axes = names(wide(node.type))
        below = [self._found[i] for i in node.operands]
        marks, by = dict[str, frozenset[Mark]](), dict[str, frozenset[str]]()
        for axis in axes:
            was = operation.old if isinstance(operation, Rename) and axis == operation.new else axis
            found = frozenset[Mark]().union(*(b.marks.get(was, frozenset[Mark]()) for b in below))
            if found:
                marks[axis] = found
            by[axis] = _NONE.union(*(b.by.get(was, _NONE) for b in below))
        if isinstance(operation, Detach):
            marks = {axis: frozenset(replace(m, elsewhere=True) for m in found) for axis, found in marks.items()}
        weight = weight_of(operation)
        if weight is not None:
            outs, _ = self.graph.parameters[weight.name].sides(weight.transposed)
            for axis in names(wide(outs)) if weight.applied else axes:
                by[axis] = frozenset((weight.name,))
                marks.pop(axis, None)
        if isinstance(operation, Broadcast):
            by.update(dict.fromkeys(names(wide(operation.axes)), _NONE))
        if operation.derivative is Derivative.BILINEAR:
            left, right = node.operands
            for key, chosen in ((left, below[1]), (right, below[0])):
                for axis in axes:
                    if any(m.key == key for m in chosen.marks.get(axis, ())):
                        by[axis] = chosen.by.get(axis, _NONE)
        if isinstance(operation, Permuted):
            _, value = below
            by = {axis: value.by.get(axis, _NONE) for axis in axes}
            if operation.axis in axes:
                marks[operation.axis] = frozenset((Mark(operation, node.operands[0], by[operation.axis]),))
        if rare(self.graph, index) and isinstance(operation, Largest):
            axis = operation.axis
            marks[axis] = frozenset((Mark(operation, node.operands[0], by[axis]),))
            by[axis] = _NONE
        return Chosen(marks, by)

    def doubtful(self, index: int, calculus: Calculus, values: Mapping[int, Derived]) -> bool:
        """Whether the order of the node is an upper bound, given the ``values`` of the nodes before it."""
        if not self._some:
            return False
        node = self.graph[index]
        below = [self._found[i] for i in node.operands]
        operation = node.operation
        if isinstance(operation, Permuted):
            ranks, value = (b.by.get(operation.axis, _NONE) for b in below)
            return bool(ranks & value)
        if not any(b.marks for b in below):
            return False
        function = function_of(operation)
        if function is not None:
            if not any(isinstance(m.operation, Largest) for b in below for marks in b.marks.values() for m in marks):
                return False
            known = facts(function.activation)
            plain = known.degree is not None and known.degree > function.k and not known.kinked
            return not (plain or (function.activation == "abs" and not function.k))
        weight = weight_of(operation)
        if weight is not None:
            _, ins = self.graph.parameters[weight.name].sides(weight.transposed)
            met = [m for a in names(wide(ins)) for m in below[0].marks.get(a, ())]
            return any(weight.name in m.weights for m in met)
        if operation.derivative is not Derivative.BILINEAR:
            return operation.derivative is Derivative.CONSTANT and not isinstance(operation, Detach)
        pairs = ((below[0], node.operands[1], below[1]), (below[1], node.operands[0], below[0]))
        return any(
            not self._keeps(mark, axis, other, found, calculus, values)
            for chosen, other, found in pairs
            for axis, marks in chosen.marks.items()
            for mark in marks
        )

    def _keeps(
        self,
        mark: Mark,
        axis: str,
        other: int,
        found: Chosen,
        calculus: Calculus,
        values: Mapping[int, Derived],
    ) -> bool:
        """Whether the factor ``other`` has its typical size at the chosen places."""
        if other == mark.key:
            return self._outstanding(mark.key, axis, calculus, values)
        others = found.marks.get(axis, frozenset[Mark]())
        if not others <= {mark} or (others and mark.elsewhere):
            return False
        return not (found.by.get(axis, _NONE) & mark.weights)

    def _outstanding(self, key: int, axis: str, calculus: Calculus, values: Mapping[int, Derived]) -> bool:
        """Whether the largest entries are of the size of a typical one: positive, or of either sign alike."""
        value = values[key].value
        if self.zeros(key).sign:
            return value.exact
        on = calculus.rules.flips.on(axis)
        return any(t.size == value.top and not t.bound and t.content.misses_zero(on) for t in value.terms)


def rare(graph: Nodes, index: int) -> bool:
    """Whether the node chooses a vanishing share of the entries of a wide axis, or puts them in another order."""
    operation, axes = graph[index].operation, graph.type(index)
    if isinstance(operation, Permuted):
        return any(a.wide and a.name == operation.axis for a in axes)
    if not isinstance(operation, Largest):
        return False
    along = operation.along(axes)
    return along is not None and operation.count.exponent < along[1]
