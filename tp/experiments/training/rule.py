"""The rule of gradient descent: cost, learning rate, momentum, decay."""

from __future__ import annotations

from dataclasses import dataclass

from tp.experiments.training.costs import Cost


@dataclass(frozen=True, slots=True)
class Rule:
    """``eta`` times the learning rates of the program, the momentum μ, and the decay λ of all weights."""

    cost: Cost
    eta: float
    momentum: float = 0.0
    decay: float = 0.0

    @property
    def kept(self) -> float:
        """What is left of a weight after a step without gradient."""
        return 1.0 - self.eta * self.decay
