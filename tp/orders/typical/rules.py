"""The rules of typical orders (with cancellations), one method a rule; nothing here knows of networks.

All exponents are exact powers of n, logarithms are dropped. The rules are those of Yang's Master theorem read as
bookkeeping: contractions add the exponent of their axis, or half of it when the mean vanishes; a product with a
fresh matrix is a fresh Gaussian vector plus, when the operand already depends on the transposed matrix, a coherent
part. Statements and proofs: docs/calculus.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tp.exponent import UNBOUNDED
from tp.orders.facts import Function, Source
from tp.orders.typical.content import NOTHING, Content, even, generic, odd
from tp.orders.typical.flips import HALF, Flips, Generator, WideAxes
from tp.orders.typical.value import MOST, Term, Value, merged, prune, widened

ZERO = Fraction(0)
_EXPANSION = 8

GROWS = "the argument of a nonlinearity grows with n; its order is bounded by growth only"
UNBOUNDED_GROWTH = "an argument of a function without polynomial growth grows with n"
KINKS = "few neurons cross the kink of a piecewise-linear function; their number is bounded, not their signs"
WIDENED = "long sums were simplified: joint parities are kept, single ones are not"
MAXIMA = "few positions of a maximum change in training; their number is bounded, not their signs"
FROM_BELOW = "a negative power of something that is bounded from above only"


@dataclass(frozen=True, slots=True)
class _Symbol:
    """Gaussian vectors W y (or W' y): which weight, which side, the content of y without its symbols, and their own."""

    source: str
    transpose: bool
    inner: Content
    own: Content
    axes: frozenset[str]


class Rules:
    """The rules over one set of widths. Values are interned, applications remembered.

    Generators, Gaussian symbols and skewed sources are numbered as they first appear, so the same applications in the
    same order give the same values. Values of more than ``most`` terms are simplified, to a
    single one where it is 0.
    """

    def __init__(
        self, widths: Iterable[Fraction], tracked: Iterable[Generator] | None = None, most: int = MOST
    ) -> None:
        self.widths = tuple(sorted(set(widths))) or (Fraction(1),)
        self.flips = Flips(self.widths, tracked)
        self._most = max(most, 0)
        self.witnesses = 0
        """The generators of flips that made a mean vanish: what a proof has to keep track of."""
        self.zero = Value(())
        self._values: dict[frozenset[Term], Value] = {(frozenset[Term]()): self.zero}
        self._symbols: dict[_Symbol, int] = {}
        self._symbol_list: list[_Symbol] = []
        self._inside: list[frozenset[int]] = []
        """For every symbol all symbols that some y of it depends on; a recurrence adds no new ones for ever."""
        self._skewed: dict[tuple[str, frozenset[str]], int] = {}
        self._memory: dict[object, tuple[Value, frozenset[str]]] = {}
        self._parts: dict[object, Value] = {}
        self._notes: set[str] = set()
        self._gaps: dict[WideAxes, Fraction] = {}
        self._spread = max(self.widths) - min(self.widths)
        self.one_value = self.value([Term(ZERO, NOTHING)], ())

    def apply_rule(
        self, rule: str, arguments: tuple[Any, ...], values: Sequence[Value]
    ) -> tuple[Value, frozenset[str]]:
        """What ``rule`` gives, and the notes that go with it. Raises KeyError for an unknown rule."""
        key = (rule, arguments, *map(id, values))
        found = self._memory.get(key)
        if found is None:
            before, self._notes = self._notes, set()
            value = RULES[rule](self, arguments, values)
            found = self._memory[key] = (value, frozenset(self._notes))
            self._notes = before
        return found

    # values ------------------------------------------------------------------------------------------

    def value(self, terms: Iterable[Term], axes: WideAxes) -> Value:
        """The interned value of ``terms`` on ``axes``, dominated terms dropped."""
        if self.flips.formal:
            terms = [half for t in terms for half in self._by_parity(t)]
        kept = tuple(terms)
        if len(kept) > 1:
            kept = prune(kept, self._gap(axes), self.flips.formal)
        if len(kept) > max(self._most, 1):
            self._notes.add(WIDENED)
            kept = self._simplified(kept)
        return self._values.setdefault(frozenset(kept), Value(kept))

    def _gap(self, axes: WideAxes) -> Fraction:
        """The most that a cancellation over ``axes`` can cost."""
        found = self._gaps.get(axes)
        if found is None:
            half = sum((w for _, w in axes), ZERO) * HALF
            found = self._gaps[axes] = half + (self._spread if axes else ZERO)
        return found

    def _simplified(self, terms: tuple[Term, ...]) -> tuple[Term, ...]:
        """Fewer terms, as much of their joint parities kept as their number allows."""
        if not self._most:
            return merged(terms, self.flips.formal)
        found = widened(terms, self.flips.formal, self.flips.whole.values())
        if len(found) <= 2 * self._most:
            return found
        found = widened(terms, self.flips.formal)
        leading = sorted({t.exponent for t in found}, reverse=True)[: self._most]
        small = merged([t for t in found if t.exponent < leading[-1]], self.flips.formal)
        return (*(t for t in found if t.exponent >= leading[-1]), *small)

    def _by_parity(self, term: Term) -> Iterable[Term]:
        """The parts of ``term`` that are even and odd in each formal variable: orders of series differ between them."""
        halves = [term.content]
        mask = self.flips.formal
        while mask:
            bit = mask & -mask
            mask ^= bit
            halves = [part for c in halves for part in c.split(bit)]
        return [Term(term.exponent, c, term.share, term.bound) for c in halves]

    # sources -----------------------------------------------------------------------------------------

    def one(self, arguments: tuple[Any, ...], values: Sequence[Value]) -> Value:
        """A constant of order one, the same for every entry: data, masks, generic coefficients."""
        return self.one_value

    def none(self, arguments: tuple[Any, ...], values: Sequence[Value]) -> Value:
        """Identically zero."""
        return self.zero

    def variable(self, arguments: tuple[str], values: Sequence[Value]) -> Value:
        """A formal variable of order one; parts even and odd in it are kept apart."""
        return self.value([Term(ZERO, self.flips.variable(arguments[0]))], ())

    def source(self, arguments: tuple[Source, WideAxes], values: Sequence[Value]) -> Value:
        """A weight read as a value: independent entries on all of the axes."""
        source, axes = arguments
        return self.value([Term(source.exponent, self._entries(source, axes))], axes)

    def _entries(self, source: Source, axes: WideAxes) -> Content:
        """Content of first degree in the entries of a weight along all of ``axes``."""
        if not axes:
            return NOTHING
        if source.symmetric:
            return self.flips.fresh(source.name, axes, None)
        places = frozenset(a for a, _ in axes)
        number = self._skewed.setdefault((source.name, places), len(self._skewed))
        return Content(skewed=((number, 1),))

    # linear rules ------------------------------------------------------------------------------------

    def scaled(self, arguments: tuple[Fraction, WideAxes], values: Sequence[Value]) -> Value:
        """n^exponent times the operand."""
        exponent, axes = arguments
        return self.value([Term(t.exponent + exponent, t.content, t.share, t.bound) for t in values[0].terms], axes)

    def sum(self, arguments: tuple[WideAxes], values: Sequence[Value]) -> Value:
        """A sum with generic coefficients: nothing cancels between its parts."""
        return self._sum(values, arguments[0])

    def _sum(self, values: Iterable[Value], axes: WideAxes) -> Value:
        distinct = tuple(dict.fromkeys(v for v in values if v.terms))
        if len(distinct) < 2:
            return distinct[0] if distinct else self.zero
        return self.value([t for v in distinct for t in v.terms], axes)

    def product(self, arguments: tuple[WideAxes], values: Sequence[Value]) -> Value:
        """The entrywise (or outer) product."""
        return self._product(values[0], values[1], arguments[0])

    def _product(self, left: Value, right: Value, axes: WideAxes) -> Value:
        if left is self.one_value or not right.terms:
            return right
        if right is self.one_value or not left.terms:
            return left
        key = (id(left), id(right), axes) if id(left) < id(right) else (id(right), id(left), axes)
        found = self._parts.get(key)
        if found is None:
            terms = [
                Term(a.exponent + b.exponent, a.content.times(b.content), min(a.share, b.share), a.bound or b.bound)
                for a in left.terms
                for b in right.terms
            ]
            found = self._parts[key] = self.value(terms, axes)
        return found

    def contract(self, arguments: tuple[WideAxes, WideAxes], values: Sequence[Value]) -> Value:
        """The sum over the first wide axes; the second ones remain."""
        over, rest = arguments
        return self.value([self._contracted(t, over) for t in values[0].terms], rest)

    def _contracted(self, term: Term, over: WideAxes) -> Term:
        exponent, content, share = term.exponent, term.content, term.share
        for axis, omega in over:
            # Entries that are not zero: n^(omega + share) along this axis, at least one.
            count = max(omega + share, ZERO)
            share = min(omega + share, ZERO)
            exponent += self._gain(content, axis, count)
            content = self._drop(content, axis)
        return Term(exponent, content, share, term.bound)

    def _gain(self, content: Content, axis: str, omega: Fraction) -> Fraction:
        """What a sum over n^omega entries adds: omega, omega/2 when the mean vanishes, or in between."""
        if any(degree == 1 and axis in self._skewed_axes(source) for source, degree in content.skewed):
            return omega * HALF
        if content.offset & self.flips.on(axis):
            mask = 0
            for level, bits in self.flips.sharpness(axis):
                mask |= bits
                if content.misses_zero(mask):
                    self._witness(content, mask)
                    return omega * HALF if level is None else max(omega * HALF, omega + level)
        return omega

    def _witness(self, content: Content, mask: int) -> None:
        """Remembers the generators of one flip that makes the factor odd, if those known so far do not do."""
        if not content.misses_zero(mask & self.witnesses):
            # Flips of weights that are read serve at any depth; prefer them.
            self.witnesses |= content.witness(mask, self.witnesses | self.flips.read)

    def _skewed_axes(self, source: int) -> frozenset[str]:
        return next(axes for (_, axes), number in self._skewed.items() if number == source)

    def _drop(self, content: Content, axis: str) -> Content:
        """The content on the axes that remain: what lived on ``axis`` is a constant there."""
        skewed = tuple((s, d) for s, d in content.skewed if axis not in self._skewed_axes(s))
        symbols = frozenset(s for s in content.symbols if axis not in self._symbol_list[s].axes)
        mask = self.flips.on(axis)
        if not ((content.offset | content.free) & mask or any(b & mask for b in content.basis)):
            return Content(content.offset, content.basis, content.free, skewed, symbols)
        kept = content.kept(~mask)
        return Content(kept.offset, kept.basis, kept.free, skewed, symbols)

    # matrices ----------------------------------------------------------------------------------------

    def apply(self, arguments: tuple[Source, bool, WideAxes, WideAxes, WideAxes], values: Sequence[Value]) -> Value:
        """W x (or W' x): contracts ``ins``, makes ``outs``, passes ``rest`` along."""
        source, transpose, outs, ins, rest = arguments
        terms = [part for t in values[0].terms for part in self._applied(source, transpose, t, outs, ins)]
        return self.value(terms, outs + rest)

    def _applied(self, source: Source, transpose: bool, term: Term, outs: WideAxes, ins: WideAxes) -> Iterable[Term]:
        size = max(sum((w for _, w in ins), term.share), ZERO)
        share = min(sum((w for _, w in ins), term.share), ZERO)
        inner = term.content
        passed = inner
        for axis, _ in ins:
            passed = self._drop(passed, axis)
        own = self._gaussian(source, transpose, inner, outs, ins)
        symbol = _Symbol(source.name, transpose, inner.bare(), own, frozenset(a for a, _ in outs))
        number = self._symbol(symbol, inner.symbols)
        content = own.times(passed)
        content = content.holding(content.symbols | {number})
        yield Term(term.exponent + source.exponent + size * HALF, content, share, term.bound)
        yield from self._coherent(source, transpose, term, outs, ins)

    def _symbol(self, symbol: _Symbol, inside: frozenset[int]) -> int:
        number = self._symbols.get(symbol)
        if number is None:
            number = self._symbols[symbol] = len(self._symbol_list)
            self._symbol_list.append(symbol)
            self._inside.append(inside)
        elif not inside <= self._inside[number]:
            self._inside[number] |= inside
            # What was worked out for fewer dependences holds no longer for the same values.
            self._memory.clear()
        return number

    def _gaussian(self, source: Source, transpose: bool, inner: Content, outs: WideAxes, ins: WideAxes) -> Content:
        """The flips of W x: those of its rows, and those of x seen through the covariance x.x'."""
        side = f"{source.name}'@" if transpose else f"{source.name}@"
        # A sum of many skewed entries is Gaussian up to n^{-1/2}: its flips are as blurred as inner ones.
        blur = None if source.symmetric else -min(w for _, w in ins) * HALF
        return self.flips.fresh(side, outs, blur).times(self.flips.wrapped(inner, outs, ins, transpose))

    def _coherent(self, source: Source, transpose: bool, term: Term, outs: WideAxes, ins: WideAxes) -> Iterable[Term]:
        """The Master theorem's correction: W' ψ(W y) has the part E[ψ'] y."""
        contracted = frozenset(a for a, _ in ins)
        half = max(sum((w for _, w in ins), term.share), ZERO) * HALF
        for number in sorted(term.content.symbols):
            symbol = self._symbol_list[number]
            if symbol.source != source.name or symbol.transpose == transpose or symbol.axes != contracted:
                continue
            slope = self._contracted(Term(ZERO, term.content.times(symbol.own), term.share), ins)
            if slope.exponent <= half:
                continue  # the mean slope vanishes; the fresh part dominates
            exponent = term.exponent + source.exponent + slope.exponent - sum((w for _, w in outs), ZERO) * HALF
            inner = symbol.inner.holding(self._inside[number])
            yield Term(exponent, slope.content.times(inner), slope.share, term.bound)

    # nonlinear rules ---------------------------------------------------------------------------------

    def pointwise(self, arguments: tuple[Function, int, WideAxes], values: Sequence[Value]) -> Value:
        """The k-th derivative of a function at the operand."""
        function, k, axes = arguments
        return self._pointwise(function, k, values[0], axes)

    def _pointwise(self, function: Function, k: int, value: Value, axes: WideAxes) -> Value:
        slopes, degree, top = function.slopes, function.degree, value.exponent
        if slopes[k].vanishes:
            return self.zero
        if slopes[k].constant:
            return self.one_value
        if slopes[k + 1].constant and degree == k + 1:
            return value
        if top is None or (top < 0 and degree is None):
            return self._expanded(lambda j: slopes[k + j].at_zero, value, axes)
        if top > 0 and degree is None:
            return self._saturated(function, k, value, axes)
        leading = [t.content for t in value.terms if t.exponent == top]
        bound = not value.exact
        rest = self.value([t for t in value.terms if t.exponent < top], axes)

        def at_leading(j: int) -> Value:
            slope = slopes[k + j]
            if slope.vanishes:
                return self.zero
            if slope.constant:
                return self.one_value
            power = ZERO if degree is None else degree - k - j
            size = self._least(value) if power < 0 else top
            exponent = UNBOUNDED if size is None else size * power
            return self.value([Term(exponent, _JOINS[slope.symmetry](leading), bound=bound)], axes)

        if not rest.terms:
            return at_leading(0)
        return self._series(at_leading, rest, axes)

    def _least(self, value: Value) -> Fraction | None:
        """The largest exponent that ``value`` surely has; None where all of its terms are bounds."""
        found = max((t.exponent for t in value.terms if not t.bound), default=None)
        if found is None:
            self._notes.add(FROM_BELOW)
        return found

    def _expanded(self, nonzero: Callable[[int], bool], value: Value, axes: WideAxes) -> Value:
        """Taylor series at 0 of a small (or vanishing) argument."""
        return self._series(lambda j: self.one_value if nonzero(j) else self.zero, value, axes)

    def _series(self, coefficient: Callable[[int], Value], small: Value, axes: WideAxes, first: int = 0) -> Value:
        """Σ_{j >= first} coefficient(j) small^j / j!, as far as terms can still matter."""
        parts: list[Value] = []
        power = self.one_value
        best: Fraction | None = None
        reach = 2 * sum((w for _, w in axes), max(self.widths))
        for j in range(first + _EXPANSION + 1):
            if j >= first:
                part = self._product(coefficient(j), power, axes)
                if part.exponent is not None:
                    if best is not None and part.exponent < best - reach:
                        break
                    best = part.exponent if best is None else max(best, part.exponent)
                    parts.append(part)
            power = self._product(power, small, axes)
            if not power.terms:
                break
        return self._sum(parts, axes)

    def _saturated(self, function: Function, k: int, value: Value, axes: WideAxes) -> Value:
        """A growing argument: bounded by the function's growth, no longer exact."""
        slope = function.slopes[k]
        top = value.exponent
        assert top is not None
        if slope.growth is None:
            self._notes.add(UNBOUNDED_GROWTH)
            exponent = UNBOUNDED
        else:
            self._notes.add(GROWS)
            exponent = max(slope.growth, ZERO) * top
        return self.value([Term(exponent, _JOINS[slope.symmetry](t.content for t in value.terms), bound=True)], axes)

    def remainder(self, arguments: tuple[Function, int, int, WideAxes], values: Sequence[Value]) -> Value:
        """φ^{(k)}(b + m) - Σ_{j < q} φ^{(k+j)}(b) m^j / j! for values b and m: what q terms of the series leave out."""
        function, k, q, axes = arguments
        base, move = values
        slopes = function.slopes
        if move.exponent is None or (slopes[k + q].vanishes and not function.kinked):
            return self.zero
        smaller = base.exponent is not None and move.exponent < base.exponent
        if function.kinked and k < 2:
            if smaller:
                return self._crossed(function, k, q, base, move, axes)
        elif move.exponent < 0 if function.degree is None else smaller:
            return self._series(lambda j: self._pointwise(function, k + j, base, axes), move, axes, first=q)
        whole = self._pointwise(function, k, self._sum((base, move), axes), axes)
        parts = [whole]
        power = self.one_value
        for j in range(1, q):
            power = self._product(power, move, axes)
            parts.append(self._product(self._pointwise(function, k + j, base, axes), power, axes))
        return self._sum(parts, axes)

    def _crossed(self, function: Function, k: int, q: int, base: Value, move: Value, axes: WideAxes) -> Value:
        """A kink is crossed by a share n^{m-b} of the entries, each of which changes by n^{m (1-k)}."""
        assert base.exponent is not None
        assert move.exponent is not None
        if not axes:
            return self.zero  # of finitely many entries none crosses, with probability tending to one
        self._notes.add(KINKS)
        exponent = move.exponent * (1 - k)
        # The first q terms of the series carry what parity the function lacks.
        join = _JOINS[_TURNED[function.slopes[k + q].symmetry] if q % 2 else function.slopes[k + q].symmetry]
        content = join(t.content for t in (*base.terms, *move.terms))
        return self.value([Term(exponent, content, move.exponent - base.exponent, bound=True)], axes)

    def switched(self, arguments: tuple[WideAxes], values: Sequence[Value]) -> Value:
        """How a choice among entries of b changes under a move m: for a share n^{m-b} of the places, all of them at
        most.
        """
        (axes,) = arguments
        base, move = values
        if move.exponent is None:
            return self.zero
        share = ZERO if base.exponent is None else min(move.exponent - base.exponent, ZERO)
        if share and not axes:
            return self.zero
        self._notes.add(MAXIMA)
        content = generic(t.content for t in (*base.terms, *move.terms))
        return self.value([Term(ZERO, content, share, bound=True)], axes)

    def function_of(self, arguments: tuple[WideAxes], values: Sequence[Value]) -> Value:
        """A bounded function of the operand about which nothing else is known."""
        if not values[0].terms:
            return self.one_value
        contents = generic(t.content for t in values[0].terms)
        return self.value([Term(ZERO, contents, bound=not values[0].exact)], arguments[0])


_JOINS: dict[str, Callable[[Iterable[Content]], Content]] = {"odd": odd, "even": even, "none": generic}
_TURNED = {"odd": "even", "even": "odd", "none": "none"}

RULES: dict[str, Callable[[Rules, Any, Sequence[Value]], Value]] = {
    "one": Rules.one,
    "zero": Rules.none,
    "variable": Rules.variable,
    "source": Rules.source,
    "scaled": Rules.scaled,
    "sum": Rules.sum,
    "product": Rules.product,
    "contract": Rules.contract,
    "apply": Rules.apply,
    "pointwise": Rules.pointwise,
    "remainder": Rules.remainder,
    "switched": Rules.switched,
    "function": Rules.function_of,
}
