"""Correlations of any function of weights, at given weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax


def correlations(
    function: Callable[[Mapping[str, Any], Any], Any],
    weights: Mapping[str, Any],
    rates: Mapping[str, float],
    inputs: Sequence[Any],
) -> list[float]:
    """Of the first entry of the output: itself, the kernel, and derivatives of f(x_0) along gradients at x_1, x_2, ...

    The derivative of order d is C[0,d] up to a number that depends on d alone.
    """

    def along(derivative: Callable[[Any], Any], x: Any) -> Callable[[Any], Any]:
        gradient = jax.grad(lambda w: function(w, x).ravel()[0])(dict(weights))
        moved = {name: rates[name] * part for name, part in gradient.items()}
        return lambda w: jax.jvp(derivative, (w,), (moved,))[1]

    def value(w: Any) -> Any:
        return function(w, inputs[0]).ravel()[0]

    levels: list[Callable[[Any], Any]] = [value]
    for x in inputs[1:]:
        levels.append(along(levels[-1], x))
    return jax.device_get(jax.jit(lambda w: [level(w) for level in levels])(dict(weights)))
