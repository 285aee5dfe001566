"""Typical exponents of C^{D,d} for all D and d: low orders one by one, and closed forms for all others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from tp.exponent import UNBOUNDED
from tp.interpret.adjoint import Form
from tp.quantities.definitions import Quantity, parse
from tp.theory.all_orders import Series
from tp.theory.bounds import Bounds
from tp.theory.scalars import Scalars

SHOWN = 5
"""The largest d up to which C^{0,d} is derived by itself and compared with the closed form."""


@dataclass(frozen=True, slots=True)
class Law:
    """C^{D,d} = O(n^{constant - along d - free D}) for all orders that ``family`` names.

    A ``constant`` of None: all of them vanish identically. ``attained``: equal to the exponent of every order that was
    derived by itself.
    """

    family: str
    constant: Fraction | None
    along: Fraction
    free: Fraction
    attained: bool


@dataclass(frozen=True, slots=True)
class TypicalOrders:
    """Typical exponents of all C^{D,d} from single ones, the closed form for D = 0, and bounds with typical sizes."""

    scalars: Scalars
    series: Series | None
    bounds: Bounds

    def at(self, free: int, contracted: int) -> tuple[Fraction | None, bool]:
        """The exponent of C^{D,d}, D = ``free``, d = ``contracted`` >= 1, and whether it is attained."""
        if self._vanishes(free, contracted):
            return None, True
        if free <= 1 and contracted <= (SHOWN if free == 0 else 3):
            ground = self.scalars.ground(Quantity("", free, contracted, 1.0))
            return ground.exponent, ground.exact
        if free == 0:
            found = None if self.series is None else self.series.exponent(contracted)
            return found, self._attained(free, contracted % 2)
        above = self.bounds.exponent(free, contracted)
        return above, above is not None and self._from_below(free, contracted) == above

    def _from_below(self, free: int, contracted: int) -> Fraction | None:
        """A lower bound: all free slots but one along g / |g| give C^{1,d+D-1} over the power (D-1)/2 of the kernel."""
        slots = contracted + free - 1
        kernel = self.scalars.ground(parse("kernel")).exponent
        if slots > 3 or kernel is None:
            return None
        below = self.scalars.ground(Quantity("", 1, slots, 1.0))
        return None if below.exponent is None or not below.exact else below.exponent - kernel * (free - 1) / 2

    def _vanishes(self, free: int, contracted: int) -> bool:
        degree = self.bounds.degree
        return degree is not None and free + contracted > degree

    def _attained(self, free: int, parity: int) -> bool:
        """Whether a closed form equals the exponents that were derived order by order."""
        if free == 0:
            if self.series is None:
                return False
            orders = [d for d in range(2, SHOWN + 1) if d % 2 == parity and not self._vanishes(0, d)]
            grounds = [(d, self.scalars.ground(Quantity("", 0, d, 1.0))) for d in orders]
            return all(g.exact and g.exponent == self.series.exponent(d) for d, g in grounds)
        orders = [d for d in range(1, 4) if not self._vanishes(1, d)]
        found = [(d, self.scalars.ground(Quantity("", 1, d, 1.0))) for d in orders]
        return all(g.exact and g.exponent == self.bounds.exponent(1, d) for d, g in found)

    def laws(self) -> tuple[Law, ...]:
        """The closed forms; families for which none was found are missing."""
        return (*self._along(), *self._free(), *self._beyond())

    def _along(self) -> Iterable[Law]:
        """C^{0,d} for even and for odd d, up to the degree of a polynomial."""
        degree = self.bounds.degree
        series = self.series
        if series is None:
            return
        for parity in (0, 1):
            orders = range(2 + parity, SHOWN + 1 if degree is None else degree + 1, 2)
            if orders:
                constant = series.odd if parity else series.even
                listed = [str(d) for d in orders[:2]]
                if degree is None:
                    listed.append("...")
                elif len(orders) > 2:
                    listed += [*(["..."] if len(orders) > 3 else []), str(orders[-1])]
                attained = constant is None or self._attained(0, parity)
                yield Law(f"C[0,d], d = {', '.join(listed)}", constant, series.rate, Fraction(0), attained)

    def _free(self) -> Iterable[Law]:
        """C^{D,d} for D = 1, and for D >= 2, from d = 2 on and up to the degree of a polynomial."""
        degree = self.bounds.degree
        for free, name in ((1, "C[1,d], d >= 2"), (2, "C[D,d], D >= 2, d >= 2")):
            form = self.bounds.form(free, 2)
            if form is not None and usable(form) and not self._vanishes(free, 2):
                end = "" if degree is None else f", d <= {degree - 1}" if free == 1 else f", D + d <= {degree}"
                attained = free == 1 and self._attained(1, 0)
                yield Law(f"{name}{end}", form.constant, form.along, form.free, attained)

    def _beyond(self) -> Iterable[Law]:
        """What lies beyond the degree of a polynomial."""
        if self.bounds.degree is not None:
            zero = Fraction(0)
            yield Law(f"C[D,d], D + d > {self.bounds.degree}", None, zero, zero, attained=True)

    def tail(self, free: int) -> tuple[Fraction, Fraction] | None:
        """The slopes (λ, μ) of a closed form A - λd - μD that holds for all large d; None where none was found."""
        if self.bounds.degree is not None and self.bounds.degree <= SHOWN:
            return Fraction(1), Fraction(1)
        if free == 0:
            series = self.series
            if series is not None and series.even is None and series.odd is None:
                return Fraction(1), Fraction(1)
            return None if series is None else (series.rate, Fraction(0))
        return slopes(self.bounds.form(free, 2))


def usable(form: Form) -> bool:
    """Whether the form is finite."""
    return form.constant < UNBOUNDED / 2


def slopes(form: Form | None) -> tuple[Fraction, Fraction] | None:
    """(λ, μ) of a form: (1, 1) where it vanishes identically, None where it is not finite."""
    if form is None:
        return Fraction(1), Fraction(1)
    return (form.along, form.free) if usable(form) else None
