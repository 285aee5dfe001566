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

    def init(params: Any) -> Any:
        return optimizer.init(part(params))

    def update(updates: Any, state: Any, params: Any = None, **more: Any) -> tuple[Any, Any]:
        moved, state = optimizer.update(part(updates), state, None if params is None else part(params), **more)
        return _over(jax.tree.map(jax.numpy.zeros_like, updates), moved), state

    return optax.GradientTransformationExtraArgs(init, update)


def _over(tree: Any, part: Any) -> Any:
    """``tree`` with the leaves that ``part`` has at the same keys."""
    if not isinstance(part, dict):
        return part
    return {name: _over(below, part[name]) if name in part else below for name, below in tree.items()}
