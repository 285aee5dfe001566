"""The remainder of a Taylor series after its first terms: the nonlinear part of a finite move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import factorial
from typing import TYPE_CHECKING, Any, ClassVar

from tp.activations import find
from tp.activations.facts import facts
from tp.graph.axes import Type, union
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import Lowering, Setting, bounds, lowering, transposition, typical

if TYPE_CHECKING:
    from tp.orders.typical.recorder import Calculus, Derived


class Crossings(StrEnum):
    """How a move m of b is related to points where a derivative jumps."""

    NONE = "none"
    """m is a formal power series: it crosses none."""
    SEEN = "seen"
    """m may depend on b in any way, as at an input that is trained on."""
    UNSEEN = "unseen"
    """b has a smooth density given m, as at an input that is not trained on."""


@dataclass(frozen=True)
class Remainder(Operation):
    """φ^{(k)}(b + m) - Σ_{j < terms} φ^{(k+j)}(b) m^j / j! for operands b and m, entry by entry.

    ``crossings``, one of :class:`Crossings`, says what is known of points where a derivative jumps between b and b + m.
    Made by displaced programs, which are not differentiated any further.
    """

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "the remainder of a Taylor series"

    activation: str
    k: int = 0
    terms: int = 1
    crossings: str = Crossings.SEEN.value

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """The axes of both operands. Raises ValueError for an unknown activation, and unless a term is subtracted."""
        base, move = types
        try:
            find(self.activation)
        except KeyError:
            raise ValueError(f"no activation is called {self.activation}") from None
        if self.crossings not in set(Crossings):
            raise ValueError(f"crossings are none, seen or unseen, not {self.crossings}")
        if self.k < 0 or self.terms < 1:
            raise ValueError("a remainder needs k >= 0 and at least one subtracted term")
        return union(base, move)


@lowering.rule(Remainder)
def lower_remainder(
    operation: Remainder, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]
) -> Any:
    """The function at b + m less the first terms of its Taylor series at b."""
    function = find(operation.activation)
    base, move = (aligned(a, t, out) for a, t in zip(arrays, types, strict=True))
    value = function.lower(operation.k, base + move)
    for j in range(operation.terms):
        value = value - function.lower(operation.k + j, base) * move**j / factorial(j)
    return value


@typical.rule(Remainder)
def typical_remainder(operation: Remainder, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``remainder`` (theorems 3.11 and 3.12), or ``remainder elsewhere`` at inputs that are not trained on
    (theorem 3.12b).
    """
    function = facts(operation.activation, operation.crossings == Crossings.NONE)
    return calculus.remainder(
        function,
        operation.k,
        operation.terms,
        values[0],
        values[1],
        setting.axes,
        setting.dense if function.kinked else setting.lower,
        elsewhere=operation.crossings == Crossings.UNSEEN,
    )


transposition.refuse(Remainder, reason="programs that contain it are not differentiated")
bounds.refuse(Remainder, reason="only programs at their initial weights are bounded")
