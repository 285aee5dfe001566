"""Random tensors with stated bounds: the bound of a sum, product or contraction follows from those of its parts."""

from __future__ import annotations

from dataclasses import dataclass

from tp.asymptotics.bound import is_bounded_below_by, is_bounded_by
from tp.asymptotics.criteria import Criteria
from tp.asymptotics.finding import Finding
from tp.asymptotics.growth import Growth
from tp.asymptotics.samples import Plan, sample
from tp.asymptotics.scale import ONE, Scale
from tp.asymptotics.series import Series


@dataclass(frozen=True, slots=True, eq=False)
class Bounded:
    """A random tensor M with M = O(``upper``) and, unless None, M = Omega(``lower``).

    Arithmetic gives bounds that hold for any joint law (section 2.2 and lemma A.6, by lemma A.1). They need not be
    definite: for M = 1 or n with probability 1/2 each, M (n/M) is n, and the bound is n^2.
    """

    series: Series
    upper: Scale | Growth
    lower: Scale | Growth | None = None

    def __add__(self, other: Bounded) -> Bounded:
        """O(f) + O(g) = O(max(f, g)), by the triangle inequality; a lower bound survives a term of smaller order."""
        lower = None
        for one, two in ((self, other), (other, self)):
            if isinstance(one.lower, Scale) and isinstance(two.upper, Scale) and two.upper < one.lower:
                lower = one.lower
        return Bounded(self.series + other.series, self.upper | other.upper, lower)

    def __sub__(self, other: Bounded) -> Bounded:
        return self + Bounded(-other.series, other.upper, other.lower)

    def __mul__(self, other: Bounded) -> Bounded:
        """O(f) O(g) = O(fg) and Omega(f) Omega(g) = Omega(fg) where one factor has rank 0."""
        return Bounded(self.series * other.series, self.upper * other.upper, _product(self.lower, other.lower))

    def outer(self, other: Bounded) -> Bounded:
        """The same bounds as for the product: norms of outer products are products of norms (lemma A.1)."""
        return Bounded(self.series.outer(other.series), self.upper * other.upper, _product(self.lower, other.lower))

    def contract(self, other: Bounded, axes: int = 1, summed: Scale | Growth = ONE) -> Bounded:
        """||M·M'|| <= ||M|| ||M'|| along one slot; along several, times the sizes of all but the largest slot.

        ``summed`` is the order of the product of these sizes: the identity of size n contracted with itself along
        both slots is n. Nothing bounds a contraction from below. Raises ValueError for no slots, for which see
        :meth:`outer`.
        """
        if axes < 1:
            raise ValueError("a contraction needs one slot or more; use outer without any")
        return Bounded(self.series.contract(other.series, axes), self.upper * other.upper * summed)

    def test(self, plan: Plan | None = None, criteria: Criteria | None = None) -> tuple[Finding, ...]:
        """The bounds against samples: one finding for the upper one, and one for the lower one if there is one."""
        samples = sample(self.series, plan)
        upper = is_bounded_by(samples, self.upper, None, criteria)
        if self.lower is None:
            return (upper,)
        return upper, is_bounded_below_by(samples, self.lower, None, criteria)


def _product(first: Scale | Growth | None, second: Scale | Growth | None) -> Scale | Growth | None:
    return None if first is None or second is None else first * second
