"""Random variables with known bounds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tp.asymptotics import Plan, Series, batched

Draw = np.random.Generator
EVEN = Plan(tuple(1 << k for k in range(4, 13)))
"""Even widths only: half the work, where parity does not matter."""


def times(power: float, law: Callable[[int, Draw], np.ndarray], name: str = "M") -> Series:
    """n^power times a law that does not depend on n."""
    return batched(lambda n, count, draw: n**power * law(count, draw), name)


def normal(power: float) -> Series:
    return times(power, lambda count, draw: draw.standard_normal(count))


def cauchy(power: float) -> Series:
    return times(power, lambda count, draw: draw.standard_cauchy(count))


def pareto(power: float, index: float) -> Series:
    """n^power times a variable with P(X > x) = x^(-index)."""
    return times(power, lambda count, draw: (1 - draw.random(count)) ** (-1 / index))


def mixture(share: Callable[[int], float], large: Callable[[int], float]) -> Series:
    """``large(n)`` with probability ``share(n)``, else 1."""
    return batched(lambda n, count, draw: np.where(draw.random(count) < share(n), large(n), 1.0))


ONE_OR_N = mixture(lambda n: 0.5, lambda n: n)
"""The variable of section 2.3: 1 or n with probability 1/2 each."""
UNIFORM_POWER = batched(lambda n, count, draw: n ** draw.random(count))
"""n^U, U uniform on [0, 1]: the q-quantile is n^q, and there is no definite bound."""
GROWING_TAIL = batched(lambda n, count, draw: (1 - draw.random(count)) ** -np.log(n))
"""A Pareto variable whose index 1/log n falls with n: the q-quantile is n^(-log(1 - q))."""
NOISY_CONSTANT = batched(lambda n, count, draw: 0.3 + draw.standard_normal(count) / n**0.5)
BY_PARITY = batched(lambda n, count, draw: (n if n % 2 else 1) * draw.standard_normal(count))
