"""What is known of the best learning rate at several widths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from tp.exit_code import ExitCode
from tp.experiments.training.schedule import Schedule
from tp.exponent import power_of_n
from tp.printable import Printable
from tp.statistics.estimate import Estimate
from tp.statistics.optimum import MARGIN, Drift
from tp.studies.provenance import Provenance
from tp.theory.stable_rate import StableRate


@dataclass(frozen=True, slots=True)
class RateCurve:
    """Losses after training at width ``n`` over learning ``rates``, in increasing order.

    ``losses`` are medians over seeds, infinite where at least half of the runs diverged; ``low`` and ``high`` are
    quartiles. ``diverged`` is the share of runs that diverged, ``seeds`` the number of runs.
    """

    n: int
    rates: tuple[float, ...]
    losses: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    diverged: tuple[float, ...]
    seeds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best learning ``rate`` at width ``n`` and the ``loss`` there: typical values over ``seeds`` runs.

    Both have intervals. ``problem`` says why there is none; then both are None.
    """

    n: int
    seeds: int
    rate: Estimate | None
    loss: Estimate | None
    problem: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Transfer(Printable):
    """Whether the best learning rate is the same at every width.

    ``drift`` is the exponent p where the best rate behaves as n^p over these widths, with its interval; None without
    two widths that have a best rate. ``limit`` is that at large n, where corrections of the order n^(-1/2) are allowed
    for; None without three. ``margin``: drifts with |p| up to this count as none. ``predicted`` is what the
    calculus says about powers of n that all rates are multiplied with; None where it is ``unknown``, and why. The
    search is ``complete`` where the grid was refined around the best rates.
    """

    study = "transfer"

    curves: tuple[RateCurve, ...]
    optima: tuple[Optimum, ...]
    drift: Estimate | None
    limit: Estimate | None
    verdict: Drift
    predicted: StableRate | None
    unknown: str
    schedule: Schedule
    provenance: Provenance
    complete: bool = True
    margin: float = MARGIN

    @property
    def expected(self) -> Fraction | None:
        """The drift of the only rates at which training is stable and moves F; None where there are several, or none.

        The best rate drifts alike, unless unstable training does better, as it may where functions saturate.
        """
        found = self.predicted
        return None if found is None or found.exponent != found.onset else found.exponent

    @property
    def disagreement(self) -> str:
        """What is surely predicted of the best rates, and no good sign; empty where there is nothing.

        It is about large n, and so is the ``limit`` that is held against it. Runs that end before training becomes
        unstable do not disagree, nor does a difference within the margin.
        """
        found, drift = self.predicted, self.limit
        if found is None or drift is None or self.verdict is Drift.UNDECIDED:
            return ""
        seen = self.schedule.steps >= found.steps
        if seen and found.unstable is not None and drift.low > float(found.unstable) + self.margin:
            return f"rates that grow faster than {power_of_n(found.unstable)} are predicted to make training unstable"
        if found.trivial is not None and drift.high < float(found.trivial) - self.margin:
            return f"rates that grow slower than {power_of_n(found.trivial)} are predicted not to move F"
        return ""

    @property
    def exit_code(self) -> ExitCode:
        """HOLDS where the optimum transfers, FAILS where it drifts or disagrees with a prediction, else UNDECIDED."""
        if self.provenance.interrupted:
            return ExitCode.UNDECIDED
        if self.disagreement or self.verdict is Drift.DRIFTS:
            return ExitCode.FAILS
        return ExitCode.HOLDS if self.verdict is Drift.TRANSFERS else ExitCode.UNDECIDED

    @property
    def next_budget(self) -> str:
        """A budget to go on with where this one ended with the verdict undecided; else empty."""
        return self.provenance.next_budget(["the drift"] if self.verdict is Drift.UNDECIDED else [])


Watch = Callable[[Transfer], None]
"""A function of the result so far: what an interrupt would leave at that moment."""
