"""Random tensors and how they scale (paper, section 2): subordinate norm, asymptotic order, stochastic O."""

from tp.asymptotics.bound import are_uniformly_bounded_by, has_definite_bound, is_bounded_below_by, is_bounded_by
from tp.asymptotics.bounded import Bounded
from tp.asymptotics.compare import Comparison, Relation, compare
from tp.asymptotics.criteria import Criteria
from tp.asymptotics.definite_exponent import DefiniteExponent, definite_exponent
from tp.asymptotics.finding import Finding, LevelSlope
from tp.asymptotics.floor import FloorTest, decays
from tp.asymptotics.grid import Grid
from tp.asymptotics.growth import Growth
from tp.asymptotics.norm import NormInterval, frobenius_norm, subordinate_norm
from tp.asymptotics.samples import Plan, Samples, observed, sample
from tp.asymptotics.scale import LOG, ONE, N, Scale
from tp.asymptotics.series import Series, batched, deterministic, joint, random_tensor
from tp.asymptotics.sharing import Sharing
from tp.asymptotics.symmetric import is_symmetric, symmetric_norm
from tp.asymptotics.tail import tail_index
from tp.statistics.estimate import Estimate
from tp.statistics.verdict import Verdict

__all__ = [
    "LOG",
    "ONE",
    "Bounded",
    "Comparison",
    "Criteria",
    "DefiniteExponent",
    "Estimate",
    "Finding",
    "FloorTest",
    "Grid",
    "Growth",
    "LevelSlope",
    "N",
    "NormInterval",
    "Plan",
    "Relation",
    "Samples",
    "Scale",
    "Series",
    "Sharing",
    "Verdict",
    "are_uniformly_bounded_by",
    "batched",
    "compare",
    "decays",
    "definite_exponent",
    "deterministic",
    "frobenius_norm",
    "has_definite_bound",
    "is_bounded_below_by",
    "is_bounded_by",
    "is_symmetric",
    "joint",
    "observed",
    "random_tensor",
    "sample",
    "subordinate_norm",
    "symmetric_norm",
    "tail_index",
]
