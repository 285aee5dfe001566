"""Random tensors and how they scale (paper, section 2): subordinate norm, asymptotic order, stochastic O."""

from __future__ import annotations

from tp.asymptotics.compare import Comparison, Relation, compare
from tp.asymptotics.grid import Grid
from tp.asymptotics.growth import Growth
from tp.asymptotics.norm import NormInterval, frobenius_norm, subordinate_norm
from tp.asymptotics.scale import LOG, ONE, N, Scale
from tp.asymptotics.symmetric import is_symmetric, symmetric_norm

__all__ = [
    "LOG",
    "ONE",
    "Comparison",
    "Grid",
    "Growth",
    "N",
    "NormInterval",
    "Relation",
    "Scale",
    "compare",
    "frobenius_norm",
    "is_symmetric",
    "subordinate_norm",
    "symmetric_norm",
]
