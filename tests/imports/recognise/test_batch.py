"""What is traced of a batch is what is computed of each sample, where samples do not meet; else the batch stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.imports.traced.modules import WIDTHS, Make, function, module
from tp.imports.recognise.batch import OneSample, of_one_sample
from tp.imports.traced.equation import Traced
from tp.imports.traced.jax_internals import double
from tp.imports.traced.run import run
from tp.imports.traced.unify import traced
from tp.imports.translate import translate
from tp.imports.translation import Given
from tp.studies.imported.check import checked
from tp.syntax import parse

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(4, 6))
SEQUENCES = RANDOM.normal(size=(2, 3, 4))
IMAGES = RANDOM.normal(size=(2, 4, 4, 3))
TOKENS = np.array([[1, 2, 0], [4, 3, 4]])
N = 512


def one_sample(make: Make) -> OneSample:
    """What is computed of one sample, once that is the same as what is computed of the batch."""
    found = traced({n: make(n) for n in WIDTHS})
    one = of_one_sample(found)
    if one.batch is not None:
        _compare(found, one, make)
    return one


def _compare(found: Traced, one: OneSample, make: Make) -> None:
    drawn = np.random.default_rng(1)
    weights = [drawn.normal(size=[size.at(N) for size in weight.value.shape]) for weight in found.weights]
    inputs = list(make(N).inputs.values())
    assert one.batch is not None
    each = [
        run(one.traced, N, weights, [a[k : k + 1] if at in one.batched else a for at, a in enumerate(inputs)])
        for k in range(one.batch)
    ]
    with double():
        for number, wanted in enumerate(run(found, N, weights, inputs)):
            shape = one.traced.outputs[number][1].shape
            together = Given("", (), shape, one.outputs[number]).together([outputs[number] for outputs in each], N)
            assert together.shape == wanted.shape
            np.testing.assert_allclose(together, wanted, rtol=1e-12, atol=1e-12)


def mlp(n: int) -> Any:
    def apply(w: Any, x: Any) -> Any:
        return jnp.tanh(x @ w["U"] + w["b"]) @ w["v"]

    return module({"U": (6, n), "b": (n,), "v": (n, 2)}, apply, x=X)


def tokens_of_all(n: int) -> Any:
    """Batch and positions are one axis within, before it is divided again."""

    def apply(w: Any, x: Any) -> Any:
        h = (x.reshape(6, 4) @ w["U"]).reshape(2, 3, n)
        scores = jax.nn.softmax(jnp.einsum("bin,bjn->bij", h, h) / n)
        return (scores @ h).reshape(6, n) @ w["v"]

    return module({"U": (4, n), "v": (n, 5)}, apply, x=SEQUENCES)


def time_first(n: int) -> Any:
    def apply(w: Any, x: Any) -> Any:
        h = jnp.zeros((2, n))
        for row in jnp.unstack(x, axis=1):
            h = jnp.tanh(row @ w["U"] + h @ w["W"])
        all_of_them = jnp.stack([h, 2 * h]).reshape(4, n)
        return (all_of_them @ w["v"]).reshape(2, 2, 5)

    return module({"U": (4, n), "W": (n, n), "v": (n, 5)}, apply, x=SEQUENCES)


def class_token(n: int) -> Any:
    def apply(w: Any, x: Any) -> Any:
        first = jnp.tile(w["cls"], (2, 1, 1)) * jnp.sqrt(n)
        h = jnp.concatenate([first, x @ w["U"]], 1) + w["position"]
        return h.max(1) @ w["v"], jnp.sum(w["v"] ** 2)

    return module({"cls": (1, 1, n), "U": (4, n), "position": (4, n), "v": (n, 5)}, apply, x=SEQUENCES)


def embedding(n: int) -> Any:
    def apply(w: Any, tokens: Any, mask: Any) -> Any:
        return jnp.where(mask > 0, w["E"][tokens], 0).mean(1) @ w["v"]

    mask = np.array([[[1.0], [0.0], [1.0]]])
    return module({"E": (5, n), "v": (n, 2)}, apply, tokens=TOKENS, mask=mask)


def pictures(n: int) -> Any:
    def apply(w: Any, x: Any) -> Any:
        h = jax.lax.conv_general_dilated(x, w["K"], (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        pooled = jax.lax.reduce_window(h, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
        return pooled.reshape(2, -1) @ w["v"]

    return module({"K": (3, 3, 3, n), "v": (4 * n, 2)}, apply, x=IMAGES)


@pytest.mark.parametrize("make", [mlp, tokens_of_all, time_first, class_token, embedding, pictures])
def test_samples_that_do_not_meet(make: Make) -> None:
    one = one_sample(make)
    count = next(iter(make(64).inputs.values())).shape[0]
    assert one.batch == count
    assert one.notes == (f"axis 0 of the inputs ({count} samples) is a batch: the program computes one sample",)


def test_an_output_that_all_samples_share_is_computed_once() -> None:
    one = one_sample(class_token)
    assert [places is None for places in one.outputs] == [False, True]


@pytest.mark.parametrize(
    ("mixed", "how"),
    [
        (lambda x: x - x.mean(0), "they meet in reduce_sum (test_batch.py:"),
        (lambda x: jax.nn.softmax(x @ x.T) @ x, "they meet in dot_general (test_batch.py:"),
        (lambda x: (x[:, None] - x[None]).max(1), "they meet in sub (test_batch.py:"),
        (lambda x: x[::-1], "they meet in rev (test_batch.py:"),
        (lambda x: x + x.reshape(6, 4).T, "they meet in reshape (test_batch.py:"),
        (lambda x: x[:, :4] + x[:, :4].T, "they meet in add (test_batch.py:"),
        (lambda x: jnp.concatenate([x[2:], x[:2]]), "they meet in slice (test_batch.py:"),
        (lambda x: x.cumsum(0), "they meet in cumsum (test_batch.py:"),
        (lambda x: x * np.arange(4.0)[:, None], "they are treated differently in mul (test_batch.py:"),
    ],
)
def test_samples_that_meet(mixed: Callable[[Any], Any], how: str) -> None:
    one = one_sample(function(mixed, X))
    assert one.batch is None
    (note,) = one.notes
    assert note.startswith(f"axis 0 of the inputs (4 entries) is kept: if these are samples, {how}")


def test_a_weight_with_a_row_for_each_sample_keeps_the_batch() -> None:
    (note,) = one_sample(lambda n: module({"w": (4, n)}, lambda w, x: (x[:, :1] * w["w"])[:, :1], x=X)).notes
    assert "they are treated differently in mul" in note


@pytest.mark.parametrize(
    "make",
    [
        function(lambda x: jnp.sum(x**2), X),
        function(lambda x, y: x + y.sum(), X, SEQUENCES),
        function(jnp.tanh, X[:1]),
        function(lambda x: x[0], X),
    ],
    ids=["sum", "sizes", "one", "first"],
)
def test_nothing_is_said_where_there_is_no_batch(make: Make) -> None:
    one = one_sample(make)
    assert (one.batch, one.notes) == (None, ())


def test_the_program_has_no_axis_of_samples() -> None:
    modules = {n: tokens_of_all(n) for n in WIDTHS}
    found = traced(modules)
    translation = translate(found, {}, "attention")
    assert "input x : [t=3, d=4]" in translation.text
    assert translation.notes[0].startswith("axis 0 of the inputs (2 samples) is a batch")
    assert checked(parse(translation.text).graph, translation, found, modules, {}) == []


OPERATIONS: dict[str, Callable[[Any], Any]] = {
    "tanh": jnp.tanh,
    "where": lambda x: jnp.where(x > 0.1, x, -x),
    "transpose": jnp.transpose,
    "swap": lambda x: jnp.swapaxes(x, 0, -1),
    "flat": jnp.ravel,
    "two": lambda x: x.reshape(2, -1) if x.size % 2 == 0 else x,
    "three": lambda x: x.reshape(-1, 3) if x.size % 3 == 0 else x,
    "new": lambda x: x[:, None],
    "outer": lambda x: x[..., None] * np.arange(1.0, 4.0),
    "sum": lambda x: x.sum(0) if x.ndim > 1 else x,
    "largest": lambda x: x.max(-1, keepdims=True),
    "centered": lambda x: x - x.mean(-1, keepdims=True),
    "table": lambda x: x * np.linspace(1, 2, x.shape[0]).reshape((-1,) + (1,) * (x.ndim - 1)),
    "gram": lambda x: jnp.einsum("i...,j...->ij", x, x),
    "product": lambda x: x @ np.sin(np.arange(2.0 * x.shape[-1])).reshape(-1, 2),
    "part": lambda x: x[..., 1:] if x.shape[-1] > 1 else x,
    "every": lambda x: x[::2],
    "reversed": lambda x: x[..., ::-1],
    "twice": lambda x: jnp.concatenate([x, -x], 0),
    "zeros": lambda x: jnp.pad(x, ((1, 0),) + ((0, 0),) * (x.ndim - 1)),
    "cumsum": lambda x: jnp.cumsum(x, -1),
    "sort": lambda x: jnp.sort(x, 0),
    "stacked": lambda x: jnp.stack([x, x**2], -1),
}
CHAINS = st.lists(st.sampled_from(sorted(OPERATIONS)), min_size=1, max_size=7)


def composed(names: list[str]) -> Callable[[Any], Any]:
    def apply(x: Any) -> Any:
        for name in names:
            x = OPERATIONS[name](x) if x.size < 4000 else x
        return x

    return apply


@settings(max_examples=5)
@given(CHAINS, st.integers(0, 2))
def test_functions_of_one_sample_that_are_mapped_over_a_batch(names: list[str], out: int) -> None:
    of_one = composed(names)
    rank = jax.eval_shape(of_one, SEQUENCES[0]).ndim
    one = one_sample(function(jax.vmap(of_one, out_axes=min(out, rank)), SEQUENCES))
    assert one.batch == 2


@settings(max_examples=5)
@given(CHAINS)
def test_functions_of_a_batch(names: list[str]) -> None:
    one_sample(function(composed(names), X))
