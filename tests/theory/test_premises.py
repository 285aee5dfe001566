"""What is said about the activations of a program and the paper's eq. 23."""

from __future__ import annotations

from math import inf, pi
from pathlib import Path

import pytest
from test_ground_truth import mlp_text

from tp.graph.graph import Graph
from tp.syntax import load, parse
from tp.theory.analysis import Analysis
from tp.theory.premises import Extent, Premise, premises, summary

PROGRAMS = Path(__file__).parents[2] / "programs"
HEAD = """program p {
    width n, k = n/4
    axis size = 4
    input x : [d=9]
    param U : [n, d] ~ normal(0, 1)
    param W : [n, n] ~ normal(0, 1)
    param M : [n | k, size] ~ normal(0, 1)
    param v : [n] ~ normal(0, 1)
    h = U @ x / sqrt(d)
"""


def graph(*lines: str) -> Graph:
    """A network that ends with what ``lines`` call y; they start at line 10."""
    return parse("\n".join([HEAD.rstrip("\n"), *lines, "output f = dot(v, y) / sqrt(n)", "}"])).graph


def only(*lines: str) -> Premise:
    (found,) = premises(graph(*lines))
    return found


@pytest.mark.parametrize(
    ("expression", "extent", "radius"),
    [
        ("tanh(h)", Extent.EVERYWHERE, pi / 2),
        ("tanh(3 * h)", Extent.BOUNDED, pi / 6),
        ("tanh(-3 * h)", Extent.BOUNDED, pi / 6),
        ("tanh(h / 2)", Extent.EVERYWHERE, pi),
        ("sigmoid(3 * h)", Extent.EVERYWHERE, pi / 3),
        ("sigmoid(4 * h)", Extent.BOUNDED, pi / 4),
        ("softplus(h)", Extent.EVERYWHERE, pi),
        ("silu(h)", Extent.EVERYWHERE, pi),
        ("gelu(9 * h)", Extent.EVERYWHERE, inf),
        ("erf(9 * h)", Extent.EVERYWHERE, inf),
        ("sin(9 * h)", Extent.EVERYWHERE, inf),
        ("exp(9 * h)", Extent.EVERYWHERE, inf),
        ("square(9 * h)", Extent.EVERYWHERE, inf),
        ("relu(h)", Extent.NOWHERE, 0.0),
        ("abs(h)", Extent.NOWHERE, 0.0),
        ("leaky_relu(h)", Extent.NOWHERE, 0.0),
    ],
)
def test_extent_and_radius(expression: str, extent: Extent, radius: float) -> None:
    found = only(f"y = {expression}")
    assert (found.extent, found.holds) == (extent, extent is Extent.EVERYWHERE)
    assert found.radius == pytest.approx(radius, rel=1e-6)
    assert (found.line, found.place) == (10, "line 10")
    assert found.text.startswith(f"{found.name} (line 10): ")


@pytest.mark.parametrize(
    ("lines", "scale"),
    [
        (["y = tanh(h)"], 1),
        (["y = tanh(W @ tanh(h) / sqrt(n))"], 1),
        (["y = tanh(W @ (3 * h) / sqrt(n))"], 3),
        (["y = tanh(7 * (W @ h) / n)"], 7),
        (["y = tanh(U @ x)"], 3),
        (["y = tanh(2 * h + 5)"], 2),
        (["y = tanh(h - 2 * (W @ h) / sqrt(n))"], 2),
        (["y = tanh(3 * relu(2 * h))"], 6),
        (["y = tanh(square(3 * h))"], 9),
        (["y = tanh(3 * tanh(2 * h))"], 3),
        (["y = tanh(M @ (M' @ h) / sqrt(k * n))"], 2),  # n entries are summed, 4 for each of k
        (["z = 3 * h", "y = tanh(z / norm(z) * sqrt(n))"], 1),
        (["z = 3 * h", "y = tanh(z / sqrt(mean(z^2) + 1e-5))"], 1),
    ],
)
def test_scale_of_the_argument(lines: list[str], scale: float) -> None:
    found = [p for p in premises(graph(*lines)) if p.name == "tanh"][-1]
    assert found.scale == pytest.approx(scale)


@pytest.mark.parametrize(
    ("law", "last", "scale"),
    [("normal(0, 1)", "/ sqrt(d)", 1), ("normal(0, 1/sqrt(d))", "", 1), ("normal(0, 2)", "/ sqrt(d)", 2)],
)
def test_standard_and_ntk_parametrization_have_one_scale(law: str, last: str, scale: float) -> None:
    text = f"""program p {{
        width n
        input x : [d=7]
        param U : [n, d] ~ {law}
        param v : [n] ~ normal(0, 1)
        output f = dot(v, tanh(U @ x {last})) / sqrt(n)
    }}"""
    (found,) = premises(parse(text).graph)
    assert found.scale == pytest.approx(scale)


def test_what_people_read() -> None:
    assert only("y = tanh(h)").text == "tanh (line 10): analytic, radius of convergence 1.57; eq. 23 holds"
    assert only("y = tanh(3 * h)").text == (
        "tanh (line 10): analytic, radius of convergence 1.57/3 = 0.524 for an argument of scale 3; below 1, so eq. 23 "
        "holds on a bounded domain only, and series in training moves converge for moves below 0.524 of that scale"
    )
    assert only("y = gelu(h)").text == "gelu (line 10): entire; eq. 23 holds"
    assert only("y = exp(h)").text == "exp (line 10): entire; eq. 23 holds on every bounded domain"
    assert "not analytic" in only("y = relu(h)").text
    assert "theorems on linearisation do not apply" in only("y = relu(h)").text


def test_each_use_has_a_premise_of_its_own() -> None:
    found = premises(graph("a = tanh(h)", "b = tanh(3 * h)", "y = relu(a) + relu(b) + gelu(a)"))
    assert [(p.name, p.line, p.holds) for p in found] == [
        ("tanh", 10, True), ("tanh", 11, False), ("relu", 12, False), ("relu", 12, False), ("gelu", 12, True),
    ]  # fmt: skip


def test_what_is_repeated_at_one_place_is_said_once() -> None:
    assert [p.line for p in premises(load(PROGRAMS / "mlp.tp", {"depth": "5"}).graph)] == [11, 13]
    relu = load(PROGRAMS / "relu_mlp.tp").graph
    assert len(premises(relu)) == 2
    (sentence,) = summary(relu, premises(relu))
    assert sentence.startswith("relu (lines 12, 14): ")


def test_what_no_output_depends_on_is_left_out() -> None:
    assert [p.name for p in premises(graph("z = relu(h)", "y = tanh(h)"))] == ["tanh"]


def test_linear_networks_have_no_premise() -> None:
    assert premises(load(PROGRAMS / "deep_linear.tp").graph) == ()


# built-in functions -------------------------------------------------------------------------------

TOKENS = """program p {{
    width n
    input x : [t=4, d=8]
    axis s = t
    param U : [n, d] ~ normal(0, 1)
    param v : [n] ~ normal(0, 1)
    h = U @ x / sqrt(d)
    {0}
    output f = dot(v, y) / sqrt(n)
}}"""
SCORES = "y = sum(softmax({} * dot(h, rename(h, t, s)) / n, s{}) * rename(h, t, s), s, t)"


@pytest.mark.parametrize("causal", ["", ", causal=t"])
@pytest.mark.parametrize(("scale", "holds"), [(1, True), (2, False)])
def test_softmax_is_one_analytic_function(causal: str, scale: int, holds: bool) -> None:
    (found,) = premises(parse(TOKENS.format(SCORES.format(scale, causal))).graph)
    assert (found.name, found.holds, found.scale) == ("softmax", holds, scale)
    assert found.radius == pytest.approx(pi / 2 / scale)
    assert "denominator is positive" in found.text


@pytest.mark.parametrize("pooled", ["max(h, t)", "sum(max_pool(h, t=2), t)"])
def test_maxima_are_not_analytic(pooled: str) -> None:
    (found,) = premises(parse(TOKENS.format(f"y = {pooled}")).graph)
    assert (found.name, found.extent, found.line) == ("max", Extent.NOWHERE, 8)


def test_quotients_and_roots_are_in_one_sentence() -> None:
    found = premises(graph("z = h / norm(h)", "y = tanh(z * sqrt(n)) / sqrt(1 + mean(h^2))"))
    assert [(p.name, p.line) for p in found] == [("tanh", 11), ("square", 11), ("power(1/2), power(-1)", 10)]
    last = found[-1]
    assert (last.extent, last.place, last.holds) == (Extent.AWAY_FROM_ZERO, "lines 10, 11", True)


def test_places_in_other_files_are_named() -> None:
    found = premises(load(PROGRAMS / "transformer_block.tp").graph)
    places = {p.name: p.place for p in found}
    assert places["gelu"] == "line 11 of blocks.tp"
    assert places["power(1/2), power(-1)"] == "lines 7, 12 of norms.tp"
    assert all(p.holds for p in found)


@pytest.mark.parametrize("path", sorted(PROGRAMS.glob("*.tp")), ids=lambda path: path.stem)
def test_shipped_programs(path: Path) -> None:
    """All are within the premise but for relu, and for scores that are meant to be large."""
    failing = {p.name for p in premises(load(path).graph) if not p.holds}
    assert failing == {"relu_mlp": {"relu"}, "attention_sqrt": {"softmax"}}.get(path.stem, set())


# beside predictions -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phi", "said"), [("relu", "not analytic"), ("tanh", None), ("gelu", None), ("abs", "derivatives hold almost")]
)
def test_assumptions_mention_what_is_not_analytic(phi: str, said: str | None) -> None:
    assumed = Analysis(parse(mlp_text(2, phi)).graph).prediction(["F"]).assumptions
    found = [a for a in assumed if a.startswith(f"{phi} (")]
    assert len(found) == (said is not None)
    assert said is None or said in found[0]


@pytest.mark.parametrize(
    "body", ["y = monomial(monomial(monomial(h, 1000), 1000), 1000)", "y = tanh(1e90 * (1e90 * h))"]
)
def test_hostile_scales_are_finite(body: str) -> None:
    assert all(p.scale <= 1e100 for p in premises(graph(body)))
