"""The facts about an activation that the order calculus uses."""

from __future__ import annotations

from functools import cache

from tp.activations import find
from tp.orders.facts import KNOWN, Function, Slope


def facts(name: str, smooth: bool = False) -> Function:
    """The facts about the activation called ``name``. Raises KeyError or ValueError as :func:`tp.activations.find`.

    With ``smooth`` those of its Taylor series at generic points, which cross no jump of a derivative.
    """
    return _facts(name, smooth and find(name).jump() is not None)


@cache
def _facts(name: str, smooth: bool) -> Function:
    activation = find(name)
    degree = activation.scaling()
    slopes = tuple(
        Slope(
            vanishes=activation.vanishes(k),
            constant=activation.constant(k),
            at_zero=degree is None and activation.at_zero(k) != 0.0,
            growth=activation.growth(k),
            symmetry=activation.symmetry(k),
            masks=activation.masks(k),
        )
        for k in range(KNOWN)
    )
    return Function(name, degree, None if smooth else activation.jump(), slopes)
