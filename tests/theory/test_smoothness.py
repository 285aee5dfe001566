"""Kinks in values and in derivatives: how far F - F_lin is from analytic, at trained and at unseen inputs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tp.activations import find
from tp.experiments.training.schedule import Schedule
from tp.interpret.orders import calculus_for
from tp.optimizers import SGD
from tp.quantities.definitions import DEVIATION
from tp.quantities.training import backprop
from tp.studies.linearize.expected import expected
from tp.syntax import load, parse
from tp.theory.analysis import Analysis
from tp.theory.checking import check
from tp.theory.regime import UNSEEN, Regime, regime

HALF = Fraction(1, 2)
PROGRAMS = Path(__file__).parents[2] / "programs"


def text(last: str) -> str:
    return f"""program p {{
        width n
        input x : [d=8]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        h = U @ x / sqrt(d)
        output f = {last} / sqrt(n)
    }}"""


def of(last: str) -> Regime:
    graph = parse(text(last)).graph
    return regime(graph, calculus_for(graph))


ONCE = [
    "relu(h)^2",
    "square(relu(h))",
    "relu(h) * relu(h)",
    "h * relu(h)",
    "abs(h) * h",
    "(2 * relu(h))^2",
    "relu(h) * leaky_relu(h, 1/10)",
    "power(relu(h), 3)",
    "relu(h)^3",
    "relu(h) * relu(h) * relu(h)",
    "abs(h)^2",
]


@pytest.mark.parametrize("phi", ONCE)
def test_kinks_in_derivatives_are_as_good_as_none(phi: str) -> None:
    found = of(f"dot(v, {phi})")
    assert (found.deviation, found.unseen, found.drift, found.gradient) == (-1, -1, -1, -HALF)
    assert found.exact


def test_a_sum_of_squares_of_relus_is_one_function_too() -> None:
    graph = parse(text("sum(relu(h) * relu(h), n)")).graph
    inside = backprop(graph).graph
    activations = {
        getattr(inside[i].operation, "activation", None) for i in inside.needed(list(inside.outputs.values()))
    }
    assert "relu" not in activations


def test_functions_of_different_values_stay_apart() -> None:
    found = of("dot(v, relu(h) * relu(W @ tanh(h) / sqrt(n)))")
    assert not found.exact
    assert found.deviation is not None
    assert found.deviation >= -HALF


@pytest.mark.parametrize("depth", ["1", "2", "3"])
@pytest.mark.parametrize("phi", ["relu", "abs", "leaky_relu(1/10)"])
def test_relu_away_from_the_sample_that_is_trained_on(depth: str, phi: str) -> None:
    """One step: n^{1/2} units cross the kink, and each adds n^{-1}, of either sign."""
    graph = load(PROGRAMS / "mlp.tp", {"phi": phi, "depth": depth}).graph
    found = regime(graph, calculus_for(graph))
    assert found.unseen == Fraction(-3, 4)
    assert found.grounds[UNSEEN].value.exact
    assert found.deviation is not None
    assert -HALF <= found.deviation < 0
    assert not found.grounds[DEVIATION].value.exact


def test_predictions_for_runs_of_one_and_of_more_steps() -> None:
    analysis = Analysis(load(PROGRAMS / "relu_mlp.tp", {"depth": "1"}).graph, (), SGD())
    one, more = (expected(analysis, Schedule(steps=s), second=False).prediction for s in (1, 20))
    assert (one.exponents[DEVIATION], one.exact[DEVIATION]) == (Fraction(-3, 4), True)
    assert (one.exponents["F - F_lin, seen"], one.exact["F - F_lin, seen"]) == (-HALF, False)
    assert (more.exponents[DEVIATION], more.exact[DEVIATION]) == (-HALF, False)


def test_a_run_may_be_shorter_than_the_steps_that_wake_all_weights() -> None:
    graph = parse("""program p {
        width n
        learning_rate n
        input x : [d=8]
        param U : [n, d] ~ normal(0, 1)
        param v : [n] ~ constant(0)
        output f = dot(v, tanh(U @ x)) / n
    }""").graph
    analysis = Analysis(graph, (), SGD())
    assert expected(analysis, Schedule(steps=1), second=False).prediction.exponents[DEVIATION] is None
    assert expected(analysis, Schedule(steps=5), second=False).prediction.exponents[DEVIATION] == 0


def test_nothing_is_predicted_for_runs_that_reach_an_instability() -> None:
    graph = parse("""program p {
        width n
        learning_rate n
        input x : [d=8]
        param U : [n, d] ~ normal(0, 1) rate n
        param v : [n] ~ constant(0)
        output f = dot(v, tanh(U @ x)) / n
    }""").graph
    analysis = Analysis(graph, (), SGD())
    assert analysis.regime.unstable_from == 2
    assert expected(analysis, Schedule(steps=1), second=False).prediction.exponents[DEVIATION] is None
    assert DEVIATION not in expected(analysis, Schedule(steps=2), second=False).prediction.exponents


def test_a_step_in_which_only_the_output_grows_has_orders() -> None:
    """At n^(1/8) times the right rate F moves by n^(1/8), its arguments move by n^(-3/8)."""
    graph = parse("""program p {
        width n
        learning_rate n^(1/8)
        input x : [d=8]
        param U : [n, d] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        output f = dot(v, tanh(U @ x)) / sqrt(n)
    }""").graph
    analysis = Analysis(graph, (), SGD())
    assert analysis.regime.unstable_from == 1
    assert expected(analysis, Schedule(steps=1), second=False).prediction.exponents[DEVIATION] == Fraction(-5, 8)
    assert DEVIATION not in expected(analysis, Schedule(steps=2), second=False).prediction.exponents


def test_certificates_replay_crossings_elsewhere() -> None:
    analysis = Analysis(load(PROGRAMS / "relu_mlp.tp", {"depth": "1"}).graph)
    found = check(analysis.certificate(["kernel"]))
    assert any(UNSEEN in statement for statement in found.statements)


@pytest.mark.parametrize("name", ["piecewise_power", "piecewise_power(3, 1, -1/2)", "relu", "abs"])
def test_the_derivative_that_jumps(name: str) -> None:
    activation = find(name)
    order = activation.jump()
    assert order is not None
    near = np.asarray([-1e-9, 1e-9])
    gaps = [float(np.ptp(np.asarray(activation.lower(k, near)))) for k in range(order + 1)]
    assert all(gap < 1e-6 for gap in gaps[:-1])
    assert gaps[-1] > 0.5


def test_values_without_kinks_need_no_second_probe() -> None:
    assert UNSEEN not in of("dot(v, tanh(h))").grounds


def one_step(n: int, generator: np.random.Generator, square: bool) -> tuple[float, float]:
    """|F - F_lin| at an unseen and at the trained input, after one step of a network with one hidden layer."""
    x = np.asarray([[1.0, -0.4, 0.7, 0.2], [0.3, 0.9, -0.5, 0.8]])
    first, v = generator.normal(size=(n, 4)), generator.normal(size=n)
    phi = (lambda h: np.maximum(h, 0) ** 2) if square else (lambda h: np.maximum(h, 0))
    slope = (lambda h: 2 * np.maximum(h, 0)) if square else (lambda h: (h > 0) * 1.0)
    h = first @ x.T / 2
    move_v, move_u = phi(h[:, 1]) / np.sqrt(n), np.outer(v * slope(h[:, 1]), x[1]) / 2 / np.sqrt(n)
    after = (v + move_v) @ phi((first + move_u) @ x.T / 2) / np.sqrt(n)
    linear = (v @ phi(h) + move_v @ phi(h) + v @ (slope(h) * (move_u @ x.T / 2))) / np.sqrt(n)
    unseen, seen = np.abs(after - linear)
    return float(unseen), float(seen)


@pytest.mark.parametrize(("square", "unseen", "seen"), [(False, -0.75, -0.5), (True, -1.0, -1.0)])
def test_measured_slopes_of_one_step(square: bool, unseen: float, seen: float) -> None:
    generator = np.random.default_rng(0)
    widths = (1000, 16000)
    sizes = [np.median([one_step(n, generator, square) for _ in range(300)], axis=0) for n in widths]
    slopes = np.log(sizes[1] / sizes[0]) / np.log(widths[1] / widths[0])
    assert slopes == pytest.approx([unseen, seen], abs=0.12)
