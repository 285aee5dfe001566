"""What a benchmark says in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ratio:
    """``measured`` of something, in units of ``yardstick``; at most ``limit`` is aimed at."""

    what: str
    measured: float
    yardstick: float
    limit: float
    unit: str

    def __str__(self) -> str:
        ratio = self.measured / self.yardstick
        words = f"{self.measured:.3g} {self.unit} / {self.yardstick:.3g} {self.unit} = {ratio:.2f}"
        return f"{self.what}: {words} (at most {self.limit:g}{'' if ratio <= self.limit else ': MISSED'})"


Record = Callable[[Ratio], None]
