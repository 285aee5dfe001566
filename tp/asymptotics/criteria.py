"""How samples are judged: levels of quantiles, confidence of intervals, and margin of exponents."""

from __future__ import annotations

from dataclasses import dataclass

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
CONFIDENCE = 0.99
MARGIN = 0.1


@dataclass(frozen=True, slots=True)
class Criteria:
    """How samples are judged.

    ``levels`` are those of the quantiles, ``confidence`` is that of every interval, ``margin`` the distance from the
    claimed exponent of n at which an exponent still counts as equal. Raises ValueError for levels or a confidence
    outside (0, 1), or a margin that is not positive.
    """

    levels: tuple[float, ...] = LEVELS
    confidence: float = CONFIDENCE
    margin: float = MARGIN

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", tuple(sorted(set(self.levels))))
        if not self.levels or not all(0 < q < 1 for q in (*self.levels, self.confidence)) or self.margin <= 0:
            raise ValueError("levels and confidence lie between 0 and 1, and the margin is positive")
