"""A run with enough draws to decide all rows, for the tests that look at its parts."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import tp
from tp.experiments.training.schedule import Schedule
from tp.studies.linearize.linearization import Linearization

PROGRAMS = Path(__file__).parents[2] / "programs"


@cache
def one_layer() -> Linearization:
    """Both theorems for one hidden layer of tanh units.

    F - F_lin changes sign from draw to draw: it takes two decades of widths and 512 draws to exclude n^(-1/2).
    """
    model = tp.load(PROGRAMS / "mlp.tp", depth=1)
    widths = [32, 181, 1024, 5793]
    return model.linearize(Schedule(steps=3), widths, seeds=512, second=False, rhos=["-1"], store=False)
