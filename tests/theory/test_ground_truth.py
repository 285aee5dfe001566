"""Predicted exponents against the known ones: the paper's, Yang and Hu's, Dyer and Gur-Ari's, and hand calculations."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from tp.syntax import Claim, Program, load, parse
from tp.theory.analysis import Analysis

PROGRAMS = Path(__file__).parents[2] / "programs"
HALF = Fraction(1, 2)
VALUES = ("F", "kernel", "C[0,2]", "C[0,3]", "C[0,4]", "C[0,5]")
GRADIENTS = ("C[1,1]", "C[1,2]", "C[1,3]")

Exponents = dict[str, Fraction | None]


def mlp_text(
    hidden: int = 2,
    phi: str = "tanh",
    rate: str = "1",
    last: str = "1/sqrt(n)",
    law: str = "normal(0, 1)",
    readout: str = "normal(0, 1)",
) -> str:
    """A multilayer perceptron of ``hidden`` hidden layers; ``last`` multiplies the readout."""
    lines = ["program p {", "width n", f"learning_rate {rate}", "input x : [d=8]", f"param U : [n, d] ~ {law}"]
    lines += [f"param W[2..{hidden}] : [n, n] ~ {law}"] if hidden > 1 else []
    lines += [f"param v : [n] ~ {readout}", "h[1] = U @ x / sqrt(d)"]
    lines += [f"h[{i}] = W[{i}] @ {phi}(h[{i - 1}]) / sqrt(n)" for i in range(2, hidden + 1)]
    return "\n".join([*lines, f"output f = dot(v, {phi}(h[{hidden}])) * {last}", "}"])


def orders(program: Program, names: tuple[str, ...] = VALUES) -> Exponents:
    found = Analysis(program.graph, names).prediction(names)
    assert all(found.exact.values())
    return found.exponents


def table(text: str, names: tuple[str, ...] = VALUES) -> Exponents:
    """``"0 -1/2 -"`` as exponents of ``names``; a dash for what vanishes identically."""
    exponents = [None if word == "-" else Fraction(word) for word in text.split()]
    return dict(zip(names, exponents, strict=True))


LINEARISING = "0 0 -1 -1 -2 -2"
RANDOM = "0 0 0 0 0 0"
MOVING = "-1/2 0 -1/2 0 -1/2 0"


@pytest.mark.parametrize(
    ("name", "settings", "expected"),
    [
        ("mlp", {}, LINEARISING),
        ("mlp", {"depth": "1"}, LINEARISING),
        ("mlp", {"depth": "5"}, LINEARISING),
        ("mlp", {"phi": "gelu"}, LINEARISING),
        ("mlp", {"phi": "cos"}, LINEARISING),
        ("residual_mlp", {}, LINEARISING),
        ("rnn", {"t": "4"}, LINEARISING),
        ("gru", {"t": "3"}, LINEARISING),
        ("lstm", {"t": "3"}, LINEARISING),
        ("cnn", {}, LINEARISING),
        ("cnn_flatten", {}, LINEARISING),
        ("attention", {}, LINEARISING),
        ("attention", {"power": "1"}, LINEARISING),
        ("attention", {"power": "1/2"}, RANDOM),
        ("attention_sqrt", {}, RANDOM),
        ("multihead_attention", {}, LINEARISING),
        ("multihead_attention", {"phi": "gelu"}, LINEARISING),
        ("transformer_block", {}, LINEARISING),
        ("bottleneck", {}, RANDOM),
        ("bottleneck", {"k": "3"}, RANDOM),
        ("nonlinear_output", {}, RANDOM),
        ("mup_mlp", {}, MOVING),
        ("mup_mlp", {"phi": "gelu"}, MOVING),
        ("mean_field", {}, MOVING),
        ("mean_field", {"phi": "gelu"}, MOVING),
        ("deep_linear", {}, "0 0 -1 -2 - -"),
        ("relu_mlp", {"depth": "1"}, "0 0 -1 - - -"),
        ("relu_mlp", {"depth": "2"}, "0 0 -1 -2 - -"),
    ],
)
def test_shipped_programs(name: str, settings: dict[str, str], expected: str) -> None:
    assert orders(load(PROGRAMS / f"{name}.tp", settings)) == table(expected)


def test_standard_parametrization_with_one_hidden_layer() -> None:
    """C^{0,2} ~ η^2 Σ_i v_i φ(h_i) φ'(h_i)^2: n^{-2} times a sum of n centred terms of size n^{-1/2}."""
    found = orders(load(PROGRAMS / "standard_mlp.tp"), VALUES[:3])
    assert found == table("0 0 -2", VALUES[:3])


@pytest.mark.parametrize("name", ["mlp", "residual_mlp", "cnn"])
def test_gradient_norms_and_spectral_norms(name: str) -> None:
    names = (*GRADIENTS, "hessian", "C[2,1]")
    assert orders(load(PROGRAMS / f"{name}.tp"), names) == table("-1/2 -1 -3/2 -1/2 -1", names)


@pytest.mark.parametrize(("name", "first"), [("mup_mlp", 0), ("attention_sqrt", 0), ("bottleneck", 0), ("rnn", -HALF)])
def test_first_gradient_norm(name: str, first: Fraction) -> None:
    assert orders(load(PROGRAMS / f"{name}.tp"), ("C[1,1]",)) == {"C[1,1]": first}


@pytest.mark.parametrize("rho", [Fraction(0), Fraction(-1, 4), Fraction(-1, 3), Fraction(-1), Fraction(-5, 2)])
@pytest.mark.parametrize(("phi", "hidden"), [("tanh", 1), ("gelu", 2)])
def test_the_learning_rate_shifts_exponents(rho: Fraction, phi: str, hidden: int) -> None:
    """C^{D,d} carries η^{D/2 + d}."""
    names = (*VALUES, *GRADIENTS)
    base = orders(parse(mlp_text(hidden, phi)), names)
    moved = orders(parse(mlp_text(hidden, phi, f"n^({rho})")), names)
    contracted = (0, 1, 2, 3, 4, 5, 1, 2, 3)
    free = (0,) * 6 + (1,) * 3
    for name, d, one in zip(names, contracted, free, strict=True):
        exponent = base[name]
        assert exponent is not None
        assert moved[name] == exponent + rho * (d + one * HALF)


@pytest.mark.parametrize("family", ["uniform", "rademacher", "laplace", "truncated_normal"])
def test_symmetric_laws_are_like_the_normal_law(family: str) -> None:
    law = f"{family}(0, 1)"
    assert orders(parse(mlp_text(2, "gelu", law=law, readout=law))) == table(LINEARISING)


@pytest.mark.parametrize(
    ("phi", "expected"),
    [
        ("gelu", "0 0 -1/2 -1 -3/2"),  # n^{-3/2} Σ v^3 φ'(h)^2 φ''(h): neither E v^3 nor E φ'^2 φ'' vanishes
        ("tanh", "0 0 -1 -1 -2"),  # φ'' is odd, so the same sum has mean zero
    ],
)
def test_skewed_readout(phi: str, expected: str) -> None:
    names = VALUES[:5]
    assert orders(parse(mlp_text(1, phi, readout="exponential(0, 1)")), names) == table(expected, names)


def test_linear_networks_are_polynomials_of_their_depth() -> None:
    for hidden in (1, 2, 3):
        found = orders(parse(mlp_text(hidden, "identity")))
        vanishing = [found[f"C[0,{d}]"] is None for d in (2, 3, 4, 5)]
        assert vanishing == [d > hidden + 1 for d in (2, 3, 4, 5)]


def test_a_network_linear_in_its_weights_has_no_correlations() -> None:
    text = """program p {
        width n
        input x : [d=4]
        param v : [n, d] ~ normal(0, 1)
        output f = sum(mean(v), d) * sum(x, d)
    }"""
    found = orders(parse(text), (*VALUES, *GRADIENTS))
    assert found == table("-1/2 -1 - - - - - - -", (*VALUES, *GRADIENTS))


def _consistent(claim: Claim, found: Exponents) -> bool:
    """Whether a claim follows from exponents; the definition of m-fixed weak correlations up to third order."""
    if claim.kind == "weakly_correlated":
        assert claim.exponent is not None
        bounds = {"C[0,2]": 1, "C[0,3]": 1, "C[0,4]": 1, "C[1,1]": HALF, "C[1,2]": HALF}
        holds = all((e := found[q]) is None or e <= -bound * claim.exponent for q, bound in bounds.items())
        return holds is not claim.negated
    assert claim.kind == "order"
    assert claim.subject is not None
    exponent = found[claim.subject]
    if claim.relation == "zero":
        return exponent is None
    assert claim.relation == "Theta"
    return exponent == claim.exponent


@pytest.mark.parametrize("path", sorted(PROGRAMS.glob("*.tp")), ids=lambda path: path.stem)
def test_claims_of_shipped_programs(path: Path) -> None:
    program = load(path, {"t": "3"} if "t" in load(path).settings else {})
    names = ("F", "kernel", "C[0,2]", "C[0,3]", "C[0,4]", "C[1,1]", "C[1,2]")
    prediction = Analysis(program.graph, names).prediction(names, nodes=True)
    found = {**{node.name: node.exponent for node in prediction.nodes}, **prediction.exponents}
    assert program.claims
    wrong = [claim.text for claim in program.claims if not _consistent(claim, found)]
    lies = [claim.text for claim in program.claims if "C[0,2]" in claim.text] if path.stem == "false_claim" else []
    assert wrong == lies


RENAMED = {"n": "zeta", "U": "aa", "W": "Zz", "v": "q", "h": "theta", "x": "B", "d": "W1", "f": "E"}


@pytest.mark.parametrize("phi", ["tanh", "gelu"])
def test_names_carry_no_meaning(phi: str) -> None:
    text = mlp_text(3, phi, readout="exponential(0, 1)")
    other = re.sub(r"\b[A-Za-z]\b", lambda match: RENAMED.get(match[0], match[0]), text)
    assert other != text
    names = (*VALUES, *GRADIENTS)
    assert orders(parse(text), names) == orders(parse(other), names)


def test_names_carry_no_meaning_with_several_widths() -> None:
    text = """program p {
        width n, m = n^(1/2)
        input x : [d=8]
        param U : [n, d] ~ normal(0, 1)
        param W : [m, n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        h = gelu(U @ x)
        k = W' @ gelu(W @ h / sqrt(n)) / sqrt(m)
        output f = dot(v, gelu(k)) / sqrt(n) + dot(h, k) / n
    }"""
    swapped = {"U": "v", "v": "U", "h": "k", "k": "h", "m": "a", "d": "x", "x": "d"}
    other = re.sub(r"\b[A-Za-z]\b", lambda match: swapped.get(match[0], match[0]), text)
    assert orders(parse(text)) == orders(parse(other))


PIECES = {
    "widths": ["width n"],
    "inputs": ["input x : [d=8]", "axis c = 3"],
    "parameters": [
        "param A : [n, d] ~ normal(0, 1)",
        "param B : [n, n] ~ normal(0, 1)",
        "param C : [n, n] ~ normal(0, 1)",
        "param v : [n] ~ exponential(0, 1)",
    ],
    "first": ["h = A @ x", "e = cos(A @ x)"],
    "second": ["a = B @ gelu(h) / sqrt(n)", "b = C @ e / sqrt(n)"],
}
ENDING = ["output f = dot(v, a * sigmoid(b)) / sqrt(n)"]


def test_the_order_of_independent_statements_does_not_matter() -> None:
    forward = [line for lines in PIECES.values() for line in lines]
    backward = [line for lines in PIECES.values() for line in reversed(lines)]
    names = (*VALUES[:5], "C[1,1]")
    one, two = (orders(parse("\n".join(["program p {", *lines, *ENDING, "}"])), names) for lines in (forward, backward))
    assert one == two


def test_two_spellings_of_one_network() -> None:
    """A factor 1/sqrt(n) before a matrix, or in its law with the learning rate times 1/n, is the same training."""
    outside = mlp_text(2)
    inside = outside.replace(
        "param W[2..2] : [n, n] ~ normal(0, 1)", "param W[2..2] : [n, n] ~ normal(0, 1/sqrt(n)) rate 1/n"
    )
    inside = inside.replace("tanh(h[1]) / sqrt(n)", "tanh(h[1])")
    assert len(inside) > len(outside)
    assert orders(parse(outside), (*VALUES, *GRADIENTS)) == orders(parse(inside), (*VALUES, *GRADIENTS))
