"""What runs show along their steps: curves, exponents after each look, critical rates and corollary 4.0.1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tp.experiments.training.schedule import Schedule
from tp.statistics.estimate import Estimate
from tp.studies.curves import Along, exponents_by_step
from tp.studies.judging import QuantityResult
from tp.studies.linearize.corollary_4_0_1 import Decay, decays
from tp.studies.linearize.critical_rates import Critical, critical


@dataclass(frozen=True, eq=False, repr=False)
class AlongRuns(Along):
    """Beside the curves, what theorems of the paper say of runs under ``schedule`` in the precision ``dtype``.

    ``names`` are the deviations whose exponents are fitted. ``left`` has the correlations at initialisation, from which
    critical rates are computed.
    """

    names: Sequence[str] = ()
    left: Sequence[QuantityResult] = ()
    schedule: Schedule | None = None
    dtype: str = "float64"

    @cached_property
    def by_step(self) -> Mapping[str, tuple[Estimate | None, ...]]:
        """Exponents of n by quantity, after every look but that at step 0."""
        return {} if self.path is None else exponents_by_step(self.records, self.names, self.path.looks[1:])

    @cached_property
    def critical(self) -> tuple[Critical, ...]:
        """Critical learning rates by width."""
        return () if self.path is None else critical(self.left, self.records)

    @cached_property
    def corollary(self) -> tuple[Decay, ...]:
        """What runs show of corollary 4.0.1, by width."""
        if self.path is None or self.schedule is None:
            return ()
        return decays(self.records, self.path, self.schedule.optimizer.eta, self.dtype)
