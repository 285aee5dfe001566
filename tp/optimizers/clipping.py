"""Clipping: the gradient of all weights together is scaled down to a largest norm (Pascanu et al., 2012)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tp.namespace import namespace
from tp.optimizers.sides import Sides


def norm(gradients: Mapping[str, Any], sides: Callable[[str, Any], Sides]) -> Any:
    """The square root of the sum of the squares of all entries of all weights, [...draws]."""
    squares = sum(sides(name, gradient).squared(gradient) for name, gradient in gradients.items())
    return namespace(squares).sqrt(squares)


def share(norm: Any, most: float) -> Any:
    """What a gradient of this ``norm`` is multiplied with: 1 where it is at most ``most``."""
    return most / namespace(norm).maximum(norm, most)
