"""Every correlation against its definition by nested automatic differentiation, at widths that fit by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from autodiff import inputs_of, reference

from tests.experiments.drawn import path, sample
from tests.marks import exhaustive, slow
from tp.experiments.iteration_limits import TOLERANCE
from tp.syntax import Program, load, parse

PROGRAMS = Path(__file__).parents[2] / "programs"
SMALL = {"t": "3", "d": "2", "i": "4", "j": "4"}
ALL = ("F", "kernel", "C[0,2]", "C[0,3]", "C[1,1]", "C[1,2]")
SHORT = ("F", "kernel", "C[0,2]", "C[1,1]")
# Widths, small enough for dense Hessians and wide enough for some relu unit to be on.
QUICK = {
    "bottleneck": 3,
    "cnn": 3,
    "deep_linear": 4,
    "mean_field": 5,
    "mlp": 4,
    "mup_mlp": 3,
    "relu_mlp": 12,
    "rnn": 4,
    "standard_mlp": 5,
}
SLOW = {
    "attention": 4,
    "attention_sqrt": 3,
    "cnn_flatten": 4,
    "gru": 3,
    "lstm": 3,
    "multihead_attention": 8,
    "nonlinear_output": 5,
    "residual_mlp": 4,
    "transformer_block": 8,
}
INLINE = {
    "several_outputs": """
        param U : [n, d=2] ~ normal(0, 1)
        param V : [c=3, n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        input x : [d]
        h = tanh(U @ x)
        output f = V @ h / sqrt(n)
        output g = dot(v, square(h)) / sqrt(n)""",
    "transposed_weight": """
        input x : [d=2]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        h = W' @ tanh(W @ tanh(U @ x) / sqrt(n)) / sqrt(n)
        output f = dot(v, gelu(h)) / sqrt(n)""",
    "strided_circular_convolution": """
        input x : [i=5, c=2]
        param K : [n | c, k=3] ~ normal(0, 1)
        param L : [n | n, k] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        a = silu(conv(K, x, i=k, padding=circular))
        b = max_pool(conv(L, a, i=k, padding=valid, stride=2) / sqrt(n), i=2)
        output f = dot(v, sum(tanh(b), i)) / sqrt(n)""",
    "maximum": """
        input x : [t=3, d=2]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        h = max(W @ tanh(U @ x) / sqrt(n), t)
        output f = dot(v, tanh(h)) / sqrt(n)""",
    "whole_axis": """
        input x : [d=2]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        h = U @ x
        k = W @ where(h > 0.1, tanh(h), 0.3 * h) / sqrt(n)
        y = normalize(sin(sort(k, n)) + rank(h, n) * top_k(k, n/2, n), n, eps=0.1)
        output f = dot(softmax(h, n), v * y, n) + max(k, n) + where(mean(k) < 5, dot(v, y), 0)""",
    "layer_norm": """
        input x : [d=2]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ normal(0, 1)
        param g : [n] ~ constant(1)
        param b : [n] ~ constant(0)
        param v : [n] ~ normal(0, 1)
        h = W @ gelu(U @ x) / sqrt(n)
        c = h - mean(h)
        y = g * c / sqrt(mean(c^2) + 1e-2) + b
        output f = dot(v, tanh(y)) / sqrt(n)""",
    "several_widths": """
        width m = n^(1/2), k = 2*n
        input x : [d=2]
        param U : [n, d] ~ normal(0, 1)
        param W : [m, n] ~ normal(0, 1)
        param A : [k, m] ~ normal(0, 1)
        param v : [k] ~ normal(0, 1)
        h = A @ tanh(W @ tanh(U @ x) / sqrt(n)) / sqrt(m)
        output f = dot(v, gelu(h)) / sqrt(k)""",
    "learning_rates": """
        learning_rate 3 * n^(-1/2)
        input x : [d=2]
        param U : [n, d] ~ uniform(0, 1) rate 1/n
        param W : [n, n] ~ normal(0, 1) rate 2 * n^(1/2)
        param v : [n] ~ exponential(0, 1) rate 0.5
        h = W @ tanh(U @ x) / sqrt(n)
        output f = dot(v, gelu(h)) / sqrt(n)""",
    "frozen_weight": """
        input x : [d=2]
        param U : [n, d] ~ normal(0, 1) rate 0
        param W : [n, n] ~ normal(0, 1) rate 0
        param v : [n] ~ normal(0, 1)
        h = W @ tanh(U @ x) / sqrt(n)
        output f = tanh(dot(v, gelu(h)) / sqrt(n))""",
    "constant_and_mean": """
        input x : [d=2]
        param U : [n, d] ~ normal(1, 0.5)
        param W : [n, n] ~ normal(1/n, 1/sqrt(n))
        param g : [n] ~ constant(2)
        param v : [n] ~ normal(1, 1)
        h = W @ tanh(U @ x)
        output f = dot(v, tanh(g * h)) / n""",
    "dropped_and_routed": """
        input x : [d=2]
        param U : [n, d] ~ normal(0, 1)
        param G : [e=3 | n] ~ normal(0, 1)
        param A : [e, n | n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        h = dropout(tanh(U @ x), 0.7)
        p = top_k(softmax(G @ h / sqrt(n), e), 2, e)
        output f = dot(v, dot(p / sum(p, e), tanh(A @ h / sqrt(n)), e)) / sqrt(n)""",
    "upsampled": """
        input x : [b=3, i=4]
        param D : [n | k=3] ~ normal(0, 1)
        param T : [n | n, k] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        low = normalize(conv(D, x, i=k, stride=2), b, i, eps=0.1)
        high = conv_transpose(T, tanh(low), i=k) / sqrt(n) + repeat(dropout(low, 1/2, n, i), i, 2)
        output f = dot(v, sum(silu(high), i)) / sqrt(n)""",
    "wide_heads": """
        width heads = n^(1/2), size = n^(1/2)
        input x : [t=2, d=2]
        param E : [n, d] ~ normal(0, 1)
        param Q : [heads, size | n] ~ normal(0, 1)
        param V : [heads, size | n] ~ normal(0, 1)
        param v : [heads, size | ] ~ normal(0, 1)
        e = tanh(E @ x)
        q = Q @ e / sqrt(n)
        u = rename(V @ e / sqrt(n), t, s)
        w = softmax(dot(q, u, size) / sqrt(size), s)
        output f = sum(dot(v, tanh(sum(w * u, s)), heads, size), t) / sqrt(n)""",
}
ONLY_SLOW = {
    "whole_axis",
    "layer_norm",
    "wide_heads",
    "strided_circular_convolution",
    "maximum",
    "several_widths",
    "upsampled",
}


def inline(name: str) -> Program:
    return parse("program p {\n width n\n" + INLINE[name] + "\n}")


def shipped(name: str) -> Program:
    file = PROGRAMS / f"{name}.tp"
    known = load(file).settings
    return load(file, {k: v for k, v in SMALL.items() if k in known})


def agree(
    program: Program, n: int, quantities: Sequence[str] = ALL, tolerance: float = 1e-9, equal: bool = False
) -> Mapping[str, float]:
    """Checks one draw; the values by definition."""
    key = 3
    x = inputs_of(program.graph, program.inputs, 4)
    if equal:
        x = {name: np.repeat(array[:1], len(array), axis=0) for name, array in x.items()}
    expected = reference(program.graph, quantities, n, key, x, path(program.graph, quantities, n))
    found = sample(program.graph, quantities, n, 1, key, x, "float64")
    assert {q: found[q][0] for q in quantities} == pytest.approx(expected, rel=tolerance, abs=1e-14)
    return expected


@pytest.mark.parametrize("name", slow(QUICK, but=("cnn", "mean_field", "mlp")))
def test_shipped_program(name: str) -> None:
    values = agree(shipped(name), QUICK[name])
    assert all(values[q] for q in ("F", "kernel", "C[0,2]", "C[1,1]"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", exhaustive(SLOW, but=("attention", "attention_sqrt", "cnn_flatten", "nonlinear_output", "residual_mlp"))
)
def test_larger_shipped_program(name: str) -> None:
    values = agree(shipped(name), SLOW[name])
    assert all(values.values())


@pytest.mark.parametrize("name", [name for name in INLINE if name not in ONLY_SLOW])
def test_inline_program(name: str) -> None:
    values = agree(inline(name), 4, SHORT)
    assert all(values.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", exhaustive(INLINE, but=set(INLINE) - {"wide_heads"}))
def test_inline_program_to_third_order(name: str) -> None:
    values = agree(inline(name), 5)
    assert all(values.values())


def test_equal_inputs_in_all_slots() -> None:
    agree(shipped("mean_field"), 4, equal=True)


def test_every_shipped_program_is_covered() -> None:
    assert {p.stem for p in PROGRAMS.glob("*.tp")} == {*QUICK, *SLOW, "false_claim"}


@pytest.mark.parametrize(
    ("name", "n", "quantities"),
    [
        ("mean_field", 5, ("hessian",)),
        *slow([("transposed_weight", 4, ("hessian",)), ("learning_rates", 5, ("hessian", "C[2,1]"))]),
        *exhaustive([("transposed_weight", 4, ("hessian", "C[2,1]"))]),
    ],
)
def test_two_free_slots(name: str, n: int, quantities: tuple[str, ...]) -> None:
    """Power iteration stops at a relative change of TOLERANCE over ten steps, a lower bound of the true norm.

    Where the two largest eigenvalues differ by a ratio r the remaining error is at most TOLERANCE / (r^-20 - 1);
    ten times TOLERANCE covers r up to 0.995.
    """
    program = inline(name) if name in INLINE else shipped(name)
    x = inputs_of(program.graph, program.inputs, 2)
    expected = reference(program.graph, quantities, n, 3, x, path(program.graph, quantities, n))
    found = sample(program.graph, quantities, n, 1, 3, x, "float64")
    for quantity in quantities:
        assert found[quantity][0] == pytest.approx(expected[quantity], rel=10 * TOLERANCE)
        assert found[quantity][0] <= expected[quantity] * (1 + 1e-9)


def test_identically_vanishing_quantities_are_exactly_zero() -> None:
    program = shipped("deep_linear")
    x = inputs_of(program.graph, program.inputs, 5)
    found = sample(program.graph, ["C[0,3]", "C[0,4]", "C[1,3]"], 4, 2, 0, x, "float64")
    assert np.all(found["C[0,3]"] != 0)
    assert not found["C[0,4]"].any()
    assert not found["C[1,3]"].any()


def test_draws_do_not_depend_on_how_many_there_are() -> None:
    program = shipped("mean_field")
    x = inputs_of(program.graph, program.inputs, 3)
    many = sample(program.graph, ["F", "C[0,2]"], 6, 4, 10, x, "float64")
    last = sample(program.graph, ["F", "C[0,2]"], 6, 1, 13, x, "float64")
    assert many["C[0,2]"][3] == last["C[0,2]"][0]
    assert len(set(many["F"])) == 4


def test_too_few_inputs_are_refused() -> None:
    program = shipped("mean_field")
    x = inputs_of(program.graph, program.inputs, 2)
    with pytest.raises(ValueError, match="x has 2 samples, 3 are needed"):
        sample(program.graph, ["C[0,2]"], 4, 1, 0, x)
