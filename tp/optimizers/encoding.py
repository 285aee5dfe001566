"""Optimisers as JSON from which they can be made again; certificates carry them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tp.graph.axes import Scale, Width
from tp.optimizers.by_weight import ByWeight
from tp.optimizers.groups import Groups
from tp.optimizers.optimizer import Optimizer
from tp.optimizers.registry import OPTIMIZERS


def encoded(optimizer: Optimizer) -> dict[str, Any]:
    """Name and settings with all digits. Raises ValueError for an optimiser that is not registered."""
    if isinstance(optimizer, Groups):
        groups = [[list(names), encoded(o)] for names, o in optimizer.groups]
        found = {"groups": groups, "rest": encoded(optimizer.rest)}
    elif OPTIMIZERS.get(optimizer.name) is type(optimizer):
        found = {"name": optimizer.name}
    else:
        raise ValueError(f"{optimizer.name} is no registered optimiser")
    return {**found, "settings": {name: _written(value) for name, value in optimizer.values.items()}}


def decoded(body: dict[str, Any]) -> Optimizer:
    """The opposite of :func:`encoded`. Raises ValueError, TypeError, KeyError or TpError for anything else."""
    settings = {str(name): _read(value) for name, value in body["settings"].items()}
    if "groups" in body:
        groups = tuple((tuple(map(str, names)), decoded(one)) for names, one in body["groups"])
        return Groups(groups=groups, rest=decoded(body["rest"]), **settings)
    return OPTIMIZERS[body["name"]](**settings)


def _written(value: Any) -> Any:
    if isinstance(value, Fraction):
        return {"fraction": str(value)}
    if isinstance(value, ByWeight):
        return {"by weight": dict(value)}
    if isinstance(value, Scale):
        powers = [[w.name, str(w.exponent), str(w.factor), str(power)] for w, power in value.powers]
        return {"scale": value.coefficient, "powers": powers}
    return value


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "fraction" in value:
        return Fraction(value["fraction"])
    if "by weight" in value:
        return ByWeight(value["by weight"])
    powers = [(Width(name, Fraction(e), Fraction(f)), Fraction(power)) for name, e, f, power in value["powers"]]
    return Scale(float(value["scale"]), tuple(powers))
