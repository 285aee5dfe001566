"""The self-regularised unit of Misra (2019)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import pi
from typing import Any, ClassVar

from tp.activations.base import Activation, Bound
from tp.namespace import namespace, sigmoid


@cache
def _polynomial(k: int) -> Mapping[tuple[int, int], int]:
    """Coefficients of t^i σ^j in q_k, where the k-th derivative of t = tanh(softplus(x)) is (1 - t²) σ q_k, k >= 1.

    t' = (1 - t²) σ and σ' = σ (1 - σ), so q_{k+1} = q_k (1 - σ - 2 t σ) + ∂_t q_k (1 - t²) σ + ∂_σ q_k σ (1 - σ).
    """
    if k == 1:
        return {(0, 0): 1}
    out: defaultdict[tuple[int, int], int] = defaultdict(int)
    for (i, j), c in _polynomial(k - 1).items():
        out[i, j] += c * (1 + j)
        out[i, j + 1] -= c * (1 + j)
        out[i + 1, j + 1] -= c * (2 + i)
        if i:
            out[i - 1, j + 1] += c * i
    return {powers: c for powers, c in out.items() if c}


@dataclass(frozen=True)
class Mish(Activation):
    """x tanh(softplus(x)) = x (w² + 2 w)/(w² + 2 w + 2) with w = exp(x). Poles where w = -1 ± i: nearest at ±3iπ/4."""

    keyword: ClassVar[str] = "mish"
    radius: ClassVar[float] = 0.75 * pi
    summary: ClassVar[str] = "x tanh(softplus(x)); analytic, grows linearly"
    formula: ClassVar[str] = r"x \tanh\left(\log(1 + e^x)\right)"
    order: ClassVar[int] = 1
    least: ClassVar[float] = -0.309
    keeps_sign: ClassVar[bool] = True

    def touches(self, k: int) -> Fraction | None:
        return Fraction(1) if k <= 1 else None

    def lower(self, k: int, x: Any) -> Any:
        return x * _gate(k, x) + k * _gate(k - 1, x) if k else x * _gate(0, x)

    def taylor(self, k: int) -> float:
        return float(k * _gate_at_zero(k - 1)) if k else 0.0

    def bound(self) -> Bound | None:
        # On circles of radius 2 the function is at most 4.34 around x <= 0, and x less the function 3.69 around x >= 0.
        # The slope of x adds 1 to the first derivative there, which is then at most 1 + 3.69/2 < 5.7/2.
        return Bound(5.7, 2.0, first=1)


def _gate(k: int, x: Any) -> Any:
    """The k-th derivative of tanh(softplus(x)). 1 - tanh is computed on its own, so that it is exact in the tail."""
    xp = namespace(x)
    far = xp.exp(-abs(x))
    rest = xp.where(x > 0, 2 * far * far / (1 + 2 * far + 2 * far * far), 2 / (far * far + 2 * far + 2))
    gate = xp.where(x > 0, 1 - rest, far * (far + 2) / (far * far + 2 * far + 2))
    if k == 0:
        return gate
    logistic = sigmoid(x)
    out = xp.zeros_like(gate)
    for (i, j), c in _polynomial(k).items():
        out = out + c * gate**i * logistic**j
    return rest * (1 + gate) * logistic * out


@cache
def _gate_at_zero(k: int) -> Fraction:
    """The k-th derivative of tanh(softplus(x)) at 0, where tanh is 3/5 and its slope in softplus 16/25."""
    gate, sigmoid = Fraction(3, 5), Fraction(1, 2)
    if k == 0:
        return gate
    inner = sum((c * gate**i * sigmoid**j for (i, j), c in _polynomial(k).items()), start=Fraction(0))
    return Fraction(16, 25) * sigmoid * inner
