"""Orders of weights with a structure: the rules, and what whole programs and their certificates say."""

from __future__ import annotations

import json
from fractions import Fraction as Q
from typing import Any

import numpy as np
import pytest

from tests.marks import slow
from tp.activations.facts import facts
from tp.exponent import show
from tp.orders.bounds.norms import Matrix, Norms, adversarial, fresh
from tp.orders.facts import Source
from tp.orders.typical.recorder import Calculus, Derived
from tp.syntax import parse
from tp.theory.analysis import Analysis
from tp.theory.bounds import bounds
from tp.theory.certificate import digest
from tp.theory.checking import Rejected, check

ONE, HALF = (("n", Q(1)),), (("m", Q(1, 2)),)
FULL = Source("W", Q(-1, 2))
ISOMETRIC = Source("W", Q(-1, 2), isometric=True)
SPARSE = Source("W", Q(-1, 4), density=Q(1, 2))
WIDE_BAND = Source("W", Q(-1, 4), density=Q(1, 2), local=True)
NARROW_BAND = Source("W", Q(0), density=Q(1), local=True)
CIRCULANT = Source("W", Q(-1, 2), repeated=True)


class Net:
    """x = tanh(u), r = relu(u), h = W x and the backward vector v * tanh'(h)."""

    def __init__(self, law: Source) -> None:
        self.law, self.at = law, Calculus({Q(1), Q(1, 2)})
        self.tanh, self.relu = facts("tanh"), facts("relu")
        self.u, self.v = (self.at.source(Source(name, Q(0)), ONE) for name in "uv")
        self.x = self.at.pointwise(self.tanh, 0, self.u, ONE)
        self.h = self.apply(self.x)
        self.delta = self.at.product(self.v, self.at.pointwise(self.tanh, 1, self.h, ONE), ONE)

    def apply(self, x: Derived, transposed: bool = False) -> Derived:
        return self.at.apply(self.law, transposed, x, ONE, ONE, ())

    def mean(self, *factors: Derived) -> Derived:
        product = factors[0]
        for factor in factors[1:]:
            product = self.at.product(product, factor, ONE)
        return self.at.scaled(self.at.contract(product, ONE, ()), Q(-1), ())


def said(value: Derived) -> str:
    return ("" if value.value.exact else "<= ") + show(value.value.exponent)


def parts(value: Derived) -> list[tuple[Q, bool]]:
    return [(t.exponent, t.bound) for t in value.value.terms]


def test_the_fresh_part_of_an_isometry_may_vanish_on_what_it_has_made() -> None:
    for law, vanishes in ((FULL, False), (ISOMETRIC, True)):
        net = Net(law)
        back = net.apply(net.at.pointwise(net.tanh, 0, net.h, ONE), transposed=True)
        assert sorted(parts(back)) == [(0, False), (0, vanishes)]
        # A backward vector has v in it, and is no multiple of h.
        assert parts(net.apply(net.delta, transposed=True)) == [(0, False)]


@pytest.mark.parametrize(("wide", "vanishes"), [(True, False), (False, True)])
def test_an_isometry_of_two_widths_vanishes_on_its_smaller_side_only(wide: bool, vanishes: bool) -> None:
    """W W' = 1 for W from n to sqrt(n); W'W is a projection to a small part of n entries."""
    at = Calculus({Q(1), Q(1, 2)})
    inner, outer = (HALF, ONE) if wide else (ONE, HALF)
    z = at.source(Source("z", Q(0)), outer)
    there = at.apply(ISOMETRIC, wide, z, inner, outer, ())
    again = at.apply(ISOMETRIC, not wide, there, outer, inner, ())
    assert any(t.bound for t in again.value.terms) is vanishes


def test_sparse_products_have_the_size_of_their_hits() -> None:
    net = Net(SPARSE)
    assert said(net.h) == "0"
    assert said(net.apply(net.delta, transposed=True)) == "0"
    assert said(net.mean(net.h, net.h)) == "0"
    few = Net(Source("W", Q(0), density=Q(5, 4)))
    assert [(t.exponent, t.share, t.bound) for t in few.h.value.terms] == [(0, Q(-1, 4), True)]
    read = few.at.source(Source("U", Q(0), density=Q(1, 2)), ONE)
    assert [t.share for t in few.at.pointwise(facts("tanh"), 0, read, ONE).value.terms] == [Q(-1, 2)]
    assert said(few.mean(few.at.pointwise(facts("tanh"), 0, read, ONE), read)) == "-1/2"


def test_two_factors_that_are_mostly_zero_need_not_meet() -> None:
    at = Calculus({Q(1)})
    u, y = (at.source(Source(name, Q(0), density=Q(1, 2)), ONE) for name in "uy")
    assert at.product(u, u, ONE).value.exact
    assert not at.product(u, y, ONE).value.exact


def test_neighbours_flip_together_in_narrow_bands() -> None:
    """W'(v φ') contains v_i itself: with a narrow band the mean of its product with v is not small."""
    for law, expected in ((FULL, "-1/2"), (WIDE_BAND, "-1/2"), (NARROW_BAND, "<= 0")):
        net = Net(law)
        back = net.apply(net.delta, transposed=True)
        assert said(net.mean(net.v, back, net.h, net.x)) == expected
        assert said(net.mean(net.v, net.h)).removeprefix("<= ") == "-1/2"


def test_rows_of_a_circulant_matrix_are_not_independent() -> None:
    for law, positive, odd in ((FULL, "-1/2", "-1/2"), (CIRCULANT, "<= 0", "-1/2")):
        net = Net(law)
        # Entries with a mean make all entries of the product move together.
        assert said(net.mean(net.apply(net.at.pointwise(net.relu, 0, net.u, ONE)))) == positive
        assert said(net.mean(net.h)) == odd
        assert said(net.mean(net.v, net.h)) == "-1/2"


def test_vectors_that_are_zero_where_rows_are() -> None:
    """|W'z|^2 for rows with n^(1/4) entries and columns with fewer than one: n^(3/4) entries count."""
    law = Source("W", Q(-1, 8), density=Q(3, 4), local=True)
    at = Calculus({Q(1), Q(1, 2)})
    z = at.source(Source("z", Q(0)), HALF)
    back = at.apply(law, True, z, ONE, HALF, ())
    again = at.apply(law, False, back, HALF, ONE, ())
    total = at.contract(at.product(z, again, HALF), HALF, ())
    assert said(total) == "<= 1/2"


# norms ---------------------------------------------------------------------------------------------

GRAIN = 48
SLACK = 12  # constants and logarithms: a factor of 4


def size(value: float, n: int) -> int:
    return -int(-GRAIN * np.log(max(value, 1e-300)) / np.log(n) // 1)


def norms(x: Any, n: int) -> Norms:
    return Norms(*(size(float(np.linalg.norm(x, p)), n) for p in (1, 2, np.inf)))


@pytest.mark.parametrize("local", [False, True])
def test_norms_of_matrices_with_zeros(local: bool) -> None:
    """On spikes, signs, and the vector that is amplified most, with sqrt(n) entries a row."""
    rng, n = np.random.default_rng(0), 256
    apart = np.abs(np.arange(n)[:, None] - np.arange(n))
    places = np.minimum(apart, n - apart) <= 8 if local else rng.random((n, n)) < n**-0.5
    w = np.where(places, rng.standard_normal((n, n)), 0.0)
    m = Matrix(0, GRAIN, GRAIN, 0, 0, 0, GRAIN // 2, local)
    worst = np.linalg.svd(w)[2][0]
    for x in (np.eye(n)[0], np.ones(n), rng.standard_normal(n), worst):
        limit = adversarial(m, norms(x, n))
        assert all(a <= b + SLACK for a, b in zip(norms(w @ x, n), limit, strict=True))
    assert size(float(np.linalg.norm(w @ worst)), n) >= m.operator - SLACK
    for x in (np.eye(n)[0], np.ones(n), rng.standard_normal(n)):
        limit = fresh(m, norms(x, n))
        assert all(a <= b + SLACK for a, b in zip(norms(w @ x, n), limit, strict=True))


# programs ------------------------------------------------------------------------------------------

PROGRAM = """program p {{
    width n
    input x : [d=3]
    param U : [n, d] ~ normal(0, 1)
    param W : [n, n] ~ {law}
    param v : [n] ~ normal(0, 1)
    h = {phi}(U @ x)
    k = {body}
    output f = dot(v, {phi}(k)) / sqrt(n)
}}"""
MLP, RNN, TIED = "W @ h / sqrt(n)", "W @ tanh(W @ h / sqrt(n)) / sqrt(n)", "W' @ tanh(W @ h / sqrt(n)) / sqrt(n)"
QUANTITIES = ("F", "kernel", "C[0,2]", "C[0,3]", "C[1,1]")
LIKE_FULL = {
    "orthogonal": "orthogonal(sqrt(n))",
    "hadamard": "hadamard(1)",
    "sparse": "sparse(n^(-1/2), normal(0, n^(1/4)))",
    "half of the entries": "sparse(1/2, normal(0, 1))",
    "banded": "banded(n^(1/2), normal(0, n^(1/4)))",
    "blocks": "block_diagonal(n^(1/2), normal(0, n^(1/4)))",
    "circulant": "circulant(normal(0, 1))",
}


def exponents(law: str, body: str = MLP, phi: str = "tanh") -> list[str]:
    program = parse(PROGRAM.format(law=law, body=body, phi=phi)).graph
    found = Analysis(program, QUANTITIES).prediction(QUANTITIES)
    return [("" if found.exact[q] else "<= ") + show(found.exponents[q]) for q in QUANTITIES]


@pytest.mark.parametrize("body", [MLP, *slow([RNN, TIED])])
@pytest.mark.parametrize("law", LIKE_FULL.values(), ids=LIKE_FULL)
def test_networks_are_as_with_full_weights(law: str, body: str) -> None:
    assert exponents(law, body) == ["0", "0", "-1", "-1", "-1/2"]
    if body == MLP:
        assert exponents(law, body, "relu") == ["0", "0", "-1", "-2", "-1/2"]


def test_low_rank_is_a_bottleneck() -> None:
    assert exponents("low_rank(2, normal(0, 1))") == ["0", "0", "0", "0", "0"]
    assert exponents("low_rank(n^(1/2), normal(0, 1))") == ["0", "0", "-1/2", "-1/2", "-1/4"]


def test_few_entries_a_row_have_bounds_only() -> None:
    for law in (
        "banded(3, normal(0, sqrt(n)))",
        "block_diagonal(n/4, normal(0, sqrt(n)))",
        "sparse(2/n, normal(0, sqrt(n)))",
    ):
        assert all(e.startswith("<= ") for e in exponents(law))


@pytest.mark.parametrize(
    "law", [*LIKE_FULL.values(), "low_rank(n^(1/2), normal(0, 1))", "banded(3, normal(0, sqrt(n)))"]
)
def test_bounds_without_cancellation_lie_above(law: str) -> None:
    program = parse(PROGRAM.format(law=law, body=MLP, phi="tanh")).graph
    found = Analysis(program, QUANTITIES).prediction(QUANTITIES)
    limits = bounds(program)
    for name, slots in zip(QUANTITIES, ((0, 0), (0, 1), (0, 2), (0, 3), (1, 1)), strict=True):
        exponent, limit = found.exponents[name], limits.exponent(*slots)
        assert exponent is None or (limit is not None and exponent <= limit), name


def test_what_vanishes_exactly_is_found() -> None:
    """W'Wx = x for an orthogonal W."""
    text = """program p {{
        width n
        input x : [d=3]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ {law}
        param v : [n] ~ normal(0, 1)
        h = tanh(U @ x)
        output f = dot(v, W' @ (W @ h) - h) / sqrt(n)
    }}"""
    for law, exact in (("orthogonal()", False), ("normal(0, 1/sqrt(n))", True)):
        found = Analysis(parse(text.format(law=law)).graph, ("F",)).prediction(("F",))
        assert found.exact["F"] is exact


def test_circulant_weights_commute() -> None:
    text = """program p {{
        width n
        input x : [d=3]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ {law}
        param V : [n, n] ~ {law}
        param v : [n] ~ normal(0, 1)
        h = tanh(U @ x)
        output f = dot(v, W @ (V @ h) - V @ (W @ h)) / n
    }}"""
    for law, exact in (("circulant(normal(0, 1/sqrt(n)))", False), ("normal(0, 1/sqrt(n))", True)):
        found = Analysis(parse(text.format(law=law)).graph, ("F",)).prediction(("F",))
        assert found.exact["F"] is exact


SMALL = ("F", "kernel", "C[0,2]", "C[1,1]")


@pytest.mark.parametrize(
    ("law", "fact", "value"),
    [
        ("orthogonal(sqrt(n))", "isometric", False),
        ("sparse(n^(-1/2), normal(0, n^(1/4)))", "density", {"rational": "1"}),
        ("banded(n^(1/2), normal(0, n^(1/4)))", "local", False),
        ("circulant(normal(0, 1))", "repeated", False),
        ("low_rank(n^(1/2), normal(0, 1))", "symmetric", False),
    ],
)
def test_certificates_hold_and_forged_facts_do_not(law: str, fact: str, value: Any) -> None:
    from dataclasses import fields

    program = parse(PROGRAM.format(law=law, body=MLP, phi="tanh"))
    body = json.loads(json.dumps(Analysis(program.graph, SMALL).certificate(SMALL)))
    assert check(body).statements
    place = [f.name for f in fields(Source)].index(fact)
    (row,) = [r for r in body["facts"]["source"] if r[0] in ("W", "W.left")]
    assert row[place] != value
    row[place] = value
    body["digest"] = digest({k: v for k, v in body.items() if k != "digest"})
    with pytest.raises(Rejected):
        check(body)
