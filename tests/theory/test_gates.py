"""Arguments that decay at initialisation: gates that training brings to order one are no fault."""

from __future__ import annotations

import pytest

from tests.theory.test_regime import written
from tp.theory.regime import Kind, Regime

MAXIMAL = """learning_rate n
    input x : [d=8]
    param U : [n, d] ~ normal(0, 1)
    param G : [n, n] ~ normal(0, 1) rate {rate}
    param v : [n] ~ normal(0, {scale})
    h = U @ x / sqrt(d)
    k = G @ tanh(h) / n
    output f = dot(v, {gated}) / n"""


def of(gated: str, rate: str = "n", scale: str = "1") -> Regime:
    return written(MAXIMAL.format(gated=gated, rate=rate, scale=scale))


@pytest.mark.parametrize("scale", ["1", "0"])
@pytest.mark.parametrize(
    "gated",
    [
        "sigmoid(k) * tanh(h)",
        "(1 + tanh(k)) * tanh(h)",
        "tanh(h + tanh(k))",
        "exp(-exp(k)) * tanh(h)",
        "sigmoid(k) * k + tanh(h)",
        "silu(k) + tanh(h)",
    ],
)
def test_gates_that_start_small_and_move_by_one_learn_features(gated: str, scale: str) -> None:
    found = of(gated, scale=scale)
    assert found.kind is Kind.FEATURE_LEARNING, found.reason
    assert {m.name: m.verdict for m in found.movers if m.name != "G"} == {"U": "maximally", "v": "maximally"}


@pytest.mark.parametrize("gated", ["tanh(k)", "silu(k)", "sigmoid(k) * k", "tanh(k) * h", "relu(k)"])
def test_layers_whose_whole_signal_decays_are_ill_normalised(gated: str) -> None:
    found = of(gated)
    assert found.kind is Kind.ILL_NORMALISED
    assert "vanishes as n^(-1/2)" in found.reason


def test_a_gate_that_stays_small_is_ill_normalised() -> None:
    assert of("sigmoid(k) * tanh(h)", rate="1").kind is Kind.ILL_NORMALISED


def test_scores_of_wide_heads_may_start_small() -> None:
    found = written("""learning_rate n
        width heads = n^(1/2), e = n^(1/2)
        axis t = 3
        axis s = t
        input x : [t, d=8]
        param E : [n | d] ~ normal(0, 1)
        param Q : [heads, e | n] ~ normal(0, 1/sqrt(n)) rate 1/n
        param K : [heads, e | n] ~ normal(0, 1/sqrt(n)) rate 1/n
        param O : [n | heads, e] ~ normal(0, 1/sqrt(n)) rate 1/n
        param v : [n] ~ normal(0, 1)
        h = E @ x / sqrt(d)
        a = softmax(dot(Q @ h, rename(K @ h, t, s), e) / e, s)
        o = sum(a * rename(Q @ h, t, s), s)
        output f = dot(v, mean(tanh(O @ o), t)) / n""")
    assert found.kind is Kind.FEATURE_LEARNING, found.reason


def test_a_weight_that_meets_what_is_read_off_with_it_is_followed_through_the_multiplier() -> None:
    """g (g . h) / n: the multiplier may stand after the product. Sampled, g moves it by n^(-1/2)."""
    found = of("sigmoid(v * dot(v, tanh(h)) / n) * tanh(h)")
    one = written("""learning_rate n
        input x : [d=8]
        param U : [n, d] ~ normal(0, 1)
        param g : [n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        h = U @ x / sqrt(d)
        output f = dot(v, sigmoid(g * (dot(g, tanh(h)) / n)) * tanh(h)) / n""")
    assert {m.name: m.verdict for m in one.movers} == {"U": "maximally", "g": "less", "v": "maximally"}
    assert {m.name: m.verdict for m in found.movers}["v"] == "maximally"


@pytest.mark.parametrize("end", ["dot(v, (k / n) * tanh(h)) / n", "dot(v, k * tanh(h)) / n^2"])
@pytest.mark.parametrize(("rate", "verdict"), [("n", "maximally"), ("n^(1/2)", "less"), ("n^(3/2)", "too much")])
def test_a_value_that_enters_a_product_may_start_small(end: str, rate: str, verdict: str) -> None:
    """FiLM: (G @ tanh(h) / n) * tanh(h) starts at n^(-1/2) and may move by 1, wherever the multiplier stands."""
    found = written(f"""learning_rate n
        input x : [d=8]
        param U : [n, d] ~ normal(0, 1)
        param G : [n, n] ~ normal(0, 1) rate {rate}
        param v : [n] ~ normal(0, 1)
        h = U @ x / sqrt(d)
        k = G @ tanh(h)
        output f = {end}""").movers
    assert {m.name: m.verdict for m in found}["G"] == verdict


@pytest.mark.parametrize(("scale", "hidden"), [("sqrt(n)", "less"), ("n", "maximally")])
def test_linear_hidden_layers_move_maximally_in_mup_only(scale: str, hidden: str) -> None:
    """In NTK parametrization every entry of W @ h moves by n^(-1/2), though together they move F by 1."""
    rates = ("1", "1") if scale == "sqrt(n)" else ("n", "1")
    found = written(f"""learning_rate {rates[0]}
        input x : [d=8]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ normal(0, 1/sqrt(n)) rate 1/n
        param v : [n] ~ normal(0, 1)
        output f = dot(v, W @ (U @ x) / sqrt(d)) / {scale}""").movers
    assert {m.name: m.verdict for m in found} == {"U": hidden, "W": hidden, "v": "maximally"}


def test_a_query_that_starts_at_zero_wakes_in_the_second_step() -> None:
    found = written("""learning_rate n
        axis t = 3
        axis s = t
        input x : [t, d=8]
        param U : [n, d] ~ normal(0, 1)
        param Q : [n, n] ~ constant(0) rate 1/n
        param K : [n, n] ~ normal(0, 1/sqrt(n)) rate 1/n
        param v : [n] ~ normal(0, 1)
        h = U @ x / sqrt(d)
        a = softmax(dot(Q @ tanh(h), rename(K @ tanh(h), t, s), n) / n, s)
        output f = dot(v, mean(sum(a * rename(tanh(h), t, s), s), t)) / n""")
    assert found.kind is Kind.FEATURE_LEARNING, found.reason
    assert {m.name: (m.verdict, m.since) for m in found.movers if m.name in "QK"} == {
        "Q": ("maximally", 2),
        "K": ("maximally", 3),
    }
