"""Costs of one sample: functions that training minimises, and the targets for which they are defined.

Graphs, schedules and stores contain the name of a cost; :func:`find` returns the cost. JAX differentiates it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from tp.diagnostics.diagnostic import error

CostFunction = Callable[[Any, Any], Any]
"""A JAX function of an output and a target, both [components], to a scalar."""


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost by name.

    ``accepts`` says whether the cost is defined for targets [samples, components]. ``targets`` describes these targets
    in words, and ``instead`` says which cost to use for others. A cost that is not ``shipped`` is a user's, and is
    known in this process only.
    """

    name: str
    function: CostFunction
    accepts: Callable[[Any], bool] = lambda _: True
    targets: str = "any targets"
    instead: str | None = None
    shipped: bool = True

    def require(self, targets: Any) -> None:
        """Raises TpError TP513 for ``targets`` [samples, components] that this cost is not defined for."""
        if not self.accepts(targets):
            raise error("TP513", f"the {self.name} cost needs {self.targets}", hint=self.instead)


def _squared(y: Any, t: Any) -> Any:
    """Half the squared distance."""
    return 0.5 * ((y - t) ** 2).sum()


def _logistic(y: Any, t: Any) -> Any:
    """log(1 + exp(-t y)), summed over components."""
    import jax

    return jax.nn.softplus(-t * y).sum()


def _cross_entropy(y: Any, t: Any) -> Any:
    """The cross entropy of the softmax of ``y`` with the distribution ``t``."""
    import jax

    return -(t * jax.nn.log_softmax(y)).sum()


def _are_signs(targets: Any) -> bool:
    return bool((abs(targets) == 1.0).all())


def _are_distributions(targets: Any) -> bool:
    sums = targets.sum(axis=1)
    return targets.shape[1] > 1 and bool((targets >= 0).all() and (abs(sums - 1.0) <= 1e-5).all())


_COSTS = {
    cost.name: cost
    for cost in (
        Cost("squared", _squared),
        Cost(
            "logistic",
            _logistic,
            _are_signs,
            "targets -1 and 1",
            "two classes are 0 and 1, or -1 and 1; use cross-entropy for several",
        ),
        Cost(
            "cross-entropy",
            _cross_entropy,
            _are_distributions,
            "an output with several entries, and targets that are distributions over them",
            "use logistic or squared for two classes",
        ),
    )
}


def known() -> Mapping[str, Cost]:
    """All costs by name: the shipped ones, then the user's own."""
    return MappingProxyType(_COSTS)


def find(name: str) -> Cost:
    """The cost called ``name``. Raises TpError TP504 for an unknown name."""
    if name not in _COSTS:
        shipped = ", ".join(n for n, cost in _COSTS.items() if cost.shipped)
        raise error("TP504", f"unknown cost {name}", hint=f"one of {shipped}")
    return _COSTS[name]


def name_of(cost: str | CostFunction) -> str:
    """The name of ``cost``; a function is registered under a unique name. Raises TpError TP504 for unknown names."""
    if isinstance(cost, str):
        return find(cost).name
    for name, other in _COSTS.items():
        if other.function is cost:
            return name
    own = name = getattr(cost, "__name__", "own")
    count = 1
    while name in _COSTS:
        count += 1
        name = f"{own} ({count})"
    _COSTS[name] = Cost(name, cost, shipped=False)
    return name
