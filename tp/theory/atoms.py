"""Values of an entry that have a probability which stays positive (calculus, theorem 3.17).

A weight of a law with atoms has them, and so have finite sums and products of such weights: a random sign plus 1 is 0
or 2. A sum over a wide axis has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import isfinite, prod

from tp.activations import find
from tp.graph.axes import ONE, Type, union, wide
from tp.graph.graph import Graph
from tp.graph.parameter import Parameter
from tp.laws import LAWS, STRUCTURES
from tp.laws.base import WIDE
from tp.orders.typical.value import Value
from tp.primitives.apply import Apply
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.gather_scatter import Gather
from tp.primitives.linear import Linear
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.read import Read
from tp.primitives.rename import Rename
from tp.primitives.sum_broadcast import Broadcast, Sum

Numbers = frozenset[float]
NONE: Numbers = frozenset()
ZERO: Numbers = frozenset({0.0})

MOST = 500
"""Of a value with more atoms than this nothing is known but that it may be zero."""
SMALL = 1e-9
"""A sum that is smaller than this share of its terms is zero."""


class Atoms:
    """The atoms of the nodes of ``program``, whose nodes have the abstract ``values``, at the width :data:`WIDE`.

    Entries are taken to be independent: of dependent ones some of the numbers may not occur.
    """

    def __init__(self, program: Graph, values: Mapping[int, Value]) -> None:
        self.program = program
        self.values = values
        self._known: dict[int, Numbers] = {}
        for index in sorted(values):  # operands first
            self._known[index] = _few(self._of(index))

    def vanishing(self) -> list[int]:
        """Values without a wide axis that may be zero, though none of their operands may."""
        return [
            i
            for i, found in self._known.items()
            if 0.0 in found
            and self.values[i].exponent is not None
            and not wide(self.program.type(i))
            and not any(0.0 in self._known[j] for j in self.program[i].operands)
            and not isinstance(self.program[i].operation, Constant | Gather)
        ]

    def _of(self, index: int) -> Iterable[float]:
        node = self.program[index]
        known = [self._known[i] for i in node.operands]
        match node.operation:
            case Constant(numbers=numbers):
                return numbers
            case Read(parameter=name):
                return atoms_of(self.program.parameters[name])
            case Broadcast() | Rename() | Detach() | Gather():
                return known[0]
            case Linear():
                return self._combination(index, known)
            case Pointwise(activation=name, k=k):
                return _function(name, k, known[0])
            case Sum(over=over):
                return _summed(known[0], self.program.type(node.operands[0]), over)
            case Product(over=over):
                both = union(*(self.program.type(i) for i in node.operands))
                return _summed(_few(_multiplied(*known)), both, over)
            case Apply(parameter=name, transposed=transposed):
                parameter = self.program.parameters[name]
                ins = parameter.sides(transposed)[1]
                return _summed(_few(_multiplied(atoms_of(parameter), known[0])), ins, [a.name for a in ins])
            case _:
                return ()

    def _combination(self, index: int, known: Sequence[Numbers]) -> Iterable[float]:
        """The leading terms of a linear combination."""
        node = self.program[index]
        assert isinstance(node.operation, Linear)
        parts = [
            (size + scale.exponent, scale.at(WIDE), numbers)
            for scale, i, numbers in zip(node.operation.scales, node.operands, known, strict=True)
            if scale.coefficient and (size := self.values[i].exponent) is not None
        ]
        top = max((size for size, _, _ in parts), default=None)
        leading = [frozenset(factor * x for x in numbers) for size, factor, numbers in parts if size == top]
        return _added(leading) if leading else ()


def atoms_of(parameter: Parameter) -> Numbers:
    """The atoms of an entry of a weight less its mean."""
    law = parameter.law
    found = [x * law.scale.at(WIDE) for x in LAWS[law.family].atoms(law.arguments or LAWS[law.family].arguments)]
    form = None if law.structure is None else STRUCTURES[law.structure.name]
    if form is None or law.structure is None:
        return frozenset(found)
    if form.sums or form.product:
        return NONE
    (chance, *_) = (*law.structure.arguments, ONE)
    return frozenset([*found, 0.0]) if form.share and form.size_at(chance.at(WIDE)) < 1 else frozenset(found)


def _few(numbers: Iterable[float]) -> Numbers:
    """``numbers`` up to rounding."""
    found = frozenset(float(f"{x:.10g}") for x in numbers)
    return found if len(found) <= MOST else ZERO


def _plus(x: float, y: float) -> float:
    return 0.0 if abs(x + y) <= SMALL * (abs(x) + abs(y)) else x + y


def _added(terms: Iterable[Numbers]) -> Numbers:
    found = ZERO
    for numbers in terms:
        found = _few(_plus(x, y) for x, y in product(found, numbers))
    return found


def _multiplied(one: Numbers, other: Numbers) -> Iterable[float]:
    """Products; what is zero is so whatever the other factor is."""
    return {*(x * y for x, y in product(one, other)), *(one | other) & ZERO}


def _summed(numbers: Numbers, axes: Type, over: Sequence[str]) -> Numbers:
    gone = [a for a in axes if a.name in over]
    if wide(gone) or not numbers:
        return NONE
    return _added([numbers] * prod(a.at(1) for a in gone))


def _function(name: str, k: int, numbers: Numbers) -> Iterable[float]:
    if not numbers:
        return ()
    import numpy as np  # most programs have no atoms, and do without

    with np.errstate(all="ignore"):
        found = find(name).lower(k, np.asarray(sorted(numbers)))
    return (x for x in np.asarray(found, float).tolist() if isfinite(x))
