"""Costs C(y, t) of one sample; C' and C'' are JAX's derivatives of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tp.diagnostics.diagnostic import error

Cost = Callable[[Any, Any], Any]
"""A JAX function of an output and a target, both [components], to a scalar."""


def squared(y: Any, t: Any) -> Any:
    """Half the squared distance."""
    return 0.5 * ((y - t) ** 2).sum()


def logistic(y: Any, t: Any) -> Any:
    """log(1 + exp(-t y)) for targets of -1 and 1, summed over components."""
    import jax

    return jax.nn.softplus(-t * y).sum()


def cross_entropy(y: Any, t: Any) -> Any:
    """The cross entropy of the softmax of ``y`` with the distribution ``t``."""
    import jax

    return -(t * jax.nn.log_softmax(y)).sum()


COSTS: dict[str, Cost] = {"squared": squared, "logistic": logistic, "cross-entropy": cross_entropy}


def find(cost: str | Cost) -> Cost:
    """The cost called ``cost``; a function is one already. Raises TpError TP504 for an unknown name."""
    if callable(cost):
        return cost
    if cost not in COSTS:
        raise error("TP504", f"unknown cost {cost}", hint=f"one of {', '.join(COSTS)}")
    return COSTS[cost]


def called(cost: str | Cost) -> str:
    """What to call ``cost`` in a report."""
    return cost if isinstance(cost, str) else getattr(cost, "__name__", "own")
