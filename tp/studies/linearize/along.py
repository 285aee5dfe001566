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
from tp.studies.meaning import descends


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

    @property
    def _descends(self) -> bool:
        """Whether theorems of the paper are about these runs."""
        return self.schedule is None or descends(self.schedule.mover)

    @cached_property
    def by_step(self) -> Mapping[str, tuple[Estimate | None, ...]]:
        """Exponents of n by quantity, after every look but that at step 0."""
        return {} if self.path is None else exponents_by_step(self.records, self.names, self.path.looks[1:])

    @cached_property
    def critical(self) -> tuple[Critical, ...]:
        """Critical learning rates of gradient descent, by width."""
        return critical(self.left, self.records) if self._descends and self.path is not None else ()

    @cached_property
    def corollary(self) -> tuple[Decay, ...]:
        """What runs show of corollary 4.0.1, by width."""
        if self.path is None or self.schedule is None or not self._descends:
            return ()
        return decays(self.records, self.path, self.schedule.mover.rate, self.dtype)
