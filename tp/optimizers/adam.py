"""Adam (Kingma and Ba, 2015): every entry moves by a mean of its gradients over the root of a mean of their squares.

    m(s + 1) = β1 m(s) + (1 - β1) g,    v(s + 1) = β2 v(s) + (1 - β2) g²
    u = m(s + 1) / (1 - β1^(s + 1)) / (√(v(s + 1) / (1 - β2^(s + 1))) + ε)

Decay is a part of g (L2). Decay apart from it is that of AdamW.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tp.optimizers.decay import Decaying, coupled_decay
from tp.optimizers.moments import Adaptive
from tp.optimizers.registry import register


@register
@dataclass(frozen=True, repr=False)
class Adam(Adaptive, Decaying):
    """Adam; decay is coupled unless ``coupled`` is False."""

    name: ClassVar[str] = "adam"

    coupled: bool = coupled_decay(True)
