"""An optimiser of a part of the weights, as an optimiser of all: the others do not move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def on_part(optimizer: Any, part: Callable[[Any], Any]) -> Any:
    """``optimizer`` as the framework calls it, with the trained ``part`` of a tree of nested dictionaries.

    Returns:
        A gradient transformation of optax. Updates of what is not in the part are zeros.
    """
    import jax
    import optax

    def init(weights: Any) -> Any:
        return optimizer.init(part(weights))

    def update(gradients: Any, state: Any, weights: Any = None, **more: Any) -> tuple[Any, Any]:
        moved, state = optimizer.update(part(gradients), state, None if weights is None else part(weights), **more)
        return _over(jax.tree.map(jax.numpy.zeros_like, gradients), moved), state

    return optax.GradientTransformationExtraArgs(init, update)


def _over(tree: Any, part: Any) -> Any:
    """``tree`` with the leaves that ``part`` has at the same keys."""
    if not isinstance(part, dict):
        return part
    return {name: _over(below, part[name]) if name in part else below for name, below in tree.items()}
