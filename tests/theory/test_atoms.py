"""Finitely many values that are zero with a probability which stays positive have upper bounds only."""

from __future__ import annotations

import numpy as np
import pytest

from tp.laws import LAWS
from tp.matrix_free.streams import Seed
from tp.syntax import parse
from tp.theory.analysis import Analysis

QUANTITIES = ("F", "kernel", "C[0,2]")
TEXT = """program p {{ width n
    input x : [d=4]
    param U : [n, d] ~ normal(0, 1)
    param v : [n] ~ normal(0, 1)
    param w : [n] ~ normal(0, 1)
    param B : [u=3, n] ~ normal(0, 1)
    param a : [u] ~ normal(0, 1)
    param m : [t=4] ~ {law}
    param S : [t] ~ normal(0, 1)
    param r : [n] ~ {law}
    k = tanh(U @ x)
    g = dot(v, k) / sqrt(n)
    o = dot(w, k) / sqrt(n)
    output f = {output}
}}"""


def bounds(output: str, law: str = "normal(0, 1)") -> set[str]:
    """Those of :data:`QUANTITIES` that are upper bounds only. No exponent changes for that."""
    found = Analysis(parse(TEXT.format(output=output, law=law)).graph, QUANTITIES).prediction(QUANTITIES)
    assert found.exponents["F"] == 0
    return {name for name in QUANTITIES if not found.exact[name]}


EVERY = set(QUANTITIES)
FUNCTIONS = {
    "relu(g)": EVERY,
    "relu(g)^2": EVERY,
    "sum(a * relu(B @ k / sqrt(n)), u)": EVERY,  # all three may be zero
    "hard_tanh(g)": {"kernel", "C[0,2]"},  # beyond 1 only derivatives vanish
    "1 + relu(g)": {"kernel", "C[0,2]"},
    "g + abs(g)": EVERY,
    "max(g, 1)": {"kernel", "C[0,2]"},
    "max(g, o)": set(),
    "g + abs(o)": set(),
    "leaky_relu(g)": set(),
    "hard_tanh(g / n) * n": set(),
    "dot(v, relu(U @ x)) / sqrt(n)": set(),
}


@pytest.mark.parametrize(("output", "expected"), FUNCTIONS.items(), ids=FUNCTIONS.keys())
def test_functions_that_vanish_on_an_interval(output: str, expected: set[str]) -> None:
    assert bounds(output) == expected


LAW = [
    ("bernoulli(1, 1, 1/2)", "sum(m, t) * g", True),
    ("bernoulli(1, 1/2, 1/2)", "sum(m, t) * g", False),
    ("bernoulli(1, 1/2, 4/5)", "m[t=1] * g", True),
    ("rademacher(1, 1)", "m[t=1] * g", True),
    ("rademacher(0, 1)", "m[t=1] * g", False),
    ("rademacher(0, 1)", "sum(m, t) * g", True),
    ("rademacher(0, 1)", "sum(m * S, t) * g", False),
    ("rademacher(0, 1)", "(m[t=1]^2 - 1 + m[t=2]) * g", False),
    ("rademacher(1, 1)", "dot(v, r * k) / sqrt(n)", False),
    ("uniform(1, 1)", "m[t=1] * g", False),
]


@pytest.mark.parametrize(("law", "output", "zero"), LAW)
def test_weights_with_atoms(law: str, output: str, zero: bool) -> None:
    assert ("F" in bounds(output, law)) is zero


@pytest.mark.parametrize(("chance", "zero"), [("1/2", True), ("1", False)])
def test_sparse_entries(chance: str, zero: bool) -> None:
    text = TEXT.replace("[t] ~ normal(0, 1)", f"[t, u] ~ sparse({chance}, normal(0, 1))")
    found = Analysis(parse(text.format(output="sum(S @ a, t) * g", law="normal(0, 1)")).graph, ["F"]).prediction(["F"])
    assert found.exact["F"] is not zero


@pytest.mark.parametrize("name", LAWS)
def test_atoms_are_the_values_that_are_drawn_again(name: str) -> None:
    law = LAWS[name]
    drawn = np.asarray(law.draw(Seed((0,)), (2000,), law.arguments), float)
    values, times = np.unique(drawn, return_counts=True)
    assert values[times > 20] == pytest.approx(sorted(law.atoms(law.arguments)))
