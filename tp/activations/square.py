"""The square, the simplest nonlinearity with finitely many derivatives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from tp.activations.monomial import Monomial


@dataclass(frozen=True)
class Square(Monomial):
    keyword: ClassVar[str] = "square"
    summary: ClassVar[str] = "x^2; even, homogeneous of degree 2"
    formula: ClassVar[str] = "x^2"
    least: ClassVar[float] = 0.0

    exponent: str = field(default="2", init=False)
