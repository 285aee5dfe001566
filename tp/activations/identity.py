"""The identity, for layers without a nonlinearity."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from tp.activations.monomial import Monomial


@dataclass(frozen=True)
class Identity(Monomial):
    keyword: ClassVar[str] = "identity"
    summary: ClassVar[str] = "x itself; linear"
    formula: ClassVar[str] = "x"
    keeps_sign: ClassVar[bool] = True

    exponent: str = field(default="1", init=False)
