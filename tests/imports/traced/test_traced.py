"""What is traced of functions of JAX is what they compute, and is as short as it should be."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen

from tests.imports.traced.modules import WIDTHS, faithful, function, module, primitives
from tp.imports.frameworks.made import modules
from tp.imports.module import Module
from tp.imports.traced.equation import Known
from tp.imports.traced.jax_internals import double
from tp.imports.traced.sizes import Number, Size
from tp.imports.traced.unify import traced

N = Size(Fraction(1), Fraction(1))
X = np.random.default_rng(0).normal(size=(4, 3))
TOKENS = np.array([[1, 2, 0], [9, 4, 4]])


def numbers(found: Any) -> list[Number | None]:
    return [x.number for equation in found.equations for x in equation.operands if isinstance(x, Known)]


def dense(n: int) -> Module:
    def apply(w: Any, x: Any) -> Any:
        h = jnp.tanh(x @ w["U"] + w["b"])
        return {"out": h @ w["v"] / n, "norm": jnp.sum(h**2) / jnp.sqrt(n)}

    return module({"U": (3, n), "b": (n,), "v": (n, 2)}, apply, x=X)


def test_dense() -> None:
    found = faithful(dense)
    assert [(weight.path, weight.value.shape) for weight in found.weights] == [
        (("U",), (Size(Fraction(3)), N)),
        (("b",), (N,)),
        (("v",), (N, Size(Fraction(2)))),
    ]
    assert [name for name, _ in found.outputs] == ["output_norm", "output_out"]
    assert Number(1.0, Fraction(1)) in numbers(found)
    assert Number(1.0, Fraction(1, 2)) in numbers(found)


def test_places() -> None:
    found = faithful(dense)
    tanh = next(equation for equation in found.equations if equation.primitive == "tanh")
    assert tanh.place.name == "h"
    assert tanh.place.text == 'h = jnp.tanh(x @ w["U"] + w["b"])'
    assert tanh.place.file == __file__


def test_calls_are_inlined_with_the_line_that_calls() -> None:
    def apply(w: Any, x: Any) -> Any:
        once = jnp.where(x > 0, x, 0.5)
        twice = jnp.where(once > 1, once, jax.nn.silu(once))
        kept = jax.checkpoint(lambda y: jnp.sin(y) * w["a"])(twice)
        return jax.jit(lambda y: jax.jit(jax.nn.logsumexp)(y))(kept)

    found = faithful(lambda n: module({"a": (4, 3)}, apply, x=X))
    assert not {"jit", "custom_jvp_call", "checkpoint", "remat2"}.intersection(primitives(found))
    chosen = [equation.place.name for equation in found.equations if equation.primitive == "select_n"]
    assert chosen[:2] == ["once", "twice"]
    assert next(e for e in found.equations if e.primitive == "sin").place.text.startswith("kept")


@pytest.mark.parametrize("name", ["gelu", "softplus", "elu", "relu6"])
def test_activations(name: str) -> None:
    faithful(function(getattr(jax.nn, name), X))


def recurrent(n: int) -> Module:
    def apply(w: Any, x: Any) -> Any:
        def cell(h: Any, row: Any) -> Any:
            h = jnp.tanh(w["W"] @ h / jnp.sqrt(n) + w["U"] @ row)
            return h, h

        last, all_ = jax.lax.scan(cell, jnp.zeros(n, jnp.float32), x, reverse=True)
        return last @ w["v"], all_[0] @ w["v"], all_[::-1].swapaxes(0, 1)[:, -1] @ w["v"]

    return module({"W": (n, n), "U": (n, 3), "v": (n,)}, apply, x=X)


def test_scan_starts_from_zero_and_leaves_rows() -> None:
    found = faithful(recurrent)
    names = primitives(found)
    assert names.count("tanh") == 4
    assert "concatenate" not in names
    products = [e for e in found.equations if e.primitive == "dot_general"]
    assert sum(e.operands[0] is found.weights[1].value for e in products) == 3
    assert {e.place.name for e in products if e.operands[0] is found.weights[1].value} == {"h"}


def test_loops_and_branches() -> None:
    def apply(x: Any) -> Any:
        a = jax.lax.fori_loop(0, 3, lambda i, y: jnp.sin(y) + i, x)
        _, b = jax.lax.while_loop(lambda s: s[0] < 2, lambda s: (s[0] + 1, jnp.cos(s[1])), (0, a))
        c = jax.lax.cond(jnp.arange(3)[1] > 0, jnp.tanh, jnp.exp, b)
        rows = jax.lax.map(lambda row: row * 2, c)
        return jax.lax.fori_loop(0, 4, lambda i, y: y.at[i].set(y[i] * i), rows)

    names = primitives(faithful(function(apply, X)))
    assert [names.count(name) for name in ("sin", "cos", "tanh", "exp")] == [3, 2, 1, 0]
    assert not {"while", "cond", "scan", "fori"}.intersection(names)


def test_what_is_not_known_stays() -> None:
    def loop(x: Any) -> Any:
        return jax.lax.while_loop(lambda y: y.sum() > 0, lambda y: y - 1, x)

    assert primitives(traced({n: function(loop, X)(n) for n in WIDTHS}))[-1] == "while"

    def branch(x: Any) -> Any:
        return jax.lax.cond(x[0, 0] > 0, jnp.sin, jnp.cos, x)

    assert "cond" in primitives(traced({n: function(branch, X)(n) for n in WIDTHS}))


def looked_up(n: int) -> Module:
    def apply(w: Any, tokens: Any) -> Any:
        rows = w["E"][tokens] + jnp.take(w["E"], tokens, axis=0) + jnp.take(w["E"], tokens, axis=0, mode="clip")
        more = w["E"].at[tokens].get(mode="fill", fill_value=0) + w["E"][jnp.clip(tokens, 0, 9)]
        positions = jnp.take(w["P"], jnp.arange(3), axis=0)
        return rows + more + positions

    return module({"E": (10, n), "P": (8, n)}, apply, tokens=TOKENS)


def test_indices_are_within_their_axis() -> None:
    found = faithful(looked_up)
    assert set(primitives(found)) == {"broadcast_in_dim", "gather", "add", "slice"}


def test_indices_that_are_not_within_stay_checked() -> None:
    def apply(w: Any, tokens: Any) -> Any:
        return w["E"][tokens]

    found = faithful(lambda n: module({"E": (10, n)}, apply, tokens=TOKENS - 3))
    assert "select_n" in primitives(found)


def test_numbers_that_are_no_indices_are_compared() -> None:
    found = faithful(function(lambda x: jnp.where(x < 0, 1.0, 2.0), TOKENS))
    assert "lt" in primitives(found)


def test_constants() -> None:
    def apply(w: Any, x: Any, n: int) -> Any:
        mask = jnp.tril(jnp.ones((4, 4), bool))
        wide = jnp.broadcast_to(mask, (n // 16, 4, 4))
        scores = jnp.where(wide, w["a"] * jnp.arange(4.0) / jnp.sqrt(n), -jnp.inf)
        return jax.nn.softmax(scores) @ x

    found = faithful(lambda n: module({"a": (n // 16, 4, 4)}, lambda w, x: apply(w, x, n), x=X))
    known = [x for e in found.equations for x in e.operands if isinstance(x, Known) and x.number is None]
    tables = [x for x in known if x.table is not None]
    assert len(tables) == len(known)
    mask = next(x for x in tables if x.kind == "bool")
    assert mask.shape == (Size(Fraction(1, 16), Fraction(1)), Size(Fraction(4)), Size(Fraction(4)))
    assert np.asarray(mask.table).shape == (1, 4, 4)


def test_tables_that_shrink_with_the_width() -> None:
    def make(n: int) -> Module:
        table = np.arange(12.0).reshape(4, 3) / np.sqrt(n)
        return module({}, lambda w, x: x * table, x=X)

    (equation,) = faithful(make).equations
    table = next(x for x in equation.operands if isinstance(x, Known))
    assert table.scale is not None
    assert table.scale.exponent == Fraction(-1, 2)
    assert np.allclose(np.asarray(table.table) * table.scale.coefficient, np.arange(12.0).reshape(4, 3))


def test_constants_along_wide_axes_are_neither_number_nor_table() -> None:
    found = traced({n: module({"a": (n,)}, lambda w, n=n: w["a"] * jnp.arange(n)) for n in WIDTHS})
    known = [x for e in found.equations for x in e.operands if isinstance(x, Known)]
    assert [(x.number, x.table) for x in known] == [(None, None)]


def test_a_number_that_is_1_at_one_width_is_not_left_out() -> None:
    found = faithful(lambda n: module({"a": (n,)}, lambda w: (w["a"] * (n / 64)).sum()))
    assert numbers(found) == [Number(1 / 64, Fraction(1))]


def test_precision_is_that_of_doubles() -> None:
    def apply(w: Any, x: Any) -> Any:
        low = (x @ w["a"]).astype(jnp.bfloat16)
        return jnp.mean(low.astype(jnp.float32) * jnp.float32(0.1))

    found = traced({n: module({"a": (3, n)}, apply, x=X.astype(np.float32)) for n in WIDTHS})
    assert "convert_element_type" not in primitives(found)
    assert {v.kind for e in found.equations for v in e.results} == {"float"}


def test_random_constants_are_computed() -> None:
    found = faithful(function(lambda x: x * jax.random.normal(jax.random.key(3), (4, 3)), X))
    assert primitives(found) == ["mul"]


def test_untrained_and_unused_weights_are_kept() -> None:
    modules = {n: module({"a": (n,), "b": (n,)}, lambda w: w["a"].sum()) for n in WIDTHS}
    frozen = {n: Module(m.init, m.apply, m.inputs, lambda path: path == ("b",)) for n, m in modules.items()}
    assert [(weight.path, weight.trained) for weight in traced(frozen).weights] == [(("a",), True), (("b",), False)]


def test_entries_that_are_replaced_at_known_indices() -> None:
    def apply(x: Any) -> Any:
        rows = x.at[jnp.array([0, 2])].set(x[jnp.array([3, 1])])
        more = rows.at[1:3, :2].add(x[:2, 1:]).at[-1].multiply(2.0).at[0, 1].set(x[1, 1])
        return more, jnp.zeros((4, 3)).at[:, 2].set(x[:, 0]), x[:, jnp.array([2, 0])]

    found = faithful(function(apply, X))
    assert not {"scatter", "scatter-add", "scatter-mul", "gather"}.intersection(primitives(found))


def test_what_is_computed_twice_is_computed_once() -> None:
    def apply(x: Any) -> Any:
        return (x - x.mean(-1, keepdims=True)) * (x - x.mean(-1, keepdims=True))

    assert primitives(faithful(function(apply, X))).count("reduce_sum") == 1


def test_inputs_may_have_been_constants_of_another_precision() -> None:
    """JAX keeps what an array was converted to, by its address."""
    net, tokens = linen.Embed(10, 4), np.ones((2, 3), np.int64)
    made = modules(lambda n: (net, tokens), WIDTHS)[64]
    with double():
        weights = jax.eval_shape(made.init, jax.random.key(0))
        jax.jit(lambda w: made.apply(w, tokens)).lower(weights).compile()


def test_look_ups_under_vmap_are_rows_along_one_axis() -> None:
    def apply(w: Any, tokens: Any) -> Any:
        return jax.vmap(jax.vmap(lambda token: w["E"][token]))(tokens)

    found = faithful(lambda n: module({"E": (10, n)}, apply, tokens=TOKENS))
    assert primitives(found) == ["broadcast_in_dim", "gather"]
    assert found.equations[-1].params["dimension_numbers"].collapsed_slice_dims == (0,)
