"""Powers, products and compositions of steps and piecewise-linear functions of one value, as one function of it.

A product such as relu(h) relu(h) is smoother than its factors: where one of them crosses its kink, the other one is
small. The order calculus takes every node by itself, and sees this only where the product is a single function. In
relu(relu(h)) the outer kink lies where half of all entries are, but it is crossed only with the inner one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tp.activations import find
from tp.activations.piecewise_linear import PiecewiseLinear
from tp.activations.sign import Sign
from tp.activations.step import Step
from tp.graph.axes import ONE, Scale
from tp.graph.builder import GraphBuilder
from tp.graph.operation import Operation
from tp.primitives.linear import Linear
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.shorthand import apply_function, scaled, total


@dataclass(frozen=True, slots=True)
class _Power:
    """``scale`` times x^p times ``right`` for x > 0 or ``left`` for x < 0, where x is the node ``argument``."""

    argument: int
    power: int = 1
    right: Fraction = Fraction(1)
    left: Fraction = Fraction(1)
    scale: Scale = ONE

    @property
    def activation(self) -> str:
        """The function without its scale; for equal factors on both sides that is a plain power."""
        if self.right == self.left:
            return f"monomial({self.power})"
        return f"piecewise_power({self.power}, {self.right}, {self.left})"

    def times(self, other: _Power) -> _Power:
        """The product of two functions of the same argument."""
        right, left = self.right * other.right, self.left * other.left
        return _Power(self.argument, self.power + other.power, right, left, self.scale * other.scale)

    def within(self, slopes: tuple[Fraction, Fraction]) -> _Power:
        """A function with these ``slopes`` for positive and for negative values, applied to this one."""
        sign = -1 if self.scale.coefficient < 0 else 1
        right = self.right * slopes[sign * self.right < 0]
        left = self.left * slopes[sign * self.left * (-1) ** self.power < 0]
        return _Power(self.argument, self.power, right, left, self.scale)


class Fusing:
    """Replaces nodes while a program is copied into ``graph``; see the module.

    It is called with an operation, the images of its operands, and the image that it has by itself.
    """

    def __init__(self, graph: GraphBuilder) -> None:
        self.graph = graph
        self._known: dict[int, _Power] = {}

    def __call__(self, operation: Operation, operands: Sequence[int], copy: int) -> int:
        found = self._form(operation, operands)
        if found is None:
            return copy
        if isinstance(operation, Product) and operation.over:
            return total(self.graph, self._node(found), operation.over)
        bare = found.power <= 1 and found.argument == operands[0] and not isinstance(operation, Product)
        if not bare and not isinstance(operation, Linear):
            copy = self._node(found)
        self._known[copy] = found
        return copy

    def _node(self, found: _Power) -> int:
        linear = found.right == found.left
        scale = found.scale * Scale(float(found.right if linear else Fraction(1)))
        if linear and found.power == 1:
            return scaled(self.graph, found.argument, scale)
        return scaled(self.graph, apply_function(self.graph, found.activation, found.argument), scale)

    def _form(self, operation: Operation, operands: Sequence[int]) -> _Power | None:
        """What the node is as a function of one argument; None where no kink is in it, or too many arguments."""
        match operation:
            case Pointwise(k=0):
                return self._function(operation.activation, operands[0])
            case Linear() if len(operands) == 1 and (known := self._known.get(operands[0])) is not None:
                return _Power(known.argument, known.power, known.right, known.left, known.scale * operation.scales[0])
            case Product() if len(operands) == 2 and any(i in self._known for i in operands):
                arguments = [k.argument for i in operands if (k := self._known.get(i)) is not None]
                left, right = (self._known.get(i) or self._plain(i, arguments[0]) for i in operands)
                alike = left.argument == right.argument and left.power + right.power > 0
                return left.times(right) if alike else None
            case _:
                return None

    def _plain(self, node: int, argument: int) -> _Power:
        """``node`` as a multiple of ``argument`` if it is one, else of itself."""
        found = self.graph[node]
        if isinstance(found.operation, Linear) and found.operands == (argument,):
            return _Power(argument, scale=found.operation.scales[0])
        return _Power(node)

    def _function(self, activation: str, operand: int) -> _Power | None:
        function, known = find(activation), self._known.get(operand)
        if isinstance(function, Step | Sign):
            return _Power(operand, 0, *_levels(function)) if known is None else None
        if known is not None and not known.power:
            return None
        if isinstance(function, PiecewiseLinear):
            return _Power(operand, 1, *function.sides) if known is None else known.within(function.sides)
        degree = function.degree()
        if known is None or degree is None or degree.denominator != 1 or degree < 1 or function.jump() is not None:
            return None
        found = known
        for _ in range(int(degree) - 1):
            found = found.times(known)
        return found


def _levels(function: Step | Sign) -> tuple[Fraction, Fraction]:
    """The values for positive and for negative arguments."""
    import numpy as np

    right, left = (Fraction(int(function.lower(0, np.asarray(x)))) for x in (1.0, -1.0))
    return right, left
