"""The four interpretations whose rules stand in each primitive's own file: adjoint, arrays, typical orders, bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tp.graph.axes import Type, growing
from tp.graph.builder import GraphBuilder
from tp.graph.interpretation import Interpretation
from tp.graph.parameter import Parameter

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, Nearest, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True, slots=True)
class Lowering:
    """What a rule may use to make arrays: the width n, inputs and weights by name, and the dtype of the result.

    ``draws`` is an axis of draws that are made side by side, or nothing. Weights have it as their first axis, and so
    have all values that depend on weights: it stands in the types that rules are given.
    """

    n: int
    inputs: Mapping[str, Any]
    weights: Mapping[str, Any]
    parameters: Mapping[str, Parameter]
    dtype: Any
    draws: Type = ()

    def draws_of(self, out: Type) -> Type:
        """The axis of draws where the type ``out`` has it, else nothing."""
        return tuple(axis for axis in self.draws if axis in out)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a rule may use to derive a typical order: the types of operands and result, and the weights.

    ``lower`` bounds the first operand from below, and ``dense`` is its part with a bounded density; None if not known.
    ``unbounded``: the law of that part has no end, and beyond any t it has entries at a distance of its own size only.
    """

    types: Sequence[Type]
    out: Type
    parameters: Mapping[str, Parameter]
    lower: Derived | None = None
    dense: Derived | None = None
    unbounded: bool = False

    @property
    def axes(self) -> tuple[tuple[str, Fraction], ...]:
        """Names and exponents of n of the wide axes of the result."""
        return growing(self.out)


@dataclass(frozen=True, slots=True)
class BoundsSetting(Setting):
    """What a rule may use to derive bounds.

    ``met`` holds the pairs (weight, transposed) of the applied weights that the first operand depends on. ``vouched``
    is True where the entries of the first operand have a known exponent, False where it is only bounded. ``nearest``
    says how near to zero they come, None where that is not known.
    """

    met: frozenset[tuple[str, bool]] = frozenset()
    vouched: bool = False
    nearest: Nearest | None = None


transposition: Interpretation[Callable[[Any, GraphBuilder, int, Sequence[int], int], int | None]] = Interpretation(
    "transposition"
)
"""``rule(operation, graph, cotangent, operands, index)``: the adjoint of the derivative with respect to operand
``index``, applied to ``cotangent``, as a node of ``graph``; None where that derivative vanishes identically."""

lowering: Interpretation[Callable[[Any, Lowering, Sequence[Type], Type, Sequence[Any]], Any]] = Interpretation(
    "lowering"
)
"""``rule(operation, low, types, out, arrays)``: the array of the result with its axes in the order of ``out``, from
the operands' ``arrays`` with axes in the order of ``types``."""

typical: Interpretation[Callable[[Any, Calculus, Setting, Sequence[Derived]], Derived]] = Interpretation("typical")
"""``rule(operation, calculus, setting, values)``: the abstract value (a set of asymptotic terms) of the result."""

bounds: Interpretation[Callable[[Any, NormCalculus, BoundsSetting, Sequence[Jet]], Jet]] = Interpretation("bounds")
"""``rule(operation, calculus, setting, jets)``: bounds of the norms of the result and of all its derivatives."""
