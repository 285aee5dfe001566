"""What optimisers do with a gradient, for the order calculus: one file a rule (calculus, section 7a)."""

from tp.optimizers.rules.clipped import Clipping
from tp.optimizers.rules.entrywise import Entrywise
from tp.optimizers.rules.eps import Eps
from tp.optimizers.rules.gradient import Gradient, Outer
from tp.optimizers.rules.linear import Linear
from tp.optimizers.rules.polar import Polar
from tp.optimizers.rules.roots import Roots
from tp.optimizers.rules.rule import Rule, Setting, Step
from tp.optimizers.rules.trust_ratio import TrustRatio

__all__ = [
    "Clipping",
    "Entrywise",
    "Eps",
    "Gradient",
    "Linear",
    "Outer",
    "Polar",
    "Roots",
    "Rule",
    "Setting",
    "Step",
    "TrustRatio",
]
