"""Algebras of jets. A jet is a value together with its mixed derivatives along chosen directions.

There are two:

- :class:`Taylor`: few directions, each taken several times. Each coefficient is a node of its own. Orders are derived
  from these.
- :class:`Subsets`: d distinct directions. All 2^d coefficients lie along one finite axis, so every weight is read once,
  and the number of nodes does not grow with d. Numbers are computed from these.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product
from math import comb, factorial, prod
from typing import Any, Generic, TypeVar

from tp.activations import find
from tp.graph.axes import SAMPLES, Axis, Scale, names, union, wide, without
from tp.graph.builder import GraphBuilder
from tp.graph.interpretation import Interpretation
from tp.graph.operation import Operation
from tp.primitives.constant import Constant
from tp.primitives.gather_scatter import Gather, Scatter
from tp.primitives.mapped import Mapped, map_node
from tp.primitives.product import Product
from tp.primitives.rename import Rename
from tp.primitives.shorthand import apply_function, combine, contract, multiply
from tp.primitives.traits import Function, Weight
from tp.transform.direction import Direction, apply_direction, diagonals
from tp.transform.linear_image import linear_image

JET = "@jet"
"""The axis of the coefficients of a jet over :class:`Subsets`."""


J = TypeVar("J")


class Algebra(ABC, Generic[J]):
    """How jets of type J are built in ``graph``; ``depth`` is the highest order d of a derivative."""

    graph: GraphBuilder
    depth: int

    @abstractmethod
    def flat(self, node: int) -> J:
        """The jet of a node whose derivatives all vanish."""

    def constant(self, operation: Operation, jets: Sequence[J]) -> J:
        """An operation whose derivative vanishes (almost) everywhere."""
        bases = [self.coefficient(j, 0) for j in jets]
        return self.flat(self.graph.add(operation, *(b for b in bases if b is not None)))

    @abstractmethod
    def leaf(self, node: int, weight: str) -> J:
        """The jet of ``node``, which reads ``weight``: it has the parts of the directions for that weight."""

    @abstractmethod
    def linear(self, operation: Operation, jets: Sequence[J]) -> J: ...

    @abstractmethod
    def bilinear(self, operation: Operation, left: J, right: J) -> J: ...

    def placed(self, operation: Operation, places: J, value: J) -> J:
        """An operation that is linear in ``value``; the derivatives of ``places`` vanish."""
        return self.bilinear(operation, places, value)

    @abstractmethod
    def pointwise(self, operation: Operation, function: Function, jet: J) -> J:
        """``operation``, which applies ``function`` to every entry."""

    @abstractmethod
    def mapped(self, operation: Mapped, jets: Sequence[J]) -> J:
        """A derivative of a declared function; all operands may have derivatives."""

    @abstractmethod
    def apply(self, operation: Operation, weight: Weight, jet: J) -> J:
        """``operation``, which applies ``weight`` to a value; both have derivatives."""

    @abstractmethod
    def coefficient(self, jet: J, order: int) -> int | None:
        """The node of a mixed derivative of that order, which subclasses specify; None where it vanishes."""


Coefficients = tuple["int | None", ...]
"""Nodes of the coefficients of a jet, in the order of the multi-indices; None for one that vanishes identically."""


class Taylor(Algebra[Coefficients]):
    """Each direction taken several times: coefficient (k_1, k_2, ...) is the k_i-th derivative along direction i."""

    def __init__(self, graph: GraphBuilder, bundles: Sequence[tuple[Direction, int]]) -> None:
        self.graph = graph
        self.bundles = bundles
        self.depth = sum(count for _, count in bundles)
        self.indices = tuple(product(*(range(count + 1) for _, count in bundles)))
        self.place = {index: i for i, index in enumerate(self.indices)}

    def _splits(self, index: tuple[int, ...]) -> Iterator[tuple[int, int, int]]:
        """(place of a, place of b, multinomial coefficient) for all a + b = ``index``."""
        for part in product(*(range(k + 1) for k in index)):
            rest = tuple(k - i for k, i in zip(index, part, strict=True))
            yield self.place[part], self.place[rest], prod(map(comb, index, part))

    def _sum(self, parts: Sequence[tuple[int, float]]) -> int | None:
        if not parts:
            return None
        return combine(self.graph, [n for n, _ in parts], [Scale(float(c)) for _, c in parts])

    def flat(self, node: int) -> Coefficients:
        return (node,) + (None,) * (len(self.indices) - 1)

    def leaf(self, node: int, weight: str) -> Coefficients:
        out: list[int | None] = list(self.flat(node))
        for which, (direction, count) in enumerate(self.bundles):
            if count:
                unit = tuple(int(i == which) for i in range(len(self.bundles)))
                out[self.place[unit]] = direction.leaves.get(weight)
        return tuple(out)

    def linear(self, operation: Operation, jets: Sequence[Coefficients]) -> Coefficients:
        bases = [base for j in jets if (base := j[0]) is not None]
        return tuple(linear_image(self.graph, operation, bases, [j[i] for j in jets]) for i in range(len(self.indices)))

    def bilinear(self, operation: Operation, left: Coefficients, right: Coefficients) -> Coefficients:
        return tuple(
            self._sum(
                [
                    (self.graph.add(operation, a, b), float(c))
                    for i, j, c in self._splits(index)
                    if (a := left[i]) is not None and (b := right[j]) is not None
                ]
            )
            for index in self.indices
        )

    def pointwise(self, operation: Operation, function: Function, jet: Coefficients) -> Coefficients:
        base = jet[0]
        if base is None:
            raise ValueError("a pointwise function of a value that vanishes identically")
        activation = find(function.activation)
        moving = (None, *jet[1:])
        parts: list[list[tuple[int, float]]] = [[] for _ in self.indices]
        parts[0].append((self.graph.add(operation, base), 1.0))
        power: Coefficients = moving
        for k in range(1, self.depth + 1):
            # power holds the divided power moving^k / k!
            if not activation.vanishes(function.k + k):
                slope = apply_function(self.graph, function.activation, base, function.k + k)
                for i, coefficient in enumerate(power):
                    if coefficient is not None:
                        parts[i].append((multiply(self.graph, slope, coefficient), 1.0))
            power = self._divided(moving, power, k + 1)
        return tuple(map(self._sum, parts))

    def _divided(self, moving: Coefficients, power: Coefficients, k: int) -> Coefficients:
        """moving^k / k! from moving^(k-1) / (k-1)!."""
        return tuple(
            self._sum(
                [
                    (multiply(self.graph, a, b), c / k)
                    for i, j, c in self._splits(index)
                    if (a := moving[i]) is not None and (b := power[j]) is not None
                ]
            )
            for index in self.indices
        )

    def mapped(self, operation: Mapped, jets: Sequence[Coefficients]) -> Coefficients:
        """Faà di Bruno: the orders of a coefficient are dealt out to the directions and to moves of x."""
        x, *others = jets
        base = x[0]
        if base is None:
            raise ValueError("a map of a value that vanishes identically")
        return tuple(self._sum(list(self._dealt(operation, base, x, others, index).items())) for index in self.indices)

    def _dealt(
        self, operation: Mapped, base: int, x: Coefficients, others: Sequence[Coefficients], index: tuple[int, ...]
    ) -> dict[int, float]:
        """The derivatives of ``operation`` that the coefficient ``index`` is a combination of."""
        found: dict[int, float] = {}
        for more in range(sum(index) + 1):
            derivative = operation.at(operation.order + more, operation.adjoint)
            if derivative.vanishes(derivative.slots):
                break
            for parts, count in _deals(index, len(others) + more):
                moved, own = parts[len(others) :], parts[: len(others)]
                if any(not any(part) for part in moved) or list(moved) != sorted(moved):
                    continue
                nodes = [
                    jet[self.place[part]] for jet, part in zip((*others, *[x] * more), (*own, *moved), strict=True)
                ]
                if None in nodes:
                    continue
                node = map_node(self.graph, derivative, [base, *(n for n in nodes if n is not None)])
                # Moves in one order stand for all; those that are equal were counted as often as they can be exchanged.
                alike = prod(factorial(moved.count(part)) for part in dict.fromkeys(moved))
                found[node] = found.get(node, 0.0) + count / alike
        return found

    def apply(self, operation: Operation, weight: Weight, jet: Coefficients) -> Coefficients:
        parts: list[list[tuple[int, float]]] = [
            [] if here is None else [(self.graph.add(operation, here), 1.0)] for here in jet
        ]
        for which, (direction, _) in enumerate(self.bundles):
            for factor in direction.factors.get(weight.name, ()):
                for i, index in enumerate(self.indices):
                    lower = tuple(k - (j == which) for j, k in enumerate(index))
                    before = jet[self.place[lower]] if lower in self.place else None
                    if before is not None:
                        vector, coefficient, shared = apply_direction(self.graph, weight, factor, before)
                        moved = contract(self.graph, vector, coefficient, shared)
                        parts[i].append((moved, float(index[which])))
                        for same in diagonals(self.graph, weight, factor, before):
                            parts[i].append((contract(self.graph, *same), float(index[which])))
        return tuple(map(self._sum, parts))

    def coefficient(self, jet: Coefficients, order: int) -> int | None:
        """Order 0: the value. Else all bundles but the first have full counts, the first the rest of ``order``."""
        later = tuple(count for _, count in self.bundles[1:])
        if order == 0:
            return jet[0]
        return jet[self.place[(order - sum(later), *later)]]


def _deals(index: tuple[int, ...], count: int) -> Iterator[tuple[tuple[tuple[int, ...], ...], int]]:
    """All ways to write ``index`` as an ordered sum of ``count`` indices, with the multinomial coefficient of each."""
    if not count:
        if not any(index):
            yield (), 1
        return
    for part in product(*(range(k + 1) for k in index)):
        rest = tuple(k - i for k, i in zip(index, part, strict=True))
        ways = prod(map(comb, index, part))
        for others, more in _deals(rest, count - 1):
            yield (part, *others), ways * more


@cache
def partitions(items: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """All set partitions of ``items``, blocks as bit masks."""
    if not items:
        return ((),)
    head, rest = items[0], items[1:]
    out: list[tuple[int, ...]] = []
    for smaller in partitions(rest):
        out.append((1 << head, *smaller))
        out.extend((*smaller[:i], block | 1 << head, *smaller[i + 1 :]) for i, block in enumerate(smaller))
    return tuple(out)


class Subsets(Algebra[int]):
    """d distinct directions: coefficient S, a bit mask, is the derivative along the directions in S.

    A node with the axis ``@jet`` is a jet; derivatives of a node without it vanish. Directions come in bundles that
    each carry an axis ``@sample``; the first bundle has the lowest bits.
    """

    def __init__(self, graph: GraphBuilder, bundles: Sequence[tuple[Direction, int]]) -> None:
        self.graph = graph
        self.depth = sum(count for _, count in bundles)
        self.jet = Axis(JET, 1 << self.depth)
        self.bundles: list[tuple[Direction, range]] = []
        first = 0
        for direction, count in bundles:
            self.bundles.append((direction, range(first, first + count)))
            first += count

    def _moves(self, node: int) -> bool:
        return JET in names(self.graph.type(node))

    def _constant(self, numbers: Sequence[float], *axes: Axis) -> int:
        return self.graph.add(Constant(tuple(numbers), tuple(axes)))

    def _at_zero(self) -> int:
        return self._constant([1.0] + [0.0] * (self.jet.at(1) - 1), self.jet)

    def _lifted(self, node: int) -> int:
        """``node`` with the axis ``@jet``: the derivatives of a constant are zeros."""
        return node if self._moves(node) else multiply(self.graph, node, self._at_zero())

    def flat(self, node: int) -> int:
        return node

    def leaf(self, node: int, weight: str) -> int:
        parts = [
            self.graph.add(Gather(Axis(SAMPLES, len(bits)), (self.jet,), self._singles(bits)), moving)
            for direction, bits in self.bundles
            if bits and (moving := direction.leaves.get(weight)) is not None
        ]
        return combine(self.graph, [self._lifted(node), *parts]) if parts else node

    def _singles(self, bits: range) -> tuple[int, ...]:
        """By bit mask S: the sample whose direction is the only one in S; -1 where there is none."""
        single = {1 << b: i for i, b in enumerate(bits)}
        return tuple(single.get(s, -1) for s in range(self.jet.at(1)))

    def linear(self, operation: Operation, jets: Sequence[int]) -> int:
        if any(map(self._moves, jets)):
            jets = [self._lifted(j) for j in jets]
        return self.graph.add(operation, *jets)

    def bilinear(self, operation: Operation, left: int, right: int) -> int:
        if not (self._moves(left) and self._moves(right)):
            return self.graph.add(operation, left, right)
        return _products.of(operation)(operation, self, left, right)

    def product(self, operation: Product, left: int, right: int) -> int:
        """The product of two jets with the axis ``@jet``."""
        types = self.graph.type(left), self.graph.type(right)
        for narrow, other, axes in ((left, right, types[0]), (right, left, types[1])):
            if not wide(axes):
                return self._mapped(operation, narrow, other)
        if not wide(without(union(*types), operation.over)):
            return self._crossed(operation, left, right)
        return self._paired(operation, left, right)

    def _mapped(self, operation: Product, narrow: int, other: int) -> int:
        """The product as a linear map of the coefficients of ``other``.

        The map has 4^d entries for each of ``narrow``, which has no wide axis: nothing wide grows.
        """
        size = self.jet.at(1)
        new = Axis(JET + "^", size)
        table = tuple(s ^ t if t & s == t else -1 for s in range(size) for t in range(size))
        matrix = self.graph.add(Gather(self.jet, (new, self.jet), table), narrow)
        image = self.graph.add(Product((*operation.over, JET)), matrix, other)
        return self.graph.add(Rename(new.name, JET), image)

    def _crossed(self, operation: Product, left: int, right: int) -> int:
        """A contraction of all wide axes: products of all pairs of coefficients; disjoint pairs are added up.

        The 4^d contractions are one matrix product, which reads fewer wide entries than 3^d separate ones.
        """
        size = self.jet.at(1)
        new = Axis(JET + "^", size)
        table = tuple(-1 if s & t else s | t for s in range(size) for t in range(size))
        both = self.graph.add(operation, left, self.graph.add(Rename(JET, new.name), right))
        return self.graph.add(Scatter(self.jet, (self.jet, new), table), both)

    def _paired(self, operation: Product, left: int, right: int) -> int:
        """Both sides and the product are wide: the 3^d disjoint pairs of coefficients, entry by entry."""
        pairs = _pairs(self.depth)
        axis = Axis("@pair", len(pairs))
        a = self.graph.add(Gather(self.jet, (axis,), tuple(t for t, _ in pairs)), left)
        b = self.graph.add(Gather(self.jet, (axis,), tuple(s ^ t for t, s in pairs)), right)
        both = self.graph.add(operation, a, b)
        return self.graph.add(Scatter(self.jet, (axis,), tuple(s for _, s in pairs)), both)

    def pointwise(self, operation: Operation, function: Function, jet: int) -> int:
        if not self._moves(jet):
            return self.graph.add(operation, jet)
        activation = find(function.activation)
        base = self.graph.add(Gather(self.jet, (), (0,)), jet)
        parts = [self._lifted(self.graph.add(operation, base))]
        for k in range(1, self.depth + 1):
            if activation.vanishes(function.k + k):
                continue
            slope = apply_function(self.graph, function.activation, base, function.k + k)
            parts.append(multiply(self.graph, slope, self._blocks(jet, k)))
        return combine(self.graph, parts)

    def _blocks(self, jet: int, k: int) -> int:
        """Σ over partitions of S into k blocks of the product of the blocks' coefficients (Faà di Bruno)."""
        if k == 1:
            return self.graph.add(Gather(self.jet, (self.jet,), (-1, *range(1, self.jet.at(1)))), jet)
        chosen = [(s, p) for s in range(1, self.jet.at(1)) for p in partitions(_members(s)) if len(p) == k]
        axis = Axis(f"@blocks{k}", len(chosen))
        blocks = self.graph.add(Gather(self.jet, (axis,), tuple(p[0] for _, p in chosen)), jet)
        for place in range(1, k):
            block = self.graph.add(Gather(self.jet, (axis,), tuple(p[place] for _, p in chosen)), jet)
            blocks = multiply(self.graph, blocks, block)
        return self.graph.add(Scatter(self.jet, (axis,), tuple(s for s, _ in chosen)), blocks)

    def mapped(self, operation: Mapped, jets: Sequence[int]) -> int:
        """Faà di Bruno: S is dealt out to the directions, and the rest of it is cut into blocks for moves of x."""
        if not any(map(self._moves, jets)):
            return map_node(self.graph, operation, jets)
        x, *slots = jets
        moving = [s for s in slots if self._moves(s)]
        base = self.graph.add(Gather(self.jet, (), (0,)), x) if self._moves(x) else x
        parts: list[int] = []
        for count in range(self.depth + 1 if self._moves(x) else 1):
            derivative = operation.at(operation.order + count, operation.adjoint)
            if derivative.vanishes(derivative.slots):
                break
            chosen = [
                (s, (*own, *blocks))
                for s in range(self.jet.at(1))
                for own, rest in _shares(s, len(moving))
                for blocks in partitions(_members(rest))
                if len(blocks) == count
            ]
            if not chosen:
                continue
            axis = Axis(f"@blocks{count}", len(chosen))
            places = list(zip(*(p for _, p in chosen), strict=True))
            picked = [
                self.graph.add(Gather(self.jet, (axis,), table), node)
                for node, table in zip((*moving, *[x] * count), places, strict=True)
            ]
            parts_of = iter(picked)
            own = [next(parts_of) if self._moves(s) else s for s in slots]
            made = map_node(self.graph, derivative, [base, *own, *picked[len(moving) :]])
            if axis not in self.graph.type(made):
                parts.append(self._lifted(made))
            else:
                parts.append(self.graph.add(Scatter(self.jet, (axis,), tuple(s for s, _ in chosen)), made))
        return combine(self.graph, parts)

    def apply(self, operation: Operation, weight: Weight, jet: int) -> int:
        parts: list[int] = [self.graph.add(operation, jet)]
        for direction, bits in self.bundles:
            for factor in direction.factors.get(weight.name, ()) if bits else ():
                vector, coefficient, shared = apply_direction(self.graph, weight, factor, jet)
                raised = self._raised(coefficient, bits)
                parts.append(contract(self.graph, vector, raised, (SAMPLES, *shared)))
        if len(parts) > 1:
            parts[0] = self._lifted(parts[0])
        return combine(self.graph, parts)

    def _raised(self, node: int, bits: range) -> int:
        """ε_b times the sample of ``node`` for direction b: the coefficient of S without b becomes that of S."""
        size = self.jet.at(1)
        samples = Axis(SAMPLES, len(bits))
        if not self._moves(node):
            hits = [1.0 if s == 1 << b else 0.0 for b in bits for s in range(size)]
            return multiply(self.graph, node, self._constant(hits, samples, self.jet))
        new = Axis(JET + "^", size)
        moves = [1.0 if s >> b & 1 and t == s ^ 1 << b else 0.0 for b in bits for s in range(size) for t in range(size)]
        shift = self._constant(moves, samples, new, self.jet)
        return self.graph.add(Rename(new.name, JET), self.graph.add(Product((JET,)), node, shift))

    def coefficient(self, jet: int, order: int) -> int | None:
        if not self._moves(jet):
            return jet if order == 0 else None
        return self.graph.add(Gather(self.jet, (), ((1 << order) - 1,)), jet)


_products: Interpretation[Callable[[Any, Subsets, int, int], int]] = Interpretation("products of jets")
"""``rule(operation, algebra, left, right)``: a bilinear operation on two jets with the axis ``@jet``."""


@_products.rule(Product)
def jet_product(operation: Product, algebra: Subsets, left: int, right: int) -> int:
    return algebra.product(operation, left, right)


def _shares(mask: int, count: int) -> Iterator[tuple[tuple[int, ...], int]]:
    """All ways to deal bits of ``mask`` out to ``count`` places, and the bits that are left."""
    if not count:
        yield (), mask
        return
    part = mask
    while True:
        for others, rest in _shares(mask ^ part, count - 1):
            yield (part, *others), rest
        if not part:
            return
        part = (part - 1) & mask


def _members(mask: int) -> tuple[int, ...]:
    return tuple(i for i in range(mask.bit_length()) if mask >> i & 1)


@cache
def _pairs(depth: int) -> tuple[tuple[int, int], ...]:
    """All (T, S) with T a subset of S: coefficient S of a product is the sum of a_T b_{S \\ T}."""
    size = 1 << depth
    return tuple((t, s) for s in range(size) for t in range(size) if t & s == t)
