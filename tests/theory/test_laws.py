"""Laws for all orders: beyond the degree of a polynomial nothing is left, and no law says otherwise."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tp.syntax import parse
from tp.theory.analysis import Analysis
from tp.theory.weak_correlations import Exponents, fixed, power

TEXT = """program p {{ width n
    input x : [d=4]
    param U : [n, d] ~ normal(0, 1)
    param V : [n, n] ~ normal(0, 1)
    param v : [n] ~ normal(0, 1)
    h = U @ x
    output f = {output}
}}"""


def analysis(output: str) -> Analysis:
    return Analysis(parse(TEXT.format(output=output)).graph, ["C[0,5]"])


@pytest.mark.parametrize(
    ("output", "families"),
    [
        ("sum(h) / sqrt(n)", ["C[D,d], D + d > 1"]),
        ("dot(v, h) / sqrt(n)", ["C[0,d], d = 2", "C[D,d], D + d > 2"]),
        ("dot(v, h^2) / sqrt(n)", ["C[0,d], d = 2", "C[0,d], d = 3", "C[1,d], d >= 2, d <= 2", "C[D,d], D + d > 3"]),
        ("dot(v, relu(h)) / sqrt(n)", ["C[0,d], d = 2", "C[D,d], D + d > 2"]),
        (
            "dot(v, (V @ h^2 / sqrt(n))^2) / sqrt(n)",
            [
                *("C[0,d], d = 2, 4, 6", "C[0,d], d = 3, 5, 7", "C[1,d], d >= 2, d <= 6"),
                *("C[D,d], D >= 2, d >= 2, D + d <= 7", "C[D,d], D + d > 7"),
            ],
        ),
    ],
)
def test_laws_of_a_polynomial_end_at_its_degree(output: str, families: list[str]) -> None:
    laws = analysis(output).laws()
    assert [law.family for law in laws] == families
    assert laws[-1].constant is None
    assert laws[-1].attained


@settings(max_examples=6)
@given(st.sampled_from(["h^3", "v * h", "v * h^2", "v * relu(h)", "v * (V @ h / sqrt(n))", "h * tanh(h)"]))
def test_the_table_agrees_with_the_laws(inside: str) -> None:
    """An order that vanishes in the table is in no law of an attained power."""
    found = analysis(f"sum({inside}) / sqrt(n)")
    degree = found.orders.bounds.degree
    for d in range(2, 6):
        vanishes = found.exponent(f"C[0,{d}]") is None
        assert vanishes == (degree is not None and d > degree)
        laws = [law for law in found.laws() if law.family.startswith("C[0,d]") and law.attained]
        named = [law for law in laws if str(d) in law.family.split("d = ")[1].split(", ") or "..." in law.family]
        assert not (vanishes and named)


def test_bounds_alone_limit_nothing_from_above() -> None:
    """Of orders that are upper bounds only no largest m(n) follows, however large they are."""
    for e in (Fraction(-1), Fraction(1)):
        only_bounds = Exponents(lambda free, d, e=e: (e, False), lambda free: None)
        for strength in (fixed(only_bounds), power(only_bounds)):
            assert strength is not None
            assert strength.most is None
            assert not strength.exact


HEADED = """program p {{ width n
    input x : [t=3, d=4]
    param U : [n, d] ~ normal(0, 1)
    param W : [n, n] ~ normal(0, 1)
    param v : [n] ~ {law}
    y = dot(v, {features}) / sqrt(n)
    output f = {head}
}}"""
HIDDEN = "tanh(W @ tanh(U @ x[t=1]) / sqrt(n))"


def headed(head: str, features: str = HIDDEN, law: str = "normal(0, 1)") -> Analysis:
    return Analysis(parse(HEADED.format(head=head, features=features, law=law)).graph, ["C[0,5]"])


@pytest.mark.parametrize(
    ("head", "even", "odd"), [("y", 0, "1/2"), ("y^2", 1, "1/2"), ("y^3", 1, "3/2"), ("y + y^2", 1, "1/2")]
)
def test_a_polynomial_after_the_readout_has_sharp_laws(head: str, even: int, odd: str) -> None:
    """With y_k = n^{-⌊k/2⌋} for the k-th coefficient of y, and y_1 = 1: C[0,d] of y^2 is the largest y_i y_{d-i}."""
    laws = {law.family: law for law in headed(head).laws()}
    for family, constant in (("C[0,d], d = 2, 4, ...", Fraction(even)), ("C[0,d], d = 3, 5, ...", Fraction(odd))):
        law = laws[family]
        assert (law.constant, law.along, law.attained) == (constant, Fraction(1, 2), True)


def test_a_readout_that_starts_at_zero_is_weakly_correlated_with_n() -> None:
    """F is linear along g, and C[D,1] = O(n^{-1/2}): the largest m is n in both senses."""
    weak = headed("y", law="constant(0)").weak
    assert [None if s is None else (s.power, s.most) for s in weak] == [(Fraction(1), Fraction(1))] * 2


@pytest.mark.parametrize("features", ["max(tanh(U @ x), t)", "tanh(W @ max(U @ x, t) / sqrt(n))"])
def test_a_maximum_over_tokens_linearises(features: str) -> None:
    """Entries that change places differ by no more than they move: n^{1/2} neurons change by n^{-1/2}."""
    regime = headed("y", features).regime
    assert regime.kind.value == "lazy"
    assert regime.deviation == Fraction(-1, 2)
