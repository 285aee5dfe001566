"""How the entries of one weight move, as it was found by trying."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tp.ndarray import NDArray

Array = NDArray[np.float64]
SAME = 1e-8
"""Relative differences up to this count as rounding."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An optimiser of the language that moves a weight as it was seen.

    Fields:
        name: ``sgd``, ``adam``, ``sign``, ``lion``, ``lamb``, ``muon``; ``none`` where nothing moves.
        rate: the learning rate.
        settings: numbers and switches by name, without decay.
        share: the share of the weight that a step takes away beside its update.
        inside: λ of decay that is a part of the gradient, or of the ratio of ``lamb``.
    """

    name: str
    rate: float
    settings: dict[str, float | bool]
    share: float = 0.0
    inside: float = 0.0


@dataclass(frozen=True, slots=True)
class Tried:
    """Updates of the entries that have gradients, in runs from the start of the optimiser, with weights that are 0.

    Fields:
        gradient: g.
        turned: those for gradients g, -g, 2 g, 0.
        small: that for the gradient g times ``share``.
        decayed: those for gradients g, -g, 2 g where the weight is ``weight`` in the second step.
        elsewhere: whether entries without gradients move.
    """

    gradient: Array
    turned: tuple[Array, Array, Array, Array]
    small: Array
    share: float
    decayed: tuple[Array, Array, Array]
    weight: Array
    elsewhere: bool


def entrywise(tried: Tried) -> Moved | None:
    """The optimiser without decay; None where it is none that is known."""
    first, second, _, last = tried.turned
    if not any(one.any() for one in (*tried.turned, tried.small)):
        return Moved("none", 0.0, {})
    if tried.elsewhere or not first.all():
        return None
    if _same(tried.small, tried.share * first):
        return _linear(tried)
    rates = -first * np.sign(tried.gradient)
    if not (rates > 0).all():
        return None
    if _same(np.abs(tried.small), rates) and _same(np.abs(second), rates):
        name = "sign" if not last.any() else "lion"
        return Moved(name, float(rates.mean()), {}) if _same(rates, np.full_like(rates, rates.mean())) else None
    return _adaptive(tried)


def _linear(tried: Tried) -> Moved | None:
    """Gradient descent with momentum."""
    first, second, third, _ = tried.turned
    ratio, last = _constant(second / first), _constant(third / first)
    rate = _constant(-first / tried.gradient)
    if ratio is None or last is None or rate is None or rate <= 0:
        return None
    momentum = 1.0 + ratio
    if abs(last - momentum * ratio - 2.0) < SAME and momentum > -SAME:
        momentum = _rounded(max(momentum, 0.0))
        return Moved("sgd", rate, {"momentum": momentum, "nesterov": False})
    q = 1.0 + ratio
    momentum = (q + (q * q + 4.0 * q) ** 0.5) / 2.0 if q > 0 else 0.0
    if (
        0 < momentum < 1
        and abs(last - (2.0 + 2.0 * momentum - momentum**2 * (1.0 - momentum)) / (1.0 + momentum)) < SAME
    ):
        return Moved("sgd", rate / (1.0 + momentum), {"momentum": _rounded(momentum), "nesterov": True})
    return None


def _adaptive(tried: Tried) -> Moved | None:
    """Adam: from the sizes of first moves follow the rate and ε, from the second move β1 and from the third β2."""
    size, small = np.abs(tried.gradient), np.abs(tried.gradient) * tried.share
    first = np.abs(tried.turned[0])
    # 1/u = 1/rate + (ε/rate)/|g|
    slope = (1.0 / np.abs(tried.small) - 1.0 / first) / (1.0 / small - 1.0 / size)
    offset = 1.0 / first - slope / size
    rates, eps = 1.0 / offset, slope / offset
    rate, guard = _constant(rates), float(np.median(eps))
    if rate is None or rate <= 0 or not _same(eps + size, guard + size):
        return None
    below = size + guard
    one = tried.turned[1] / rate * below / -tried.gradient
    beta1 = _constant((1.0 + one) / (1.0 - one))
    if beta1 is None or not -SAME < beta1 < 1:
        return None
    beta1 = _rounded(max(beta1, 0.0))
    seen, third = 1.0 - beta1**3, tried.turned[2] / -tried.gradient
    mean = (1.0 - beta1) * (beta1**2 - beta1 + 2.0) / seen
    q = _constant(((mean * rate / third - guard) / size) ** 2)
    if q is None or q <= 1.0 or (part := 12.0 / (q - 1.0) - 3.0) < 0.0:
        return None
    beta2 = (part**0.5 - 1.0) / 2.0
    if not 0.0 <= beta2 < 1.0:
        return None
    return Moved("adam", rate, {"beta1": beta1, "beta2": _rounded(beta2), "eps": _guard(guard)})


def _same(one: Array, other: Array) -> bool:
    return bool(np.allclose(one, other, rtol=SAME, atol=0.0))


def _constant(values: Array) -> float | None:
    middle = float(np.median(values))
    return middle if np.abs(values - middle).max() <= 1e-6 * max(abs(middle), 1e-3) else None


def _rounded(value: float) -> float:
    """A setting as it was written: with six digits where it has no more."""
    return round(value, 6) if abs(value - round(value, 6)) < 1e-8 else value


def _guard(eps: float) -> float:
    """ε with as many digits as are known; 0 where it is below what can be seen."""
    return float(f"{eps:.4g}") if eps > 1e-14 else 0.0
