"""Random tensors and how they scale (paper, section 2): subordinate norm, asymptotic order, stochastic O."""

from __future__ import annotations

from tp.asymptotics.norm import NormInterval, frobenius_norm, subordinate_norm
from tp.asymptotics.symmetric import is_symmetric, symmetric_norm

__all__ = ["NormInterval", "frobenius_norm", "is_symmetric", "subordinate_norm", "symmetric_norm"]
