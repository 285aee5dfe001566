"""Predicted sizes: against closed forms, against draws, and what a verdict makes of agreement and disagreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from math import sqrt

import numpy as np
import pytest

import tp
from tests.marks import slow
from tp.api.model import Model
from tp.quantities.definitions import parse
from tp.statistics.fit import Fit, fit
from tp.statistics.verdict import Verdict
from tp.statistics.verdict_of_fit import judge
from tp.studies.claims.support import Measured
from tp.studies.size_agreement import beside_size
from tp.theory.predicted_size import PredictedSize, predicted_size

TABLE = {"tanh": (0.394294490, 0.858697393, 0.181859544), "relu": (0.5, 1.0, 0.5)}
"""E phi^2, the limit of the kernel, and n^2 Var(C[0,2]) of one hidden layer at equal inputs with |x|^2 = d."""
EQUAL = np.ones((4, 8))


def one_layer(phi: str) -> Model:
    return tp.parse(
        f"""program p {{
          width n
          input x : [d=8]
          param U : [n, d] ~ normal(0, 1)
          param v : [n] ~ normal(0, 1)
          output f = dot(v, {phi}(U @ x / sqrt(d))) / sqrt(n)
        }}"""
    )


def predicted(model: Model, name: str) -> PredictedSize | None:
    return predicted_size(model.graph, parse(name), {"x": EQUAL})


@pytest.mark.parametrize("phi", TABLE)
def test_the_table_of_one_hidden_layer_is_derived(phi: str) -> None:
    model, (square, kernel, moved) = one_layer(phi), TABLE[phi]
    first, second, third = (predicted(model, name) for name in ("F", "kernel", "C[0,2]"))
    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.mean, first.deviation**2) == (0, pytest.approx(square, rel=1e-8))
    assert (second.mean, second.deviation) == (pytest.approx(kernel, rel=1e-8), 0)
    assert (third.exponent, third.mean) == (-1, 0)
    assert third.deviation**2 == pytest.approx(moved, rel=0.01)  # averaged over virtual neurons


@pytest.mark.parametrize("phi", slow(TABLE, {"tanh"}))
def test_the_table_of_one_hidden_layer_is_measured(phi: str) -> None:
    """Root mean squares of 2000 draws at n = 512 are known to 2 %, and n^-1 is left out: within 10 %."""
    from tp.experiments.at import At
    from tp.experiments.correlations import Correlations

    model, (square, kernel, moved) = one_layer(phi), TABLE[phi]
    n = 512
    found = Correlations("p", model.graph, ("F", "kernel", "C[0,2]"), {"x": EQUAL}).draw(At(n, "float64"), 0, 2000)
    assert found["F"].var() == pytest.approx(square, rel=0.2)
    assert found["kernel"].mean() == pytest.approx(kernel, rel=0.02)
    assert n * found["kernel"].var() == pytest.approx({"tanh": 0.690260199, "relu": 3.0}[phi], rel=0.2)
    assert n**2 * found["C[0,2]"].var() == pytest.approx(moved, rel=0.25)


@pytest.mark.parametrize(("phi", "step"), slow([("identity", 2), ("relu", 5)]))
def test_moments_of_two_layers_of_a_program(phi: str, step: int) -> None:
    """E f^4 / (3 (E f^2)^2) = (1 + step/n)^2 for two wide layers, linear or relu with variance 2.

    From 20000 draws, within five standard errors of the mean over 20 parts, and 0.05 for the bias of a ratio: a wrong
    alarm in less than one of 10^5 seeds.
    """
    from tp.experiments.at import At
    from tp.experiments.correlations import Correlations

    scale = 2 if phi == "relu" else 1
    model = tp.parse(
        f"""program p {{
          width n
          input x : [d=8]
          param U : [n, d] ~ normal(0, {sqrt(scale)})
          param W : [n | n] ~ normal(0, {sqrt(scale)})
          param v : [n] ~ normal(0, 1)
          h = U @ x / sqrt(d)
          z = W @ {phi}(h) / sqrt(n)
          output f = dot(v, {phi}(z)) / sqrt(n)
        }}"""
    )
    n, count = 8, 20_000
    f = Correlations("p", model.graph, ("F",), {"x": EQUAL}).draw(At(n, "float64", "dense"), 0, count)["F"]
    ratios = np.array([(p**4).mean() / (3 * (p**2).mean() ** 2) for p in np.array_split(f, 20)])
    error = ratios.std() / sqrt(20)
    assert abs(ratios.mean() - (1 + step / n) ** 2) < 5 * error + 0.05
    assert ratios.mean() > 1.1


def samples(size: float, power: float, floor: float = 0.0, counts: Mapping[int, int] | None = None) -> Fit:
    draw = np.random.default_rng(5)
    counts = counts or {64: 512, 128: 512, 256: 512, 512: 256, 1024: 256}
    return fit({n: (size * n**power + floor) * draw.normal(size=seeds) for n, seeds in counts.items()})


def judged(found: Fit, size: float) -> tuple[Verdict, str]:
    before = Measured(found, judge(Fraction(-1), found))
    after = beside_size(before, PredictedSize(Fraction(-1), 0.0, size, 1e-6)).judgement
    return after.verdict, after.reason


def test_agreement_in_size_is_said() -> None:
    verdict, reason = judged(samples(0.4, -1), 0.4)
    assert verdict is Verdict.CONFIRMED
    assert "size as predicted" in reason


def test_disagreement_in_size_is_never_confirmed() -> None:
    verdict, reason = judged(samples(0.4, -1), 0.6)
    assert verdict is Verdict.UNDECIDED
    assert "0.6 is predicted" in reason


def test_a_refuted_exponent_stays_refuted() -> None:
    found = samples(0.4, -1 / 2, counts={64: 512, 128: 512, 256: 512, 512: 256, 1024: 256, 8192: 64, 65536: 64})
    assert judged(found, 0.4)[0] is Verdict.REFUTED


def test_a_floor_below_the_predicted_size_is_no_doubt() -> None:
    """Where nothing but a floor speaks against the exponent; with another size, or any other doubt, it stays open."""
    found = samples(0.4, -1)
    open_ = replace(judge(Fraction(-1), found), verdict=Verdict.UNDECIDED, floor_only=True)

    def after(size: float, *, only: bool = True) -> Verdict:
        before = Measured(found, replace(open_, floor_only=only))
        return beside_size(before, PredictedSize(Fraction(-1), 0.0, size, 1e-6)).judgement.verdict

    assert after(0.4) is Verdict.CONFIRMED
    assert after(0.6) is Verdict.UNDECIDED
    assert after(0.4, only=False) is Verdict.UNDECIDED


@pytest.mark.parametrize("name", ["attention_sqrt", "bottleneck"])
def test_random_limits_have_no_predicted_kernel(name: str) -> None:
    """Their kernels depend on numbers that stay random."""
    model = tp.load(f"programs/{name}.tp")
    draw = np.random.default_rng(0)
    inputs = {key: draw.normal(size=(3, *(a.at(1) for a in type_))) for key, type_ in model.inputs.items()}
    found = predicted_size(model.graph, parse("kernel"), inputs)
    assert found is None
