"""The rules of typical orders (with cancellations), one method a rule.

Primitives call these; nothing here knows of networks. All exponents are exact powers of n, logarithms are
dropped. The rules are those of Yang's Master theorem read as bookkeeping: contractions add the exponent of
their axis, or half of it when the mean vanishes; a product with a fresh matrix is a fresh Gaussian vector
plus, when the operand already depends on the transposed matrix, a coherent part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from tp.orders.content import NOTHING, Content, even, generic, odd
from tp.orders.flips import HALF, Flips, WideAxes
from tp.orders.value import MOST, UNBOUNDED, Term, Value, prune, widened

ZERO = Fraction(0)
_EXPANSION = 8


@dataclass(frozen=True, slots=True)
class Source:
    """The law of a weight as far as orders care: exponent of its scale, symmetry, whether it is random at all."""

    name: str
    exponent: Fraction
    symmetric: bool = True
    random: bool = True


class Function(Protocol):
    """What the calculus asks of the k-th derivative of a pointwise function."""

    def vanishes(self, k: int) -> bool: ...
    def constant(self, k: int) -> bool: ...
    def at_zero(self, k: int) -> float: ...
    def degree(self) -> Fraction | None: ...
    def growth(self, k: int) -> Fraction | None: ...
    def symmetry(self, k: int) -> str: ...


@dataclass(frozen=True, slots=True)
class _Symbol:
    """A Gaussian vector W y (or W' y): which weight, which side, the content of y and its own."""

    source: str
    transpose: bool
    inner: Content
    own: Content
    axes: frozenset[str]


class Calculus:
    """Typical orders of values over wide axes; remembers every rule application it has seen."""

    def __init__(self, widths: Iterable[Fraction]) -> None:
        self.zero = Value(())
        self.reasons: dict[str, None] = {}
        """Why some exponents are upper bounds only, in order of discovery."""
        self.widened = False
        """Whether long sums were simplified, which can only make an order larger."""
        self._widths = tuple(widths) or (Fraction(1),)
        self._values: dict[frozenset[Term], Value] = {(frozenset[Term]()): self.zero}
        self._flips = Flips(self._widths)
        self._symbols: dict[_Symbol, int] = {}
        self._symbol_list: list[_Symbol] = []
        self._skewed: dict[tuple[str, frozenset[str]], int] = {}
        self._memory: dict[object, Value] = {}
        self.one = self.value([Term(ZERO, NOTHING)], ())

    # values ------------------------------------------------------------------------------------------

    def value(self, terms: Iterable[Term], axes: WideAxes) -> Value:
        """The interned value of ``terms`` on ``axes``, dominated terms dropped."""
        spread = max(self._widths) - min(self._widths)
        gap = sum((w for _, w in axes), ZERO) * HALF + (spread if axes else ZERO)
        kept = prune(terms, gap)
        if len(kept) > MOST:
            self.widened = True
            kept = widened(kept)
        return self._values.setdefault(frozenset(kept), Value(kept))

    def _remember(self, key: object, make: Callable[[], Value]) -> Value:
        found = self._memory.get(key)
        if found is None:
            found = self._memory[key] = make()
        return found

    # sources -----------------------------------------------------------------------------------------

    def source(self, source: Source, axes: WideAxes) -> Value:
        """A weight read as a value: independent entries on all of ``axes``."""
        if not source.random:
            return self.zero
        return self.value([Term(source.exponent, self._entries(source, axes))], axes)

    def _entries(self, source: Source, axes: WideAxes) -> Content:
        """Content of first degree in the entries of a weight along all of ``axes``."""
        if not axes:
            return NOTHING
        if source.symmetric:
            return self._flips.fresh(source.name, axes, None)
        places = frozenset(a for a, _ in axes)
        number = self._skewed.setdefault((source.name, places), len(self._skewed))
        return Content(skewed=((number, 1),))

    # linear rules ------------------------------------------------------------------------------------

    def scaled(self, value: Value, exponent: Fraction, axes: WideAxes) -> Value:
        """n^exponent times ``value``."""
        if not exponent:
            return value
        return self.value([Term(t.exponent + exponent, t.content) for t in value.terms], axes)

    def sum(self, values: Sequence[Value], axes: WideAxes) -> Value:
        """A sum with generic coefficients: nothing cancels between its parts."""
        distinct = tuple(dict.fromkeys(v for v in values if v.terms))
        if len(distinct) < 2:
            return distinct[0] if distinct else self.zero
        key = ("sum", frozenset(map(id, distinct)), axes)
        return self._remember(key, lambda: self.value([t for v in distinct for t in v.terms], axes))

    def product(self, left: Value, right: Value, axes: WideAxes) -> Value:
        """The entrywise (or outer) product."""
        if left is self.one or not right.terms:
            return right
        if right is self.one or not left.terms:
            return left
        key = ("product", frozenset((id(left), id(right))), axes)
        return self._remember(
            key,
            lambda: self.value(
                [Term(a.exponent + b.exponent, a.content.times(b.content)) for a in left.terms for b in right.terms],
                axes,
            ),
        )

    def contract(self, value: Value, over: WideAxes, rest: WideAxes) -> Value:
        """The sum over the wide axes ``over``; ``rest`` are the wide axes that remain."""
        if not over:
            return value
        key = ("contract", id(value), over, rest)
        return self._remember(key, lambda: self.value([self._contracted(t, over) for t in value.terms], rest))

    def _contracted(self, term: Term, over: WideAxes) -> Term:
        for axis, omega in over:
            term = Term(term.exponent + self._gain(term.content, axis, omega), self._drop(term.content, axis))
        return term

    def _gain(self, content: Content, axis: str, omega: Fraction) -> Fraction:
        """What a sum over n^omega entries adds: omega, omega/2 when the mean vanishes, or in between."""
        if any(degree == 1 and axis in self._skewed_axes(source) for source, degree in content.skewed):
            return omega * HALF
        mask = 0
        for level, bits in self._flips.sharpness(axis):
            mask |= bits
            if content.misses_zero(mask):
                return omega * HALF if level is None else max(omega * HALF, omega + level)
        return omega

    def _skewed_axes(self, source: int) -> frozenset[str]:
        return next(axes for (_, axes), number in self._skewed.items() if number == source)

    def _drop(self, content: Content, axis: str) -> Content:
        """The content on the axes that remain: what lived on ``axis`` is a constant there."""
        kept = content.kept(~self._flips.on(axis))
        skewed = tuple((s, d) for s, d in content.skewed if axis not in self._skewed_axes(s))
        symbols = frozenset(s for s in content.symbols if axis not in self._symbol_list[s].axes)
        return Content(kept.offset, kept.basis, kept.free, skewed, symbols)

    # matrices ----------------------------------------------------------------------------------------

    def apply(
        self, source: Source, transpose: bool, value: Value, outs: WideAxes, ins: WideAxes, rest: WideAxes
    ) -> Value:
        """W x (or W' x): contracts ``ins``, makes ``outs``, passes ``rest`` along."""
        if not source.random:
            return self.zero
        key = ("apply", source, transpose, id(value), outs, ins, rest)
        return self._remember(
            key,
            lambda: self.value(
                [part for t in value.terms for part in self._applied(source, transpose, t, outs, ins)],
                outs + rest,
            ),
        )

    def _applied(self, source: Source, transpose: bool, term: Term, outs: WideAxes, ins: WideAxes) -> Iterable[Term]:
        size = sum((w for _, w in ins), ZERO)
        inner = term.content
        passed = inner
        for axis, _ in ins:
            passed = self._drop(passed, axis)
        own = self._gaussian(source, transpose, inner, outs, ins)
        symbol = _Symbol(source.name, transpose, inner, own, frozenset(a for a, _ in outs))
        number = self._symbols.get(symbol)
        if number is None:
            number = self._symbols[symbol] = len(self._symbol_list)
            self._symbol_list.append(symbol)
        content = own.times(passed).times(Content(symbols=frozenset((number,))))
        yield Term(term.exponent + source.exponent + size * HALF, content)
        yield from self._coherent(source, transpose, term, outs, ins)

    def _gaussian(self, source: Source, transpose: bool, inner: Content, outs: WideAxes, ins: WideAxes) -> Content:
        """The flips of W x: those of its rows, and those of x seen through the covariance x.x'."""
        side = f"{source.name}'" if transpose else source.name
        # A sum of many skewed entries is Gaussian up to n^{-1/2}: its flips are as blurred as inner ones.
        blur = None if source.symmetric else -min(w for _, w in ins) * HALF
        return self._flips.fresh(side, outs, blur).times(self._flips.wrapped(inner, outs, ins))

    def _coherent(self, source: Source, transpose: bool, term: Term, outs: WideAxes, ins: WideAxes) -> Iterable[Term]:
        """The Master theorem's correction: W' ψ(W y) has the part E[ψ'] y."""
        if source.name not in {self._symbol_list[s].source for s in term.content.symbols}:
            return
        contracted = frozenset(a for a, _ in ins)
        for number in term.content.symbols:
            symbol = self._symbol_list[number]
            if symbol.source != source.name or symbol.transpose == transpose or symbol.axes != contracted:
                continue
            slope = self._contracted(Term(ZERO, term.content.times(symbol.own)), ins)
            if slope.exponent <= sum((w for _, w in ins), ZERO) * HALF:
                continue  # the mean slope vanishes; the fresh part dominates
            exponent = term.exponent + source.exponent + slope.exponent - sum((w for _, w in outs), ZERO) * HALF
            yield Term(exponent, slope.content.times(symbol.inner))

    # nonlinear rules ---------------------------------------------------------------------------------

    def pointwise(self, function: Function, k: int, value: Value, axes: WideAxes) -> Value:
        """The k-th derivative of ``function`` at ``value``."""
        if function.vanishes(k):
            return self.zero
        if function.constant(k):
            return self.one
        if function.constant(k + 1) and function.degree() == k + 1:
            return value
        key = ("pointwise", function, k, id(value), axes)
        return self._remember(key, lambda: self._pointwise(function, k, value, axes))

    def _pointwise(self, function: Function, k: int, value: Value, axes: WideAxes) -> Value:
        degree, top = function.degree(), value.exponent
        if top is None or (top < 0 and degree is None):
            return self._expanded(lambda j: function.at_zero(k + j), value, axes)
        if top > 0 and degree is None:
            return self._saturated(function, k, value, axes)
        leading = [t.content for t in value.terms if t.exponent == top]
        rest = self.value([t for t in value.terms if t.exponent < top], axes)

        def at_leading(j: int) -> Value:
            if function.vanishes(k + j):
                return self.zero
            if function.constant(k + j):
                return self.one
            join = {"odd": odd, "even": even}.get(function.symmetry(k + j), generic)
            exponent = ZERO if degree is None else top * (degree - k - j)
            return self.value([Term(exponent, join(leading))], axes)

        if not rest.terms:
            return at_leading(0)
        return self._series(at_leading, rest, axes)

    def _expanded(self, coefficient: Callable[[int], float], value: Value, axes: WideAxes) -> Value:
        """Taylor series at 0 of a small (or vanishing) argument."""
        return self._series(lambda j: self.one if coefficient(j) else self.zero, value, axes)

    def _series(self, coefficient: Callable[[int], Value], small: Value, axes: WideAxes) -> Value:
        """Σ_j coefficient(j) small^j / j!, as far as terms can still matter."""
        parts: list[Value] = []
        power = self.one
        best: Fraction | None = None
        reach = 2 * sum((w for _, w in axes), max(self._widths))
        for j in range(_EXPANSION + 1):
            part = self.product(coefficient(j), power, axes)
            if part.exponent is not None:
                if best is not None and part.exponent < best - reach:
                    break
                best = part.exponent if best is None else max(best, part.exponent)
                parts.append(part)
            power = self.product(power, small, axes)
            if not power.terms:
                break
        return self.sum(parts, axes)

    def _saturated(self, function: Function, k: int, value: Value, axes: WideAxes) -> Value:
        """A growing argument: bounded by the function's growth, no longer exact."""
        growth = function.growth(k)
        top = value.exponent
        assert top is not None
        if growth is None:
            self.reasons.setdefault("an argument of a function without polynomial growth grows with n")
            exponent = UNBOUNDED
        else:
            self.reasons.setdefault("the argument of a nonlinearity grows with n; its order is bounded by growth only")
            exponent = max(growth, ZERO) * top
        contents = [t.content for t in value.terms]
        join = {"odd": odd, "even": even}.get(function.symmetry(k), generic)
        return self.value([Term(exponent, join(contents))], axes)

    def function_of(self, value: Value, axes: WideAxes) -> Value:
        """A bounded function of ``value`` about which nothing else is known."""
        if not value.terms:
            return self.one
        return self.value([Term(ZERO, generic(t.content for t in value.terms))], axes)
