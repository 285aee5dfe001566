"""The sign flips of which contents are made: their axes, levels and blurs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations
from typing import TypeVar

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
    vanish at leading order. ``cause`` names the sum that leaves it: the axis of a covariance, or the skewed weight.
    Blurs of several causes add up; with no cause named they do not.
    """

    root: str
    level: int
    axes: frozenset[str]
    blur: Fraction | None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Blurs:
    """The generators on one axis by their blurs, in grains.

    ``exact``: those on this axis alone that are exact symmetries. ``by_cause``: others on this axis alone, by cause,
    the sharpest first. ``levels``: all, the sharpest first; a generator on several axes counts as blurred. ``several``:
    the mask of generators on several axes.
    """

    exact: int = 0
    by_cause: dict[str, list[tuple[Grains, int]]] = field(default_factory=dict)
    levels: list[tuple[Grains | None, int]] = field(default_factory=list)
    several: int = 0


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
        self._blurs: dict[str, Blurs] = {}
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
        for places in _parts(axes):
            offset |= self._bit(Generator(root, 0, places, blur, "" if blur is None else root))
        return Content(offset)

    def variable(self, name: str) -> Content:
        """Content of first degree in a formal variable."""
        return Content(self._bit(Generator(name, 0, frozenset(), None)))

    def wrapped(self, inner: Content, outs: WideAxes, ins: WideAxes, passed: int = 0) -> Content:
        """The inner flips of W x (or W' x): the content of x seen through x·x' (calculus, theorem 3.7).

        Generators in ``passed`` that live on no axis of ``ins`` stay as they are; all others are forgotten.
        """
        if not (inner.offset or inner.basis or inner.free):
            return NOTHING
        images = self._images.setdefault((outs, ins), {})
        contracted = dict(ins)

        def image(number: int) -> int:
            found = images.get(number)
            if found is None:
                found = images[number] = self._deeper(self.listed[number], contracted, outs)
                for bit in numbers(found):
                    self._seen_through[1 << bit] = self._seen_through.get(1 << bit, 0) | 1 << number
            return found or (0 if self.listed[number].axes & contracted.keys() else 1 << number & passed)

        return inner.mapped(image)

    def renamed(self, number: int, old: str, new: str) -> int:
        """The bit of the generator ``number`` with the axis ``old`` called ``new``."""
        generator = self.listed[number]
        if old not in generator.axes:
            return 1 << number
        axes = generator.axes - {old} | {new}
        found = self._bit(replace(generator, axes=axes))
        self._seen_through[found] = self._seen_through.get(found, 0) | 1 << number
        return found

    def _deeper(self, generator: Generator, contracted: dict[str, Fraction], outs: WideAxes) -> int:
        """The images of a generator: for every part of the axes ``outs``, the flip of all places that share it.

        Two generators with the same image would be flipped at once, and where both are odd nothing is known of the
        image. So of those that differ in the contracted axis only, one alone has an image if its cause is the same.
        """
        through = generator.axes & contracted.keys()
        if len(through) != 1:
            return 0
        (axis,) = through
        blur, cause = -contracted[axis] * HALF, axis
        if generator.cause in contracted and generator.cause != axis:
            return 0
        if generator.blur is not None and generator.blur > blur:
            blur, cause = generator.blur, generator.cause
            if axis != cause and axis != max(contracted, key=lambda a: (contracted[a], a)):
                return 0
        level = min(generator.level + 1, DEEPEST)
        others = generator.axes - contracted.keys()
        bits = 0
        for part in _parts(outs):
            bits |= self._bit(Generator(generator.root, level, part | others, blur, cause))
        return bits

    def blurs(self, axis: str) -> Blurs:
        """The generators on ``axis`` by their blurs."""
        return self._blurs.get(axis, _NONE)

    def companions(self, axis: str, several: int) -> int:
        """The generators that the parity of may change where flips on several axes, one of them ``axis``, are broken.

        Such a flip is broken by a sum over another of its axes. That sum pairs two entries of one source, and both of
        them lose their flips on the other axis.
        """
        found = 0
        for number in numbers(several):
            broken = self.listed[number]
            others = broken.axes - {axis}
            for other in others:
                for near in numbers(self.on(other) & ~self.on(axis)):
                    if self.listed[near].root == broken.root and self.listed[near].level == broken.level:
                        found |= 1 << near
        return found

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
                self._sort(generator, axis, 1 << number)
        return 1 << number

    def _sort(self, generator: Generator, axis: str, bit: int) -> None:
        blurs = self._blurs.setdefault(axis, Blurs())
        exact, several, blur = blurs.exact, blurs.several, generator.blur
        if len(generator.axes) > 1:
            # Flipping one entry of a block leaves the rest of the block as it was.
            several |= bit
            other = -self._smallest * HALF
            blur = other if blur is None else max(blur, other)
        elif blur is None:
            exact |= bit
        else:
            known = blurs.by_cause.setdefault(generator.cause, [])
            blurs.by_cause[generator.cause] = _inserted(known, grains(blur), bit)
        levels = _inserted(blurs.levels, None if blur is None else grains(blur), bit)
        self._blurs[axis] = Blurs(exact, blurs.by_cause, levels, several)


_NONE = Blurs()
_Level = TypeVar("_Level", Grains, Grains | None)


def _inserted(levels: list[tuple[_Level, int]], blur: _Level, bit: int) -> list[tuple[_Level, int]]:
    """``levels``, the sharpest first, with one more generator."""
    masks = dict(levels)
    masks[blur] = masks.get(blur, 0) | bit
    return sorted(masks.items(), key=lambda level: (level[0] is not None, level[0] or 0))


def _parts(axes: WideAxes) -> list[frozenset[str]]:
    """The non-empty subsets of the names of ``axes``."""
    names = [a for a, _ in axes]
    return [frozenset(p) for size in range(1, len(names) + 1) for p in combinations(names, size)]
