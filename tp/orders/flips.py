"""The sign flips that contents speak of: where they live, how deep they sit, how sharp they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from tp.orders.content import Content

WideAxes = tuple[tuple[str, Fraction], ...]
"""Names and exponents of wide axes."""

HALF = Fraction(1, 2)
_LEVELS = 12
"""Levels beyond this one count as it: a flip of several levels together is still a flip."""


@dataclass(frozen=True, slots=True)
class Generator:
    """One sign flip.

    At ``level`` 0 the source ``root`` itself has an index on ``axes``; at level k it is seen through k products with
    matrices, whose covariance inherits its sign. ``blur`` is None for an exact symmetry, else the exponent
    (relative to no cancellation) of what remains of a mean that this flip makes vanish at leading order.
    """

    root: str
    level: int
    axes: frozenset[str]
    blur: Fraction | None


class Flips:
    """Numbers generators; their numbers are the bits of contents."""

    def __init__(self, widths: Iterable[Fraction]) -> None:
        self._smallest = min(widths)
        self._numbers: dict[Generator, int] = {}
        self._listed: list[Generator] = []
        self._masks: dict[str, int] = {}
        self._levels: dict[str, list[tuple[Fraction | None, int]]] = {}

    def on(self, axis: str) -> int:
        """The generators that live on ``axis``."""
        return self._masks.get(axis, 0)

    def fresh(self, root: str, axes: WideAxes, blur: Fraction | None) -> Content:
        """Content of first degree in independent entries along ``axes``: odd under every flip of a part of them."""
        offset = 0
        names = [a for a, _ in axes]
        for size in range(1, len(names) + 1):
            for places in combinations(names, size):
                offset |= 1 << self._number(Generator(root, 0, frozenset(places), blur))
        return Content(offset)

    def wrapped(self, inner: Content, outs: WideAxes, ins: WideAxes) -> Content:
        """What the covariance x·x' / n of vectors W x inherits from the content of x, down to its own size."""
        contracted = {a for a, _ in ins}
        blur = -min(w for _, w in ins) * HALF
        images: dict[int, int] = {}

        def image(vector: int) -> int:
            out = 0
            while vector:
                low = vector & -vector
                number = low.bit_length() - 1
                if number not in images:
                    images[number] = self._deeper(self._listed[number], contracted, outs, blur)
                out ^= images[number]
                vector ^= low
            return out

        return inner.mapped(image)

    def _deeper(self, generator: Generator, contracted: set[str], outs: WideAxes, least: Fraction) -> int:
        if not generator.axes & contracted:
            return 0
        blur = least if generator.blur is None else max(least, generator.blur)
        axes = frozenset(a for a, _ in outs) | (generator.axes - contracted)
        return 1 << self._number(Generator(generator.root, min(generator.level + 1, _LEVELS), axes, blur))

    def sharpness(self, axis: str) -> list[tuple[Fraction | None, int]]:
        """Generators on ``axis`` grouped by how sharply they make a mean vanish, sharpest first."""
        levels = self._levels.get(axis)
        if levels is None:
            groups: dict[Fraction | None, int] = {}
            for number, generator in enumerate(self._listed):
                if axis in generator.axes:
                    blur = self._blur(generator)
                    groups[blur] = groups.get(blur, 0) | 1 << number
            levels = sorted(groups.items(), key=lambda g: (g[0] is not None, g[0] or Fraction(0)))
            self._levels[axis] = levels
        return levels

    def _blur(self, generator: Generator) -> Fraction | None:
        if len(generator.axes) == 1:
            return generator.blur
        # Flipping one entry of a block leaves the rest of the block as it was.
        other = -self._smallest * HALF
        return other if generator.blur is None else max(generator.blur, other)

    def _number(self, generator: Generator) -> int:
        number = self._numbers.get(generator)
        if number is None:
            number = self._numbers[generator] = len(self._listed)
            self._listed.append(generator)
            for axis in generator.axes:
                self._masks[axis] = self._masks.get(axis, 0) | 1 << number
                self._levels.pop(axis, None)
        return number
