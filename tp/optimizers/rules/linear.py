"""Updates that are sums of gradients: gradient descent, with or without momentum."""

from __future__ import annotations

from dataclasses import dataclass

from tp.optimizers.rules.gradient import Gradient
from tp.optimizers.rules.rule import Rule, Setting, Step


@dataclass(frozen=True)
class Linear(Rule):
    """u = g."""

    def update(self, setting: Setting, gradient: Gradient) -> Gradient:
        return gradient

    def step(self, setting: Setting, gradient: Gradient) -> Step:
        return Step(gradient.base(), gradient.change(setting.algebra))
