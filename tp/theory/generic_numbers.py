"""Leading terms of values at random numbers, to find out whether they cancel in a sum.

Products with weights and sums over wide axes become random series in a formal ε, and everything else is computed from
them: linear combinations, products, functions, sums over finite axes. A sum over wide axes whose leading term is not
random has one series for all sums of the same law. If an order in ε of a sum comes out as zero while those of its terms
do not, leading terms cancel there: in the value (order 0) or in a derivative. Functions with kinks are analytic on
either side only, so the same order has to vanish for several choices of the signs of all entries that weights make:
relu(h) - h is zero for h > 0, but not for h < 0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from math import factorial
from typing import Any, TypeAlias

import numpy as np

from tp.activations import Smoothness, Split, find
from tp.graph.axes import Type, names, union, without
from tp.primitives.apply import Apply
from tp.primitives.concat import Concat
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.gather_scatter import Gather
from tp.primitives.generic import Generic
from tp.primitives.largest import Largest
from tp.primitives.linear import Linear
from tp.primitives.places import largest
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.read import Read
from tp.primitives.rename import Rename
from tp.primitives.sum_broadcast import Broadcast, Sum
from tp.primitives.traits import weight_of
from tp.theory.doubts import Doubts, Parts

ORDERS = 4
"""The orders of ε that are examined: the value and three derivatives."""
MOST = 100_000
"""A value with more entries than this is not evaluated. It is taken to be generic."""
TERMS = 60
"""The number of terms of a Taylor series of an activation."""
SMALL = 1e-9
"""An order that is smaller than this share of its terms is zero."""
POINTS = 4
"""How many choices of signs are tried."""

_NONE: frozenset[int] = frozenset()
Series: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"
"""Coefficients of ε^0, ε^1, ... along the first axis, then the finite axes of a value."""


class GenericNumbers:
    """Random numbers for the leading terms of all values.

    Signs of what weights make are all positive at the ``point`` 0, all negative at 1, and random at others; with
    ``sums`` those of sums over wide axes are so, too. Answers are the orders in ε that vanish.
    """

    def __init__(self, doubts: Doubts, point: int = 0, *, sums: bool = False) -> None:
        self.point = point
        self.sums = sums
        self.program = doubts.program
        self.values = doubts.values
        self.doubts = doubts
        self.known: dict[int, Series] = {}

    def cancel_in_sum(self, index: int, parts: Parts) -> frozenset[int]:
        """The orders of the sum of ``parts``, which have one exponent, that vanish, though not those of each."""
        axes = self.program.type(index)
        if not self._fits(axes) or any(not self._fits(self.program.type(i)) for _, i in parts):
            return _NONE
        series = [scale.coefficient * self._aligned(i, axes) for scale, i in parts]
        return _vanishes(np.asarray(sum(series)), np.asarray(sum(abs(part) for part in series)))

    def cancel_over_axes(self, index: int) -> frozenset[int]:
        """The orders of a sum over finite axes that vanish, though not those of its terms."""
        node = self.program[index]
        assert isinstance(node.operation, Sum | Product)
        both = union(*map(self.program.type, node.operands))
        if not self._fits(both):
            return _NONE
        over = self._places(both, node.operation.over)
        arrays = [self._aligned(i, both) for i in node.operands]
        total, size = (arrays[0], abs(arrays[0])) if len(arrays) == 1 else (_times(*arrays), _times(*map(abs, arrays)))
        return _vanishes(total.sum(axis=over), size.sum(axis=over))

    def zero(self, index: int) -> bool:
        """Whether a node is zero."""
        return self._fits(self.program.type(index)) and not bool(np.any(np.abs(self.at(index)[0]) > SMALL))

    def cancel_in_derivative(self, index: int) -> frozenset[int]:
        """The derivatives of a product, or of a function, that vanish, though not all parts that each is the sum of."""
        node = self.program[index]
        if any(not self._fits(self.program.type(i)) for i in (index, *node.operands)):
            return _NONE
        if isinstance(node.operation, Product):
            types = [self.program.type(i) for i in node.operands]
            both = union(*types)
            if not self._fits(both):
                return _NONE
            left, right = (self._aligned(i, both) for i in node.operands)
            return _vanishes(_times(left, right), _times(abs(left), abs(right)))
        operation = node.operation
        assert isinstance(operation, Pointwise)
        found, size = (self._function(operation, node.operands[0], sizes=sizes) for sizes in (False, True))
        return _NONE if found is None or size is None else _vanishes(found, size)

    def _places(self, axes: Type, over: Sequence[str]) -> tuple[int, ...]:
        """Where the finite axes ``over`` are in the series of a value with ``axes``."""
        finite = [a.name for a in axes if not a.wide]
        return tuple(1 + finite.index(a) for a in over)

    def _leading(self, index: int) -> list[Series]:
        """The terms of a linear combination that have its exponent."""
        node = self.program[index]
        assert isinstance(node.operation, Linear)
        parts = [(s, i) for s, i in zip(node.operation.scales, node.operands, strict=True) if s.coefficient]
        sizes = [None if (e := self.values[i].exponent) is None else e + s.exponent for s, i in parts]
        top = max((size for size in sizes if size is not None), default=None)
        return [
            s.coefficient * self._aligned(i, node.type)
            for (s, i), size in zip(parts, sizes, strict=True)
            if size is not None and size == top
        ]

    def _fits(self, axes: Type) -> bool:
        return int(np.prod([a.at(1) for a in axes if not a.wide])) <= MOST

    def _aligned(self, index: int, axes: Type) -> Series:
        """The series of a node with the finite ones of ``axes``, in their order; missing ones have length 1."""
        have = [a.name for a in self.program.type(index) if not a.wide]
        want = [a.name for a in axes if not a.wide]
        array = self.at(index)
        order = [0, *(1 + have.index(a) for a in want if a in have)]
        shape = [ORDERS, *(array.shape[1 + have.index(a)] if a in have else 1 for a in want)]
        return np.transpose(array, order).reshape(shape)

    def at(self, index: int) -> Series:
        """The series of a node."""
        found = self.known.get(index)
        if found is None:
            for below in self.program.needed([index]):
                if below not in self.known:
                    self.known[below] = self._made(below)
            found = self.known[index]
        return found

    def _made(self, index: int) -> Series:
        node = self.program[index]
        shape = [a.at(1) for a in node.type if not a.wide]
        if self.values[index].exponent is None:
            return np.zeros([ORDERS, *shape])
        if not self._fits(node.type):
            return np.zeros([ORDERS, *[1] * len(shape)])
        made = self._computed(index)
        if made is None:
            signed = self.sums and bool(node.operands) and not self.doubts.sign(index)
            law = f"node {index}" if signed else self._law(index)
            found = self._random(law, shape, made=signed or weight_of(node.operation) is not None)
            if isinstance(node.operation, Read):
                found[2:] = 0.0  # a weight moves along a line
            return found
        return np.broadcast_to(made, [ORDERS, *shape])

    def _computed(self, index: int) -> Series | None:
        """The series where it follows from those of the operands; None for a random one."""
        node = self.program[index]
        operation, operands = node.operation, node.operands
        if any(not self._fits(self.program.type(i)) for i in operands):
            return None
        match operation:
            case Constant():
                return _constant(np.reshape(operation.numbers, [a.at(1) for a in operation.axes]))
            case Linear():
                return np.asarray(sum(self._leading(index)))
            case Product() if not self._wide(operation.over, operands[0]):
                both = union(*map(self.program.type, operands))
                product = _times(*(self._aligned(i, both) for i in operands)).sum(
                    axis=self._places(both, operation.over)
                )
                left = without(both, operation.over)
                made = [a.name for a in left if not a.wide]
                return np.transpose(product, [0, *(1 + made.index(a.name) for a in node.type if not a.wide)])
            case Sum() if not self._wide(operation.over, operands[0]):
                return self.at(operands[0]).sum(axis=self._places(self.program.type(operands[0]), operation.over))
            case Broadcast():
                return self._aligned(operands[0], node.type)
            case Rename() | Generic():
                return self.at(operands[0])
            case Detach():
                return _constant(self.at(operands[0])[0])
            case Largest() if operation.along(node.type) is None:
                finite = [a.name for a in node.type if not a.wide]
                return _constant(largest(self.at(operands[0])[0], finite.index(operation.axis), operation.entries(1)))
            case Apply():
                return self._applied(index)
            case Gather():
                return self._selected(operation, operands[0], node.type)
            case Concat():
                return self._joined(index)
            case Pointwise():
                return self._function(operation, operands[0])
            case _:
                return None

    def _selected(self, operation: Gather, operand: int, axes: Type) -> Series:
        """Entries of an operand, in the order of ``axes``; 0 where the table has -1."""
        have = self.program.type(operand)
        finite = [a.name for a in have if not a.wide]
        place = 1 + finite.index(operation.axis.name)
        array = np.moveaxis(self.at(operand), place, -1)
        zero = np.zeros((*array.shape[:-1], 1))
        taken = np.concatenate([array, zero], axis=-1)[..., list(operation.table)]
        taken = taken.reshape([*array.shape[:-1], *(a.at(1) for a in operation.outs)])
        made = [*(n for n in finite if n != operation.axis.name), *names(operation.outs)]
        return np.transpose(taken, [0, *(1 + made.index(a.name) for a in axes if not a.wide)])

    def _joined(self, index: int) -> Series:
        """Operands one after the other; those of a smaller exponent than the whole are zero beside it."""
        node = self.program[index]
        operation = node.operation
        assert isinstance(operation, Concat)
        rest = [a for a in node.type if a.name != operation.axis.name and not a.wide]
        parts: list[Series] = []
        for i, length in zip(
            node.operands, operation.lengths([self.program.type(i) for i in node.operands]), strict=True
        ):
            shape = [ORDERS, *(a.at(1) for a in rest), length]
            leading = self.values[i].exponent == self.values[index].exponent
            parts.append(np.broadcast_to(self._aligned(i, (*rest, operation.axis)) if leading else 0.0, shape))
        made = [*(a.name for a in rest), operation.axis.name]
        joined = np.concatenate(parts, axis=-1)
        return np.transpose(joined, [0, *(1 + made.index(a.name) for a in node.type if not a.wide)])

    def _applied(self, index: int) -> Series | None:
        """The product of a weight with a linear combination: that of the products with its terms, each random."""
        node = self.program[index]
        combination = node.operands[0]
        terms = self.doubts.terms(combination)
        if len(terms) < 2 or self.values[combination].exponent is None:
            return None
        shape = [a.at(1) for a in node.type if not a.wide]
        have = [a.name for a in node.type if not a.wide]
        found = np.zeros([ORDERS, *shape])
        for scale, i in terms:
            size = self.values[i].exponent
            if size is None or size + scale.exponent != self.values[combination].exponent:
                continue
            if any(a.name not in have and not a.wide for a in self.program.type(i)):
                return None
            found = found + scale.coefficient * self._random(f"{node.operation} of node {i}", shape, made=True)
        return found

    def _wide(self, over: Sequence[str], operand: int) -> bool:
        return any(a.wide and a.name in over for a in self.program.type(operand))

    def _function(self, operation: Pointwise, operand: int, *, sizes: bool = False) -> Series | None:
        """The function at an operand, or with ``sizes`` the sum of the sizes of its parts."""
        size = self.values[operand].exponent
        activation = find(operation.activation)
        if size != 0 and activation.degree() is None and activation.smoothness is Smoothness.SINGULAR_AT_ZERO:
            return None
        if size is None:
            shape = self.at(operand).shape[1:]
            return _constant(np.full(shape, activation.taylor(operation.k)))
        if size and activation.degree() is None:
            if size > 0:
                return None
            first = next((j for j in range(TERMS) if activation.at_zero(operation.k + j)), None)
            if first is None:
                return None
            return activation.taylor(operation.k + first) / factorial(first) * _power(self.at(operand), first)
        return _composed(operation.activation, operation.k, self.at(operand), sizes=sizes)

    def _law(self, index: int) -> str:
        """What a random series depends on: the node, or only its law where its leading term is not random."""
        value = self.values[index]
        fixed = all(
            not (t.content.offset or t.content.basis or t.content.free or t.content.skewed)
            for t in value.terms
            if t.size == value.top
        )
        node = self.program[index]
        if not fixed or weight_of(node.operation) is not None or not node.operands:
            return f"node {index}"
        return self._written(index)

    def _written(self, index: int) -> str:
        """The program below a node, weights numbered in the order in which it meets them."""
        places: dict[int, int] = {}
        weights: dict[str, int] = {}
        rows: list[str] = []

        def visit(i: int) -> int:
            if i not in places:
                node = self.program[i]
                operands = [visit(o) for o in node.operands]
                text = repr(node.operation)
                weight = weight_of(node.operation)
                if weight is not None:
                    found = self.program.parameters[weight.name]
                    number = weights.setdefault(weight.name, len(weights))
                    text = f"{type(node.operation).__name__} {number} {weight} {found.law} {found.outs} {found.ins}"
                    text = text.replace(repr(weight.name), "_")
                places[i] = len(rows)
                rows.append(f"{text} {operands}")
            return places[i]

        visit(index)
        return "\n".join(rows)

    def _random(self, law: str, shape: Sequence[int], *, made: bool) -> Series:
        """Numbers that depend on ``law``, with the signs of this point where they are ``made`` by a weight."""
        seed = int.from_bytes(hashlib.sha256(law.encode()).digest()[:8], "little")
        numbers = np.random.default_rng(seed).uniform(0.1, 0.4, [ORDERS, *shape])
        if not made or self.point == 0:
            return numbers
        random = np.random.default_rng([self.point, seed]).choice([-1.0, 1.0], shape)
        return -numbers if self.point == 1 else numbers * random


def _constant(numbers: Any) -> Series:
    found = np.zeros([ORDERS, *np.shape(numbers)])
    found[0] = numbers
    return found


def _times(left: Series, right: Series) -> Series:
    return np.stack([sum(left[i] * right[k - i] for i in range(k + 1)) for k in range(ORDERS)])


def _power(base: Series, exponent: int) -> Series:
    found = _constant(np.ones(base.shape[1:]))
    for _ in range(exponent):
        found = _times(found, base)
    return found


def _vanishes(total: Series, size: Series) -> frozenset[int]:
    """The orders of ``total`` that are zero though that of ``size``, the sum of the sizes of its terms, is not."""
    axes = tuple(range(1, np.ndim(size)))
    totals, sizes = np.max(np.abs(total), axis=axes), np.max(size, axis=axes)
    return frozenset(np.flatnonzero((sizes > 1e-6) & (totals <= SMALL * sizes)).tolist())


def _composed(name: str, k: int, inner: Series, *, sizes: bool = False) -> Series | None:
    """φ^{(k)} of a series: Σ_j φ^{(k+j)}(a_0) (a - a_0)^j / j!; with ``sizes`` all of it in absolute values."""
    move = inner.copy()
    move[0] = 0.0
    if sizes:
        move = abs(move)
    power = _constant(np.ones(inner.shape[1:]))
    found = np.zeros(inner.shape)
    for j in range(ORDERS):
        slope = _slope(name, k + j)(inner[0])
        if slope is None:
            return None
        if sizes and name == "log" and not k + j:
            slope = np.maximum(np.abs(slope), 1.0)  # that of 1 vanishes, as if log(x) were log(2 x) - log(2)
        found = found + (abs(slope) if sizes else slope) / factorial(j) * power
        power = _times(power, move)
    return found


Evaluated: TypeAlias = Callable[[Any], Any]
"""A function of an array. Its value is None where it is not known without JAX."""


@cache
def _slope(name: str, k: int) -> Evaluated:
    """The ``k``-th derivative of the activation called ``name``."""
    activation = find(name)
    degree, split = activation.degree(), activation.split()
    if activation.smoothness is Smoothness.SINGULAR_AT_ZERO and degree is not None:
        return _real_power(degree, k)
    if activation.smoothness is Smoothness.SINGULAR_AT_ZERO:
        return lambda x: activation.lower(k, np.asarray(x, float)) if np.all(x > 0.0) else None
    if name in ("abs", "sign"):
        return _absolute(k + (name == "sign"))
    if activation.jump() == 0:
        return lambda x: activation.lower(k, np.asarray(x, float))
    if activation.smoothness is not Smoothness.ANALYTIC and split is not None:
        return _piecewise(split, k)
    if activation.smoothness is not Smoothness.ANALYTIC:
        return lambda _: None
    return _series([activation.taylor(k + j) / factorial(j) for j in range(TERMS)], 0.6 * min(activation.radius, 4.0))


def _real_power(degree: Fraction, k: int) -> Evaluated:
    factor = float(np.prod([float(degree - i) for i in range(k)]))

    def power(x: Any) -> Any:
        known = x > 0.0 if degree.denominator > 1 else x != 0.0
        return factor * x ** float(degree - k) if np.all(known) else None

    return power


def _absolute(k: int) -> Evaluated:
    def found(x: Any) -> Any:
        return np.abs(x) if k == 0 else np.sign(x) if k == 1 else np.zeros_like(x)

    return found


def _piecewise(split: Split, k: int) -> Evaluated:
    part = _slope(split.part, k)

    def found(x: Any) -> Any:
        low = (split.constant + split.slope * x, split.slope)[k] if k < 2 else 0.0
        return low + split.scale * split.inside**k * part(split.inside * x)

    return found


def _series(coefficients: Sequence[float], reach: float) -> Evaluated:
    """A Taylor series at 0, where it converges fast."""

    def summed(x: Any) -> Any:
        if np.any(np.abs(x) > reach):
            return None
        total = np.zeros_like(x)
        for coefficient in reversed(coefficients):
            total = total * x + coefficient
        return total

    return summed
