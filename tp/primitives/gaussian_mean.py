"""The mean of a function of one normal variable, or of a product of functions of two."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from tp.activations import Smoothness, find
from tp.gaussian.function import Function
from tp.gaussian.law import Law
from tp.gaussian.terms import product_of
from tp.graph.axes import Type, show, union, wide
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.namespace import namespace
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import Lowering, bounds, lowering, transposition, typical

Product = tuple[tuple[str, int], ...]
"""Pairs of an activation and the number of its derivative, which are multiplied."""


@dataclass(frozen=True)
class GaussianMean(Operation):
    """E[f(u)] or E[f(u) g(v)], entry by entry, for normal u and v.

    ``functions`` has one item for each variable: the derivatives of activations whose product is applied to it. They
    are those that hold almost everywhere, so steps have the derivative 0. Operands are the variance of u, or the
    variances of u and v and their covariance; before them come the means, unless all are zero (``centred``).
    ``resolution`` 0, 1 or 2 is that of series and quadrature: two evaluations give an estimate of the error.
    """

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "the mean of functions of one or two normal variables"

    functions: tuple[tuple[tuple[str, int], ...], ...]
    centred: bool = True
    resolution: int = 1

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """The axes of all operands, which are finite.

        Raises ValueError for a wide axis, a wrong number of operands, an unknown activation, and a function
        whose mean is infinite or undefined.
        """
        count = len(self.functions)
        if count not in (1, 2):
            raise ValueError(f"there are means of one or two variables, not of {count}")
        if self.resolution not in (0, 1, 2):
            raise ValueError(f"the resolution is 0, 1 or 2, not {self.resolution}")
        needed = (1 if count == 1 else 3) + (0 if self.centred else count)
        if len(types) != needed:
            raise ValueError(f"this mean has {needed} operands, not {len(types)}")
        for name, k in (factor for product in self.functions for factor in product):
            _check(name, k)
        found = union(*types)
        if wide(found):
            raise ValueError(f"means are over finite axes only; {show(wide(found))} is wide")
        return found


def _check(name: str, k: int) -> None:
    try:
        activation = find(name)
    except KeyError:
        raise ValueError(f"no activation is called {name}") from None
    if k < 0:
        raise ValueError(f"a derivative has an order k >= 0, not {k}")
    if activation.smoothness is Smoothness.SINGULAR_AT_ZERO and activation.terms(k) is None:
        raise ValueError(f"derivative {k} of {name} has no mean under a normal law: it is infinite or undefined")


@cache
def function_of(factors: Product) -> Function:
    """The product of ``factors`` as a function of one variable."""
    made = [(find(name), k) for name, k in factors]
    terms = [activation.terms(k) for activation, k in made]
    known = [t for t in terms if t is not None]
    odd = [activation.symmetry(k) for activation, k in made]
    symmetry = "none" if "none" in odd else "odd" if odd.count("odd") % 2 else "even"
    breaks = {place for activation, _ in made for place in activation.breaks()}
    return Function(
        value=_value(factors),
        terms=product_of(known) if len(known) == len(terms) else None,
        breaks=tuple(sorted(breaks)),
        symmetry=symmetry,
        explodes=any(activation.growth(k) is None for activation, k in made),
    )


def _value(factors: Product) -> Callable[[Any], Any]:
    def value(x: Any) -> Any:
        found: Any = None
        for name, k in factors:
            factor = find(name).lower(k, x)
            found = factor if found is None else found * factor
        return x * 0.0 + 1.0 if found is None else found

    return value


@lowering.rule(GaussianMean)
def lower_gaussian_mean(
    operation: GaussianMean, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]
) -> Any:
    """A closed form where the functions have one, else a series or quadrature (calculus, section 12)."""
    from tp.gaussian.mean import mean_of_one, mean_of_two  # loads NumPy, which commands that only read do not need

    parts: list[Any] = [aligned(a, t, out) for a, t in zip(arrays, types, strict=True)]
    functions = [function_of(f) for f in operation.functions]
    count = len(functions)
    means = [0.0] * count if operation.centred else parts[:count]
    rest = parts if operation.centred else parts[count:]
    if count == 1:
        found = mean_of_one(functions[0], means[0], rest[0], operation.resolution)
    else:
        law = Law(means[0], means[1], *rest)
        found = mean_of_two(functions[0], functions[1], law, operation.resolution)
    xp = namespace(*parts)
    return xp.broadcast_to(xp.asarray(found, low.dtype), tuple(axis.at(low.n) for axis in out))


NO_ORDER = "limits at infinite width are numbers: they have no order in the width"
"""Why what only such limits contain is refused by interpretations that answer in orders."""

transposition.refuse(GaussianMean, reason="programs that contain it are not differentiated")
typical.refuse(GaussianMean, reason=NO_ORDER)
bounds.refuse(GaussianMean, reason=NO_ORDER)
