"""Two programs beside each other: their orders, and measured exponents where both are measured.

Whether two things differ is answered with yes or no only where both are known. Of an upper bound it is known that the
exponent is no larger; of an estimate that it lies in its interval.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tp.answer import Answer
from tp.exit_code import ExitCode
from tp.printable import Printable
from tp.studies.orders import Orders

if TYPE_CHECKING:
    from tp.statistics.fit import Fit
    from tp.studies.claims.evaluate import ClaimResult
    from tp.studies.verify import Verification
    from tp.theory.weak_correlations import Strength

LEAST = Fraction(-(10**9))
"""Below every exponent: that of a quantity that vanishes identically."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an exponent (None: vanishes identically): nothing, its value, or with not ``exact`` a bound."""

    exponent: Fraction | None
    known: bool = True
    exact: bool = True

    def differs(self, other: Known) -> Answer:
        """Whether the two exponents are different numbers."""
        if not (self.known and other.known):
            return Answer.UNDECIDED
        left, right = (LEAST if one.exponent is None else one.exponent for one in (self, other))
        if self.exact and other.exact:
            return Answer.of(left != right)
        apart = (self.exact and left > right) or (other.exact and right > left)
        return Answer.YES if apart else Answer.UNDECIDED


@dataclass(frozen=True, slots=True, repr=False)
class Comparison(Printable):
    """The orders of two programs, called ``names``; ``measured`` has what was measured of both, None: nothing was.

    ``interrupted``: the user broke off the measurement.
    """

    study = "compare"

    names: tuple[str, str]
    orders: tuple[Orders, Orders]
    measured: tuple[Verification, Verification] | None = None
    interrupted: bool = False

    @property
    def exit_code(self) -> ExitCode:
        """HOLDS: both were worked out, whatever they are. UNDECIDED: a measurement was interrupted."""
        return ExitCode.UNDECIDED if self.interrupted else ExitCode.HOLDS


def exponent_of(found: Orders, quantity: str) -> Known:
    """What the calculus knows of the typical exponent of a quantity."""
    prediction = found.prediction
    known = quantity in prediction.exponents
    return Known(prediction.exponents.get(quantity), known, prediction.exact.get(quantity, True))


def regimes_differ(left: Orders, right: Orders) -> Answer:
    """Whether training is in two regimes; undecided where one of them is."""
    from tp.theory.regime import Kind

    kinds = [None if found.regime is None else found.regime.kind for found in (left, right)]
    return Answer.UNDECIDED if {None, Kind.UNDECIDED} & set(kinds) else Answer.of(kinds[0] is not kinds[1])


def strengths_differ(left: Strength | None, right: Strength | None) -> Answer:
    """Whether the largest m(n) are different powers of n; None is that all correlations vanish."""
    if left is None or right is None:
        other = left or right
        # Where all orders are upper bounds only, the correlations of the other program may vanish, too.
        return Answer.NO if other is None else Answer.UNDECIDED if other.most is None else Answer.YES
    if left.exact and right.exact:
        return Answer.of(left.power != right.power)
    below = any(a.most is not None and a.most < b.power for a, b in ((left, right), (right, left)))
    return Answer.YES if below else Answer.UNDECIDED


def claims_of(found: Comparison) -> Iterator[tuple[str, ClaimResult | None, ClaimResult | None]]:
    """Every claim of one of the programs, with its outcome in both; None: the program does not make it.

    Where both were measured, the outcomes rest on measurements, too.
    """
    left, right = ({claim.text: claim for claim in one.claims} for one in found.measured or found.orders)
    for text in {**left, **right}:
        yield text, left.get(text), right.get(text)


def outcomes_differ(left: ClaimResult | None, right: ClaimResult | None) -> Answer:
    """Whether a claim of both holds in one program and fails in the other."""
    if left is None or right is None:
        return Answer.DOES_NOT_APPLY
    answers = {left.answer, right.answer}
    return Answer.of(len(answers) == 2) if answers <= {Answer.YES, Answer.NO} else Answer.UNDECIDED


def fits_of(found: tuple[Verification, Verification]) -> Iterator[tuple[str, Fit | None, Fit | None]]:
    """Every quantity that was measured in both programs, with both fits."""
    left, right = ({q.name: q.fit for q in one.quantities} for one in found)
    for name in left:
        if name in right:
            yield name, left[name], right[name]


def fits_differ(left: Fit | None, right: Fit | None) -> Answer:
    """Whether two measured exponents differ: yes where their intervals have no number in common, and never no."""
    first, second = (None if fit is None else fit.overall for fit in (left, right))
    if first is None or second is None:
        return Answer.UNDECIDED
    return Answer.YES if first.high < second.low or second.high < first.low else Answer.UNDECIDED
