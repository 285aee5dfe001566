"""Gradient descent on batches, with heavy-ball momentum and weight decay λ n^p.

    v(s + 1) = μ v(s) + Λ ∇C(θ(s)),               θ(s + 1) = (1 - ηλn^p) θ(s) - η v(s + 1)      decoupled
    v(s + 1) = μ v(s) + Λ (∇C(θ(s)) + λn^p θ(s)),  θ(s + 1) = θ(s) - η v(s + 1)                  coupled

λ may differ from weight to weight. With μ = λ = 0 this is eq. 10 of the paper. Momentum: Polyak (1964). Decoupled
decay: Loshchilov and Hutter (2019); a weight shrinks by the factor 1 - ηλn^p, whatever its learning rate. Coupled decay
is the gradient of λn^p |θ|² / 2: a weight shrinks in proportion to its learning rate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from tp.diagnostics.diagnostic import error
from tp.graph.spelling import write_scale
from tp.graph.weight_names import covers
from tp.namespace import namespace
from tp.optimizers.by_weight import ByWeight, number_of
from tp.optimizers.optimizer import Optimizer, Weights
from tp.optimizers.registry import register
from tp.optimizers.setting import Range, setting

if TYPE_CHECKING:
    from tp.graph.axes import Scale
    from tp.graph.builder import GraphBuilder
    from tp.graph.parameter import Parameter
    from tp.transform.direction import Direction
    from tp.transform.displacement import Displacement


NONE = Fraction(0)
OF_NO_WEIGHT = ByWeight()


@register
@dataclass(frozen=True, repr=False)
class SGD(Optimizer):
    """Gradient descent: η is ``eta``, μ ``momentum``, λ ``decay`` and p ``power``; ηλn^p is below 1. The state is v.

    ``decays`` has λ by name of a weight, of a family (``W`` is all of ``W[2]``, ``W[3]``, ...) or of a function that
    owns weights; the longest name counts. ``declared`` has λn^p of the weights for which the program states it and
    ``decays`` does not; :meth:`of` finds them.
    """

    name: ClassVar[str] = "sgd"

    momentum: float = setting(0.0, "The share of the last move that is kept.", within=Range(0, 1))
    decay: float = setting(
        0.0, "Every step shrinks all weights by this share, times --eta.", within=Range(0), label="weight decay"
    )
    power: Fraction = setting(NONE, "Multiply the weight decay with n^POWER.", within=Range(-8, 8), label="decay power")
    coupled: bool = setting(
        False,
        "Weight decay as a part of the gradient (L2): each weight shrinks by its own learning rate.",
        within=Range(0),
        label="coupled decay",
    )
    decays: Mapping[str, float] = setting(
        OF_NO_WEIGHT,
        "Another weight decay for single weights: W=0.1,U=0.",
        within=Range(0),
        label="weight decay of",
    )
    declared: tuple[tuple[str, Scale], ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        for decay in (self.decay, *self.decays.values()):
            if self.eta * decay >= 1:
                raise error("TP513", f"eta times weight decay must be below 1, not {self.eta * decay}")

    @property
    def linear(self) -> bool:
        # Coupled decay shrinks weights by factors that may be 0, and clipping needs the norm of the gradient.
        return not (self.coupled and self.shrinks) and not self.clip

    def of(self, parameters: Mapping[str, Parameter]) -> SGD:
        said = {name: p.decay for name, p in parameters.items() if p.decay is not None}
        left = tuple((name, decay) for name, decay in said.items() if not any(covers(n, name) for n in self.decays))
        return replace(super().of(parameters), declared=left)

    def at(self, n: int) -> SGD:
        found = super().at(n)
        if not (self.power or self.declared):
            return found
        factor = float(n) ** float(self.power)
        decays = {name: factor * decay for name, decay in self.decays.items()}
        decays |= {name: decay.at(n) for name, decay in self.declared}
        return replace(found, decay=factor * self.decay, decays=decays, power=NONE, declared=())

    @property
    def json(self) -> dict[str, str | float | dict[str, float] | dict[str, str]]:
        return {**super().json, "declared_weight_decay": {name: write_scale(decay) for name, decay in self.declared}}

    @property
    def described(self) -> list[str]:
        declared = ", ".join(f"{name} {write_scale(decay)}" for name, decay in self.declared)
        return [*super().described, *([f"declared weight decay of {declared}"] if declared else [])]

    def init(self, params: Weights) -> Weights:
        return {name: namespace(weight).zeros_like(weight) for name, weight in params.items()}

    def update(
        self, gradients: Weights, state: Weights, params: Weights, rates: Mapping[str, float]
    ) -> tuple[Weights, Weights]:
        if self.coupled:
            gradients = {name: gradients[name] + self._number(name) * params[name] for name in state}
        velocity = {name: self.momentum * v + rates[name] * gradients[name] for name, v in state.items()}
        return {name: self._move(v, params[name], self._number(name)) for name, v in velocity.items()}, velocity

    def _move(self, velocity: Any, weight: Any, decay: float) -> Any:
        move = -self.eta * velocity
        return move - self.eta * decay * weight if decay and not self.coupled else move

    @property
    def shrinks(self) -> bool:
        return any(
            decay > 0 for decay in (self.decay, *self.decays.values(), *(s.coefficient for _, s in self.declared))
        )

    def shrinkage(self, weight: str) -> float | Scale:
        declared = dict(self.declared).get(weight)
        if declared is None:
            return self._number(weight)
        return declared if declared.coefficient else 0.0

    def _number(self, weight: str) -> float:
        """λ of a weight for which the program states none."""
        return number_of(weight, self.decays, self.decay)

    def displacement(self, graph: GraphBuilder, initial: Direction, changes: Sequence[Direction]) -> Displacement:
        """The sum of all steps: momentum changes only constants, and decay adds a multiple of the weights."""
        from tp.graph.axes import Scale
        from tp.transform.displacement import Displacement

        steps = len(changes) + 1
        linear = initial.rescaled(graph, lambda _: Scale(float(steps)))
        return Displacement((linear,), tuple(changes), self._shares(graph))

    def _shares(self, graph: GraphBuilder) -> Callable[[str], Scale | None]:
        """By weight: the share of it that a step takes away, up to a constant; None where it does not decay."""
        from tp.graph.axes import ONE, Scale

        share, widths = ONE, list(graph.widths.values())
        if self.power and widths:
            share = Scale.of(widths[0], self.power / widths[0].exponent)

        def of(name: str) -> Scale | None:
            if not (decay := self.shrinkage(name)):
                return None
            found = decay if isinstance(decay, Scale) else share * Scale(decay)
            return found * graph.learning_rate * graph.parameters[name].rate if self.coupled else found

        return of
