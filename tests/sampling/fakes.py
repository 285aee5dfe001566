"""Experiments that answer at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from tp.experiments.at import At
from tp.experiments.experiment import Engine, Identity

Draw = Callable[[int, int, int], Mapping[str, np.ndarray]]
"""From a width, the number of the first draw and how many there are to values by quantity."""


@dataclass
class Fake:
    """An experiment that draws by ``sample``; what a draw costs and needs is as given."""

    sample: Draw
    price: Callable[[int], float] = lambda n: 1e-8 * n**2
    need: Callable[[int], int] = lambda _: 1
    before: Callable[[int], float] = lambda _: 0.0
    name: str = "fake"
    quantities: tuple[str, ...] = ("F",)
    running: Engine = field(default_factory=lambda: Engine("dense"))
    ready: Callable[[int], None] = lambda _: None

    def draw(self, at: At, first: int, count: int) -> Mapping[str, np.ndarray]:
        return self.sample(at.width, first, count)

    def prepare(self, at: At) -> None:
        self.ready(at.width)

    def engine(self, at: At) -> Engine:
        return self.running

    def cost(self, at: At) -> float:
        return self.price(at.width)

    def compilation(self, at: At) -> float:
        return self.before(at.width)

    def memory(self, at: At) -> int:
        return self.need(at.width)

    def identity(self) -> Identity:
        return Identity("0" * 64, "0" * 64, self.quantities, "tp.experiments.correlations")
