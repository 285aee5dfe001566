"""Weight decay λ n^p, which may differ from weight to weight. With an optimiser's own direction u(g, θ):

    θ(s + 1) = (1 - ηλn^p) θ(s) - ηΛ u(∇C(θ(s)))                 decoupled
    θ(s + 1) = θ(s) - ηΛ u(∇C(θ(s)) + λn^p θ(s))                  coupled

Decoupled decay: Loshchilov and Hutter (2019); a weight shrinks by the factor 1 - ηλn^p, whatever its learning rate.
Coupled decay is the gradient of λn^p |θ|² / 2: what it does depends on the optimiser.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Self

from tp.diagnostics.diagnostic import error
from tp.graph.axes import ONE, Scale
from tp.graph.spelling import write_scale
from tp.graph.weight_names import covers
from tp.optimizers.amount import LIMIT, Amount, amount_at, as_number, as_scale
from tp.optimizers.by_weight import ByWeight, number_of
from tp.optimizers.optimizer import Optimizer, Weights
from tp.optimizers.setting import Range, setting

if TYPE_CHECKING:
    from tp.graph.parameter import Parameter

NONE = Fraction(0)
OF_NO_WEIGHT = ByWeight()


def weight_decay(default: float) -> Any:
    """The field ``decay`` with this ``default``."""
    help = "Every step shrinks all weights by this share, times --eta; coupled decay is a part of the gradient."
    return setting(default, help, within=Range(0), label="weight decay", amount=True)


@dataclass(frozen=True, repr=False)
class Shrinking(Optimizer):
    """An optimiser with decay: λ is ``decay`` and p ``power``; ηλn^p is below 1 where decay is :attr:`apart`.

    ``decays`` has λ by name of a weight, of a family (``W`` is all of ``W[2]``, ``W[3]``, ...) or of a function that
    owns weights; the longest name counts. ``declared`` has λn^p of the weights for which the program states it and
    ``decays`` does not; :meth:`of` finds them. In the order calculus ``eta`` is of the order of ``growth``.
    """

    decay: Amount = weight_decay(0.0)  # noqa: RUF009 - a field
    power: Fraction = setting(NONE, "Multiply the weight decay with n^POWER.", within=Range(-8, 8), label="decay power")
    decays: Mapping[str, float] = setting(
        OF_NO_WEIGHT,
        "Another weight decay for single weights: W=0.1,U=0.",
        within=Range(0),
        label="weight decay of",
    )
    declared: tuple[tuple[str, Scale], ...] = ()
    growth: Scale = ONE

    def __post_init__(self) -> None:
        super().__post_init__()
        for decay in (self.decay, *self.decays.values()):
            if self.apart and isinstance(decay, float) and self.eta * decay >= 1:
                raise error("TP513", f"eta times weight decay must be below 1, not {self.eta * decay}")

    @property
    def in_gradient(self) -> bool:
        """Whether decay is a part of the gradient."""
        return False

    @property
    def apart(self) -> bool:
        """Whether weights shrink by a step of its own, beside that along :meth:`direction`."""
        return not self.in_gradient

    def of(self, parameters: Mapping[str, Parameter]) -> Self:
        said = {name: p.decay for name, p in parameters.items() if p.decay is not None}
        left = tuple((name, decay) for name, decay in said.items() if not any(covers(n, name) for n in self.decays))
        return replace(super().of(parameters), declared=left)

    def raised(self, rates: Scale) -> Self:
        return replace(self, growth=self.growth * rates)

    def at(self, n: int) -> Self:
        found = super().at(n)
        if not (self.power or self.declared):
            return found
        factor = float(n) ** float(self.power)
        decays = {name: factor * decay for name, decay in self.decays.items()}
        decays |= {name: amount_at(decay, n) for name, decay in self.declared}
        return replace(found, decay=factor * as_number(found.decay), decays=decays, power=NONE, declared=())

    @property
    def json(self) -> dict[str, str | float | dict[str, float] | dict[str, str]]:
        return {**super().json, "declared_weight_decay": {name: write_scale(decay) for name, decay in self.declared}}

    @property
    def described(self) -> list[str]:
        declared = ", ".join(f"{name} {write_scale(decay)}" for name, decay in self.declared)
        return [*super().described, *([f"declared weight decay of {declared}"] if declared else [])]

    @abstractmethod
    def direction(self, gradients: Weights, state: Any, params: Weights) -> tuple[Weights, Any]:
        """(u, state) of one step: what the weights ``params`` move against, without decay and learning rates."""

    def update(
        self, gradients: Weights, state: Any, params: Weights, rates: Mapping[str, float]
    ) -> tuple[Weights, Any]:
        shares = {name: self.number(name) for name in gradients} if self.shrinks else {}
        if self.in_gradient and shares:
            gradients = {name: gradient + shares[name] * params[name] for name, gradient in gradients.items()}
        directions, state = self.direction(gradients, state, params)
        updates = {name: -self.eta * rates[name] * u for name, u in directions.items()}
        if shares and self.apart:
            updates = {
                name: update - self.eta * shares[name] * params[name] if shares[name] else update
                for name, update in updates.items()
            }
        return updates, state

    @property
    def needs_weights(self) -> bool:
        return self.shrinks

    @property
    def shrinks(self) -> bool:
        return any(
            as_scale(decay).coefficient > 0
            for decay in (self.decay, *self.decays.values(), *dict(self.declared).values())
        )

    def shrinkage(self, weight: str) -> float | Scale:
        """λ of a weight; times n^p where the program declares it, or where it is a power of n itself."""
        found = dict(self.declared).get(weight)
        if found is None:
            found = number_of(weight, self.decays, self.decay)
        return found if as_scale(found).coefficient else 0.0

    def number(self, weight: str) -> float:
        """λn^p of a weight, for an optimiser at a width."""
        return as_number(number_of(weight, self.decays, self.decay))

    def share(self, weight: str) -> Scale | None:
        found = None if self.in_gradient else self._power(weight)
        return found * self.growth if found is not None and self.apart else found

    def inside(self, weight: str) -> Scale | None:
        """λn^p of a weight where decay is a part of the gradient; None where it is none."""
        return self._power(weight) if self.in_gradient else None

    def _power(self, weight: str) -> Scale | None:
        """λn^p of a weight, for any n; None where it does not decay."""
        if not (decay := self.shrinkage(weight)):
            return None
        stated = weight in dict(self.declared) or not self.power
        return as_scale(decay) if stated else as_scale(decay) * Scale.of(LIMIT, self.power)


def coupled_decay(default: bool) -> Any:
    """The field ``coupled`` with this ``default``."""
    help = "Weight decay as a part of the gradient (L2): each weight shrinks by its own learning rate."
    return setting(default, help, label="coupled decay")


@dataclass(frozen=True, repr=False)
class Decaying(Shrinking):
    """An optimiser with decay of either kind: coupled where ``coupled``."""

    coupled: bool = coupled_decay(False)

    @property
    def in_gradient(self) -> bool:
        return self.coupled
