"""Whether learning rates change with the step: counters in the state are set to a late step, and a step is made."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tp.diagnostics.diagnostic import error
from tp.imports.rates.moved import Array, Moved
from tp.imports.rates.probe import Arrays, Probe
from tp.imports.traced.tracing import Path

COUNTS = (30, 1000, 10**5, 10**7)
"""Steps that are looked at."""
SAME, NEARLY = 1e-6, 1e-2


def require_constant(probe: Probe, moved: Mapping[Path, Moved], gradients: Arrays) -> None:
    """Raises TpError TP908 where a learning rate is not the same in late steps.

    After one step with ``gradients`` all counters in the state are set to a late step, and a second step with the same
    gradients is made. Weights are zero.
    """
    zeros = probe.arrays(lambda path, shape: np.zeros(shape))
    (first,) = probe.run([gradients], [zeros])
    for count in COUNTS:
        found = probe.late(gradients, count)
        for path, one in moved.items():
            used = gradients[path] != 0.0
            size = np.abs(gradients[path][used])
            if one.name == "muon":
                # Polar factors do not depend on the weight of the momentum, but for iterations that are not complete.
                ratio = float(np.linalg.norm(found[path]) / np.linalg.norm(first[path]))
                if abs(ratio - 1.0) > NEARLY:
                    raise _changes(path, count)
                continue
            expected = one.rate * _second(one, size, count + 1)
            if np.abs(np.abs(found[path][used]) - expected).max() > SAME * np.abs(expected).max():
                raise _changes(path, count)


def _changes(path: Path, count: int) -> Exception:
    hint = "replace a schedule of learning rates by a number"
    return error("TP908", f"the learning rate of {'/'.join(path)} changes until step {count}", hint=hint)


def _second(moved: Moved, size: Array, steps: int) -> Array:
    """The size of the second move in units of the rate, where it counts as number ``steps``."""
    if moved.name == "sgd":
        momentum = float(moved.settings["momentum"])
        kept = 1.0 + momentum
        return size * (1.0 + momentum * kept if moved.settings["nesterov"] else kept)
    if moved.name in ("adam", "lamb"):
        beta1, beta2, eps = (float(moved.settings[key]) for key in ("beta1", "beta2", "eps"))
        mean = (1.0 - beta1**2) / (1.0 - beta1**steps)
        square = (1.0 - beta2**2) / (1.0 - beta2**steps)
        return mean * size / (square**0.5 * size + eps)
    return np.ones_like(size) if moved.name in ("sign", "lion") else np.zeros_like(size)
