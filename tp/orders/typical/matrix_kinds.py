"""What a matrix that is not full of independent entries does to flips (calculus, theorems 3.7c to 3.8a)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tp.orders.facts import Source
from tp.orders.typical.context import total
from tp.orders.typical.flips import HALF
from tp.orders.typical.generator import WideAxes
from tp.orders.typical.grains import Grains, grains


@dataclass(frozen=True, slots=True)
class Kind:
    """A matrix seen from one side. Counts are exponents of n, in units of the grid of exponents (grains).

    ``density``: a row of m entries has m n^-density that are not zero. ``column``: entries of a column
    that are not zero. ``thin``: most rows or columns have a bounded number of such entries, or none, so that sums are
    not Gaussian.
    ``aligned``: sums reach so few neighbours that places and their neighbourhoods are flipped at once. ``rows`` is the
    blur of the flip of one row, None for an exact one, and ``images`` that of all inner flips, None where it is that of
    the axis that each comes from. ``dependent``: places where the operand is zero may be those where rows are.
    ``regular``: cumulants of rows fall as those of full rows. ``returns``: W W' is a
    multiple of the identity.
    """

    density: Grains
    column: Grains
    thin: bool
    aligned: bool
    rows: Fraction | None
    images: Fraction | None
    dependent: bool
    regular: bool
    returns: bool


def kind(source: Source, outs: WideAxes, ins: WideAxes) -> Kind:
    """How ``source`` acts from ``ins`` to ``outs``."""
    many, few = total(ins), total(outs)
    density = grains(source.density)
    fewest = min(many, few) - density
    local = source.local and density > 0
    thin = density > 0 and fewest <= 0
    # A sum of many skewed entries is Gaussian up to n^{-1/2}: its flips are as blurred as inner ones.
    rows = None if source.symmetric else -(sum(w for _, w in ins) - source.density) * HALF
    images = None
    if source.repeated:
        rows, images = Fraction(0), -min(sum(w for _, w in ins), sum(w for _, w in outs)) * HALF
    elif local or thin:
        images = -sum(w for _, w in ins) * HALF
    return Kind(
        density,
        few - density,
        thin,
        aligned=local and 2 * fewest < max(many, few),
        rows=rows if rows is None else min(rows, Fraction(0)),
        images=images,
        dependent=local or thin,
        regular=not density and not source.repeated,
        returns=source.isometric and few <= many,
    )
