"""Symbolic steps of training up to their fixed point: sleeping weights, dead gates, instabilities that come late."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.random_programs.strategy import seeded
from tests.theory.orders_after import orders_after
from tp.graph.graph import Graph
from tp.interpret.orders import calculus_for
from tp.quantities.definitions import DEVIATION
from tp.studies.orders import orders
from tp.syntax import parse
from tp.theory.regime import DRIFTS, Kind, Regime, regime


def graph_of(text: str) -> Graph:
    return parse(f"program p {{\n width n\n input x : [d=8]\n param U : [n, d] ~ normal(0, 1)\n {text}\n}}").graph


def of(text: str) -> Regime:
    graph = graph_of(text)
    return regime(graph, calculus_for(graph))


def since(found: Regime) -> dict[str, int | None]:
    return {m.name: m.since for m in found.movers}


def verdicts(found: Regime) -> dict[str, str]:
    return {m.name: m.verdict for m in found.movers}


HIDDEN = "[n, n] ~ normal(0, 1/sqrt(n)) rate {rate}"
"""A hidden weight of the maximal update parametrization: the rate of all weights is n, its own is 1."""


def branch(*, start: str = "constant(0)", rate: str = "1/n", last: str = "constant(0)") -> str:
    """h2 = h1 + B tanh(A tanh(h1)) in the maximal update parametrization."""
    return f"""learning_rate n
        param A : [n, n] ~ normal(0, 1/sqrt(n)) rate {rate}
        param B : [n, n] ~ {start} rate 1/n
        param v : [n] ~ {last}
        h1 = U @ x / sqrt(d)
        a = A @ tanh(h1)
        h2 = h1 + B @ tanh(a)
        output f = dot(v, tanh(h2)) / n
        claim stable"""


# sleeping weights ------------------------------------------------------------------------------------


@pytest.mark.parametrize("last", ["constant(0)", "normal(0, 1/n)"])
@pytest.mark.parametrize("start", ["constant(0)", "normal(0, 1/n)"])
def test_weights_behind_zeros_or_vanishing_starts_wake_one_after_another(start: str, last: str) -> None:
    found = of(branch(start=start, last=last))
    assert found.kind is Kind.FEATURE_LEARNING
    assert found.settled
    assert since(found) == {"v": 1, "U": 2, "B": 2, "A": 3}
    assert set(verdicts(found).values()) == {"maximally"}


@pytest.mark.parametrize(("last", "step"), [("constant(0)", 3), ("normal(0, 1)", 2)])
def test_a_rate_may_be_too_large_from_a_later_step_on(last: str, step: int) -> None:
    text = branch(rate="1", last=last)
    found = of(text)
    assert found.kind is Kind.UNSTABLE
    assert found.unstable_from == step == found.steps
    assert not found.settled
    assert f"in step {step}" in found.reason
    source = f"program p {{\n width n\n input x : [d=8]\n param U : [n, d] ~ normal(0, 1)\n {text}\n}}"
    (claim,) = orders(parse(source), ["F"]).claims
    assert claim.outcome == "fails"


@pytest.mark.parametrize("blocks", [1, 2, 4])
def test_branches_in_series_wake_one_a_step(blocks: int) -> None:
    lines = ["learning_rate n", f"param A[1..{blocks}] : [n, n] ~ normal(0, 1/sqrt(n)) rate 1/n"]
    lines += [f"param B[1..{blocks}] : [n, n] ~ constant(0) rate 1/n", "param v : [n] ~ constant(0)"]
    lines += ["k = U @ x / sqrt(d)", "h[0] = k"]
    lines += [f"h[{i}] = k + B[{i}] @ tanh(A[{i}] @ tanh(h[{i - 1}]))" for i in range(1, blocks + 1)]
    found = of("\n".join([*lines, f"output f = dot(v, tanh(h[{blocks}])) / n"]))
    steps = since(found)
    assert steps.pop("v") == 1
    assert steps.pop("U") == 2
    expected = {f"B[{i}]": 2 + blocks - i for i in range(1, blocks + 1)}
    assert steps == expected | {f"A[{i}]": 3 + blocks - i for i in range(1, blocks + 1)}
    assert found.settled
    assert set(verdicts(found).values()) == {"maximally"}


@pytest.mark.parametrize("gate", ["tanh(B @ relu(A @ x))", "tanh(B @ tanh(A @ x))", "B @ (A @ x)"])
def test_a_gate_of_two_zeros_in_series_is_dead_for_ever(gate: str) -> None:
    found = of(f"""param A : [n, d] ~ constant(0)
        param B : [n, n] ~ constant(0)
        param v : [n] ~ normal(0, 1)
        output f = dot(v, tanh(U @ x + {gate})) / sqrt(n)""")
    assert found.settled
    assert since(found) == {"A": None, "B": None, "U": 1, "v": 1}
    assert verdicts(found) == {"A": "never", "B": "never", "U": "less", "v": "maximally"}


def test_sigmoids_let_a_gate_of_two_zeros_wake() -> None:
    """σ(0) is not 0, so the second weight has a gradient at the start, and the first one after it has moved."""
    found = of("""learning_rate n
        param A : [n, d] ~ constant(0)
        param B : [n, n] ~ constant(0) rate 1/n
        param v : [n] ~ normal(0, 1)
        output f = dot(v, tanh(U @ x + B @ sigmoid(A @ x))) / n""")
    assert since(found) == {"A": 2, "B": 1, "U": 1, "v": 1}


@given(st.integers(0, 400))
@settings(max_examples=8, deadline=None)
def test_further_steps_of_random_programs_change_nothing(seed: int) -> None:
    """Where the steps are said to have settled, one more with the changes of all steps kept gives the same orders.

    Upper bounds may differ: the sum that is bounded has other terms.
    """
    graph = parse(seeded(seed)).graph
    found = regime(graph, calculus_for(graph))
    if found.settled and found.steps < 5:
        later = orders_after(graph, found.steps + 1)
        if found.sharp(found.deviation, DEVIATION):
            assert later["deviation"] == found.deviation
        if found.sharp(found.drift, *DRIFTS):
            drifts = [e for e in (later["drift"], later["second drift"]) if e is not None]
            assert max(drifts, default=None) == found.drift


def test_too_few_steps_decide_nothing() -> None:
    graph = graph_of(branch())
    found = regime(graph, calculus_for(graph), most=2)
    assert found.kind is Kind.UNDECIDED
    assert (found.steps, found.settled, found.exact) == (2, False, False)
    assert "still change" in found.reason


# zero on purpose -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "param G : [n, n] ~ constant(0) rate 1/n\n output f = dot(v, sigmoid(G @ h) * tanh(h)) / n",
        "param L : [n] ~ constant(0)\n output f = dot(v, tanh(h * exp(-exp(L)))) / n",
        "param Z : [n, n] ~ constant(0) rate 1/n\n output f = dot(v, tanh(Z @ tanh(h))) / n",
        "param b : [n] ~ constant(0)\n output f = dot(v, tanh(h) * tanh(b)) / n",
    ],
)
def test_zero_on_purpose_is_stable_and_learns_features(text: str) -> None:
    found = of(f"learning_rate n\n param v : [n] ~ normal(0, 1)\n h = U @ x / sqrt(d)\n {text}")
    assert found.kind is Kind.FEATURE_LEARNING, found.reason
    assert found.exact
    assert set(verdicts(found).values()) == {"maximally"}


def test_arguments_that_decay_are_still_ill_normalised() -> None:
    found = of("param v : [n] ~ normal(0, 1)\n output f = dot(v, tanh(U @ x / n)) / sqrt(n)")
    assert found.kind is Kind.ILL_NORMALISED
    assert "vanishes as n^(-1)" in found.reason


def test_what_never_wakes_is_trivial() -> None:
    found = of("""param Y : [n, d] ~ constant(0)
        param Z : [n, d] ~ constant(0)
        param v : [n] ~ normal(0, 1)
        output f = dot(v, tanh(Y @ x) * tanh(Z @ x)) / sqrt(n)""")
    assert found.kind is Kind.TRIVIAL
    assert found.reason == "training never moves F"
    assert set(verdicts(found).values()) == {"never"}


# verdicts about weights ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "param v : [n] ~ normal(0, 1)\n output f = sigmoid(dot(v, h) / n)",
        "param v : [n] ~ normal(0, 1)\n output f = dot(v, h) / n",
        "param R : [k=4, n] ~ normal(0, 1)\n param E : [k, n] ~ normal(0, 1)\n"
        " output f = sum(softmax(R @ h / n, k) * (E @ h / n), k)",
        "param R : [k=4, n] ~ normal(0, 1)\n param E : [k, n] ~ normal(0, 1)\n"
        " s = softmax(R @ h / n, k)\n e = E @ h / n\n output f = sum(s * e, k)",
        "param g : [n] ~ normal(0, 1)\n param v : [n] ~ normal(0, 1)\n"
        " output f = sigmoid(dot(g, h) / n) * dot(v, h) / n",
    ],
)
def test_values_read_off_a_wide_axis_may_move_by_more_than_their_size(text: str) -> None:
    found = of(f"learning_rate n\n h = tanh(U @ x / sqrt(d))\n {text}")
    assert found.kind is Kind.FEATURE_LEARNING
    assert set(verdicts(found).values()) == {"maximally"}


@pytest.mark.parametrize("rate", ["1", "n"])
@pytest.mark.parametrize(
    ("own", "values"),
    [
        ("1", ("tanh(W @ h / sqrt(n))",)),
        ("1", ("tanh((W @ h) / sqrt(n))", "tanh(k / sqrt(n))")),
        ("1/n", ("tanh(V @ h)",)),
        ("1", ("tanh(Y @ (W @ h) / n)", "tanh(Y @ (W @ h / n))", "tanh(Y @ (W @ h / sqrt(n)) / sqrt(n))")),
        ("1", ("tanh(h + h * (W @ h) / sqrt(n))", "tanh(h + h * (W @ h / sqrt(n)))")),
    ],
)
def test_where_a_multiplier_stands_does_not_matter(rate: str, own: str, values: tuple[str, ...]) -> None:
    found = [
        of(f"""learning_rate {rate}
        param W : [n, n] ~ normal(0, 1)
        param V : [n, n] ~ normal(0, 1/sqrt(n)) rate {own}
        param Y : [n, n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        h = tanh(U @ x / sqrt(d))
        k = W @ h
        output f = dot(v, {value}) / sqrt(n)""")
        for value in values
    ]
    leads = [{m.name: m.lead for m in each.movers} for each in found]
    assert all(each == leads[0] for each in leads)
    if rate == "1":
        assert {lead for name, lead in leads[0].items() if name != "v"} == {Fraction(-1, 2)}


@pytest.mark.parametrize("rate", ["n^2", "n^3"])
def test_what_follows_a_growing_argument_has_no_verdict(rate: str) -> None:
    """tanh stays bounded: the readout moves F by order one, whatever its parts do."""
    found = of(f"""param W : [n, n] ~ normal(0, 1) rate {rate}
        param v : [n] ~ normal(0, 1)
        output f = dot(v, tanh(W @ tanh(U @ x / sqrt(d)) / sqrt(n))) / sqrt(n)
        """)
    assert found.kind is Kind.UNSTABLE
    known = {m.name: m.verdict for m in found.movers if m.known}
    assert known == {"U": "less", "W": "too much"}


def test_the_argument_that_grows_first_is_named() -> None:
    found = of("""param A : [n, n] ~ normal(0, 1/sqrt(n)) rate n
        param B : [n, n] ~ constant(0)
        param v : [n] ~ constant(0)
        h = U @ x / sqrt(d)
        k = h + B @ tanh(A @ tanh(h))
        output f = dot(v, tanh(k)) / sqrt(n)""")
    assert found.unstable_from == 3
    assert [f.name for f in found.features if f.sharp and f.moved == 1] == ["A"]
    assert {m.name for m in found.movers if m.known and m.verdict == "too much"} == {"A"}
