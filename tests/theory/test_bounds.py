"""Bounds of all correlations at once: known values, replay, and never below what is typical."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tp.exponent import UNBOUNDED
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.interpret.adjoint import Sweep
from tp.interpret.orders import calculus_for, interpret
from tp.orders.bounds.rules import NORM_RULES
from tp.orders.proof.derivation import Derivation, lines
from tp.quantities.definitions import SYMBOLIC
from tp.quantities.definitions import parse as quantity
from tp.syntax import load, parse
from tp.theory import sizes
from tp.theory.analysis import Analysis
from tp.theory.bounds import Bounds, bounds

PROGRAMS = Path(__file__).parents[2] / "programs"
NAMES = sorted(p.stem for p in PROGRAMS.glob("*.tp"))
QUICK = [name for name in NAMES if name not in ("gru", "lstm", "rnn", "multihead_attention", "transformer_block")]
SPECTRAL = ("hessian", "C[2,1]", "C[2,2]")
HALF = Fraction(1, 2)


def program(name: str, **words: str) -> Graph:
    return load(PROGRAMS / f"{name}.tp", words).graph


class Typical:
    """Entry sizes with cancellations."""

    def __init__(self, graph: GraphBuilder) -> None:
        self.graph = graph
        self.calculus = calculus_for(graph)
        self.known: dict[int, Any] = {}

    def size(self, node: int) -> Fraction | None:
        return interpret(self.graph, [node], self.calculus, self.known)[node].value.exponent

    def even(self, node: int) -> bool:
        return self.size(node) is not None

    def moved(self, node: int, order: int, along: Fraction) -> Fraction | None:
        return None


def roots(found: Bounds) -> list[Derivation[Any]]:
    forms = [s.form(D, d) for s in (found.main, found.least) for D in range(3) for d in range(3)]
    return [f.derivation for f in forms if f is not None]


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_perceptrons_at_every_order(depth: int) -> None:
    found = bounds(program("mlp", depth=str(depth)))
    assert found.exponent(0, 0) == HALF
    assert found.exponent(0, 1) == 0
    assert found.exponent(1, 0) == 0
    assert found.exponent(2, 0) == -HALF
    assert found.degree is None
    for d in range(2, 9):
        assert found.exponent(0, d) == -HALF * (d - 1)
    for d in range(1, 9):
        assert found.exponent(1, d) == -HALF * d
        for free in (2, 3, 7):
            assert found.exponent(free, d) == -HALF * (d + 1)


def test_forms_hold_for_whole_classes() -> None:
    found = bounds(program("mlp"))
    form = found.form(0, 2)
    assert form is not None
    assert (form.constant, form.along, form.free) == (HALF, HALF, 0)
    assert form.derivation.value == (HALF, HALF, 0)
    assert form.at(0, 10) == found.exponent(0, 10)


def test_feature_learning_is_not_bounded_away() -> None:
    for name in ("mup_mlp", "mean_field"):
        found = bounds(program(name))
        assert all(found.exponent(0, d) == 0 for d in range(1, 8))
        assert found.exponent(1, 1) == 0
        # One neuron moves by n^{1/2} along a unit vector of its own, so each further free slot costs that much.
        assert found.exponent(4, 1) == 1


def test_polynomials_end() -> None:
    found = bounds(program("deep_linear"))
    assert found.degree == 3
    assert [found.exponent(0, d) for d in range(5)] == [HALF, 0, -HALF, -1, None]
    assert found.exponent(2, 1) == -1
    assert found.exponent(2, 2) is None
    assert found.exponent(4, 0) is None
    assert bounds(program("relu_mlp", depth="1")).exponent(0, 3) is None


def test_learning_rates_enter_each_slot() -> None:
    text = (PROGRAMS / "mlp.tp").read_text().replace("width n", "width n\n  learning_rate n^(-1/3)", 1)
    slow, fast = bounds(parse(text).graph), bounds(program("mlp"))
    for free in range(4):
        for d in range(5):
            a, b = slow.exponent(free, d), fast.exponent(free, d)
            assert a is not None
            assert b is not None
            assert a == b - Fraction(1, 3) * (d + Fraction(free, 2))


def test_what_is_not_trained_does_not_move() -> None:
    text = "program p { width n\n input x : [d=4]\n param v : [n, d] ~ normal(0, 1) rate 0\n"
    text += " param w : [n] ~ normal(0, 1)\n output f = dot(w, tanh(v @ x)) / sqrt(n) }"
    found = bounds(parse(text).graph)
    assert found.degree == 1
    assert found.exponent(0, 1) == 0
    assert found.exponent(0, 2) is None


def test_few_moments_only_weaken_a_bound() -> None:
    text = (PROGRAMS / "mlp.tp").read_text()
    heavy = bounds(parse(text.replace("normal(0, 1)", "student_t(0, 1, 3)")).graph)
    plain = bounds(program("mlp"))
    for free in range(3):
        for d in range(5):
            a, b = heavy.exponent(free, d), plain.exponent(free, d)
            assert a is not None
            assert b is not None
            assert a >= b


def test_sizes_from_elsewhere_sharpen() -> None:
    graph = program("attention_sqrt")
    assert bounds(graph).exponent(0, 2) == UNBOUNDED  # the scores could be n^{1/2} without cancellation
    found = bounds(graph, Typical)
    assert found.exponent(0, 0) == 0
    assert found.exponent(0, 2) == HALF
    assert bounds(program("mlp"), Typical).exponent(0, 0) == 0


def above(found: Bounds, typical: dict[str, Fraction | None], names: Iterable[str]) -> None:
    for name in names:
        q, expected = quantity(name), typical[name]
        bound = found.exponent(q.free, q.contracted)
        assert expected is None or (bound is not None and bound >= expected), name


@pytest.mark.parametrize("name", NAMES)
def test_bounds_are_not_below_typical_orders(name: str) -> None:
    graph = program(name)
    typical = Analysis(graph, SYMBOLIC).prediction(SYMBOLIC).exponents
    above(bounds(graph), typical, SYMBOLIC)
    above(bounds(graph, Typical), typical, SYMBOLIC)


@pytest.mark.parametrize("name", QUICK)
def test_bounds_are_not_below_spectral_norms(name: str) -> None:
    graph = program(name)
    typical = Analysis(graph, SPECTRAL).prediction(SPECTRAL).exponents
    above(bounds(graph), typical, SPECTRAL)
    above(bounds(graph, Typical), typical, SPECTRAL)


@pytest.mark.parametrize("name", NAMES)
def test_every_line_can_be_replayed(name: str) -> None:
    for line in lines(roots(bounds(program(name)))):
        assert _plain(line.arguments), line.rule
        assert NORM_RULES[line.rule](line.arguments, [p.value for p in line.premises]) == line.value, line.rule


def _plain(argument: Any) -> bool:
    if type(argument) is tuple:
        return all(map(_plain, argument))
    return argument is None or type(argument) in (str, int, bool, Fraction)


@pytest.mark.parametrize("name", ["mlp", "residual_mlp", "attention", "mup_mlp", "deep_linear", "bottleneck"])
def test_the_first_coefficients_of_moves_decide_along_vanishing_directions(name: str) -> None:
    """The bounds are those of whole displaced programs, along any direction."""
    graph = program(name)
    few = Analysis(graph, SYMBOLIC).typical_bounds
    with patch.object(sizes, "FAR", Fraction(-(10**9))):
        whole = Analysis(graph, SYMBOLIC).typical_bounds
    for sweep, other in ((few.main, whole.main), (few.least, whole.least)):
        assert plain_forms(sweep) == plain_forms(other)


def plain_forms(sweep: Sweep) -> list[tuple[Fraction, Fraction, Fraction] | None]:
    forms = [sweep.form(D, d) for D in range(3) for d in range(3)]
    return [None if f is None else (f.constant, f.along, f.free) for f in forms]
