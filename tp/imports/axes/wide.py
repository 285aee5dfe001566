"""Wide axes and their factors: axes of arrays that are the same neurons, and how reshapes divide them.

Programs have no reshape. An axis of n entries that is somewhere read as [n/16, 16] has these two axes everywhere: in
the weights that make it, and in all values that meet it. Finding the factors is unification, as in type inference.
"""

from __future__ import annotations

from collections.abc import Sequence

from tp.imports.refusal import Untranslatable
from tp.imports.traced.sizes import ONE, Size


class Factor:
    """An axis, or a factor of one. Those that are known to be the same share a root."""

    __slots__ = ("parent", "parts", "size")

    def __init__(self, size: Size) -> None:
        self.size = size
        self.parent: Factor | None = None
        self.parts: tuple[Factor, ...] | None = None

    def root(self) -> Factor:
        found = self
        while found.parent is not None:
            found = found.parent
        return found

    def leaves(self) -> list[Factor]:
        """The roots of the smallest factors, the slowest first (row-major order)."""
        root = self.root()
        if root.parts is None:
            return [root]
        return [leaf for part in root.parts for leaf in part.leaves()]


class WideAxes:
    """Axes and their factors, while equations are read. ``widths`` are those at which sizes must be whole."""

    def __init__(self, widths: Sequence[int]) -> None:
        self.widths = tuple(widths)

    def same(self, first: Factor, second: Factor) -> None:
        """The two are one axis. Raises Untranslatable where their factors do not fit."""
        self.align([first], [second])

    def divide(self, axis: Factor, sizes: Sequence[Size]) -> list[Factor]:
        """``axis`` as factors of these sizes."""
        parts = [Factor(size) for size in sizes if size != ONE]
        self.align([axis], parts)
        return parts

    def align(self, first: Sequence[Factor], second: Sequence[Factor]) -> None:
        """The two sequences of axes are one array axis: all their factors are the same, from the fastest on."""
        left = [leaf for factor in first for leaf in factor.leaves()]
        right = [leaf for factor in second for leaf in factor.leaves()]
        while left and right:
            a, b = left.pop().root(), right.pop().root()
            if a.parts is not None or b.parts is not None:  # divided a moment ago, as a factor of another place
                left += a.leaves()
                right += b.leaves()
                continue
            if a is b:
                continue
            if a.size == b.size:
                b.parent = a
            elif a.size.divides(b.size, self.widths):
                left.append(a)
                right += self._cut(b, a.size)
            elif b.size.divides(a.size, self.widths):
                right.append(b)
                left += self._cut(a, b.size)
            else:
                raise _no_common_factors(first, second)
        if left or right:
            raise _no_common_factors(first, second)

    def _cut(self, factor: Factor, fast: Size) -> list[Factor]:
        factor.parts = (Factor(factor.size / fast), Factor(fast))
        return list(factor.parts)


def _no_common_factors(first: Sequence[Factor], second: Sequence[Factor]) -> Untranslatable:
    one, other = (" x ".join(spelled(f.size) for f in factors) for factors in (first, second))
    return Untranslatable(
        f"an axis is divided as {one} and as {other}, and these have no common factors",
        "divide wide axes the same way everywhere, or use one weight for each part",
    )


def spelled(size: Size) -> str:
    """A size for messages: ``12``, ``4 n``, ``n^(1/2)``."""
    if not size.wide:
        return str(size.factor)
    power = "n" if size.exponent == 1 else f"n^({size.exponent})"
    return power if size.factor == 1 else f"{size.factor} {power}"
