"""Typical orders with their derivations. Primitives call it; each call is one line of a derivation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from tp.orders.facts import Function, Map, Rarity, Source
from tp.orders.proof.derivation import Derivation
from tp.orders.typical.generator import WideAxes
from tp.orders.typical.rules import Rules
from tp.orders.typical.value import Value

Derived = Derivation[Value]
Chosen = tuple[tuple[str, Fraction], Fraction, bool]
"""A wide axis, the exponent of how many of its entries are chosen, and whether their law has no end."""


class Calculus:
    """Applies :class:`Rules` and remembers how every value came about."""

    def __init__(self, widths: Iterable[Fraction], rules: Rules | None = None) -> None:
        """A calculus over ``widths``; ``rules`` over the same widths may be given, and are made otherwise."""
        self.rules = rules or Rules(widths)
        self.zero: Derived = self.line("zero", (), ())
        self.one: Derived = self.line("one", (), ())

    def line(self, rule: str, arguments: tuple[Any, ...], premises: tuple[Derived, ...]) -> Derived:
        """One application of a rule."""
        value, notes = self.rules.apply_rule(rule, arguments, [p.value for p in premises])
        for premise in premises:
            if premise.notes:
                notes |= premise.notes
        return Derivation(rule, arguments, premises, value, notes)

    def variable(self, name: str) -> Derived:
        """A formal variable of order one."""
        return self.line("variable", (name,), ())

    def source(self, source: Source, axes: WideAxes) -> Derived:
        """A weight read as a value: independent entries on all of ``axes``."""
        return self.line("source", (source, axes), ()) if source.random else self.zero

    def scaled(self, value: Derived, exponent: Fraction, axes: WideAxes) -> Derived:
        """n^exponent times ``value``."""
        return self.line("scaled", (exponent, axes), (value,)) if exponent and value.value.terms else value

    def near(self, value: Derived, rarity: Rarity, axes: WideAxes) -> Derived:
        """``value``, which comes near zero where ``rarity`` is small."""
        return self.line("near", (rarity, axes), (value,))

    def elsewhere(self, value: Derived, axes: WideAxes) -> Derived:
        """``value`` at other inputs than that of F."""
        tails = any(r.place is not None for t in value.value.terms for r, _ in t.tail)
        return self.line("elsewhere", (axes,), (value,)) if tails else value

    def mixed(self, value: Derived, names: tuple[str, ...], axes: WideAxes) -> Derived:
        """``value`` after its entries along the finite axes ``names`` were mixed."""
        tails = any(not set(names).isdisjoint(r.along) for t in value.value.terms for r, _ in t.tail)
        return self.line("mixed", (names, axes), (value,)) if tails else value

    def sum(self, values: Sequence[Derived], axes: WideAxes) -> Derived:
        """A sum with generic coefficients: nothing cancels between its parts."""
        # Equal values count once, with any one of their derivations.
        distinct = tuple({id(v.value): v for v in values if v.value.terms}.values())
        if len(distinct) < 2:
            return distinct[0] if distinct else self.zero
        return self.line("sum", (axes,), distinct)

    def product(self, left: Derived, right: Derived, axes: WideAxes) -> Derived:
        """The entrywise (or outer) product."""
        if left.value is self.one.value or not right.value.terms:
            return right
        if right.value is self.one.value or not left.value.terms:
            return left
        return self.line("product", (axes,), (left, right))

    def limited(self, value: Derived, axes: WideAxes) -> Derived:
        """``value``, its exponents taken for upper bounds."""
        return self.line("limited", (axes,), (value,)) if value.value.terms else value

    def renamed(self, value: Derived, old: str, new: str, axes: WideAxes) -> Derived:
        """The wide axis ``old`` called ``new``; ``axes`` are those of the result."""
        return self.line("renamed", (old, new, axes), (value,)) if value.value.terms else value

    def contract(self, value: Derived, over: WideAxes, rest: WideAxes) -> Derived:
        """The sum over the wide axes ``over``; ``rest`` are the wide axes that remain."""
        return self.line("contract", (over, rest), (value,)) if over and value.value.terms else value

    def apply(
        self, source: Source, transpose: bool, value: Derived, outs: WideAxes, ins: WideAxes, rest: WideAxes
    ) -> Derived:
        """W x (or W' x): contracts ``ins``, makes ``outs``, passes ``rest`` along."""
        if not source.random or not value.value.terms:
            return self.zero
        return self.line("apply", (source, transpose, outs, ins, rest), (value,))

    def pointwise(
        self, function: Function, k: int, value: Derived, axes: WideAxes, lower: Derived | None = None
    ) -> Derived:
        """The k-th derivative of ``function`` at ``value``, which ``lower`` bounds from below."""
        return self.line("pointwise", (function, k, axes), (value,) if lower is None else (value, lower))

    def remainder(
        self,
        function: Function,
        k: int,
        q: int,
        base: Derived,
        move: Derived,
        axes: WideAxes,
        known: Derived | None = None,
        *,
        elsewhere: bool = False,
    ) -> Derived:
        """The remainder of the Taylor series of the k-th derivative at ``base`` after its first ``q`` terms.

        ``known`` is the part of ``base`` with a bounded density, where the function has a kink, else a lower bound.
        ``elsewhere``: at an input that is not trained on.
        """
        if not move.value.terms:
            return self.zero
        rule = "remainder elsewhere" if elsewhere and function.kinked else "remainder"
        return self.line(rule, (function, k, q, axes), (base, move, *([] if known is None else [known])))

    def mapped(self, function: Map, adjoint: bool, values: Sequence[Derived], ins: WideAxes, outs: WideAxes) -> Derived:
        """A derivative of ``function`` at the first of ``values`` along the others.

        ``ins`` and ``outs`` are the wide axes of its operand and of its value. With ``adjoint`` the second value is a
        cotangent, which the transposed derivative is applied to.
        """
        if not all(v.value.terms for v in values[1:]):
            return self.zero
        return self.line("map", (function, adjoint, ins, outs), tuple(values))

    def map_remainder(
        self, function: Map, terms: int, adjoint: bool, values: Sequence[Derived], ins: WideAxes, outs: WideAxes
    ) -> Derived:
        """As :meth:`mapped` at a first value that moves by the second: what is left after ``terms`` Taylor terms."""
        if not all(v.value.terms for v in values[1:]):
            return self.zero
        return self.line("map remainder", (function, terms, adjoint, ins, outs), tuple(values))

    def switched(
        self,
        base: Derived,
        move: Derived,
        axes: WideAxes,
        dense: Derived | None = None,
        chosen: Chosen | None = None,
    ) -> Derived:
        """The change of the mask of the largest entries of ``base`` under ``move``; ``dense`` as in a remainder.

        ``chosen`` says how many entries of a wide axis these are; without it they lie along a finite one.
        """
        return self._switched("switched", base, move, axes, dense, chosen)

    def exchanged(
        self,
        base: Derived,
        move: Derived,
        axes: WideAxes,
        dense: Derived | None = None,
        chosen: Chosen | None = None,
    ) -> Derived:
        """What a sum of largest entries gains where ``move`` makes others the largest; for the rest see `switched`."""
        return self._switched("exchanged", base, move, axes, dense, chosen)

    def _switched(
        self, rule: str, base: Derived, move: Derived, axes: WideAxes, dense: Derived | None, chosen: Chosen | None
    ) -> Derived:
        if not move.value.terms:
            return self.zero
        return self.line(rule, (axes, *(chosen or ())), (base, move, *([] if dense is None else [dense])))

    def chosen(self, value: Derived, along: tuple[str, Fraction], count: Fraction, axes: WideAxes) -> Derived:
        """The mask of the n^count largest entries of ``value`` along the wide axis ``along``."""
        return self.line("chosen", (along, count, axes), (value,))

    def reranked(
        self, base: Derived, move: Derived, along: WideAxes, axes: WideAxes, dense: Derived | None = None
    ) -> Derived:
        """The change of ranks of ``base`` under ``move``, along a finite axis or the wide one in ``along``."""
        if not move.value.terms:
            return self.zero
        return self.line("reranked", (along, axes), (base, move, *([] if dense is None else [dense])))

    def permuted(self, ranks: Derived, value: Derived, along: WideAxes, axes: WideAxes) -> Derived:
        """``value`` in the order of ``ranks``, along a finite axis or the wide one in ``along``."""
        return self.line("permuted", (along, axes), (ranks, value)) if value.value.terms else value

    def repermuted(self, values: Sequence[Derived], along: WideAxes, axes: WideAxes) -> Derived:
        """The change of an order: of a base, its move, and what is ordered, if that is not the base itself."""
        if any(not v.value.terms for v in values[1:]):
            return self.zero
        return self.line("repermuted", (along, axes), tuple(values))

    def function_of(self, value: Derived, axes: WideAxes) -> Derived:
        """A bounded function of ``value`` about which nothing else is known."""
        return self.line("function", (axes,), (value,))
