"""Functions of a whole wide axis: what is attained, what is a bound, certificates, and measured slopes."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from tests.marks import slow
from tests.random_programs.measuring import QUANTITIES, Correlations, Outcome, Sweep, compare, widths_for
from tp.graph.axes import DRAWS, Axis
from tp.graph.graph import Graph
from tp.interpret.arrays.evaluate import stepper
from tp.interpret.arrays.initial_weights import draw
from tp.matrix_free.streams import Seed
from tp.quantities.definitions import parse as quantity
from tp.quantities.distinct import DistinctScalars
from tp.quantities.slots import arrange
from tp.syntax import parse
from tp.theory.analysis import Analysis
from tp.theory.checking import check
from tp.transform.factored import factored

HEAD = """program wide {
  width n, m = n
  input x : [d=3]
  param U : [n, d] ~ normal(0, 1)
  param V : [n, d] ~ normal(0, 1)
  param W : [m | n] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  param w : [m] ~ normal(0, 1)
  h = U @ x / sqrt(d)
  k = V @ x / sqrt(d)
  z = W @ tanh(h) / sqrt(n)
"""
OUTPUTS = {
    "maximum": "max(h, n)",
    "maximum of a layer": "max(z, m)",
    "minimum of sizes": "-max(-abs(h), n)",
    "largest entries": "dot(v, top_k(h, n^(1/2), n)) / n^(1/4)",
    "a share of the entries": "dot(v, tanh(top_k(h, n/4, n))) / sqrt(n)",
    "largest entries of a layer": "dot(w, top_k(z, m^(1/2), m)) / m^(1/4)",
    "another function there": "dot(v, exp(-2 * h^2) * top_k(h, n^(1/2), n)) / n^(1/4)",
    "softmax": "sqrt(n) * dot(softmax(h / 3, n), v * k, n)",
    "small scores": "n * dot(softmax(h / sqrt(n), n), v * k, n) / sqrt(n)",
    "sort": "dot(v, sort(h, n)) / sqrt(n)",
    "sort of a layer": "dot(w, tanh(sort(z, m))) / sqrt(m)",
    "rank": "dot(k, rank(h, n) * h) / sqrt(n)",
    "normalize": "dot(v, normalize(tanh(h) + k, n)) / sqrt(n)",
    "where": "dot(v, where(h > 0.3, tanh(h), k)) / sqrt(n)",
    "where of one number": "where(mean(h * k, n) * sqrt(n) > 0.2, dot(v, tanh(h)) / sqrt(n), mean(h^2, n))",
    "a step of two sizes": "dot(v, step(h + v / n^(1/4))) / n^(3/4)",
}


def graph(output: str) -> Graph:
    return parse(HEAD + f"  output f = {output}\n}}\n").graph


USUAL = ("maximum", "largest entries", "another function there", "small scores", "sort", "a step of two sizes")


@pytest.mark.parametrize("name", slow(OUTPUTS, but=USUAL))
def test_measured_slopes(name: str) -> None:
    """None contradicts its prediction at fixed seeds, and none is above a bound."""
    program = graph(OUTPUTS[name])
    predicted = Analysis(program, QUANTITIES).prediction(QUANTITIES)
    sweep = Sweep(Correlations(program))
    with threadpool_limits(1):
        sweep.add(widths_for(program)[:3], 64, 0)
    found = {q: compare(predicted.exponents[q], predicted.exact[q], p) for q, p in sweep.points().items()}
    assert not {q for q, o in found.items() if o in (Outcome.LARGER, Outcome.SMALLER)}
    assert found["F"] in (Outcome.AGREE, Outcome.BOUND)


@pytest.mark.parametrize(
    ("name", "exponents", "attained"),
    [
        ("maximum", "0 0 - - -", "F C[0,2]"),
        ("minimum of sizes", "0 0 - - -", "C[0,2]"),
        ("largest entries", "0 0 -1/2 - -1/4", "F C[0,3]"),
        ("a share of the entries", "0 0 -1 -1 -1/2", "F kernel C[0,2] C[0,3] C[1,1]"),
        ("another function there", "0 0 -1/2 -1/2 -1/4", ""),
        ("softmax", "0 0 -1 -1 -1/2", "F kernel C[0,2] C[0,3] C[1,1]"),
        ("small scores", "0 0 -1 -2 -1/2", "F kernel C[0,2] C[0,3] C[1,1]"),
        ("sort", "0 0 -1 - -1/2", "C[0,3]"),
        ("rank", "0 0 -1 - -1/2", "F kernel C[0,2] C[0,3] C[1,1]"),
        ("where", "0 0 -1 -1 -1/2", "F kernel C[0,2] C[0,3] C[1,1]"),
        ("where of one number", "0 0 -1 -1 -1/2", ""),
        ("a step of two sizes", "0 -1/2 - - -", "kernel C[0,2] C[0,3] C[1,1]"),
    ],
)
def test_orders(name: str, exponents: str, attained: str) -> None:
    found = Analysis(graph(OUTPUTS[name]), QUANTITIES).prediction(QUANTITIES)
    said = [None if e == "-" else Fraction(e) for e in exponents.split()]
    assert [found.exponents[q] for q in QUANTITIES] == said
    exact = {q for q in QUANTITIES if found.exact[q] and found.exponents[q] is not None}
    assert exact == {q for q in attained.split() if found.exponents[q] is not None}


@pytest.mark.parametrize("name", slow(OUTPUTS, but=("largest entries", "sort", "where")))
def test_certificates(name: str) -> None:
    program = graph(OUTPUTS[name])
    certificate = json.loads(json.dumps(Analysis(program).certificate(list(QUANTITIES))))
    assert check(certificate, program).statements


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("maximum", "0"),
        ("largest entries", "0"),
        ("softmax", "-1"),
        ("sort", "0"),
        ("where", "0"),
        ("a step of two sizes", "-3/4"),
    ],
)
def test_training(name: str, rest: str) -> None:
    """F - F_lin: what changes places moves by its own size; a step hides its argument from gradients."""
    found = Analysis(graph(OUTPUTS[name])).regime
    assert found.deviation == Fraction(rest)
    assert found.exact is (name == "softmax")


def test_draws_side_by_side_are_those_made_one_by_one() -> None:
    program = factored(graph("max(z, m) + dot(w, sort(z, m) * rank(z, m)) + dot(v, softmax(h, n) * top_k(h, n/2, n))"))
    scalars = DistinctScalars(program, [quantity(q) for q in ("F", "kernel", "C[0,2]")])
    roots = [node for node in scalars.nodes.values() if node is not None]
    data = arrange(program, {"x": np.random.default_rng(0).normal(size=(4, 3))}, scalars.depth)
    seeds, kind = [Seed((i,)) for i in range(3)], np.dtype("float64")
    one = stepper(scalars.graph, roots, 7, kind)
    many = stepper(scalars.graph, roots, 7, kind, draws=(Axis(DRAWS, 3),), fused=True)
    expected = [one(draw(program.parameters, 7, seed, kind), data)[0] for seed in seeds]
    together, _ = many(draw(program.parameters, 7, tuple(seeds), kind), data)
    np.testing.assert_allclose(np.stack(together, axis=1), np.asarray(expected), rtol=1e-9)
