"""The sign flips of which contents are made: their axes, levels and blurs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from tp.orders.typical.content import NOTHING, Content
from tp.orders.typical.f2 import numbers
from tp.orders.typical.grains import Grains, grains

WideAxes = tuple[tuple[str, Fraction], ...]
"""Names and exponents of wide axes."""

HALF = Fraction(1, 2)
DEEPEST = 3
"""The largest level. Deeper flips count as flips of this level, which is sound (calculus, theorem 2.4)."""


@dataclass(frozen=True, slots=True)
class Generator:
    """One sign flip.

    At ``level`` 0 the source ``root`` itself has an index on ``axes`` (none of them for a formal variable); at level
    k it is seen through k products with matrices, whose covariance inherits its sign. ``blur`` is None for an
    exact symmetry, else the exponent (relative to no cancellation) of what remains of a mean that this flip makes
    vanish at leading order.
    """

    root: str
    level: int
    axes: frozenset[str]
    blur: Fraction | None


class Flips:
    """Numbers generators; their numbers are the bits of contents.

    Roots are names of weights read as values, and names of operators with ``@`` (rows) or ``'@`` (columns).

    With ``tracked`` only those generators exist, and the others are forgotten wherever they arise. Less is then known
    and no order gets smaller, so any choice is sound.
    """

    def __init__(self, widths: Iterable[Fraction], tracked: Iterable[Generator] | None = None) -> None:
        self._smallest = min(widths)
        self._numbers: dict[Generator, int] = {}
        self._closed = False
        self.listed: list[Generator] = []
        self.formal = 0
        """The mask of the generators of formal variables."""
        self.read = 0
        """The mask of the generators of weights that are read as values."""
        self.whole: dict[str, int] = {}
        """For every weight that is read as a value, the mask of its generators: the flip of the whole weight."""
        self._masks: dict[str, int] = {}
        self._levels: dict[str, dict[Grains | None, int]] = {}
        self._images: dict[tuple[WideAxes, WideAxes], dict[int, int]] = {}
        self._seen_through: dict[int, int] = {}
        """For every image, the generators that it is an image of."""
        if tracked is not None:
            for generator in tracked:
                self._bit(generator)
            self._closed = True

    def rooted(self, mask: int) -> list[Generator]:
        """The generators in ``mask`` and all that they are images of: enough to see ``mask`` arise again."""
        found = 0
        while mask:
            found |= mask
            mask = 0
            for number in numbers(found):
                mask |= self._seen_through.get(1 << number, 0) & ~found
        return [self.listed[number] for number in numbers(found)]

    def on(self, axis: str) -> int:
        """The generators that live on ``axis``."""
        return self._masks.get(axis, 0)

    def fresh(self, root: str, axes: WideAxes, blur: Fraction | None) -> Content:
        """Content of first degree in independent entries along ``axes``: odd under every flip of a part of them."""
        offset = 0
        names = [a for a, _ in axes]
        for size in range(1, len(names) + 1):
            for places in combinations(names, size):
                offset |= self._bit(Generator(root, 0, frozenset(places), blur))
        return Content(offset)

    def variable(self, name: str) -> Content:
        """Content of first degree in a formal variable."""
        return Content(self._bit(Generator(name, 0, frozenset(), None)))

    def wrapped(self, inner: Content, outs: WideAxes, ins: WideAxes) -> Content:
        """The inner flips of W x (or W' x): the content of x seen through x·x' (calculus, theorem 3.7)."""
        if not (inner.offset or inner.basis or inner.free):
            return NOTHING
        images = self._images.setdefault((outs, ins), {})
        contracted = {a for a, _ in ins}
        blur = -min(w for _, w in ins) * HALF

        def image(number: int) -> int:
            found = images.get(number)
            if found is None:
                found = images[number] = self._deeper(self.listed[number], contracted, outs, blur)
                self._seen_through[found] = self._seen_through.get(found, 0) | 1 << number
            return found

        return inner.mapped(image)

    def renamed(self, number: int, old: str, new: str) -> int:
        """The bit of the generator ``number`` with the axis ``old`` called ``new``."""
        generator = self.listed[number]
        if old not in generator.axes:
            return 1 << number
        axes = generator.axes - {old} | {new}
        found = self._bit(Generator(generator.root, generator.level, axes, generator.blur))
        self._seen_through[found] = self._seen_through.get(found, 0) | 1 << number
        return found

    def _deeper(self, generator: Generator, contracted: set[str], outs: WideAxes, least: Fraction) -> int:
        if not generator.axes & contracted:
            return 0
        level = min(generator.level + 1, DEEPEST)
        blur = least if generator.blur is None else max(least, generator.blur)
        axes = frozenset(a for a, _ in outs) | (generator.axes - contracted)
        return self._bit(Generator(generator.root, level, axes, blur))

    def sharpness(self, axis: str) -> Iterable[tuple[Grains | None, int]]:
        """Generators on ``axis`` grouped by their blur in grains, the sharpest first; None for exact flips."""
        return self._levels.get(axis, {}).items()

    def _blur(self, generator: Generator) -> Fraction | None:
        if len(generator.axes) == 1:
            return generator.blur
        # Flipping one entry of a block leaves the rest of the block as it was.
        other = -self._smallest * HALF
        return other if generator.blur is None else max(generator.blur, other)

    def _bit(self, generator: Generator) -> int:
        number = self._numbers.get(generator)
        if number is None:
            if self._closed:
                return 0
            number = self._numbers[generator] = len(self.listed)
            self.listed.append(generator)
            if not generator.axes:
                self.formal |= 1 << number
            elif not generator.root.endswith("@"):
                self.read |= 1 << number
                self.whole[generator.root] = self.whole.get(generator.root, 0) | 1 << number
            for axis in generator.axes:
                self._masks[axis] = self._masks.get(axis, 0) | 1 << number
                self._sharpen(axis, self._blur(generator), 1 << number)
        return 1 << number

    def _sharpen(self, axis: str, blur: Fraction | None, bit: int) -> None:
        levels = self._levels.setdefault(axis, {})
        level = None if blur is None else grains(blur)
        if level in levels:
            levels[level] |= bit
        else:
            levels[level] = bit
            self._levels[axis] = dict(sorted(levels.items(), key=lambda g: (g[0] is not None, g[0] or 0)))
