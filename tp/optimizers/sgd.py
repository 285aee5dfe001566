"""Gradient descent on batches, with heavy-ball momentum and decoupled weight decay.

    v(s + 1) = μ v(s) + Λ ∇C(θ(s)),    θ(s + 1) = (1 - ηλ) θ(s) - η v(s + 1)

With μ = λ = 0 this is eq. 10 of the paper. Momentum: Polyak (1964). Decay: Loshchilov and Hutter (2019); every weight
shrinks by the same factor, whatever its learning rate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tp.diagnostics.diagnostic import error
from tp.optimizers.optimizer import Optimizer, Weights
from tp.optimizers.registry import register
from tp.optimizers.setting import Range, setting

if TYPE_CHECKING:
    from tp.graph.builder import GraphBuilder
    from tp.transform.direction import Direction
    from tp.transform.displacement import Displacement


@register
@dataclass(frozen=True)
class SGD(Optimizer):
    """Gradient descent: η is ``eta``, μ ``momentum`` and λ ``decay``; ηλ is below 1. The state is v."""

    name: ClassVar[str] = "sgd"
    linear: ClassVar[bool] = True

    momentum: float = setting(0.0, "The share of the last move that is kept.", within=Range(0, 1))
    decay: float = setting(
        0.0, "Every step shrinks all weights by this share, times --eta.", within=Range(0), label="weight decay"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.eta * self.decay >= 1:
            raise error("TP513", f"eta times weight decay must be below 1, not {self.eta * self.decay}")

    def init(self, params: Weights) -> Weights:
        import jax.numpy as jnp

        return {name: jnp.zeros_like(weight) for name, weight in params.items()}

    def update(
        self, gradients: Weights, state: Weights, params: Weights, rates: Mapping[str, float]
    ) -> tuple[Weights, Weights]:
        velocity = {name: self.momentum * v + rates[name] * gradients[name] for name, v in state.items()}
        return {name: self._move(v, params[name]) for name, v in velocity.items()}, velocity

    def _move(self, velocity: Any, weight: Any) -> Any:
        move = -self.eta * velocity
        return move - self.eta * self.decay * weight if self.decay else move

    @property
    def shrinks(self) -> bool:
        return self.decay > 0

    def displacement(self, graph: GraphBuilder, initial: Direction, changes: Sequence[Direction]) -> Displacement:
        """The sum of all steps: momentum changes only constants, and decay adds a multiple of the weights."""
        from tp.graph.axes import Scale
        from tp.transform.displacement import Displacement

        steps = len(changes) + 1
        linear = initial.rescaled(graph, lambda _: Scale(float(steps)))
        return Displacement((linear,), tuple(changes), self.shrinks)
