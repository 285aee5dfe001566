"""The remainder of the Taylor series of a declared function of whole vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Type, growing
from tp.graph.mapping import MapOperation
from tp.graph.operation import Derivative
from tp.graph.parameter import Parameter
from tp.primitives.interpretations import Lowering, Setting, bounds, lowering, transposition, typical
from tp.primitives.mapped import declared, derivative, over_rest

if TYPE_CHECKING:
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class MapRemainder(MapOperation):
    """G(x + m) - Σ_{j < terms} D^j G(x)[m, ..., m] / j! with one term or two, for a derivative G of a map.

    The operands are x, m, and those that G has after x. Made by displaced programs, which are not differentiated any
    further.
    """

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "the remainder of the Taylor series of a declared function"

    terms: int = 1

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """That of the map or its derivative.

        Raises ValueError unless one or two terms are subtracted, and where operands do not fit.
        """
        if self.terms not in (1, 2):
            raise ValueError("a remainder of a map has one or two subtracted terms")
        return self._inferred(types, self.cores)

    @property
    def cores(self) -> tuple[Type, ...]:
        return (self.ins, *super().cores)

    def lowered(self, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
        function = derivative(self, low)

        def left(x: Any, m: Any, *slots: Any) -> Any:
            import jax

            def at(y: Any) -> Any:
                return function(y, *slots)

            after = at(x + m)
            if self.terms == 1:
                return after - at(x)
            value, moved = jax.jvp(at, (x,), (m,))
            return after - value - moved

        return over_rest(self, self.cores, left, types, out, arrays)


@lowering.rule(MapRemainder)
def lower_mapremainder(
    operation: MapRemainder, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]
) -> Any:
    """The function at x + m less its value at x and, with two terms, its derivative along m."""
    return operation.lowered(low, types, out, arrays)


@typical.rule(MapRemainder)
def typical_mapremainder(
    operation: MapRemainder, calculus: Calculus, setting: Setting, values: Sequence[Derived]
) -> Derived:
    """The rule ``map remainder`` (theorem 3.18a)."""
    axes = growing(operation.ins), growing(operation.outs)
    return calculus.map_remainder(declared(operation), operation.terms, operation.adjoint, values, *axes)


transposition.refuse(MapRemainder, reason="programs that contain it are not differentiated")
bounds.refuse(MapRemainder, reason="only programs at their initial weights are bounded")
