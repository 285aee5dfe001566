"""Exponents that the regime has for training, against measured slopes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from tests.optimizers.measured_moves import Net, Run, Slopes, slopes
from tests.random_programs.measuring import Outcome, Points, compare
from tp.interpret.orders import calculus_for
from tp.syntax import parse
from tp.theory.regime import Regime, regime

ROUNDING = 1e-11
"""Changes below this share of what changes are rounding."""


@dataclass(frozen=True)
class Prediction:
    """``exponents`` and whether they are attained, by quantity as :class:`Run` names them."""

    found: Regime
    exponents: Mapping[str, tuple[Fraction | None, bool]]
    features: Mapping[str, int]
    """Nodes of the program."""


def predicted(text: str, optimizer: Any, steps: int) -> Prediction:
    """Of ``text`` after ``steps`` steps, or earlier where training is unstable before."""
    graph = parse(text).graph
    return from_regime(regime(graph, calculus_for(graph), optimizer, steps))


def from_regime(found: Regime) -> Prediction:
    """What ``found`` says of a run of its steps."""
    start, _, change = found.conditions
    exponents = {
        "F": (start.exponent, start.exact),
        "change": (change.exponent, change.exact),
        "F - F_lin": (found.deviation, found.sharp(found.deviation, "F - F_lin")),
    }
    features = {f.name: f.node for f in found.features if f.node is not None}
    exponents |= {f"move of {f.name}": (f.moved, f.sharp) for f in found.features if f.node is not None}
    return Prediction(found, exponents, features)


def points(found: Slopes, quantity: str, base: str = "") -> Points | None:
    """Mean logarithms over seeds; None where all is zero, or rounding compared with ``base``."""
    sizes = found.sizes[quantity]
    least = ROUNDING * found.sizes[base] if base else np.zeros_like(sizes)
    if np.all(sizes <= least):
        return None
    logs = np.log(np.maximum(sizes, 1e-300))
    errors = logs.std(1, ddof=1) / np.sqrt(sizes.shape[1]) + 1e-9
    return Points(found.widths, tuple(map(float, logs.mean(1))), tuple(map(float, errors)))


BASES = {"change": "F", "F - F_lin": "change"}


def compared(
    prediction: Prediction, net: Net, run: Run, widths: tuple[int, ...], seeds: int
) -> dict[str, tuple[Outcome, Fraction | None, bool, Points | None]]:
    """By quantity the outcome, the predicted exponent, whether it is attained, and what was measured."""
    measured = slopes(net, run, widths, seeds)
    out: dict[str, tuple[Outcome, Fraction | None, bool, Points | None]] = {}
    for quantity, (exponent, exact) in prediction.exponents.items():
        if quantity in measured.sizes:
            base = BASES.get(quantity, quantity.replace("move of", "size of") if "move" in quantity else "")
            found = points(measured, quantity, base)
            out[quantity] = compare(exponent, exact, found), exponent, exact, found
    return out
