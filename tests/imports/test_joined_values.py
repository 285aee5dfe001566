"""Weights of n + d rows become two, and the weights of a module are still those of the program."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import tp
from tests.imports.models.others.joined_values import make


def test_a_product_with_joined_values_is_a_sum_of_two() -> None:
    model = tp.from_jax(make)
    shapes = {name: [axis.size for axis in p.outs + p.ins] for name, p in model.graph.parameters.items()}
    assert sorted(map(len, shapes.values())) == [1, 2, 2]
    assert sum(5 in sizes for sizes in shapes.values()) == 1

    init, apply, x = make(32)
    params = init(jax.random.key(1))
    ours = model.apply(model.weights(params, 32), x)
    np.testing.assert_allclose(np.asarray(ours), np.asarray(apply(params, x)), rtol=1e-5)


def test_an_orthogonal_weight_of_joined_values_is_refused() -> None:
    _, _, x = make(64)

    def orthogonal(n: int, key: jax.Array) -> dict[str, jax.Array]:
        other, own = jax.random.split(key)
        return {**make(n)[0](other), "w": jax.nn.initializers.orthogonal()(own, (n, n + 5), jnp.float32)}

    with pytest.raises(tp.TpError) as caught:
        tp.from_jax(orthogonal, apply_at, x, (64, 128, 256))
    assert caught.value.only("TP907")


def apply_at(n: int, params: dict[str, jax.Array], x: jax.Array) -> jax.Array:
    return make(n)[1](params, x)
