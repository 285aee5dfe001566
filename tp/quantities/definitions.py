"""The definitions of F, kernel, C[D,d] and hessian: order of the derivative, contractions and coefficient."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

DEFAULT = ("F", "kernel", "C[0,2]", "C[0,3]", "C[0,4]", "C[1,1]")
"""The quantities that are measured by default."""
SYMBOLIC = ("F", "kernel", "C[0,2]", "C[0,3]", "C[0,4]", "C[0,5]", "C[1,1]", "C[1,2]", "C[1,3]")
"""The quantities that are predicted by default; D = 2 takes longer and has to be asked for."""
DEVIATION = "F - F_lin"
"""The name of the difference of the program and of its linear model after training, at samples not trained on."""
SEEN = f"{DEVIATION}, seen"
"""The name of the same difference at the samples that are trained on."""
LIMITS = {0: 6, 1: 6, 2: 2}
"""The largest d for each D that programs are made for."""

_NAME = re.compile(r"^C\[(\d+),(\d+)\]$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """∇^{D+d} F(x_0) contracted with g_1..g_d, and its coefficient.

    ``free`` is D, ``contracted`` is d. F is (0, 0), the kernel (0, 1); the Hessian is (2, 0) with coefficient 1
    instead of the 1/2 of C^{2,0}.
    """

    name: str
    free: int
    contracted: int
    coefficient: float


def parse(name: str) -> Quantity:
    """The quantity called ``name``. Raises ValueError for an unknown name, and beyond :data:`LIMITS`."""
    if name == "F":
        return Quantity(name, 0, 0, 1.0)
    if name == "kernel":
        return Quantity(name, 0, 1, 1.0)
    if name == "hessian":
        return Quantity(name, 2, 0, 1.0)
    match = _NAME.match(name.replace(" ", ""))
    if match is None:
        raise ValueError(f"unknown quantity {name}: expected F, kernel, hessian or C[D,d]")
    free, contracted = int(match[1]), int(match[2])
    if contracted < 1 or free not in LIMITS or contracted > LIMITS[free]:
        bounds = ", ".join(f"D = {k} with 1 <= d <= {v}" for k, v in LIMITS.items())
        raise ValueError(f"{name} is out of range: {bounds}")
    factorials = 1.0
    for k in (*range(1, free + 1), *range(1, contracted + 1)):
        factorials /= k
    return Quantity(f"C[{free},{contracted}]", free, contracted, factorials)


def alike(names: Iterable[str]) -> list[tuple[str, ...]]:
    """``names`` in groups of quantities that cost alike to draw, the cheapest group first.

    Each further derivative makes a draw two to three times as dear, and the iteration for D = 2 a hundred times. The
    default quantities are one group.
    """
    found: dict[int, list[str]] = {}
    for name in names:
        found.setdefault(_dearness(parse(name)), []).append(name)
    return [tuple(found[level]) for level in sorted(found)]


def _dearness(quantity: Quantity) -> int:
    derivatives = quantity.free + quantity.contracted
    return max(4, derivatives) if quantity.free < 2 else 10 + derivatives


def is_quantity(name: str) -> bool:
    """Whether :func:`parse` accepts ``name``."""
    try:
        parse(name)
    except ValueError:
        return False
    return True
