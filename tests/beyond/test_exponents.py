"""Measured exponents of systems outside of tensor programs agree with their known values, also at large widths."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tp
from tests.marks import slow

PROGRAMS = Path(__file__).parents[2] / "programs" / "beyond"
GAUSSIAN = {"F": 0.0, "kernel": 0.0, "C[0,2]": -1.0, "C[0,3]": -1.0, "C[0,4]": -2.0}
"""What networks with Gaussian weights have, and those with orthogonal or sparse ones share."""
CASES = [
    ("orthogonal_mlp", (64, 256, 1024), GAUSSIAN),
    ("orthogonal_mlp", (1000, 10_000, 100_000), GAUSSIAN),
    ("orthogonal_rnn", (500, 4000, 32_000), GAUSSIAN),
    ("sparse_mlp", (128, 1024, 8192), GAUSSIAN),
    ("experts", (256, 4096, 65536), {"F": 0.0, "kernel": 0.0, "C[0,2]": -0.5, "C[1,1]": -0.25}),
    ("token_attention", (64, 256, 1024), {"F": 0.0, "kernel": 0.0, "C[1,1]": 0.0}),
]


@pytest.mark.parametrize(("name", "widths", "known"), slow(CASES, but=CASES[:1]))
def test_measured_exponents(name: str, widths: tuple[int, ...], known: dict[str, float]) -> None:
    seeds = 64
    found = tp.load(PROGRAMS / f"{name}.tp").correlations(
        list(widths), seeds=seeds, quantities=list(known), store=False
    )
    for quantity, exponent in known.items():
        medians = np.median(np.abs(found.array(quantity)), axis=1)
        slope = np.polyfit(np.log(widths), np.log(medians), 1)[0]
        near = 0.12 if name == "experts" else 0.24  # half of the distance to the next possible exponent
        assert abs(slope - exponent) < near, (quantity, slope)
