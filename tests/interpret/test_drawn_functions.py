"""Activations as NumPy functions agree with the ones that JAX computes."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from tp.activations import find, known
from tp.interpret.arrays.backend import precision
from tp.interpret.drawn.batch import function


def test_values_are_those_of_jax() -> None:
    x = np.linspace(-3.0, 3.0, 25)
    for name in known():
        points = np.abs(x) + 0.1 if name == "power" else x
        with precision("float64"):
            expected = np.asarray(find(name).lower(0, jnp.asarray(points)))
        np.testing.assert_allclose(function(name, 0, points), expected, rtol=1e-10, atol=1e-12, err_msg=name)
