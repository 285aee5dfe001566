"""Updates that are sums of gradients: gradient descent, with or without momentum."""

from __future__ import annotations

from dataclasses import dataclass

from tp.graph.axes import Scale
from tp.optimizers.rules.gradient import Gradient
from tp.optimizers.rules.rule import Rule, Setting, Step


@dataclass(frozen=True)
class Linear(Rule):
    """u = g, and with ``decay`` λ (None: 0) u = g + λW."""

    decay: Scale | None = None

    def update(self, setting: Setting, gradient: Gradient) -> Gradient:
        return gradient

    def step(self, setting: Setting, gradient: Gradient) -> Step:
        return Step(gradient.base(), gradient.change(setting.algebra))

    def share(self, setting: Setting, gradient: Gradient) -> Scale | None:
        return self.decay
