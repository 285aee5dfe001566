"""The scale of the entries of values at initialisation, without powers of widths: the β in tanh(β z)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from math import exp, log, prod, sqrt
from typing import Any

from tp.activations import find
from tp.graph.axes import Axis, Scale, Width
from tp.graph.interpretation import Interpretation
from tp.graph.nodes import Nodes
from tp.graph.operation import Derivative, Operation
from tp.primitives.apply import Apply
from tp.primitives.concat import Concat
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.error_signal import ErrorSignal
from tp.primitives.gather_scatter import Gather, Scatter
from tp.primitives.gaussian_mean import NO_ORDER, GaussianMean
from tp.primitives.generic import Generic
from tp.primitives.input import Input
from tp.primitives.joint_normal import JointNormal
from tp.primitives.largest import Largest
from tp.primitives.law_facts import root_mean_square
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
from tp.primitives.traits import function_of
from tp.primitives.variable import Variable

_MOST = 1e100


class _Role(Enum):
    """The role of a value within a linear combination or a product."""

    RANDOM = "random"
    FIXED = "fixed"  # it does not set the scale: a constant, or something subtracted for numerical reasons
    SELECTION = "selection"  # a 0/1 mask, of which few entries are 1


@dataclass(frozen=True, slots=True)
class _Spot:
    """A node of ``program`` with its operands, and the scales of their entries."""

    program: Nodes
    operands: Sequence[int]
    inner: Sequence[float]

    def axes(self, over: Sequence[str]) -> list[Axis]:
        """The axes ``over`` of the first operand."""
        return [a for a in self.program.type(self.operands[0]) if a.name in over]

    def role(self, place: int) -> _Role:
        operation = self.program[self.operands[place]].operation
        return _roles.of(operation)(operation)


_roles: Interpretation[Callable[[Any], _Role]] = Interpretation("roles of values")
"""``rule(operation)``: the role of its result within a combination."""

_scales: Interpretation[Callable[[Any, _Spot], float]] = Interpretation("scales of entries")
"""``rule(operation, spot)``: the scale of the entries of the result."""


def scales(program: Nodes) -> list[float]:
    """The scale of every node's entries, where inputs and what activations return have scale 1.

    A weight applied restarts from its law: ``U @ x / sqrt(d)`` with unit weights has scale 1, ``3 * h`` three times
    that of h, a sum that of its largest random term. Powers of widths are dropped. An estimate: it says what constants
    the program writes before an activation, not what variance its values have.
    """
    found: list[float] = []
    for index in program:
        node = program[index]
        spot = _Spot(program, node.operands, [found[i] for i in node.operands])
        found.append(min(_scales.of(node.operation)(node.operation, spot), _MOST))
    return found


@_roles.rule(Constant, Detach, Peak)
def fixed(_: Operation) -> _Role:
    return _Role.FIXED


@_roles.rule(Largest)
def selection(_: Largest) -> _Role:
    return _Role.SELECTION


@_roles.rule(Apply, Broadcast, Concat, ErrorSignal, Gather, Generic, Input, Linear, Pointwise, Product)
@_roles.rule(Mapped, MapRemainder, Permuted, Rank, Repermuted, Reranked)
@_roles.rule(Read, Remainder, Rename, Scatter, Sum, Switched, Variable)
def random(_: Operation) -> _Role:
    return _Role.RANDOM


@_scales.rule(Input, Largest, Mapped, MapRemainder, Rank)
def one(_: Operation, spot: _Spot) -> float:
    return 1.0


@_scales.rule(Constant)
def largest_number(operation: Constant, spot: _Spot) -> float:
    return max(map(abs, operation.numbers), default=0.0)


@_scales.rule(Read)
def deviation(operation: Read, spot: _Spot) -> float:
    return abs(constant_part(root_mean_square(spot.program.parameters[operation.parameter])))


@_scales.rule(Apply)
def weighed_sum(operation: Apply, spot: _Spot) -> float:
    """Inputs count as if they had scale 1: a weight restarts from its law."""
    parameter = spot.program.parameters[operation.parameter]
    _, ins = parameter.sides(operation.transposed)
    return abs(constant_part(root_mean_square(parameter))) * sqrt(_size(ins))


@_scales.rule(Linear)
def combination(operation: Linear, spot: _Spot) -> float:
    terms = [abs(constant_part(s)) * x for s, x in zip(operation.scales, spot.inner, strict=True)]
    moving = max((t for k, t in enumerate(terms) if spot.role(k) is not _Role.FIXED), default=0.0)
    return moving or max(terms, default=0.0)


@_scales.rule(Product)
def product(operation: Product, spot: _Spot) -> float:
    if _has_denominator(spot.program, spot.operands):
        return 1.0
    selects = any(_quotient(spot.program, i) or spot.role(k) is _Role.SELECTION for k, i in enumerate(spot.operands))
    return prod(spot.inner) * sqrt(_size([] if selects else spot.axes(operation.over)))


@_scales.rule(Sum)
def total(operation: Sum, spot: _Spot) -> float:
    return spot.inner[0] * _size(spot.axes(operation.over))


@_scales.rule(Pointwise)
def homogeneous(operation: Pointwise, spot: _Spot) -> float:
    degree = find(operation.activation).degree()
    return 1.0 if degree is None or degree <= 0 else _power(spot.inner[0], float(degree))


@_scales.rule(Broadcast, Concat, Detach, ErrorSignal, Gather, Generic, Peak, Remainder, Rename, Scatter)
@_scales.rule(Permuted, Repermuted, Reranked, Switched, Variable)
def passed_on(_: Operation, spot: _Spot) -> float:
    return max(spot.inner, default=1.0)


def _quotient(program: Nodes, index: int) -> bool:
    """Whether a node is a product with a negative power: something normalised, or weights that sum to 1."""
    node = program[index]
    return node.operation.derivative is Derivative.BILINEAR and _has_denominator(program, node.operands)


def _has_denominator(program: Nodes, operands: Sequence[int]) -> bool:
    found = [function_of(program[i].operation) for i in operands]
    return any(f is not None and (find(f.activation).degree() or 0) < 0 for f in found)


def _power(base: float, exponent: float) -> float:
    return exp(min(exponent * log(base), log(_MOST))) if base > 0.0 else 0.0


def constant_part(scale: Scale) -> float:
    """A scale without its power of n; the factor of a width such as n/4 stays."""
    return scale.coefficient * prod(_power(float(w.factor), float(p)) for w, p in scale.powers)


def _size(axes: Sequence[Axis]) -> float:
    return prod(float(a.size.factor) if isinstance(a.size, Width) else a.size for a in axes)


_roles.refuse(GaussianMean, JointNormal, reason=NO_ORDER)
_scales.refuse(GaussianMean, JointNormal, reason=NO_ORDER)
