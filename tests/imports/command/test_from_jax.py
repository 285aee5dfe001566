"""``tp.from_jax``: a program that computes what the module does, and a refusal where it does not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen

import tp
from tp.imports.translation import Translation

X = np.random.default_rng(1).standard_normal((3, 4)).astype(np.float32)
WIDTHS = (8, 16, 32)


class Net(linen.Module):
    n: int

    @linen.compact
    def __call__(self, x: Any) -> Any:
        x = linen.LayerNorm()(jnp.tanh(linen.Dense(self.n)(x)))
        return linen.Dense(1, use_bias=False)(x)[..., 0]


def net(n: int) -> Any:
    return Net(n), X


def init(n: int, key: Any) -> Any:
    one, two = jax.random.split(key)
    return {"U": jax.random.normal(one, (n, 4)), "v": jax.random.normal(two, (n,))}


def apply(weights: Any, x: Any) -> Any:
    return jnp.tanh(x @ weights["U"].T) @ weights["v"] / weights["v"].shape[0]


@pytest.fixture(scope="module")
def imported() -> tp.Imported:
    return tp.from_jax(net, WIDTHS)


def test_the_program_computes_what_the_module_computes(imported: tp.Imported) -> None:
    variables = Net(24).init(jax.random.key(0), X)
    weights = imported.weights(variables, 24)
    assert not np.any(weights["LayerNorm_0_scale"])
    assert "axis 0 of the inputs (3 samples) is a batch: the program computes one sample" in imported.notes
    ours = jax.vmap(imported.apply, (None, 0))(weights, X)
    np.testing.assert_allclose(ours, Net(24).apply(variables, X), rtol=2e-5, atol=1e-6)


def test_the_program_is_a_model(imported: tp.Imported, tmp_path: Path) -> None:
    assert imported.name == "net"
    assert imported.orders(["F"]).prediction.exponents["F"] == 0
    imported.save(tmp_path / "net.tp")
    assert (tmp_path / "net.tp").read_text() == imported.text
    assert tp.load(tmp_path / "net.tp").graph == tp.parse(imported.text, str(tmp_path / "net.tp")).graph


def test_weights_of_another_module_are_refused(imported: tp.Imported) -> None:
    with pytest.raises(ValueError, match="structure"):
        imported.weights({"params": {"Dense_0": {"kernel": X}}}, 8)


def test_functions_may_take_the_width() -> None:
    def scaled(n: int, weights: Any, x: Any) -> Any:
        return jnp.tanh(x @ weights["U"].T) @ weights["v"] / n

    texts = [
        tp.from_jax(init, apply, X, 8, name="f").text.partition("program")[2].partition("#")[0],
        tp.from_jax(init, scaled, (X,), WIDTHS, name="f").text.partition("program")[2].partition("#")[0],
    ]
    assert texts[0] == texts[1]
    assert "param U : [n | d] ~ normal(0, 1)" in texts[0]


def test_an_optimiser_may_be_written_in_the_language() -> None:
    def make(n: int, key: Any) -> Any:
        return eqx.nn.MLP(4, "scalar", n, 1, use_bias=False, use_final_bias=False, activation=jnp.tanh, key=key), X[0]

    model = tp.from_jax(make, WIDTHS, optimizer="adam(eps = 1/n)")
    assert model.optimizer.name == "adam"
    assert "adam(eps = 1/n)" in model.text


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((net, (8, 16)), "TP502"),
        ((net, (8, 16, -1)), "TP502"),
        ((lambda key: key, apply, X, 8), "TP904"),
        ((init, lambda weights, x, y, z: x, X, 8), "TP904"),
    ],
)
def test_calls_that_do_not_fit(arguments: tuple[Any, ...], code: str) -> None:
    with pytest.raises(tp.TpError) as caught:
        tp.from_jax(*arguments)
    assert caught.value.diagnostics[0].code == code


@pytest.mark.parametrize(
    ("right", "wrong", "what"),
    [
        ("U @ x", "1.0000001 * U @ x", "output 1"),
        ("output f = ", "output f = 0 * dot(v, v, n) + ", None),
        ("output f = ", "output f = 1e-8 * x[d=1] + ", "output 1"),
    ],
)
def test_a_program_that_differs_is_refused(
    right: str, wrong: str, what: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Faults are planted in the text that the translation gives."""
    import tp.imports.translate as original

    translate = original.translate

    def faulty(*arguments: Any) -> Translation:
        found = translate(*arguments)
        assert right in found.text
        return replace(found, text=found.text.replace(right, wrong, 1))

    monkeypatch.setattr(original, "translate", faulty)
    if what is None:
        assert tp.from_jax(init, apply, X, 8).text
        return
    with pytest.raises(tp.TpError, match="differs from the module at width 8") as caught:
        tp.from_jax(init, apply, X, 8)
    assert caught.value.only("TP903")
    assert what in caught.value.diagnostics[0].message


def test_gradients_are_compared_too() -> None:
    """The same values with another derivative."""

    @jax.custom_jvp
    def half(x: Any) -> Any:
        return jnp.tanh(x)

    half.defjvp(lambda primals, tangents: (half(*primals), tangents[0] * 0.5))

    def bent(weights: Any, x: Any) -> Any:
        return half(x @ weights["U"].T) @ weights["v"] / weights["v"].shape[0]

    with pytest.raises(tp.TpError, match="the gradient along") as caught:
        tp.from_jax(init, bent, X, 8)
    assert caught.value.only("TP903")


@pytest.mark.slow
def test_a_module_in_low_precision_is_compared_without_it() -> None:
    def low(weights: Any, x: Any) -> Any:
        h = (x @ weights["U"].T).astype(jnp.float32)
        return jnp.tanh(h) @ weights["v"] / weights["v"].shape[0]

    found = tp.from_jax(init, low, X, 8)
    assert any("float32" in note for note in found.notes)


class Fed(eqx.Module):
    """Its inputs do not stand in the order of their names."""

    U: Any
    v: Any

    def __init__(self, n: int, key: Any) -> None:
        first, second = jax.random.split(key)
        self.U, self.v = jax.random.normal(first, (n, 3)), jax.random.normal(second, (n, 1))

    def __call__(self, rows: Any, after: Any) -> Any:
        return jnp.tanh(rows @ self.U.T) @ self.v * after


def test_inputs_in_an_order_of_their_own_and_keys_in_make() -> None:
    def make(n: int, key: Any) -> Any:
        rows, after = jax.random.normal(jax.random.key(1), (2, 3)), jnp.ones(5)
        return Fed(n, key), (rows, after)

    model = tp.from_jax(make, (64, 128, 256))
    assert model.orders(["F"]).prediction.exponents["F"] == Fraction(1, 2)
