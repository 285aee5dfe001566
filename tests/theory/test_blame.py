"""Who is blamed for a correlation: known causes, and that the split into parts adds up to the whole."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.marks import slow
from tp.interpret.arrays.backend import precision
from tp.interpret.arrays.evaluate import evaluator
from tp.interpret.arrays.initial_weights import draw
from tp.interpret.orders import calculus_for
from tp.quantities.definitions import parse as quantity
from tp.quantities.programs import gradient_of
from tp.syntax import Program, load, parse
from tp.theory.analysis import Analysis
from tp.theory.diagnosis.blame import Parts, blame
from tp.theory.diagnosis.culprits import HANDFUL, Blame

PROGRAMS = Path(__file__).parents[2] / "programs"
HALF = Fraction(1, 2)


def blamed(program: Program, name: str) -> Blame:
    return blame(program.graph, quantity(name), calculus_for(program.graph))


def shipped(name: str, **settings: str) -> Program:
    return load(PROGRAMS / f"{name}.tp", settings)


def line(program: Program, text: str) -> int:
    """The number of the only line that contains ``text``."""
    (number,) = [i for i, one in enumerate(program.source.splitlines(), 1) if text in one]
    return number


def parameters(found: Blame) -> set[str]:
    return {c.name for c in found.parameters}


@pytest.mark.parametrize("name", ["C[0,2]", "C[0,3]", "C[1,1]", "hessian"])
def test_attention_is_random_because_of_its_softmax(name: str) -> None:
    program = shipped("attention_sqrt")
    found = blamed(program, name)
    assert found.exponent == 0
    assert parameters(found) == {"E", "Q", "K"}
    assert found.nodes[0].name == "exp(scores)"
    assert [c.line for c in found.nodes] == [line(program, "softmax"), line(program, "output f")]
    assert all(c.exponent == 0 and c.alone for c in found.parameters)


@pytest.mark.parametrize("name", ["C[0,2]", "C[0,3]", "C[1,1]"])
def test_what_follows_a_bottleneck_is_not_linear_in_it(name: str) -> None:
    program = shipped("bottleneck")
    found = blamed(program, name)
    assert parameters(found) == {"U", "B"}
    assert (found.nodes[0].name, found.nodes[0].line) == ("tanh(narrow)", line(program, "h[2] ="))
    assert line(program, "narrow =") not in {c.line for c in found.nodes}


@pytest.mark.parametrize("name", ["C[0,2]", "C[0,3]", "C[1,1]"])
def test_a_nonlinear_output_is_the_only_cause(name: str) -> None:
    program = shipped("nonlinear_output")
    found = blamed(program, name)
    assert [(c.name, c.line, c.exponent) for c in found.nodes] == [("tanh(readout)", line(program, "output f"), 0)]
    assert parameters(found) == {"U", "W", "v"}


@pytest.mark.parametrize(("name", "exponent"), [("C[0,2]", -HALF), ("C[0,3]", 0), ("C[1,1]", 0)])
def test_feature_learning_is_due_to_hidden_layers(name: str, exponent: Fraction) -> None:
    found = blamed(shipped("mup_mlp"), name)
    assert found.exponent == exponent
    assert parameters(found) == {"U", "W"}
    assert [c.name for c in found.nodes] == ["tanh(h[1])", "tanh(h[2])"]
    found = blamed(shipped("mean_field"), name)
    assert parameters(found) == {"U"}
    assert [c.name for c in found.nodes] == ["tanh(h)"]


def test_one_layer_that_learns_too_fast() -> None:
    """Only the second layer moves its features by order one."""
    program = parse(
        """program p {
      width n
      input x : [d=3]
      param U : [n, d] ~ normal(0, 1)
      param W : [n, n] ~ normal(0, 1/n) rate n
      param v : [n] ~ normal(0, 1)
      h[1] = U @ x
      h[2] = n^(1/2) * (W @ tanh(h[1]))
      output f = dot(v, tanh(h[2])) / sqrt(n)
    }"""
    )
    found = blamed(program, "C[0,3]")
    assert parameters(found) == {"W"}
    assert [c.name for c in found.nodes] == ["tanh(h[2])"]


def test_parameters_that_need_each_other() -> None:
    """Each factor of a product is linear: only together do two weights make a second derivative."""
    found = blamed(shipped("deep_linear"), "C[0,2]")
    assert found.exponent == -1
    assert found.parameters
    assert not any(c.alone for c in found.parameters)
    found = blamed(shipped("standard_mlp"), "C[0,2]")
    assert [(c.name, c.alone, c.exponent) for c in found.parameters] == [("U", False, -2), ("v", False, -2)]


def test_a_quantity_that_vanishes_is_nobodys_fault() -> None:
    assert blamed(shipped("relu_mlp", depth="1"), "C[0,3]") == Blame("C[0,3]", None, (), ())


def test_one_declaration_is_named_once() -> None:
    found = blamed(shipped("mlp", depth="6"), "C[0,2]")
    assert parameters(found) == {"U", "W[2], …, W[6]"}
    assert [c.name for c in found.nodes] == ["tanh(h[1]), …, tanh(h[5])", "tanh(h[6])"]


def test_the_kernel_is_split_over_its_weights() -> None:
    program = parse(
        """program p {
      width n
      input x : [d=3]
      param U : [n, d] ~ normal(0, 1) rate n^(-1/2)
      param v : [n] ~ normal(0, 1)
      output f = dot(v, tanh(U @ x)) / n^(1/4)
    }"""
    )
    found = blamed(program, "kernel")
    assert found.exponent == HALF
    assert parameters(found) == {"v"}


def test_an_output_of_the_wrong_order_is_blamed_on_the_first_such_value() -> None:
    text = """program p {
      width n
      input x : [d=3]
      param U : [n, d] ~ normal(0, 1)
      param W : [n, n] ~ normal(0, 1)
      param v : [n] ~ normal(0, 1)
      h[1] = U @ x
      h[2] = W @ relu(h[1])
      output f = dot(v, relu(h[2])) / sqrt(n)
    }"""
    found = blamed(parse(text), "F")
    assert found.exponent == HALF
    assert [(c.line, c.exponent) for c in found.nodes] == [(8, HALF)]
    fine = parse(text.replace("relu(h[1])", "relu(h[1]) / sqrt(n)"))
    assert blamed(fine, "F") == Blame("F", Fraction(0), (), ())
    small = parse(text.replace("relu(h[1])", "relu(h[1]) / n"))
    assert [(c.line, c.exponent) for c in blamed(small, "F").nodes] == [(8, -HALF)]


QUANTITIES = ("kernel", "C[0,2]", "C[0,3]", "C[0,4]", "C[1,1]", "C[1,2]")


@pytest.mark.parametrize("name", QUANTITIES)
@pytest.mark.parametrize("path", [p.stem for p in sorted(PROGRAMS.glob("*.tp")) if p.stem not in ("gru", "lstm")])
def test_the_parts_make_the_whole(path: str, name: str) -> None:
    program = shipped(path)
    found = blamed(program, name)
    assert found.exponent == Analysis(program.graph, [name]).exponent(name)
    if found.exponent is not None:
        for part in (found.parameters, found.nodes):
            assert part
            assert {c.exponent for c in part} == {found.exponent}
            assert all(c.span is not None for c in part)
        assert len(found.nodes) <= HANDFUL


def evaluated(program: Program, parts: Parts, nodes: list[int]) -> list[np.ndarray]:
    """The values of ``nodes`` at width 3 and a random input."""
    generator = np.random.default_rng(0)
    inputs = {name: generator.standard_normal([a.at(3) for a in axes]) for name, axes in program.inputs.items()}
    with precision("float64") as kind:
        weights = draw(program.graph.parameters, 3, jax.random.key(0), kind)
        arrays = {name: jnp.asarray(v, kind) for name, v in inputs.items()}
        return [np.asarray(v) for v in evaluator(parts.graph, nodes, 3, kind)(weights, arrays)]


@pytest.mark.parametrize("name", ["kernel", "C[0,2]", "C[0,3]"])
@pytest.mark.parametrize("path", ["mlp", "attention_sqrt", *slow(["rnn", "cnn"])])
def test_parts_by_node_add_up_exactly(path: str, name: str) -> None:
    program = shipped(path)
    parts = Parts(program.graph, quantity(name), calculus_for(program.graph))
    assert parts.root is not None
    whole, *each = evaluated(program, parts, [parts.root, *(node for _, node in parts.scalars())])
    assert abs(whole) > 1e-9
    np.testing.assert_allclose(sum(each), whole, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["C[1,1]", "C[1,2]"])
@pytest.mark.parametrize("path", ["mlp", "attention_sqrt", *slow(["cnn"])])
def test_gradients_by_node_add_up_exactly(path: str, name: str) -> None:
    program = shipped(path)
    parts = Parts(program.graph, quantity(name), calculus_for(program.graph))
    assert parts.root is not None
    whole, *each = [gradient_of(parts.program, parts.graph, n) for n in (parts.root, *(n for _, n in parts.scalars()))]
    for weight, leaf in whole.leaves.items():
        found = [direction.leaves[weight] for direction in each if weight in direction.leaves]
        value, *values = evaluated(program, parts, [leaf, *found])
        assert np.abs(value).max() > 1e-9
        np.testing.assert_allclose(sum(values), value, rtol=1e-9, atol=1e-12)
