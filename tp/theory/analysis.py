"""Everything that orders say about a program: both answers, all (D, d), weak correlations, the regime, certificates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from tp.exponent import UNBOUNDED
from tp.graph.graph import Graph
from tp.interpret.orders import calculus_for
from tp.orders.proof.certificate import Claim, Json, certificate
from tp.quantities.names import Quantity, parse
from tp.theory.all_orders import STEP, Series, series
from tp.theory.bounds import Bounds, Form, bounds
from tp.theory.predict import Prediction, predicted
from tp.theory.premises import Premise, premises
from tp.theory.regime import Regime, regime
from tp.theory.scalars import Scalars
from tp.theory.sizes import TypicalSizes
from tp.theory.weak_correlations import Exponents, Strength, fixed, power

SHOWN = 5
"""Closed forms are compared with the orders worked out one by one up to this d."""


@dataclass(frozen=True, slots=True)
class Law:
    """C^{D,d} = O(n^{constant - along d - free D}) for all orders that ``family`` names.

    ``attained``: equal to the exponent of every order that was worked out by itself.
    """

    family: str
    constant: Fraction
    along: Fraction
    free: Fraction
    attained: bool


class Analysis:
    """The orders of one program; each part is worked out when it is first asked for.

    ``quantities`` are the names that :meth:`prediction` will be asked for, beside the usual ones. Raises ValueError
    for an
    unknown one.
    """

    def __init__(self, program: Graph, quantities: Sequence[str] = ()) -> None:
        self.program = program
        self.asked = tuple(map(parse, quantities))
        self.calculus = calculus_for(program)

    @cached_property
    def scalars(self) -> Scalars:
        depth = max((q.contracted + (q.free == 2) for q in self.asked), default=0)
        return Scalars(self.program, max(depth, SHOWN), self.calculus)

    @cached_property
    def series(self) -> Series | None:
        """The typical C^{0,d} for all d >= 2."""
        return series(self.scalars)

    @cached_property
    def bounds(self) -> Bounds:
        """Without cancellation, for every law with the moments that it has."""
        return bounds(self.program)

    @cached_property
    def typical_bounds(self) -> Bounds:
        """No cancellation over free slots, typical sizes elsewhere."""
        return bounds(self.program, TypicalSizes(self.scalars))

    @cached_property
    def regime(self) -> Regime:
        return regime(self.program, self.calculus)

    @cached_property
    def premises(self) -> tuple[Premise, ...]:
        return premises(self.program)

    def prediction(self, quantities: Sequence[str], *, nodes: bool = False) -> Prediction:
        """Typical exponents. Raises ValueError for an unknown quantity."""
        return predicted(self.scalars, lambda: self.typical_bounds, quantities, nodes=nodes)

    def bound(self, name: str) -> Fraction | None:
        """The exponent of a bound of the quantity; None: vanishes identically. At least the typical one."""
        quantity = parse(name)
        return self.bounds.exponent(quantity.free, quantity.contracted)

    # all orders --------------------------------------------------------------------------------------

    def at(self, free: int, contracted: int) -> tuple[Fraction | None, bool]:
        """The typical exponent of C^{D,d} for any D and d >= 1, and whether it is attained or bounds it."""
        if self._vanishes(free, contracted):
            return None, True
        if free <= 1 and contracted <= (SHOWN if free == 0 else 3):
            ground = self.scalars.ground(Quantity("", free, contracted, 1.0))
            return ground.exponent, ground.exact
        if free == 0:
            found = None if self.series is None else self.series.exponent(contracted)
            return found, self._attained(free, contracted % 2)
        above = self.typical_bounds.exponent(free, contracted)
        return above, above is not None and self._from_below(free, contracted) == above

    def _from_below(self, free: int, contracted: int) -> Fraction | None:
        """‖C^{D,d}‖ with all free slots but one along g / |g|: C^{1,d+D-1} over powers of the kernel."""
        slots = contracted + free - 1
        kernel = self.scalars.ground(parse("kernel")).exponent
        if slots > 3 or kernel is None:
            return None
        below = self.scalars.ground(Quantity("", 1, slots, 1.0))
        return None if below.exponent is None or not below.exact else below.exponent - kernel * (free - 1) / 2

    def _vanishes(self, free: int, contracted: int) -> bool:
        degree = self.typical_bounds.degree
        return degree is not None and free + contracted > degree

    def _attained(self, free: int, parity: int) -> bool:
        """Whether a closed form equals what was worked out order by order."""
        if free == 0:
            if self.series is None:
                return False
            orders = [d for d in range(2, SHOWN + 1) if d % 2 == parity and not self._vanishes(0, d)]
            grounds = [(d, self.scalars.ground(Quantity("", 0, d, 1.0))) for d in orders]
            return all(g.exact and g.exponent == self.series.exponent(d) for d, g in grounds)
        orders = [d for d in range(1, 4) if not self._vanishes(1, d)]
        return all(
            self.scalars.ground(Quantity("", 1, d, 1.0)).exponent == self.typical_bounds.exponent(1, d) for d in orders
        )

    def laws(self) -> tuple[Law, ...]:
        """The closed forms; families for which none was found are missing."""
        found: list[Law] = []
        if self.series is not None:
            for parity, name in ((0, "C[0,d], d = 2, 4, ..."), (1, "C[0,d], d = 3, 5, ...")):
                constant = self.series.odd if parity else self.series.even
                if constant is not None and not self._vanishes(0, 2 + parity):
                    attained = self._attained(0, parity)
                    found.append(Law(name, constant, self.series.rate, Fraction(0), attained))
        for free, name in ((1, "C[1,d], d >= 2"), (2, "C[D,d], D >= 2, d >= 2")):
            form = self.typical_bounds.form(free, 2)
            if form is not None and _usable(form) and not self._vanishes(free, 2):
                found.append(Law(name, form.constant, form.along, form.free, free == 1 and self._attained(1, 0)))
        return tuple(found)

    @cached_property
    def weak(self) -> tuple[Strength | None, Strength | None]:
        """m(n) for fixed and for power weak correlations, from typical orders."""
        exponents = Exponents(self.at, self._tail)
        return fixed(exponents), power(exponents)

    @cached_property
    def weak_bound(self) -> tuple[Strength | None, Strength | None]:
        """The same from bounds alone: what holds for every initial law, without cancellation."""

        def at(free: int, contracted: int) -> tuple[Fraction | None, bool]:
            return self.bounds.exponent(free, contracted), False

        def tail(free: int) -> tuple[Fraction, Fraction] | None:
            return _slopes(self.bounds.form(free, 2))

        exponents = Exponents(at, tail)
        return fixed(exponents), power(exponents)

    def _tail(self, free: int) -> tuple[Fraction, Fraction] | None:
        if self.typical_bounds.degree is not None and self.typical_bounds.degree <= SHOWN:
            return Fraction(1), Fraction(1)
        if free == 0:
            return None if self.series is None else (self.series.rate, Fraction(0))
        return _slopes(self.typical_bounds.form(free, 2))

    # certificates ------------------------------------------------------------------------------------

    def certificate(self, quantities: Sequence[str]) -> Json:
        """The derivations of all that was said about ``quantities``, of the closed forms, and of the regime."""
        prediction = self.prediction(quantities)
        claims = [
            Claim(name, "order", ground.derivation, ground.exponent, ground.factor)
            for name, ground in prediction.grounds.items()
        ]
        training = {n: d for n, d in self.regime.grounds.items() if n not in prediction.grounds}
        claims += [Claim(name, "order", d, d.value.exponent) for name, d in training.items()]
        if self.series is not None:
            for parity, constant in ((0, self.series.even), (1, self.series.odd)):
                name = f"C[0,d] n^({self.series.rate} d), d {'odd' if parity else 'even'}"
                claims.append(Claim(name, "series", self.series.derivation, constant, variable=STEP, parity=parity))
        for name in quantities:
            quantity = parse(name)
            form = self.bounds.best(quantity.free, quantity.contracted)
            if form is not None and _usable(form):
                triple = (form.constant, form.along, form.free)
                claims.append(Claim(name, "form", form.derivation, form=triple))
        return certificate([w.exponent for w in self.program.widths.values()], self.calculus.rules, claims)


def _usable(form: Form) -> bool:
    return form.constant < UNBOUNDED / 2


def _slopes(form: Form | None) -> tuple[Fraction, Fraction] | None:
    """The slopes of a form; one that vanishes identically falls as fast as anything."""
    if form is None:
        return Fraction(1), Fraction(1)
    return (form.along, form.free) if _usable(form) else None
