"""Regimes, moves of features and verdicts about weights for known systems."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tp.interpret.orders import calculus_for
from tp.quantities.definitions import DEVIATION
from tp.syntax import load, parse
from tp.theory.regime import Kind, Regime, regime

PROGRAMS = Path(__file__).parents[2] / "programs"
HALF = Fraction(1, 2)


def of(name: str, **settings: str) -> Regime:
    path = PROGRAMS / f"{name}.tp"
    known = load(path).settings
    graph = load(path, {**({"t": "3"} if "t" in known else {}), **settings}).graph
    return regime(graph, calculus_for(graph))


def written(text: str) -> Regime:
    graph = parse(f"program p {{\n width n\n {text}\n}}").graph
    return regime(graph, calculus_for(graph))


def mlp(hidden: int = 2, phi: str = "tanh", rate: str = "1", last: str = "1/sqrt(n)") -> Regime:
    lines = [f"learning_rate {rate}", "input x : [d=8]", "param U : [n, d] ~ normal(0, 1)"]
    lines += [f"param W[2..{hidden}] : [n, n] ~ normal(0, 1)"] if hidden > 1 else []
    lines += ["param v : [n] ~ normal(0, 1)", "h[1] = U @ x / sqrt(d)"]
    lines += [f"h[{i}] = W[{i}] @ {phi}(h[{i - 1}]) / sqrt(n)" for i in range(2, hidden + 1)]
    return written("\n".join([*lines, f"output f = dot(v, {phi}(h[{hidden}])) * {last}"]))


LINEARISING = [
    *(("mlp", {"depth": d}) for d in "1234"),
    *(("mlp", {"phi": phi}) for phi in ("gelu", "cos", "sigmoid", "erf")),
    ("residual_mlp", {}),
    ("rnn", {}),
    ("gru", {}),
    ("lstm", {}),
    ("cnn", {}),
    ("cnn_flatten", {}),
    ("attention", {}),
    ("multihead_attention", {}),
    ("transformer_block", {}),
]


@pytest.mark.parametrize(("name", "settings"), LINEARISING)
def test_smooth_networks_in_ntk_parametrization_are_lazy(name: str, settings: dict[str, str]) -> None:
    found = of(name, **settings)
    assert found.kind is Kind.LAZY
    assert found.exact
    assert (found.deviation, found.drift) == (-1, -1)
    assert all(c.holds for c in found.conditions)
    assert found.rate == HALF
    wide = {f.moved for f in found.features if f.width}
    assert wide == {-HALF}
    assert all(f.initial == 0 for f in found.features if f.width)
    verdicts = {m.name: m.verdict for m in found.movers}
    assert verdicts.pop("v") == "maximally"
    assert set(verdicts.values()) == {"less"}
    assert {m.moved for m in found.movers if m.name != "v"} <= {-HALF, Fraction(-1)}


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("attention", {"power": "1/2"}),
        ("attention_sqrt", {}),
        ("bottleneck", {}),
        ("bottleneck", {"k": "3"}),
        ("nonlinear_output", {}),
        ("mup_mlp", {}),
        ("mup_mlp", {"phi": "gelu"}),
        ("mean_field", {}),
        ("mean_field", {"phi": "gelu"}),
    ],
)
def test_systems_that_never_linearise(name: str, settings: dict[str, str]) -> None:
    found = of(name, **settings)
    assert found.kind is Kind.FEATURE_LEARNING
    assert found.exact
    assert (found.deviation, found.drift) == (0, 0)
    assert all(c.holds for c in found.conditions)
    assert found.rate == 0


@pytest.mark.parametrize("name", ["mup_mlp", "mean_field"])
def test_every_layer_moves_where_features_are_learnt(name: str) -> None:
    found = of(name)
    assert [f.moved for f in found.features] == [0] * len(found.features)
    assert all(f.initial == 0 and f.width for f in found.features)
    assert {m.verdict for m in found.movers} == {"maximally"}
    assert found.conditions[0].exponent == -HALF


@pytest.mark.parametrize(("name", "still"), [("attention_sqrt", 1), ("bottleneck", 1)])
def test_scores_and_bottlenecks_move_what_follows_them(name: str, still: int) -> None:
    features = of(name).features
    assert [f.moved for f in features[:still]] == [-HALF] * still
    assert {f.moved for f in features[still:]} == {0}
    assert any(not f.width for f in features[still:])


def test_a_nonlinear_output_deviates_though_no_wide_feature_moves() -> None:
    found = of("nonlinear_output")
    assert {f.moved for f in found.features if f.width} == {-HALF}
    assert [f.moved for f in found.features if not f.width] == [0]
    assert "finite number of units" in found.reason


def test_standard_parametrization() -> None:
    found = of("standard_mlp")
    assert found.kind is Kind.LAZY
    assert (found.deviation, found.drift, found.exact) == (-2, -2, True)


@pytest.mark.parametrize("rho", ["-1/4", "-1/3", "-1/2", "-1"])
@pytest.mark.parametrize(("hidden", "phi"), [(1, "tanh"), (2, "gelu"), (3, "cos")])
def test_small_learning_rates(rho: str, hidden: int, phi: str) -> None:
    """F - F_lin ~ η^2 / n, but the kernel is no longer of order one, so training takes 1/η steps."""
    found = mlp(hidden, phi, rate=f"n^({rho})")
    exponent = Fraction(rho)
    assert found.exact
    assert found.deviation == 2 * exponent - 1
    assert found.drift == 2 * exponent - 1
    assert found.rate == HALF - exponent
    assert found.kind is Kind.TRIVIAL
    assert [c.exponent for c in found.conditions] == [0, exponent, exponent]
    assert [c.holds for c in found.conditions] == [True, False, True]


@pytest.mark.parametrize("hidden", [1, 2])
def test_large_learning_rates_are_unstable(hidden: int) -> None:
    found = mlp(hidden, rate="n^(1/2)")
    assert found.kind is Kind.UNSTABLE
    assert not found.conditions[2].holds


def test_a_large_output_at_initialisation() -> None:
    assert mlp(last="1").kind is Kind.ILL_NORMALISED


def test_a_growing_feature_at_initialisation() -> None:
    text = """input x : [d=8]
        param U : [n, d] ~ normal(0, n^(1/4))
        param v : [n] ~ normal(0, 1)
        h = U @ x
        output f = dot(v, tanh(h)) / sqrt(n)"""
    grows = written(text)
    assert grows.kind is Kind.ILL_NORMALISED
    assert "h grows" in grows.reason
    vanishes = written(text.replace("1/4", "-1/4"))
    assert vanishes.kind is Kind.ILL_NORMALISED
    assert "h vanishes" in vanishes.reason


def test_frozen_weights_move_nothing() -> None:
    found = written("""input x : [d=8]
        param U : [n, d] ~ normal(0, 1) rate 0
        param v : [n] ~ normal(0, 1) rate 0
        output f = dot(v, tanh(U @ x)) / sqrt(n)""")
    assert found.kind is Kind.TRIVIAL
    assert (found.deviation, found.drift, found.rate) == (None, None, None)


def test_random_features_train_linearly() -> None:
    """Only the readout is trained: F is linear in it, exactly."""
    found = written("""input x : [d=8]
        param U : [n, d] ~ normal(0, 1) rate 0
        param v : [n] ~ normal(0, 1)
        output f = dot(v, tanh(U @ x)) / sqrt(n)""")
    assert found.kind is Kind.LAZY
    assert (found.deviation, found.drift, found.rate) == (None, None, None)


# kinks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", ["1", "2", "3"])
@pytest.mark.parametrize("phi", ["relu", "abs"])
def test_kinks_are_bounded_and_that_is_said(depth: str, phi: str) -> None:
    """F - F_lin ~ n^{-3/4} at generic inputs and n^{-1/2} at the training input itself (one hidden layer)."""
    found = of("mlp", depth=depth, phi=phi)
    assert found.kind is Kind.LAZY
    assert not found.exact
    assert found.deviation is not None
    assert -HALF <= found.deviation < 0
    assert found.rate == HALF


def test_one_hidden_layer_of_relus() -> None:
    found = of("relu_mlp", depth="1")
    assert found.deviation == -HALF
    assert not found.exact


def test_the_largest_of_several_values_may_become_another_one() -> None:
    """Measured, one step: n^{-1/2} at the training input, n^{-3/4} at another one."""
    found = written("""input x : [t=3, d=3]
        param U : [n, d] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        output f = dot(v, max(U @ x, t)) / sqrt(n)""")
    assert not found.exact
    assert found.deviation is not None
    assert found.deviation >= -HALF


# weights ---------------------------------------------------------------------------------------------


def test_too_fast_a_weight_is_named() -> None:
    found = written("""input x : [d=8]
        param U : [n, d] ~ normal(0, 1) rate n^2
        param W : [n, n] ~ normal(0, 1) rate n
        param v : [n] ~ normal(0, 1) rate 1/n
        h = U @ x
        k = W @ tanh(h) / sqrt(n)
        output f = dot(v, tanh(k)) / sqrt(n)""")
    assert found.kind is Kind.UNSTABLE
    assert {m.name: m.verdict for m in found.movers}["U"] == "too much"


def test_a_slow_weight_is_named() -> None:
    found = written("""input x : [d=8]
        param U : [n, d] ~ normal(0, 1) rate n
        param v : [n] ~ normal(0, 1) rate 1/n
        output f = dot(v, tanh(U @ x)) / n""")
    assert {m.name: (m.verdict, m.moved) for m in found.movers} == {"U": ("maximally", 0), "v": ("less", -2)}


def test_a_gain_and_a_bias_have_verdicts() -> None:
    found = of("transformer_block")
    assert {m.name for m in found.movers} == set(load(PROGRAMS / "transformer_block.tp").graph.parameters)
    assert all(m.span is not None for m in found.movers)


def test_grounds_carry_the_exponents() -> None:
    found = of("mlp")
    exponents = {name: ground.value.exponent for name, ground in found.grounds.items()}
    assert exponents["F - F_lin"] == found.deviation
    assert exponents["kernel"] == found.conditions[1].exponent
    assert exponents["F"] == found.conditions[0].exponent


@pytest.mark.parametrize("phi", ["{}", "relu({})", "relu({})^2", "tanh({})", "exp({})"])
def test_what_is_made_from_a_growing_value_has_no_exponent(phi: str) -> None:
    """Six layers at n times the right rate: only the first layer is told how far it moves, by n^(1/2)."""
    layers = "\n".join(f"h{i} = W{i} @ ({phi.format(f'h{i - 1}')}) / sqrt(n)" for i in range(1, 6))
    weights = "\n".join(f"param W{i} : [n, n] ~ normal(0, 1)" for i in range(1, 6))
    found = written(f"""learning_rate n
        input x : [d=8]
        param U : [n, d] ~ normal(0, 1)
        {weights}
        param v : [n] ~ normal(0, 1)
        h0 = U @ x / sqrt(d)
        {layers}
        output f = dot(v, {phi.format("h5")}) / sqrt(n)""")
    assert found.kind is Kind.UNSTABLE
    assert found.unstable_from == 1
    moves = {m.name: m.lead for m in found.movers if not m.beyond}
    assert moves == {"U": Fraction(1, 2)}
    assert found.conditions[2].beyond
    first, *rest = found.features or (None,)
    assert first is None or (not first.follows and all(f.follows for f in rest))


def test_what_a_normalisation_makes_of_a_growing_value_is_only_bounded() -> None:
    """It stays of order one, though first order and the rest are large: they cancel."""
    text = """input x : [d=8]
        param U : [n, d] ~ normal(0, 1) rate {rate}
        param v : [n] ~ normal(0, 1/n) rate 0
        h = U @ x / sqrt(d)
        k = normalize(h, n)
        output f = dot(v, {last})"""
    for last in ("tanh(k)", "k"):
        grows = written(text.format(rate="n^2", last=last))
        assert grows.kind is Kind.UNDECIDED
        assert grows.conditions[2].holds is None
        assert not grows.sharp(grows.deviation, DEVIATION)
        stays = written(text.format(rate="n", last=last))
        assert stays.kind is Kind.FEATURE_LEARNING
        assert stays.conditions[2].holds
