"""The functions of the maps in the programs of this folder: give this file with --maps."""

import jax
import jax.numpy as jnp

STEPS = 27
"""The steps of a fixed-point iteration: each leaves a quarter of the error at most, so the last one is of rounding."""


def spins(field):
    """The magnetisations m_i = tanh(h_i + m/4) of a mean-field magnet in the fields h, m their mean."""

    def step(m, _):
        return jnp.tanh(field + 0.25 * m.mean()), None

    return jax.lax.scan(step, jnp.tanh(field), None, length=STEPS)[0]


def _neighbours(y):
    return 0.125 * (jnp.roll(y, 1) + jnp.roll(y, -1))


@jax.custom_jvp
def ring(x):
    """The layer y_i = tanh(x_i + (y_{i-1} + y_{i+1})/8) whose output is its own input, on a ring."""

    def step(y, _):
        return jnp.tanh(x + _neighbours(y)), None

    return jax.lax.scan(step, jnp.tanh(x), None, length=STEPS)[0]


@ring.defjvp
def _ring_jvp(primals, tangents):
    """The implicit function theorem: dy = s (dx + A dy), s the slopes of tanh at y and A the coupling."""
    (x,), (dx,) = primals, tangents
    y = ring(x)
    slopes = 1.0 - y**2

    def step(dy, _):
        return slopes * (dx + _neighbours(dy)), None

    return y, jax.lax.scan(step, slopes * dx, None, length=STEPS)[0]
