"""The recorder of the norm calculus: primitives call it, each call is one line of a derivation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

from tp.orders.bounds.functions import Below, FunctionDigest, digest, tail
from tp.orders.bounds.norms import Axes, up
from tp.orders.bounds.rules import NORM_RULES
from tp.orders.bounds.table import Table, frees, moves
from tp.orders.facts import Function, Map, Source
from tp.orders.proof.derivation import Derivation
from tp.orders.typical.generator import WideAxes

Line: TypeAlias = Derivation[Table]

LOWER = "a typical argument of a negative power has the order of its bound, or stays away from 0"
NEAREST = "preactivations have a bounded density, so few of them come near zero"

Nearest: TypeAlias = "tuple[Fraction | None, tuple[tuple[Fraction, Fraction, WideAxes], ...]]"
"""An exponent that an argument is nowhere below, or None; and (degree, rate, axes) for each number of which it is the
product of powers, see :class:`~tp.orders.bounds.functions.Below`."""


def _plain(number: Fraction) -> Fraction | int:
    return number.numerator if number.denominator == 1 else number


@dataclass(frozen=True, slots=True)
class Jet:
    """The table of a node, and tables of its source, the part that is not linear in the moves of its operands.

    ``free`` is the source along the free direction, at a point that has moved along computed directions.
    """

    value: Line
    source: Line | None = None
    free: Line | None = None


@dataclass(frozen=True, slots=True)
class Sides:
    """One use of a weight, left ⊗ right summed over ``shared`` wide axes; with the wide axes of either side."""

    left: Line
    right: Line
    shared: WideAxes


@dataclass(frozen=True, slots=True)
class Motion:
    """How one weight moves: exponent of its learning rate, its cotangent if it is read, its factors if applied."""

    rate: Fraction
    leaf: Line | None = None
    factors: Sequence[Sides] = ()


@dataclass
class NormCalculus:
    """Bounds in grains of 1/``grain``, along directions n^``along`` g and n^``free`` Λ^{1/2} u.

    Both are in grains; with ``free`` None nothing moves along u. ``light``: all laws have all moments. ``motions`` has
    the moves of weights by name; other weights do not move.
    """

    grain: int
    light: bool = True
    along: int = 0
    free: int | None = 0
    motions: Mapping[str, Motion] = field(default_factory=dict[str, Motion])
    arguments: list[tuple[Table, int]] = field(default_factory=list[tuple[Table, int]])
    """(table of an argument, grains to add before it is compared with n^0) for functions with endless series."""
    reasons: dict[str, None] = field(default_factory=dict[str, None])
    """Assumptions of the bounds beyond those on laws, in order of discovery."""

    def grains(self, exponent: Fraction) -> int:
        """The exponent in grains, rounded up."""
        numerator = exponent.numerator * self.grain
        return -(-numerator // exponent.denominator)

    def size(self, axes: WideAxes) -> int:
        """The number of entries along ``axes``."""
        return sum(self.grains(e) for _, e in axes)

    def line(self, rule: str, arguments: tuple[Any, ...], *premises: Line) -> Line:
        return Derivation(rule, arguments, premises, NORM_RULES[rule](arguments, [p.value for p in premises]))

    def form(self, arguments: tuple[Any, ...], output: Line) -> Derivation[Any]:
        """The line that reads the bound of one class of derivatives off the bounds of F."""
        return Derivation("norm.form", arguments, (output,), NORM_RULES["norm.form"](arguments, [output.value]))

    def flat(self, exponent: Fraction | None, axes: WideAxes) -> Jet:
        """Entries of one size that do not move."""
        return Jet(self.line("norm.flat", (None if exponent is None else self.grains(exponent), self.size(axes), 0)))

    def mask(self, share: Fraction, axes: WideAxes) -> Jet:
        """Ones at n^share of the entries, zeros elsewhere, that do not move."""
        return Jet(self.line("norm.mask", (self.size(axes) + self.grains(share), self.size(axes))))

    def detached(self, jet: Jet) -> Jet:
        return Jet(self.line("norm.detach", (), jet.value))

    def linear(
        self, terms: Iterable[tuple[Fraction | None, WideAxes, WideAxes]], jets: Sequence[Jet], axes: WideAxes
    ) -> Jet:
        """Σ n^{exponent} jet, each summed over its second and repeated along its third entry; None drops a jet."""
        plain = tuple(
            (None if e is None else self.grains(e), self.size(gone), self.size(more)) for e, gone, more in terms
        )
        if plain == ((0, 0, 0),):
            return Jet(jets[0].value)
        return Jet(self.line("norm.linear", (plain, self.size(axes)), *(j.value for j in jets)))

    def product(self, left: Jet, right: Jet, types: tuple[WideAxes, WideAxes], over: frozenset[str]) -> Jet:
        """Σ over the axes ``over``, which both have, of left * right."""
        axes = tuple(self._dims(*types, over))
        premises = (left.value, right.value)
        if not (moves(left.value.value) and moves(right.value.value)):
            return Jet(self.line("norm.product", axes, *premises))
        source = self.line("norm.product.source", (axes, False), *premises)
        free = None
        if frees(left.value.value) and frees(right.value.value):
            free = self.line("norm.product.source", (axes, True), *premises)
        return Jet(self.line("norm.product", axes, *premises, source), source, free)

    def _dims(self, left: WideAxes, right: WideAxes, over: Iterable[str]) -> Axes:
        both = {a for a, _ in left} & {a for a, _ in right}
        gone = set(over)
        return Axes(
            self.size(tuple(a for a in left if a[0] in gone)),
            self.size(tuple(a for a in left if a[0] in both and a[0] not in gone)),
            self.size(tuple(a for a in left if a[0] not in both)),
            self.size(tuple(a for a in right if a[0] not in both)),
        )

    def leaf(self, source: Source, moments: float, axes: WideAxes) -> Jet:
        """A weight read as a value."""
        omega = self.size(axes)
        arguments = (self.grains(source.exponent) if source.random else None, omega, self._tail(omega, moments))
        if source.density and axes:
            arguments += (-self.grains(-source.density),)
        motion = self.motions.get(source.name)
        if motion is None or motion.leaf is None:
            return Jet(self.line("norm.flat", arguments))
        rate = self.grains(motion.rate)
        moved = self.line("norm.leaf.source", (rate, self.along, self.free, omega), motion.leaf)
        free = None
        if self.free is not None:
            free = self.line("norm.leaf.source", (rate, None, self.free, omega), motion.leaf)
        return Jet(self.line("norm.leaf", arguments, moved), moved, free)

    def _tail(self, omega: int, moments: float) -> int:
        """The exponent, in grains, by which the largest of n^omega entries exceeds a typical one."""
        return 0 if moments == float("inf") else up(Fraction(omega) / Fraction(moments))

    def apply(
        self,
        source: Source,
        moments: float,
        jet: Jet,
        axes: tuple[WideAxes, WideAxes, WideAxes],
        independent: bool,
        transposed: bool,
    ) -> Jet:
        """W x for (outs, ins, rest) = ``axes``; ``independent``: x does not depend on the transpose of the weight."""
        outs, ins, rest = (self.size(a) for a in axes)
        density = -self.grains(-source.density)
        entries = max(ins, outs) if source.repeated else max(ins + outs - density, 0)
        numbers = (self.grains(source.exponent), ins, outs, rest)
        numbers += (self._tail(entries, moments), self._tail(outs + rest, moments))
        if density or source.repeated:
            numbers += (density, source.local, source.repeated)
        arguments = (numbers, source.random, independent, self.light)
        motion = self.motions.get(source.name)
        if motion is None or not motion.factors:
            return Jet(self.line("norm.apply", arguments, jet.value))
        moved = self._moved(motion, jet, axes, transposed)
        free = None
        if self.free is not None:
            plain = (self.grains(motion.rate), None, self.free, ins, outs, rest, ())
            free = self.line("norm.apply.source", plain, jet.value)
        return Jet(self.line("norm.apply", arguments, jet.value, moved), moved, free)

    def _moved(self, motion: Motion, jet: Jet, axes: tuple[WideAxes, WideAxes, WideAxes], transposed: bool) -> Line:
        outs, ins, rest = (self.size(a) for a in axes)
        factors: dict[tuple[Any, ...], tuple[Line, Line]] = {}
        for sides in motion.factors:
            shared = self.size(sides.shared)
            left, right = (sides.right, sides.left) if transposed else (sides.left, sides.right)
            # First right.z over the inputs, then times left over the shared axes of the use.
            dims = (Axes(ins, 0, shared, rest), Axes(shared, 0, outs, rest))
            factors.setdefault((tuple(map(tuple, dims)), left.value[0], right.value[0]), (left, right))
        arguments = (self.grains(motion.rate), self.along, self.free, ins, outs, rest, tuple(k[0] for k in factors))
        return self.line(
            "norm.apply.source", arguments, jet.value, *(side for pair in factors.values() for side in pair)
        )

    def together(self, initial: Jet, moved: Jet, axes: WideAxes) -> Jet:
        """The sum of what a weight makes as it was drawn, and of what its own moves make."""
        value = self.line("norm.linear", (((0, 0, 0),) * 2, self.size(axes)), initial.value, moved.value)
        return Jet(value, moved.source, moved.free)

    def pointwise(
        self, function: Function, k: int, jet: Jet, axes: WideAxes, vouched: bool, nearest: Nearest | None = None
    ) -> Jet:
        """The k-th derivative of ``function``; ``vouched``: a typical entry of the argument has the order of its bound.

        ``nearest`` says how near to zero the argument comes, None where that is not known.
        """
        facts: FunctionDigest = digest(function, k)
        plain = (facts.degree, facts.endless, tuple(map(tuple, facts.slopes)))
        table = jet.value.value
        below = None
        if nearest is not None and facts.degree is not None and facts.endless:
            floor, gaps = nearest
            below = (
                None if floor is None else -self.grains(-floor),
                tuple((_plain(degree), _plain(rate), self.size(places)) for degree, rate, places in gaps),
            )
            if not vouched:
                self.reasons[LOWER] = None
            if gaps:
                self.reasons[NEAREST] = None
        arguments = (plain, vouched, self.size(axes), below)
        if not moves(table) or not (facts.endless or len(facts.slopes) > 2):
            return Jet(self.line("norm.pointwise", arguments, jet.value))
        if facts.endless:
            self.arguments.append((table, tail(facts, table[0], vouched, None if below is None else Below(*below))[0]))
        powers, free = (
            self.line("norm.pointwise.source", (plain, vouched, along_free, below, self.size(axes)), jet.value)
            for along_free in (False, True)
        )
        return Jet(self.line("norm.pointwise", arguments, jet.value, powers), powers, free if frees(table) else None)

    def mapped(self, function: Map, jets: Sequence[Jet], axes: WideAxes) -> Jet:
        """A derivative of ``function`` at the first of ``jets``, along the others or with one of them as cotangent."""
        order = len(jets) - 1
        last = max(len(function.norms), order)
        exponents = [function.exponent(k) if k else function.size for k in range(order, last + 1)]
        size, *further = map(self.grains, exponents)
        digest = (size, (size, *further), function.ends)
        omega = self.size(axes)
        values = tuple(jet.value for jet in jets)
        if not function.ends and moves(values[0].value):
            self.arguments.append((values[0].value, 0))
        moved, free = (self.line("norm.map.source", (digest, omega, along), *values) for along in (False, True))
        made = self.line("norm.map", (digest, omega), *values, moved)
        return Jet(made, moved, free if any(frees(v.value) for v in values) else None)

    def refined(self, jet: Jet, sizes: tuple[Fraction | None, ...], axes: WideAxes) -> Jet:
        """The same jet with entry sizes known from elsewhere, by number of contracted slots."""
        if all(s is None for s in sizes):
            return jet
        plain = tuple(None if s is None else self.grains(s) for s in sizes)
        return Jet(self.line("norm.refined", (plain, self.size(axes)), jet.value), jet.source, jet.free)
