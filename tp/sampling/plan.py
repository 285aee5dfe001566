"""What to measure: widths, seeds, precision, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral

from tp.diagnostics.diagnostic import error
from tp.interpret.cost.engine import ENGINES
from tp.statistics.more import MOST_SEEDS

WIDTHS = (64, 128, 256, 512, 1024)
MAX_WIDTH = 1 << 16
"""Up to where widths are added to the default ones."""
STEP = 8
"""The ratio of an added width to the one before."""
SECONDS = 90.0
LONG_SECONDS = 170.0
"""The budget where the widths span a factor of more than :data:`LONG`; the draws take longer there."""
LONG = 1000
DTYPES = ("float32", "float64")
LARGEST = 10**9
"""No width, nor number of seeds, may be larger."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A sweep. ``seeds`` None means: add rounds of seeds until decided, at most ``most_seeds`` at the largest width.

    Widths are added, too, up to ``max_width``. ``seconds`` bounds how long that goes on (the first round is always
    finished); see :attr:`budget` for None.
    """

    widths: tuple[int, ...] = WIDTHS
    seeds: int | None = None
    dtype: str = "float64"
    most_seeds: int = MOST_SEEDS
    seconds: float | None = None
    key: int = 0
    engine: str = "auto"
    max_width: int | None = None

    def __post_init__(self) -> None:
        """Raises TpError TP502 to TP504 for settings that make no sense."""
        if not self.widths:
            raise error("TP502", "no widths are given")
        for n in self.widths:
            require_width(n)
        if self.seeds is not None and not _counts(self.seeds):
            raise error("TP503", f"the number of seeds must be a whole number from 1 to {LARGEST}, not {self.seeds}")
        if self.dtype not in DTYPES:
            raise error("TP504", f"unknown dtype {self.dtype}", hint=f"one of {', '.join(DTYPES)}")
        if self.max_width is not None:
            require_width(self.max_width)
        if self.seconds is not None and not self.seconds >= 0:
            raise error("TP503", f"the budget must be a time, not {self.seconds} seconds")
        if self.engine not in ENGINES:
            raise error("TP504", f"unknown engine {self.engine}", hint=f"one of {', '.join(ENGINES)}")

    @property
    def budget(self) -> float:
        """Seconds after which no more seeds are added."""
        if self.seconds is not None:
            return self.seconds
        return LONG_SECONDS if self.widths[-1] > LONG * self.widths[0] else SECONDS

    @property
    def larger(self) -> tuple[int, ...]:
        """Widths that may be added, a factor of :data:`STEP` apart."""
        found: list[int] = []
        n = STEP * self.widths[-1]
        while self.max_width is not None and n <= self.max_width:
            found.append(n)
            n *= STEP
        return tuple(found)


def require_width(n: object) -> None:
    """Raises TpError TP502 where ``n`` is not a width."""
    if not _counts(n):
        raise error("TP502", f"a width must be a whole number between 1 and {LARGEST}, not {n}")


def _counts(value: object) -> bool:
    """Is ``value`` a whole number, of Python's or NumPy's, from 1 to the largest that is taken on?"""
    return not isinstance(value, bool) and isinstance(value, Integral) and 1 <= int(value) <= LARGEST
