"""F - F_lin of one hidden layer whose first weight moves by Shampoo, after several steps on one sample.

In plain NumPy: the gradient is an outer product d x, so that the root of the sum over steps of d d' follows from the
singular values of the few vectors d.
"""

import numpy as np
from measuring import Draws, picture

X = np.asarray([[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, -1.0]])
"""An unseen input, and the one of all steps; error signals are -1."""
RATE, EPS = 0.3, 1e-12
STEPS = {"1 step": 1, "2 steps": 2, "3 steps": 3, "8 steps": 8}


def deviation(n: int, steps: int, draw: np.random.Generator) -> float:
    """F - F_lin at the unseen input."""
    first, v = draw.standard_normal((n, X.shape[1])), draw.standard_normal(n)
    unseen, trained = X
    length = np.linalg.norm(trained)

    def value(weights: np.ndarray) -> float:
        return float(v @ np.tanh(weights @ unseen / 2) / np.sqrt(n))

    def gradient(weights: np.ndarray, x: np.ndarray) -> np.ndarray:
        return v * (1 - np.tanh(weights @ x / 2) ** 2) / 2 / np.sqrt(n)

    start = gradient(first, trained)
    response = gradient(first, unseen) @ start / np.linalg.norm(start) * (unseen @ trained) / length
    before, linear, columns, right = value(first), 0.0, [], 0.0
    for step in range(1, steps + 1):
        columns.append(gradient(first, trained) * length)
        basis, sizes, _ = np.linalg.svd(np.asarray(columns).T, full_matrices=False)
        right += float(columns[-1] @ columns[-1])
        left = basis @ ((sizes**2 + EPS) ** -0.25 * (basis.T @ columns[-1]))
        first = first + RATE * (right + EPS) ** -0.25 * np.outer(left, trained / length)
        linear += RATE * step**-0.5 * response
    return value(first) - before - linear


def draws(steps: int) -> Draws:
    def at_width(n: int) -> np.ndarray:
        count = 200 if n < 10**5 else 64 if n < 10**6 else 24
        return np.asarray([deviation(n, steps, np.random.default_rng([n, k])) for k in range(count)])

    return at_width


if __name__ == "__main__":
    cases = {name: draws(steps) for name, steps in STEPS.items()}
    exponents = {"1 step": "-1", "2 steps": "-3/4"}
    widths = (100, 1000, 10_000, 100_000, 1_000_000)
    picture(__file__, cases, exponents, widths, "$|F - F_{lin}|$, one sample")
