"""Closed forms of C^{0,d} for all d against the exponents worked out order by order, and known formulas."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.marks import exhaustive
from tests.random_programs.strategy import programs, seeded
from tp.exponent import UNBOUNDED
from tp.graph.graph import Graph
from tp.interpret.orders import calculus_for
from tp.quantities.definitions import Quantity
from tp.syntax import load, parse
from tp.theory.all_orders import Series, series
from tp.theory.scalars import Scalars

PROGRAMS = Path(__file__).parents[2] / "programs"
VANISHING = """program vanishing {
  width n, m = n^(1/2)
  input x : [t=2, d=3]
  learning_rate n^(-1)
  param U1 : [n, d] ~ normal(0, 1) rate 1/n
  h2 = tanh(U1 @ x / sqrt(d))
  h3 = h2 / sqrt(mean(h2^2, n) + 0.1)
  h4 = tanh(U1 @ x / sqrt(d))
  param W5 : [m | n] ~ normal(0, 1)
  h6 = tanh(W5 @ h2 / sqrt(n) * n^(-1/2))
  h7 = norm(h6, m) / sqrt(m)
  h8 = h6 + h7
  param v9 : [m] ~ normal(0, 1) rate 1/n
  output f = tanh(sum(dot(v9, h8, m) / sqrt(m), t))
}"""
"""The argument of a root vanishes: its moves have to be compared with it, not with 1."""
HALF = Fraction(1, 2)


def both(graph: Graph, most: int = 6) -> tuple[Series | None, dict[int, Fraction | None], bool]:
    """The closed form, the exponents of C^{0,d} for 2 <= d <= ``most``, and whether all of those are exact."""
    scalars = Scalars(graph, most, calculus_for(graph))
    grounds = {d: scalars.ground(Quantity("", 0, d, 1.0)) for d in range(2, most + 1)}
    return series(scalars), {d: g.exponent for d, g in grounds.items()}, all(g.exact for g in grounds.values())


def check_bound(graph: Graph, most: int) -> bool:
    """Checks that the closed form is an upper bound; whether there is one."""
    closed, orders, _ = both(graph, most)
    if closed is None:
        return False
    for d, exponent in orders.items():
        bound = closed.exponent(d)
        assert exponent is None or (bound is not None and bound >= exponent), (d, exponent, bound)
    return True


def smooth(d: int) -> Fraction:
    """C^{0,d} of networks that linearise: -d/2 for even d, -(d-1)/2 for odd d."""
    return -Fraction(d // 2)


@pytest.mark.parametrize("name", sorted(p.stem for p in PROGRAMS.glob("*.tp")))
def test_shipped_programs(name: str) -> None:
    path = PROGRAMS / f"{name}.tp"
    graph = load(path, {"t": "3"} if "t" in load(path).settings else {}).graph
    closed, orders, exact = both(graph)
    assert exact
    assert closed is not None
    # A polynomial in the weights has no derivatives beyond its degree; its closed form does not know.
    assert {d: closed.exponent(d) for d, e in orders.items() if e is not None} == {
        d: e for d, e in orders.items() if e is not None
    }
    assert (None in orders.values()) == (name in ("deep_linear", "relu_mlp"))


@pytest.mark.parametrize("depth", [1, 2, 4])
@pytest.mark.parametrize("phi", ["tanh", "gelu", "cos", "sigmoid", "softplus"])
def test_smooth_networks(depth: int, phi: str) -> None:
    graph = load(PROGRAMS / "mlp.tp", {"depth": str(depth), "phi": phi}).graph
    closed, orders, exact = both(graph)
    assert exact
    assert closed is not None
    assert closed.rate == HALF
    assert (closed.even, closed.odd) == (0, HALF)
    assert orders == {d: smooth(d) for d in orders}
    for d in (7, 20, 101, 1000):
        assert closed.exponent(d) == smooth(d)


@pytest.mark.parametrize("hidden", [1, 2])
def test_far_out_the_formula_holds_order_by_order(hidden: int) -> None:
    graph = load(PROGRAMS / "mlp.tp", {"depth": str(hidden), "phi": "gelu"}).graph
    _, orders, exact = both(graph, 11)
    assert exact
    assert orders == {d: smooth(d) for d in range(2, 12)}


@pytest.mark.parametrize("name", ["attention_sqrt", "bottleneck", "nonlinear_output"])
def test_nothing_decays_in_systems_that_never_linearise(name: str) -> None:
    closed, _, _ = both(load(PROGRAMS / f"{name}.tp").graph, 2)
    assert closed is not None
    assert {closed.exponent(d) for d in range(2, 50)} == {0}


def test_maximal_update() -> None:
    closed, _, _ = both(load(PROGRAMS / "mup_mlp.tp").graph, 2)
    assert closed is not None
    assert [closed.exponent(d) for d in range(2, 8)] == [-HALF, 0, -HALF, 0, -HALF, 0]


@pytest.mark.parametrize("rho", ["-1/4", "-1/2", "-1", "-7/3"])
def test_learning_rates_shift_the_rate(rho: str) -> None:
    graph = parse(f"""program p {{
        width n
        learning_rate n^({rho})
        input x : [d=2]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        output f = dot(v, gelu(W @ tanh(U @ x) / sqrt(n))) / sqrt(n)
    }}""").graph
    closed, orders, _ = both(graph)
    assert closed is not None
    assert orders == {d: smooth(d) + Fraction(rho) * d for d in orders}
    assert orders == {d: closed.exponent(d) for d in orders}


def test_parities_in_the_step_pass_through_transposed_weights() -> None:
    """Q'(Q h) with m = n^(1/2) units is mostly (Q'Q) h; measured exponents of C[0,2] and C[0,3] are 1/4 and 0."""
    graph = parse("""program p {
        width n, m = n^(1/2)
        input x : [d=3]
        param U : [m, d] ~ normal(0, 1)
        param Q : [n, e=2 | m] ~ normal(0, 1)
        param v : [m] ~ normal(0, 1)
        h = U @ x / sqrt(d)
        output f = dot(v, Q' @ (Q @ h / sqrt(m)) / sqrt(n), m) / sqrt(m)
    }""").graph
    closed, orders, exact = both(graph, 3)
    assert exact
    assert orders == {2: Fraction(1, 4), 3: 0}
    assert closed is not None
    assert orders == {d: closed.exponent(d) for d in orders}


def test_what_is_linear_in_its_weights_has_no_series() -> None:
    graph = parse("""program p {
        width n
        input x : [d=4]
        param v : [n, d] ~ normal(0, 1)
        output f = sum(mean(v), d) * sum(x, d)
    }""").graph
    closed, orders, _ = both(graph)
    assert set(orders.values()) == {None}
    assert closed is not None
    assert (closed.even, closed.odd) == (None, None)


def abc(pick: random.Random, *, stable: bool) -> str:
    """A network W^l = n^{-a_l} w^l, w ~ N(0, n^{-2 b_l}), learning rate n^{-c}; preactivations Θ(1) if stable."""
    hidden = pick.randint(1, 3)

    def some(low: int, high: int) -> Fraction:
        return Fraction(pick.randint(low, high), pick.choice((2, 3, 4)))

    a = [some(-4, 4) for _ in range(hidden + 1)]
    sizes = [Fraction(0), *[HALF] * (hidden - 1), HALF + some(0, 3)]
    if not stable:
        sizes = [s + (some(0, 3) if pick.random() < 0.5 else 0) for s in sizes]
    phi = pick.choice(("tanh", "gelu", "silu", "cos"))
    shapes = ["[n, d]", *["[n, n]"] * (hidden - 1), "[n]"]
    lines = ["width n", f"learning_rate n^({some(-4, 4)})", "input x : [d=3]"]
    lines += [
        f"param W{i} : {shape} ~ normal(0, n^({x - s}))"
        for i, (shape, s, x) in enumerate(zip(shapes, sizes, a, strict=True), 1)
    ]
    lines.append(f"h1 = n^({-a[0]}) * (W1 @ x)")
    lines += [f"h{i} = n^({-a[i - 1]}) * (W{i} @ {phi}(h{i - 1}))" for i in range(2, hidden + 1)]
    lines.append(f"output f = n^({-a[-1]}) * dot(W{hidden + 1}, {phi}(h{hidden}))")
    return "\n".join(["program p {", *lines, "}"])


@given(st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_random_parametrizations_with_preactivations_of_order_one(pick: random.Random) -> None:
    closed, orders, exact = both(parse(abc(pick, stable=True)).graph, 5)
    assert exact
    assert closed is not None
    assert {d: closed.exponent(d) for d in orders} == orders


@given(st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_random_parametrizations_that_vanish(pick: random.Random) -> None:
    assert check_bound(parse(abc(pick, stable=False)).graph, 5)


@given(programs)
@example(VANISHING)
@settings(max_examples=100, deadline=None)
def test_closed_forms_of_random_programs_are_upper_bounds(text: str) -> None:
    check_bound(parse(text).graph, 5)


@pytest.mark.parametrize(
    "rest",
    [
        "output f = dot(v, k / sqrt(mean(k^2, m) + n^(-2)), m) / sqrt(m)",
        "output f = dot(v, tanh(k) / sqrt(mean(k^2, m)), m) / sqrt(m)",
        "output f = dot(v, sqrt(k^2 + 1/n), m) / sqrt(m)",
        "output f = dot(w, h, n) / sqrt(mean((n^(5/4) * k)^2, m)) / n",
    ],
)
def test_moves_of_roots_that_vanish_or_grow(rest: str) -> None:
    closed, orders, exact = both(
        parse(f"""program p {{
        width n, m = n^(1/2)
        input x : [d=3]
        param U : [n, d] ~ normal(0, 1)
        param W : [m | n] ~ normal(0, 1)
        param v : [m] ~ normal(0, 1)
        param w : [n] ~ normal(0, 1)
        h = tanh(U @ x / sqrt(d))
        k = W @ h / n
        {rest}
    }}""").graph
    )
    assert exact
    assert closed is not None
    assert {d: closed.exponent(d) for d in orders} == orders


def test_a_norm_that_vanishes_beside_what_linearises() -> None:
    """The norm of n^(1/2) entries of size n^(-1/2) is a root that vanishes."""
    closed, orders, exact = both(parse(VANISHING).graph, 7)
    assert exact
    assert closed is not None
    assert (closed.rate, closed.even, closed.odd) == (Fraction(7, 4), -HALF, -Fraction(3, 4))
    assert {d: closed.exponent(d) for d in orders} == orders


@pytest.mark.slow
@pytest.mark.parametrize("part", [0, *exhaustive(range(1, 4))])
def test_many_random_programs(part: int) -> None:
    found = [check_bound(parse(seeded(1000 * part + i)).graph, 5) for i in range(250)]
    assert sum(found) > 200


def test_most_random_programs_have_a_series_that_is_attained() -> None:
    """Otherwise an upper bound of infinity would pass all of these tests."""
    there = attained = usable = 0
    for seed in range(40):
        closed, orders, exact = both(parse(seeded(seed)).graph, 4)
        if closed is None or not exact:
            continue
        there += 1
        found = {d: closed.exponent(d) for d, e in orders.items() if e is not None}
        usable += all(e is not None and e < UNBOUNDED / 2 for e in found.values())
        attained += found == {d: e for d, e in orders.items() if e is not None}
    assert there >= 30
    assert usable >= 0.9 * there
    assert attained >= 0.7 * there
