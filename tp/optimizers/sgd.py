"""Gradient descent on batches, with heavy-ball momentum and weight decay λ n^p.

    v(s + 1) = μ v(s) + Λ ∇C(θ(s)),               θ(s + 1) = (1 - ηλn^p) θ(s) - η v(s + 1)      decoupled
    v(s + 1) = μ v(s) + Λ (∇C(θ(s)) + λn^p θ(s)),  θ(s + 1) = θ(s) - η v(s + 1)                  coupled

With μ = λ = 0 this is eq. 10 of the paper. Momentum: Polyak (1964). Decoupled decay: Loshchilov and Hutter (2019);
every weight shrinks by the same factor, whatever its learning rate. Coupled decay is the gradient of λn^p |θ|² / 2: a
weight shrinks in proportion to its learning rate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from tp.diagnostics.diagnostic import error
from tp.optimizers.optimizer import Optimizer, Weights
from tp.optimizers.registry import register
from tp.optimizers.setting import Range, setting

if TYPE_CHECKING:
    from tp.graph.axes import Scale
    from tp.graph.builder import GraphBuilder
    from tp.transform.direction import Direction
    from tp.transform.displacement import Displacement


NONE = Fraction(0)


@register
@dataclass(frozen=True)
class SGD(Optimizer):
    """Gradient descent: η is ``eta``, μ ``momentum``, λ ``decay`` and p ``power``; ηλn^p is below 1. The state is v."""

    name: ClassVar[str] = "sgd"

    momentum: float = setting(0.0, "The share of the last move that is kept.", within=Range(0, 1))
    decay: float = setting(
        0.0, "Every step shrinks all weights by this share, times --eta.", within=Range(0), label="weight decay"
    )
    power: Fraction = setting(  # noqa: RUF009 - a field, which ruff takes only int and float defaults for
        NONE, "Multiply the weight decay with n^POWER.", within=Range(-8, 8), label="decay power"
    )
    coupled: bool = setting(
        False,
        "Weight decay as a part of the gradient (L2): each weight shrinks by its own learning rate.",
        within=Range(0),
        label="coupled decay",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.eta * self.decay >= 1:
            raise error("TP513", f"eta times weight decay must be below 1, not {self.eta * self.decay}")

    @property
    def linear(self) -> bool:
        return not (self.coupled and self.decay)  # then weights shrink by different factors

    def at(self, n: int) -> SGD:
        return (
            replace(self, decay=self.decay * float(n) ** float(self.power), power=Fraction(0)) if self.power else self
        )

    def init(self, params: Weights) -> Weights:
        import jax.numpy as jnp

        return {name: jnp.zeros_like(weight) for name, weight in params.items()}

    def update(
        self, gradients: Weights, state: Weights, params: Weights, rates: Mapping[str, float]
    ) -> tuple[Weights, Weights]:
        if self.coupled:
            gradients = {name: gradients[name] + self.decay * params[name] for name in state}
        velocity = {name: self.momentum * v + rates[name] * gradients[name] for name, v in state.items()}
        return {name: self._move(v, params[name]) for name, v in velocity.items()}, velocity

    def _move(self, velocity: Any, weight: Any) -> Any:
        move = -self.eta * velocity
        return move - self.eta * self.decay * weight if self.decay and not self.coupled else move

    @property
    def shrinks(self) -> bool:
        return self.decay > 0

    def displacement(self, graph: GraphBuilder, initial: Direction, changes: Sequence[Direction]) -> Displacement:
        """The sum of all steps: momentum changes only constants, and decay adds a multiple of the weights."""
        from tp.graph.axes import Scale
        from tp.transform.displacement import Displacement

        steps = len(changes) + 1
        linear = initial.rescaled(graph, lambda _: Scale(float(steps)))
        return Displacement((linear,), tuple(changes), self._shares(graph) if self.shrinks else None)

    def _shares(self, graph: GraphBuilder) -> Callable[[str], Scale]:
        """By weight: the share of it that a step takes away, up to a constant."""
        from tp.graph.axes import ONE, Scale

        share, widths = ONE, list(graph.widths.values())
        if self.power and widths:
            share = Scale.of(widths[0], self.power / widths[0].exponent)
        return lambda name: share * graph.learning_rate * graph.parameters[name].rate if self.coupled else share
