"""The sign flips of which contents are made: their numbers, their images, and those that sums break."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

from tp.orders.typical.content import NOTHING, Content
from tp.orders.typical.f2 import numbers, union
from tp.orders.typical.generator import Blurs, Generator, Summed, WideAxes
from tp.orders.typical.grains import Grains, grains, half
from tp.orders.typical.space import Images

HALF = Fraction(1, 2)
DEEPEST = 3
"""The largest level. Deeper flips count as flips of this level, which is sound (calculus, theorem 2.4)."""

_Places = tuple[str, int, frozenset[str]]
"""Root, level and axes of a generator."""


class Flips:
    """Numbers generators; their numbers are the bits of contents.

    Roots are names of weights read as values, and names of operators with ``@`` (rows) or ``'@`` (columns).

    With ``tracked`` only those generators exist, and the others are forgotten wherever they arise. Less is then known
    and no upper bound gets smaller, so any choice is sound for these. Nothing is known from below any more.
    """

    def __init__(self, tracked: Iterable[Generator] | None = None) -> None:
        self._numbers: dict[Generator | Summed, int] = {}
        self._closed = False
        self.forgotten = False
        """Whether a generator arose that is not tracked."""
        self._numbered: list[Generator | Summed] = []
        self.sums = 0
        """The mask of what is :class:`Summed`: free in a content that has such sums."""
        self.formal = 0
        """The mask of the generators of formal variables."""
        self.read = 0
        """The mask of the generators of weights that are read as values."""
        self.whole: dict[str, int] = {}
        """For every weight that is read as a value, the mask of its generators: the flip of the whole weight."""
        self._masks: dict[str, int] = {}
        self._several: dict[str, int] = {}
        """For every axis the mask of the generators that live on others as well."""
        self._blurs: dict[tuple[str, int], Blurs] = {}
        self._same: dict[str, str] = {}
        """For every axis that is another name of one, that axis."""
        self._images: dict[tuple[WideAxes, WideAxes, Fraction | None], dict[int, int]] = {}
        self._seen: dict[tuple[WideAxes, WideAxes, int, Fraction | None], Images] = {}
        """Images of contents, by the axes and by what passes."""
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
        return [g for number in numbers(found) if isinstance(g := self._numbered[number], Generator)]

    @property
    def listed(self) -> list[Generator]:
        """All generators in the order in which they appeared."""
        return [g for g in self._numbered if isinstance(g, Generator)]

    def on(self, axis: str) -> int:
        """The generators that live on ``axis``."""
        return self._masks.get(axis, 0)

    def fresh(self, root: str, axes: WideAxes, blur: Fraction | None) -> Content:
        """Content of first degree in independent entries along ``axes``: odd under every flip of a part of them."""
        offset = 0
        for places in _parts(axes):
            offset |= self._bit(Generator(root, 0, places, blur, "" if blur is None else root))
        return Content.make(offset)

    def variable(self, name: str) -> Content:
        """Content of first degree in a formal variable."""
        return Content.make(self._bit(Generator(name, 0, frozenset(), None)))

    def wrapped(
        self, inner: Content, outs: WideAxes, ins: WideAxes, passed: int = 0, blur: Fraction | None = None
    ) -> Content:
        """The inner flips of W x (or W' x): the content of x seen through x·x' (calculus, theorem 3.7).

        Generators in ``passed`` that live on no axis of ``ins`` stay as they are; all others are forgotten. With a
        ``blur`` the images have this one, and no cause: it does not add up with others (theorem 3.7d).
        """
        key = (outs, ins, passed, blur)
        seen = self._seen.get(key)
        if seen is None:
            seen = self._seen[key] = self._images_under(*key)
        return inner.mapped(seen)

    def _images_under(self, outs: WideAxes, ins: WideAxes, passed: int, blur: Fraction | None) -> Images:
        """The images of contents in :meth:`wrapped`."""
        images = self._images.setdefault((outs, ins, blur), {})
        contracted = dict(ins)

        def image(number: int) -> int:
            found = images.get(number)
            if found is None:
                what = self._numbered[number]
                if isinstance(what, Summed):
                    found = self._summed_deeper(what, contracted, outs)
                else:
                    found = self._deeper(what, contracted, outs, blur)
                    for bit in numbers(found):
                        self._seen_through[1 << bit] = self._seen_through.get(1 << bit, 0) | 1 << number
                images[number] = found
            return found or (0 if self._axes(number) & contracted.keys() else 1 << number & passed)

        return Images(image)

    def moved(self, inner: Content, old: str, new: str) -> Content:
        """``inner`` with flips on the axis ``old`` as those on ``new``: one flip for a place and its neighbours."""

        def image(number: int) -> int:
            what = self._numbered[number]
            if isinstance(what, Summed) or old not in what.axes:
                return 1 << number
            found = self._bit(_renamed(what, old, new))
            if found != 1 << number:
                self._seen_through[found] = self._seen_through.get(found, 0) | 1 << number
            return found

        return inner.mapped(Images(image))

    def averaged(self, content: Content, axis: str, width: Fraction) -> Content:
        """The inner flips of a sum over ``axis`` of a factor that is odd in single entries of a source.

        Given all else, such sums are independent at the other places of these entries, and Gaussian, with covariances
        that inherit the flips of what lives on this axis alone (calculus, theorem 3.7).
        """
        candidates = self._several.get(axis, 0)
        if not candidates:
            return NOTHING
        candidates &= ~self.blurs(axis, content).broken
        entries: list[Generator] = []
        for number in numbers(candidates):
            generator = self._numbered[number]
            assert isinstance(generator, Generator)
            sharp = generator.blur is None or generator.blur <= -width * HALF
            if sharp and content.parity(1 << number) == 1:
                entries.append(generator)
        if not entries:
            return NOTHING
        places = frozenset[str].intersection(*(g.axes for g in entries)) - {axis}
        known = {(g.root, g.level) for g in entries}
        outs = tuple((name, Fraction(0)) for name in sorted(places))
        own = sum(self._bit(g) for g in entries)

        def image(number: int) -> int:
            what = self._numbered[number]
            if isinstance(what, Summed) or what.axes != frozenset((axis,)) or (what.root, what.level) in known:
                return 0
            found = self._deeper(what, {axis: width}, outs)
            for bit in numbers(found):
                self._seen_through[1 << bit] = self._seen_through.get(1 << bit, 0) | 1 << number | own
            return found

        return content.mapped(Images(image))

    def renamed(self, number: int, old: str, new: str, skewed: Callable[[int], int]) -> int:
        """The bit of the generator (or sum) ``number`` with the axis ``old`` called ``new``.

        ``skewed`` does the same for skewed sources.
        """
        what = self._numbered[number]
        base = self._same.get(old, old)
        if self._same.get(new) != base:
            self._same[new] = base
            self._blurs.clear()
        if isinstance(what, Summed):
            source = skewed(what.source) if isinstance(what.source, int) else _renamed(what.source, old, new)
            axis = new if what.axis == old else what.axis
            return self._bit(Summed(source, _axes_renamed(what.axes, old, new), axis, what.blur))
        if old not in what.axes:
            return 1 << number
        found = self._bit(_renamed(what, old, new))
        self._seen_through[found] = self._seen_through.get(found, 0) | 1 << number
        return found

    def _axes(self, number: int) -> frozenset[str]:
        what = self._numbered[number]
        return what.axes if isinstance(what, Generator) else frozenset()

    def _deeper(
        self, generator: Generator, contracted: dict[str, Fraction], outs: WideAxes, least: Fraction | None = None
    ) -> int:
        """The images of a generator: for every part of the axes ``outs``, the flip of all places that share it.

        With ``least`` they have this blur, or that of the generator where it is weaker, and no cause.

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
        if least is not None:
            if axis != max(contracted, key=lambda a: (contracted[a], a)):
                return 0
            blur, cause = least if generator.blur is None else max(least, generator.blur), ""
        elif generator.blur is not None and generator.blur > blur:
            blur, cause = generator.blur, generator.cause
            if axis != cause and axis != max(contracted, key=lambda a: (contracted[a], a)):
                return 0
        level = min(generator.level + 1, DEEPEST)
        others = generator.axes - contracted.keys()
        bits = 0
        for part in _parts(outs):
            bits |= self._bit(Generator(generator.root, level, part | others, blur, cause))
        return bits

    def _summed_deeper(self, what: Summed, contracted: dict[str, Fraction], outs: WideAxes) -> int:
        """What a sum in x is in W x: itself, and the same sum of the images. The axes of W take the place of others."""
        bits = self._bit(what)
        images = [] if isinstance(what.source, int) else numbers(self._deeper(what.source, contracted, outs))
        for number in images:
            image = self._numbered[number]
            assert isinstance(image, Generator)
            axes = [a for a, _ in outs if a in image.axes] if what.axis in contracted else [what.axis]
            for axis in axes:
                bits |= self._bit(Summed(image, image.axes, axis, what.blur))
        return bits

    def summed(
        self, content: Content, axis: str, count: Grains, skewed: dict[int, frozenset[str]], *, images: bool = False
    ) -> int:
        """The sums that a factor of ``content`` has after one over n^count entries of ``axis``, as free generators.

        ``skewed`` are the skewed sources on this axis, and their axes. Sums are of no use where nothing lives on
        several axes, neither now nor, with ``images``, after a product.
        """
        present = content.present
        if not images and not present & self._several.get(axis, 0) and all(len(a) == 1 for a in skewed.values()):
            return 0
        found, blur = 0, -half(count)
        for number in numbers(present & self.on(axis)):
            generator = self._numbered[number]
            assert isinstance(generator, Generator)
            found |= self._bit(Summed(generator, generator.axes, axis, blur))
        for source, axes in skewed.items():
            found |= self._bit(Summed(source, axes, axis, blur))
        return found

    def blurs(self, axis: str, content: Content) -> Blurs:
        """The generators on ``axis`` by their blurs, in a factor of this content."""
        key = (axis, content.free & self.sums)
        found = self._blurs.get(key)
        if found is None:
            found = self._blurs[key] = self._sorted(*key)
        return found

    def _sorted(self, axis: str, present: int) -> Blurs:
        sums = [s for number in numbers(present) if isinstance(s := self._numbered[number], Summed)]
        by_places = self._by_places(sums)
        exact, broken = 0, 0
        levels: dict[Grains | None, int] = {}
        by_cause: dict[str, dict[Grains, int]] = {}
        through: set[str] = set()
        for number in numbers(self.on(axis)):
            generator, bit = self._numbered[number], 1 << number
            assert isinstance(generator, Generator)
            blur = None if generator.blur is None else grains(generator.blur)
            breaking = self._breaking(by_places, generator, axis)
            if breaking:
                # Flipping one entry of a block leaves the rest of the block as it was.
                broken |= bit
                through |= {s.axis for s in breaking}
                blur = max([s.blur for s in breaking] + ([] if blur is None else [blur]))
            elif blur is None:
                exact |= bit
            else:
                known = by_cause.setdefault(generator.cause, {})
                known[blur] = known.get(blur, 0) | bit
            levels[blur] = levels.get(blur, 0) | bit
        mixing = [s.axis for s in sums if isinstance(s.source, int) and axis in s.axes and s.axis != axis]
        met, sources = 0, set[int]()
        for s in sums:
            if s.axis in through or s.axis in mixing:
                if isinstance(s.source, int):
                    sources.add(s.source)
                else:
                    met |= self._bit(s.source)
        ordered = sorted(levels.items(), key=lambda level: (level[0] is not None, level[0] or 0))
        causes = {cause: sorted(found.items()) for cause, found in by_cause.items()}
        loose = union(bits for cause, found in causes.items() for blur, bits in found if not cause or not blur)
        return Blurs(exact, causes, ordered, broken, bool(mixing), met, frozenset(sources), loose)

    def _by_places(self, sums: Iterable[Summed]) -> dict[_Places, list[Summed]]:
        """The sums of generators, by what :meth:`_breaking` compares, since there may be hundreds of them."""
        found: dict[_Places, list[Summed]] = {}
        for what in sums:
            if not isinstance(what.source, int):
                found.setdefault(self._places(what.source, what.axes), []).append(what)
        return found

    def _breaking(self, by_places: dict[_Places, list[Summed]], generator: Generator, axis: str) -> list[Summed]:
        """The sums that break the flip of one place of ``axis`` by ``generator``."""
        if len(generator.axes) == 1:
            return []
        others = {self._base(a) for a in generator.axes if a != axis}
        places = self._places(generator, generator.axes)
        return [s for s in by_places.get(places, ()) if self._base(s.axis) in others]

    def _places(self, generator: Generator, axes: Iterable[str]) -> _Places:
        """What a generator and a sum share where the sum runs over places that the generator flips."""
        return generator.root, generator.level, frozenset(map(self._base, axes))

    def _base(self, axis: str) -> str:
        """The name of ``axis`` without renaming: a second index of it runs over the same places."""
        return self._same.get(axis, axis)

    def _bit(self, what: Generator | Summed) -> int:
        number = self._numbers.get(what)
        if number is None:
            if self._closed and (isinstance(what, Generator) or self._unknown(what)):
                self.forgotten = True
                return 0
            number = self._numbers[what] = len(self._numbered)
            self._numbered.append(what)
            if isinstance(what, Summed):
                self.sums |= 1 << number
            else:
                self._file(what, 1 << number)
        return 1 << number

    def _unknown(self, what: Summed) -> bool:
        return isinstance(what.source, Generator) and what.source not in self._numbers

    def _file(self, generator: Generator, bit: int) -> None:
        for key in [key for key in self._blurs if key[0] in generator.axes]:
            del self._blurs[key]
        if not generator.axes:
            self.formal |= bit
        elif not generator.root.endswith("@"):
            self.read |= bit
            self.whole[generator.root] = self.whole.get(generator.root, 0) | bit
        for axis in generator.axes:
            self._masks[axis] = self._masks.get(axis, 0) | bit
            if len(generator.axes) > 1:
                self._several[axis] = self._several.get(axis, 0) | bit


def _renamed(generator: Generator, old: str, new: str) -> Generator:
    return replace(generator, axes=_axes_renamed(generator.axes, old, new))


def _axes_renamed(axes: frozenset[str], old: str, new: str) -> frozenset[str]:
    return axes - {old} | {new} if old in axes else axes


def _parts(axes: WideAxes) -> list[frozenset[str]]:
    """The non-empty subsets of the names of ``axes``."""
    names = [a for a, _ in axes]
    return [frozenset(p) for size in range(1, len(names) + 1) for p in combinations(names, size)]
