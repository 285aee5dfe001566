"""|F - F_lin| of one hidden layer after one step on one sample: at that input and at another one."""

import numpy as np
from measuring import picture

X = np.asarray([[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, -1.0]])
"""The unseen input, and the one of the step."""
EXPONENTS = {"relu, unseen": "-3/4", "relu, trained": "-1/2", "relu², unseen": "-1", "relu², trained": "-1"}


def one_step(n: int, power: int, generator: np.random.Generator) -> np.ndarray:
    """F - F_lin at both inputs, with C' = -1 and the learning rate 1."""
    first, v = generator.normal(size=(n, X.shape[1])), generator.normal(size=n)
    h, scale = first @ X.T / 2, np.sqrt(n)
    value = np.maximum(h, 0) ** power
    slope = power * np.maximum(h, 0) ** (power - 1) if power > 1 else (h > 0) * 1.0
    move_v, move_u = value[:, 1] / scale, np.outer(v * slope[:, 1], X[1]) / 2 / scale
    after = (v + move_v) @ np.maximum((first + move_u) @ X.T / 2, 0) ** power / scale
    linear = (v @ value + move_v @ value + v @ (slope * (move_u @ X.T / 2))) / scale
    return after - linear


def draws(case: str):
    power, at = 2 if "²" in case else 1, 1 if "trained" in case else 0

    def at_width(n: int) -> np.ndarray:
        count = 400 if n < 10**5 else 200 if n < 10**6 else 64
        return np.asarray([one_step(n, power, np.random.default_rng([n, k]))[at] for k in range(count)])

    return at_width


if __name__ == "__main__":
    cases = {case: draws(case) for case in EXPONENTS}
    picture(__file__, cases, EXPONENTS, (100, 1000, 10_000, 100_000, 1_000_000), "$|F - F_{lin}|$ after one step")
