"""The settings of a draw. A plan has them, and with a plan the options of a command, so nothing is imported here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class At:
    """The settings of a draw: the ``width`` n, the ``dtype`` "float32" or "float64", and the ``engine`` asked for.

    The engine is "dense" (weights are arrays), "conditioned" (wide weights are matrix-free where their law allows it:
    only their products with vectors are drawn) or "auto" (for each weight the cheaper of the two).
    """

    width: int
    dtype: str = "float64"
    engine: str = "auto"
