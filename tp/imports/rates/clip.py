"""The norm of all gradients above which they are scaled down."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from tp.imports.rates.moved import SAME, Moved
from tp.imports.rates.probe import Arrays
from tp.imports.traced.tracing import Path

DECADES = 10
"""Up to how many powers of ten beyond small gradients clipping is looked for."""

Run = Callable[[list[Arrays]], list[Arrays]]


def clipping(moved: Mapping[Path, Moved], gradients: Arrays, run: Run) -> float:
    """The largest norm; 0 where gradients are never clipped as far as is seen.

    ``gradients`` are small ones, whose norm no optimiser clips. ``run`` has the updates of weights that are zero.
    """
    norm = float(np.sqrt(sum(float((g**2).sum()) for g in gradients.values())))
    linear = next((path for path, one in moved.items() if one.name == "sgd"), None)
    if linear is not None:
        large = 10.0**DECADES
        first = run([{path: large * g for path, g in gradients.items()}])[0][linear]
        small = run([gradients])[0][linear]
        share = float(np.linalg.norm(first) / np.linalg.norm(small)) / large
        return _digits(share * large * norm) if share < 1.0 - SAME else 0.0
    adaptive = next((path for path, one in moved.items() if one.name in ("adam", "lamb")), None)
    if adaptive is None:
        return 0.0
    settings = moved[adaptive].settings
    beta1, beta2, eps = (float(settings[key]) for key in ("beta1", "beta2", "eps"))
    place = int(np.argmax(np.abs(gradients[adaptive])))
    size = float(np.abs(gradients[adaptive].flat[place]))

    def seen(ratio: float) -> float:
        """The second move, where the second gradient is the first one times ``ratio``, in units of the rate."""
        second = run([gradients, {path: ratio * g for path, g in gradients.items()}])[1]
        return float(np.abs(second[adaptive].flat[place])) / moved[adaptive].rate

    def expected(ratio: float) -> float:
        mean, square = (beta1 + ratio) / (1.0 + beta1), (beta2 + ratio**2) / (1.0 + beta2)
        return mean * size / (square**0.5 * size + eps)

    def free(ratio: float) -> bool:
        return abs(seen(ratio) / expected(ratio) - 1.0) < SAME

    if free(10.0**DECADES):
        return 0.0
    low, high = 0, DECADES
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if free(10.0**middle) else (low, middle)
    wanted, below, above = seen(10.0**high), 10.0**low, 10.0**high
    sign = 1.0 if expected(above) > expected(below) else -1.0
    for _ in range(200):
        middle = (below + above) / 2.0
        below, above = (middle, above) if sign * (wanted - expected(middle)) > 0 else (below, middle)
    return _digits(below * norm)


def _digits(value: float) -> float:
    return float(f"{value:.4g}") if abs(float(f"{value:.4g}") / value - 1.0) < 1e-4 else value
