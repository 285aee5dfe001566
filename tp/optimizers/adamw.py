"""AdamW (Loshchilov and Hutter, 2019): Adam with decoupled weight decay.

    θ(s + 1) = (1 - ηλn^p) θ(s) - ηΛ u

u is that of Adam, with gradients of the cost alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tp.optimizers.amount import Amount
from tp.optimizers.decay import weight_decay
from tp.optimizers.moments import Adaptive
from tp.optimizers.registry import register


@register
@dataclass(frozen=True, repr=False)
class AdamW(Adaptive):
    """Adam's direction; a weight shrinks by the factor 1 - ηλn^p, whatever its learning rate and its gradient."""

    name: ClassVar[str] = "adamw"

    decay: Amount = weight_decay(1e-4)  # noqa: RUF009 - a field
