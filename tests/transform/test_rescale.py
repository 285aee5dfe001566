"""Programs with other exponents: what is named changes by its factor, everything else stays."""

from __future__ import annotations

from fractions import Fraction

from tp.graph.axes import Scale, Width
from tp.graph.text import print_graph
from tp.primitives.traits import coefficients_of
from tp.syntax import parse
from tp.transform.rescale import Rescaling, rescaled

PROGRAM = parse("""program p {
 width n
 input x : [d=3]
 param U : [n, d] ~ normal(0, 1)
 param v : [n] ~ normal(0, 1)
 h = tanh(U @ x)
 output f = dot(v, h) / sqrt(n)
}""").graph
HALF = Scale.of(Width("n"), Fraction(-1, 2))


LINEAR = next(i for i in PROGRAM if coefficients_of(PROGRAM[i].operation))


def test_without_factors_nothing_changes() -> None:
    assert print_graph(rescaled(PROGRAM, Rescaling())) == print_graph(PROGRAM)


def test_one_coefficient() -> None:
    graph = rescaled(PROGRAM, Rescaling(coefficients={(LINEAR, 0): HALF}))
    (before,), (after,) = (coefficients_of(g[LINEAR].operation) for g in (PROGRAM, graph))
    assert after == before * HALF
    changed = [i for i in PROGRAM if PROGRAM[i] != graph[i]]
    assert changed == [LINEAR]


def test_a_law_and_a_rate() -> None:
    graph = rescaled(PROGRAM, Rescaling(laws={"U": HALF}, rates={"v": HALF}))
    assert graph.parameters["U"].law.scale == PROGRAM.parameters["U"].law.scale * HALF
    assert graph.parameters["v"].rate == PROGRAM.parameters["v"].rate * HALF
    assert graph.parameters["U"].rate == PROGRAM.parameters["U"].rate
