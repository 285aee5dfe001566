"""What a log of training runs says of predicted orders of values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

import numpy as np

from tp.data.logs import Key
from tp.exit_code import ExitCode
from tp.printable import Printable
from tp.statistics.estimate import Estimate
from tp.statistics.fit import Fit
from tp.statistics.verdict import Judgement, Verdict
from tp.studies.coordinates.orders_of_values import Order


@dataclass(frozen=True, slots=True)
class Coordinate:
    """A named value, or its change since step 0, at one step: its ``fit`` over widths, and what was predicted.

    ``source`` is ``program`` or ``log``, empty for no prediction. ``diverged`` has by width the numbers of values that
    are not finite, and of all.
    """

    key: Key
    fit: Fit
    predicted: Order
    source: str
    judgement: Judgement
    diverged: Mapping[int, tuple[int, int]]

    @property
    def exponent(self) -> Estimate | None:
        """The measured exponent of n with its interval; None where there is none."""
        return self.fit.overall

    @property
    def slope(self) -> float | None:
        """The measured exponent, or the slope of a line through medians where it has no interval."""
        if self.exponent is not None:
            return self.exponent.value
        medians = self.fit.medians
        if len(medians) < 2 or not all(0 < m < inf for m in medians):
            return None
        return float(np.polyfit(np.log(self.fit.widths), np.log(medians), 1)[0])


@dataclass(frozen=True, slots=True, repr=False)
class Coordinates(Printable):
    """The verdicts on all names and steps of the log ``file``; ``program`` is empty where none predicts.

    ``repeated`` is the number of rows that said the same again; ``unmatched`` are names that no prediction is about,
    though others have one.
    """

    study = "coordinates"

    file: str
    program: str
    rows: tuple[Coordinate, ...]
    widths: tuple[int, ...]
    repeated: int
    unmatched: tuple[str, ...]

    @property
    def undecided(self) -> int:
        """The number of predictions that are undecided."""
        return sum(bool(row.source) and row.judgement.verdict is Verdict.UNDECIDED for row in self.rows)

    @property
    def exit_code(self) -> ExitCode:
        """FAILS where a prediction is refuted or a run diverged; UNDECIDED where one is open, or there is none."""
        if any(row.diverged or row.judgement.verdict is Verdict.REFUTED for row in self.rows):
            return ExitCode.FAILS
        predicted = any(row.source for row in self.rows)
        return ExitCode.HOLDS if predicted and not self.undecided else ExitCode.UNDECIDED
