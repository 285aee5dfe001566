"""Measured slopes against predicted exponents at modest widths, with fixed seeds.

The logarithm of a correlation spreads by 1.0 to 1.3, so the median over 240 draws has a relative error of about
1.25 * 1.3 / √240 = 0.1, and a line through four widths over ln 8 turns that into 0.1 / √2.4 = 0.07 for the slope. The
tolerance of 0.3 is two such deviations plus 0.16 for corrections at finite width, and smaller than the distance 1/2 to
the next plausible exponent.
Seeds are fixed, so a failure is a change of the program, not bad luck. Programs whose correlations have small
prefactors (attention, gates on a scalar), a width of √n, or a transposed weight (C^{0,3} = 8e-4/n plus noise of
0.034 n^{-3/2} in one such program: equal at n = 1800) converge too slowly for such widths and are left to `tp verify`.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments.drawn import sample
from tests.marks import exhaustive
from tp.syntax import parse
from tp.theory.analysis import Analysis

QUANTITIES = ("F", "kernel", "C[0,2]", "C[0,3]", "C[0,4]", "C[1,1]")
WIDTHS = (64, 128, 256, 512)
DRAWS = 240
TOLERANCE = 0.3

PROGRAMS = {
    "quadratic": """
        input x : [d=8]
        param U : [n, d] ~ normal(0, 1)
        output f = mean(square(U @ x / sqrt(d)))""",
    "three_outputs": """
        input x : [d=8]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ normal(0, 1)
        param v : [c=3, n] ~ normal(0, 1)
        output f = v @ tanh(W @ tanh(U @ x / sqrt(d)) / sqrt(n)) / sqrt(n)""",
    "quadratic_form": """
        input x : [d=8]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ normal(0, 1)
        h = tanh(U @ x / sqrt(d))
        output f = dot(h, W @ h) / n""",
    "double_apply": """
        input x : [d=8]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        output f = dot(v, W @ (W @ tanh(U @ x / sqrt(d)))) / n^(3/2)""",
    "gated": """
        input x : [d=8]
        param U : [n, d] ~ normal(0, 1)
        param A : [n, n] ~ normal(0, 1)
        param B : [n, n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        h = tanh(U @ x / sqrt(d))
        output f = dot(v, A @ h / sqrt(n) * sigmoid(B @ h / sqrt(n))) / sqrt(n)""",
    "small_learning_rate": """
        learning_rate n^(-1/2)
        input x : [d=8]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        output f = dot(v, tanh(W @ tanh(U @ x / sqrt(d)) / sqrt(n))) / sqrt(n)""",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", exhaustive(PROGRAMS, but=("quadratic", "three_outputs", "quadratic_form")))
def test_slopes(name: str) -> None:
    program = parse("program p {\n width n\n" + PROGRAMS[name] + "\n}")
    predicted = Analysis(program.graph, QUANTITIES).prediction(QUANTITIES).exponents
    draw = np.random.default_rng(1)
    (size,) = (axis.at(1) for axis in program.inputs["x"])
    x = {"x": (draw.standard_normal((6, size)) + draw.standard_normal(size)) / np.sqrt(2)}
    measured = [sample(program.graph, QUANTITIES, n, DRAWS, 0, x, "float64") for n in WIDTHS]
    for quantity in QUANTITIES:
        medians = np.array([np.median(np.abs(values[quantity])) for values in measured])
        exponent = predicted[quantity]
        if exponent is None:
            assert not medians.any(), quantity
            continue
        slope = np.polyfit(np.log(WIDTHS), np.log(medians), 1)[0]
        assert slope == pytest.approx(float(exponent), abs=TOLERANCE), quantity
