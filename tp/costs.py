"""Costs of one sample: functions that training minimises, and the targets for which they are defined.

Graphs, schedules and stores contain the name of a cost; :func:`find` returns the cost. Shipped costs have derivatives
of their own, for arrays of NumPy and of JAX; JAX differentiates others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from tp.diagnostics.diagnostic import error
from tp.namespace import namespace, sigmoid

CostFunction = Callable[[Any, Any], Any]
"""A JAX function of an output and a target, both [components], to a scalar."""


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost by name.

    ``first`` and ``second`` are the derivatives of ``function`` by the output, [components] and [components,
    components]; JAX finds those that are None. With both, all three take arrays of NumPy or of JAX, whose last axis
    has the components. ``accepts`` says whether the cost is defined for targets [samples, components]. ``targets``
    describes these targets in words, and ``instead`` says which cost to use for others. A cost that is not ``shipped``
    is a user's, and is known in this process only.
    """

    name: str
    function: CostFunction
    accepts: Callable[[Any], bool] = lambda _: True
    targets: str = "any targets"
    instead: str | None = None
    shipped: bool = True
    first: CostFunction | None = None
    second: CostFunction | None = None

    @property
    def for_both(self) -> bool:
        """Whether arrays may be of NumPy."""
        return self.first is not None and self.second is not None

    def values(self, y: Any, t: Any) -> Any:
        """The cost of every sample [...], for outputs and targets [..., components]."""
        return self.function(y, t) if self.for_both else _each(self.function)(y, t)

    def slopes(self, y: Any, t: Any) -> Any:
        """The derivatives [..., components] by the output."""
        if self.first is not None:
            return self.first(y, t)
        import jax

        return _each(jax.grad(self.function))(y, t)

    def curvatures(self, y: Any, t: Any) -> Any:
        """The second derivatives [..., components, components]."""
        if self.second is not None:
            return self.second(y, t)
        import jax

        return _each(jax.hessian(self.function))(y, t)

    def require(self, targets: Any) -> None:
        """Raises TpError TP513 for ``targets`` [samples, components] that this cost is not defined for."""
        if not self.accepts(targets):
            raise error("TP513", f"the {self.name} cost needs {self.targets}", hint=self.instead)


def _each(function: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    """The JAX function that applies ``function`` to every sample [samples, components]."""
    import jax

    return jax.vmap(function)


def _squared(y: Any, t: Any) -> Any:
    """Half the squared distance."""
    return 0.5 * ((y - t) ** 2).sum(-1)


def _squared_first(y: Any, t: Any) -> Any:
    return y - t


def _squared_second(y: Any, t: Any) -> Any:
    return _diagonal(namespace(y, t).ones_like(y - t))


def _logistic(y: Any, t: Any) -> Any:
    """log(1 + exp(-t y)), summed over components."""
    return namespace(y, t).logaddexp(0.0, -t * y).sum(-1)


def _logistic_first(y: Any, t: Any) -> Any:
    return -t * sigmoid(-t * y)


def _logistic_second(y: Any, t: Any) -> Any:
    return _diagonal(t**2 * sigmoid(t * y) * sigmoid(-t * y))


def _cross_entropy(y: Any, t: Any) -> Any:
    """The cross entropy of the softmax of ``y`` with the distribution ``t``."""
    xp, shifted = namespace(y, t), _shifted(y)
    return -(t * (shifted - xp.log(xp.exp(shifted).sum(-1, keepdims=True)))).sum(-1)


def _cross_entropy_first(y: Any, t: Any) -> Any:
    return t.sum(-1, keepdims=True) * _softmax(y) - t


def _cross_entropy_second(y: Any, t: Any) -> Any:
    shares = _softmax(y)
    return t.sum(-1)[..., None, None] * (_diagonal(shares) - shares[..., :, None] * shares[..., None, :])


def _shifted(y: Any) -> Any:
    """``y`` minus its largest component: exponentials then do not overflow."""
    return y - y.max(-1, keepdims=True)


def _softmax(y: Any) -> Any:
    powers = namespace(y).exp(_shifted(y))
    return powers / powers.sum(-1, keepdims=True)


def _diagonal(entries: Any) -> Any:
    """Diagonal matrices [..., k, k] with these ``entries`` [..., k]."""
    xp = namespace(entries)
    return entries[..., None] * xp.eye(entries.shape[-1], dtype=entries.dtype)


def _are_signs(targets: Any) -> bool:
    return bool((abs(targets) == 1.0).all())


def _are_distributions(targets: Any) -> bool:
    sums = targets.sum(axis=1)
    return targets.shape[1] > 1 and bool((targets >= 0).all() and (abs(sums - 1.0) <= 1e-5).all())


_COSTS = {
    cost.name: cost
    for cost in (
        Cost("squared", _squared, first=_squared_first, second=_squared_second),
        Cost(
            "logistic",
            _logistic,
            _are_signs,
            "targets -1 and 1",
            "two classes are 0 and 1, or -1 and 1; use cross-entropy for several",
            first=_logistic_first,
            second=_logistic_second,
        ),
        Cost(
            "cross-entropy",
            _cross_entropy,
            _are_distributions,
            "an output with several entries, and targets that are distributions over them",
            "use logistic or squared for two classes",
            first=_cross_entropy_first,
            second=_cross_entropy_second,
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
