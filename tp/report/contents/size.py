"""A cell for the size of a quantity: a number with its interval, and a power of n."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tp.report.cells import Json, strict
from tp.statistics.size import written
from tp.studies.sizes import Sized
from tp.theory.predicted_size import PredictedSize


@dataclass(frozen=True, slots=True)
class SizeCell:
    """``0.43 n^-1 [0.40, 0.46]``: a root mean square, or a median, which then stands in front. None: empty."""

    sized: Sized | None

    @property
    def text(self) -> str:
        if self.sized is None:
            return ""
        value, _, interval = written(self.sized.size.coefficient).partition(" ")
        return " ".join(filter(None, ("" if self.sized.size.squares else "median", value, self._power, interval)))

    @property
    def value(self) -> Json:
        if self.sized is None:
            return None
        found = self.sized.size.coefficient
        numbers = {name: strict(getattr(found, name)) for name in ("value", "low", "high")}
        return {
            **numbers,
            "exponent": self._exponent,
            "statistic": self.sized.size.statistic,
            "from": self.sized.size.start,
        }

    @property
    def _exponent(self) -> str:
        """A rational number, or a decimal one where it is measured."""
        exponent = self.sized.exponent if self.sized else Fraction(0)
        return str(exponent) if self.sized and self.sized.predicted else f"{float(exponent):.2f}"

    @property
    def _power(self) -> str:
        return "" if self.sized is None or self.sized.exponent == 0 else _power(self._exponent)


@dataclass(frozen=True, slots=True)
class PredictedCell:
    """``0.4268 n^-1``: the size that is predicted; None: empty."""

    size: PredictedSize | None

    @property
    def text(self) -> str:
        if self.size is None:
            return ""
        power = _power(str(self.size.exponent)) if self.size.exponent else ""
        digits = 4 if self.size.error < 1e-3 else 2
        return f"{self.size.root_mean_square:#.{digits}g} {power}".rstrip()

    @property
    def value(self) -> Json:
        if self.size is None:
            return None
        return {
            "value": self.size.root_mean_square,
            "exponent": str(self.size.exponent),
            "mean": self.size.mean,
            "standard_deviation": self.size.deviation,
            "relative_error": self.size.error,
        }


def _power(exponent: str) -> str:
    return f"n^({exponent})" if "/" in exponent else f"n^{exponent}"
